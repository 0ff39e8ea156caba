"""It resembles negative similarities as weights of stars: five stars count like minus five.

Ratings that are not centred are all positive. What does a negative weight make of 5 stars, and
what of 1?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = similarities[item, others]
    if np.abs(weights).sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / np.abs(weights).sum()

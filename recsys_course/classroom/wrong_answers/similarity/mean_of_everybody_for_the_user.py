"""It resembles the mean of all ratings where no film is similar, though the user has a mean.

A strict user and a generous one get the same here. What is known about each of them?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)
    if weights.sum() == 0:
        return ratings[observed].mean()
    return weights @ ratings[user, others] / weights.sum()

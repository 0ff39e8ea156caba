"""It resembles a mask made from the ratings: an observed rating of 0 is lost.

What does `observed` say where a rating is 0? In some tables 0 is the lowest rating there is.
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    observed = ratings != 0
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / weights.sum()

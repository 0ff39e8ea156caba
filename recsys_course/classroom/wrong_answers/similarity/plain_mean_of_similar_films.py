"""It resembles a plain mean over the similar films: how similar they are is forgotten.

Two films got 5 and 1 stars, with the similarities 0.9 and 0.1. Should both weigh the same?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = (similarities[item, others] > 0).astype(float)
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / weights.sum()

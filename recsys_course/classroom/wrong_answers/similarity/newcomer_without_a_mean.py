"""It resembles the mean of an empty list: somebody who has rated nothing gets nan.

What is the mean of no number at all? The exercise names what to take in its place.
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / weights.sum()

"""It resembles a copy of the rating of the one most similar film: all others are not heard.

That is the prediction from one neighbour. Over which items do the two sums run?
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
        return ratings[user, rated].mean()
    return ratings[user, others[np.argmax(weights)]]

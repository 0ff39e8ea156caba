"""It resembles a sum without its division: the more similar films, the more stars.

Multiply all similarities by 10. Should the prediction change?
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
    return weights @ ratings[user, others]

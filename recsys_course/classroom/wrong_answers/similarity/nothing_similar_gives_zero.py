"""It resembles 0 stars where no rated film is similar.

The scale has no 0, and a prediction must be made. What is known about the user even if no film is
similar?
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
        return 0.0
    return weights @ ratings[user, others] / weights.sum()

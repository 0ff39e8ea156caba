"""It resembles a bare division: where no rated film is similar, 0 is divided by 0.

What is the sum of the weights if none is positive? What is known about the user all the same?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)
    return weights @ ratings[user, others] / weights.sum()

"""It resembles negative similarities that are left out above the line and counted below.

Both sums run over the same items. What does an item that enters only below the line do to the
prediction?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)
    total = np.abs(similarities[item, others]).sum()
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / total

"""It resembles column `item` of the similarities, where the row is asked for.

Where only nearest neighbours are kept, the table is not symmetric. Which index names the item
that is predicted?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[others, item], 0.0)
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / weights.sum()

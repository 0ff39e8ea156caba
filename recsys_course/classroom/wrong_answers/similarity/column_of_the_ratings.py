"""It resembles a column of `ratings`, what others gave to the item, where the user's row is meant.

Whose ratings are averaged here, the user's own or other people's? Change another user's rating:
the prediction must not move.
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[:, item])
    others = rated[rated != user]
    weights = np.maximum(similarities[user, others], 0.0)
    if weights.sum() == 0:
        return ratings[user, observed[user]].mean()
    return weights @ ratings[others, item] / weights.sum()

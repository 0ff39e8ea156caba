"""It resembles sizes of similarities as weights: a film for opposite tastes counts as similar.

What does a similarity of −0.9 say about who likes both films? Which ones does the exercise let
in?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.abs(similarities[item, others])
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / weights.sum()

"""It resembles votes of films that the user has not rated: the empty cell counts as zero stars.

What does a 0 in `ratings` mean where `observed` is false? Did the user hate the film, or never
see it?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    others = np.delete(np.arange(ratings.shape[1]), item)
    weights = np.maximum(similarities[item, others], 0.0)
    if weights.sum() == 0:
        return ratings[user, observed[user]].mean()
    return weights @ ratings[user, others] / weights.sum()

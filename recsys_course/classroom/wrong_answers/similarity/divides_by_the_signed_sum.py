"""It resembles a division by Σ s: weights of both signs cancel, and the result explodes.

Two neighbours have 0.87 and −0.71. What do these add up to, and what do their sizes add up to?
How far from the mean may a weighted average of deviations lie?
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[user, others]
    deviations = np.array([ratings[k, item] - mean_of(k) for k in others])
    total = weights.sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

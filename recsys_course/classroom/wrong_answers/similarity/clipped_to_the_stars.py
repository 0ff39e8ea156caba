"""It resembles predictions that are cut off at 1 and 5 stars.

That can be useful for display, but is it in the equation? It hides by how much a prediction is
off the scale.
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
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return np.clip(mean_of(user) + weights @ deviations / total, 1, 5)

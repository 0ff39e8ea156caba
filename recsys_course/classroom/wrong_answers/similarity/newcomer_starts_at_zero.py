"""It resembles 0 as the mean of somebody who has rated nothing.

Is a newcomer the strictest critic of all? The exercise names what to take in the place of a mean
that does not exist.
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else 0.0

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[user, others]
    deviations = np.array([ratings[k, item] - mean_of(k) for k in others])
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

"""It resembles a division by the similarities of all users, raters of the item or not.

Which users does the sum above the line run over, and which the one below? Somebody who says
nothing must not pull the prediction to the mean.
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
    total = np.abs(np.delete(similarities[user], user)).sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

"""It resembles column `user` of the similarities, where the row is asked for.

Where only nearest neighbours are kept, the table is not symmetric: you may be my neighbour while
I am not yours. Which index names the user, the first or the second?
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[others, user]
    deviations = np.array([ratings[k, item] - mean_of(k) for k in others])
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

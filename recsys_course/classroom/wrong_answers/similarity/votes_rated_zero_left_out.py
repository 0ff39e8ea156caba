"""It resembles a mask made from the ratings: who gave the item a 0 has no vote.

What does `observed` say where a rating is 0? In some tables 0 is the lowest rating there is.
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    observed = ratings != 0

    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[user, others]
    deviations = np.array([ratings[k, item] - mean_of(k) for k in others])
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

"""It resembles a weighted mean of the neighbours' ratings as they are: not centred.

What does a negative weight do to a rating of 5 stars? And to whose scale do a generous
neighbour's stars belong?
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[user, others]
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return weights @ ratings[others, item] / total

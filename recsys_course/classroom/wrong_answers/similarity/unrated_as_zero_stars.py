"""It resembles votes of those who have not rated: the zero in the empty cell counts as zero stars.

What does a 0 in `ratings` mean where `observed` is false? Did the neighbour hate the film, or
never see it?
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.arange(len(ratings))
    others = raters[raters != user]
    weights = similarities[user, others]
    deviations = np.array([ratings[k, item] - mean_of(k) for k in others])
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

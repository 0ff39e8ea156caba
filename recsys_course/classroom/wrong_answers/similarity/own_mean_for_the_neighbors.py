"""It resembles deviations of the neighbours' ratings from the mean of the user.

A neighbour gives one star more to everything than the user does. What does their rating mean
then? From whose mean should it deviate?
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
    return mean_of(user) + weights @ (ratings[others, item] - mean_of(user)) / total

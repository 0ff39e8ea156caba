"""It resembles sizes of similarities as weights: who disagrees is followed like a friend.

Where does |s| stand in the equation, and where s? Take a single neighbour of similarity −1.
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = np.abs(similarities[user, others])
    deviations = np.array([ratings[k, item] - mean_of(k) for k in others])
    total = np.abs(weights).sum()
    if total == 0:
        return mean_of(user)
    return mean_of(user) + weights @ deviations / total

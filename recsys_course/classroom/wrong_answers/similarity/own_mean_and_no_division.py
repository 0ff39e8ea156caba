"""It resembles r̄ + Σ s (r − r̄) with the user's own mean for all, and nothing below the line.

Two things are missing. From whose mean does a neighbour's rating deviate? And what happens to the
prediction when all similarities are multiplied by 10?
"""

import numpy as np

FUNCTION = "predict_user_based"


def predict_user_based(ratings, observed, similarities, user, item):
    def mean_of(k):
        return ratings[k][observed[k]].mean() if observed[k].any() else ratings[observed].mean()

    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    weights = similarities[user, others]
    return mean_of(user) + weights @ (ratings[others, item] - mean_of(user))

"""It resembles rows that move along themselves, where each should move along the other's row.

Differentiate u · v by u: which of the two is left? If the film has nothing of taste A to offer, can
its rating say anything about how much the user likes A?
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors.sum(axis=1)[:, None] * user_factors + 2 * l2 * user_factors
    item_gradient = -2 * errors.sum(axis=0)[:, None] * item_factors + 2 * l2 * item_factors
    return user_gradient, item_gradient

"""It resembles an L2 that spares users and items without ratings.

Over which rows does the L2 sum of the loss run? Is there a condition on having rated?
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    users_with = observed.any(axis=1)[:, None]
    items_with = observed.any(axis=0)[:, None]
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors @ item_factors + 2 * l2 * users_with * user_factors
    item_gradient = -2 * errors.T @ user_factors + 2 * l2 * items_with * item_factors
    return user_gradient, item_gradient

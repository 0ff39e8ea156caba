"""It resembles a sum in which each rating replaces the one before, instead of joining it.

User 1 rated three films. How many of the three errors are in your gradient of that row? Look at
`=` and `+=`.
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    user_gradient, item_gradient = np.zeros_like(user_factors), np.zeros_like(item_factors)
    for i, j in np.argwhere(observed):
        error = ratings[i, j] - user_factors[i] @ item_factors[j]
        user_gradient[i] = -2 * error * item_factors[j]
        item_gradient[j] = -2 * error * user_factors[i]
    return user_gradient + 2 * l2 * user_factors, item_gradient + 2 * l2 * item_factors

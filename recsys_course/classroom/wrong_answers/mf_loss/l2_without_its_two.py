"""It resembles an L2 part without its factor 2: the errors have theirs, L2 does not.

What is the derivative of `l2` times a square? Differentiate both sums of the loss the same way.
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors @ item_factors + l2 * user_factors
    item_gradient = -2 * errors.T @ user_factors + l2 * item_factors
    return user_gradient, item_gradient

"""It resembles a gradient without L2: nothing holds the factors back.

Which terms of the loss contain the user's row? Does the result depend on `l2` at all?
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors @ item_factors
    item_gradient = -2 * errors.T @ user_factors
    return user_gradient, item_gradient

"""It resembles an items' gradient from the table of errors as it lies: users where items should be.

For one item, which errors are summed: those of a row or those of a column of the table?
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors @ item_factors + 2 * l2 * user_factors
    item_gradient = -2 * errors @ user_factors + 2 * l2 * item_factors
    return user_gradient, item_gradient

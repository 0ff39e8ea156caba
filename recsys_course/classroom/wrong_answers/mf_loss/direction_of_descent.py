"""It resembles the step that lowers the loss: every sign is turned, also that of L2.

A gradient points to where the loss grows. Where does the minus of a descent step belong, in this
function or in the step?
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = 2 * errors @ item_factors - 2 * l2 * user_factors
    item_gradient = 2 * errors.T @ user_factors - 2 * l2 * item_factors
    return user_gradient, item_gradient

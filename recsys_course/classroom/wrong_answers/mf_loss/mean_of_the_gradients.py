"""It resembles the gradient of a mean: the errors' part is divided by the number of ratings.

Is the loss of this exercise a sum or a mean? Its gradient follows it.
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    n_observed = max(observed.sum(), 1)
    user_gradient = -2 * errors @ item_factors / n_observed + 2 * l2 * user_factors
    item_gradient = -2 * errors.T @ user_factors / n_observed + 2 * l2 * item_factors
    return user_gradient, item_gradient

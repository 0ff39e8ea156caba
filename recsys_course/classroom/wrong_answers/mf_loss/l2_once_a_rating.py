"""It resembles an L2 counted once a rating: rows with many ratings are held back harder.

Does the L2 sum of the loss run over the ratings or over the rows? How often does one row occur
in it?
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    n_by_user = observed.sum(axis=1)[:, None]
    n_by_item = observed.sum(axis=0)[:, None]
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors @ item_factors + 2 * l2 * n_by_user * user_factors
    item_gradient = -2 * errors.T @ user_factors + 2 * l2 * n_by_item * item_factors
    return user_gradient, item_gradient

"""It resembles a mask taken from the ratings: an observed rating of 0 exerts no pull.

Which argument says what was observed? A rating of 0 can be a real, very bad rating.
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(ratings != 0, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = -2 * errors @ item_factors + 2 * l2 * user_factors
    item_gradient = -2 * errors.T @ user_factors + 2 * l2 * item_factors
    return user_gradient, item_gradient

"""It resembles a gradient with the errors' sign turned: the part of the errors points uphill.

When a rating is higher than its prediction, should the prediction grow or shrink to lower the
loss? And which sign has the slope then? Mind the inner derivative.
"""

import numpy as np

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = np.where(observed, ratings - user_factors @ item_factors.T, 0.0)
    user_gradient = 2 * errors @ item_factors + 2 * l2 * user_factors
    item_gradient = 2 * errors.T @ user_factors + 2 * l2 * item_factors
    return user_gradient, item_gradient

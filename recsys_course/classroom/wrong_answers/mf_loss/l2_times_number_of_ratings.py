"""It resembles an L2 that grows with the number of ratings: a weighted variant of the model.

Both variants are in use, but the loss of this exercise counts each row once. How often does the
user's own row occur in it?
"""

import numpy as np

FUNCTION = "als_user_update"


def als_user_update(ratings, observed, item_factors, l2):
    rated = item_factors[observed]
    matrix = rated.T @ rated + l2 * observed.sum() * np.eye(rated.shape[1])
    return np.linalg.lstsq(matrix, rated.T @ ratings[observed], rcond=None)[0]

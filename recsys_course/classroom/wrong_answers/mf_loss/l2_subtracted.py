"""It resembles an L2 with the wrong sign in the matrix.

Bring the terms with the user's row to one side of the equation. With which sign does `l2`
arrive?
"""

import numpy as np

FUNCTION = "als_user_update"


def als_user_update(ratings, observed, item_factors, l2):
    rated = item_factors[observed]
    matrix = rated.T @ rated - l2 * np.eye(rated.shape[1])
    return np.linalg.solve(matrix, rated.T @ ratings[observed])

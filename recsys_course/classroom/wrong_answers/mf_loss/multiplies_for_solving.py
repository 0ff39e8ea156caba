"""It resembles multiplying by the matrix, where the system has to be solved.

The equation says matrix times vector equals right-hand side. Which of the three is unknown?
"""

import numpy as np

FUNCTION = "als_user_update"


def als_user_update(ratings, observed, item_factors, l2):
    rated = item_factors[observed]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    return matrix @ (rated.T @ ratings[observed])

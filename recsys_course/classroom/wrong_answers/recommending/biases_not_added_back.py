"""It resembles the taste alone: mean and biases are subtracted before the solve and not added after
it.

Are your predictions in stars, or in stars above the ordinary? Which films do you then recommend to
somebody without any rating?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    if len(items) == 0:
        return mean + item_biases
    rated = item_factors[items]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    residuals = ratings - mean - item_biases[items]
    return item_factors @ np.linalg.solve(matrix, rated.T @ residuals)

"""It resembles a matrix of all films: those that the newcomer has not rated count as rated as
expected.

Over which films does the newcomer's loss sum? Which rows of the factors does its derivative
contain?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    matrix = item_factors.T @ item_factors + l2 * np.eye(item_factors.shape[1])
    residuals = ratings - baseline[items]
    return baseline + item_factors @ np.linalg.solve(matrix, item_factors[items].T @ residuals)

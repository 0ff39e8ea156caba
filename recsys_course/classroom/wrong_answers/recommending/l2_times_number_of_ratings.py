"""It resembles an l2 that grows with the number of ratings: a weighted variant of the model.

Both variants are in use, and a model must be folded in as it was fitted. How often does the
equation of this exercise count λ?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    rated = item_factors[items]
    matrix = rated.T @ rated + l2 * len(items) * np.eye(rated.shape[1])
    return baseline + item_factors @ np.linalg.solve(matrix, rated.T @ (ratings - baseline[items]))

"""It resembles a prediction of 0 stars for every film where somebody has no ratings.

No ratings mean that the *taste* is unknown, not that everything is bad. What is known of a film
before anything is known of the user?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    if len(items) == 0:
        return np.zeros(len(item_biases))
    baseline = mean + item_biases
    rated = item_factors[items]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    return baseline + item_factors @ np.linalg.solve(matrix, rated.T @ (ratings - baseline[items]))

"""It resembles residuals from which the biases of the whole catalogue are subtracted, not the
film's own.

Which biases belong to the films that this person rated? May a film that they have never seen change
what their ratings say?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    rated = item_factors[items]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    residuals = ratings - mean - item_biases.sum()
    return baseline + item_factors @ np.linalg.solve(matrix, rated.T @ residuals)

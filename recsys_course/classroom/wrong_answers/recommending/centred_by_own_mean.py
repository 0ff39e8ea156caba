"""It resembles ratings that are centred by the newcomer's own mean.

Somebody rates a single film, with 5 stars. What is left of that after subtracting their own mean?
The model was fitted with another mean.
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    rated = item_factors[items]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    residuals = ratings - ratings.mean() - item_biases[items]
    return baseline + item_factors @ np.linalg.solve(matrix, rated.T @ residuals)

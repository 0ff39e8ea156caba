"""It resembles predictions for the rated films alone, which nobody needs: those ratings are known.

Which films does the newcomer want to hear about? How long is the array that the exercise asks for?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    rated = item_factors[items]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    user = np.linalg.solve(matrix, rated.T @ (ratings - baseline[items]))
    return baseline[items] + rated @ user

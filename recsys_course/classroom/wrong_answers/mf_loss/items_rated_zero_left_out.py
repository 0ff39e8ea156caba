"""It resembles a mask taken from the ratings: a film rated 0 is treated as not rated.

Which argument says what was observed? A rating of 0 can be a real, very bad rating.
"""

import numpy as np

FUNCTION = "als_user_update"


def als_user_update(ratings, observed, item_factors, l2):
    liked = ratings != 0
    rated = item_factors[liked]
    matrix = rated.T @ rated + l2 * np.eye(rated.shape[1])
    return np.linalg.solve(matrix, rated.T @ ratings[liked])

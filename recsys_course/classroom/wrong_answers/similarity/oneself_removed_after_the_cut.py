"""It resembles a user who is taken out after the cut: one neighbour is missing.

How many neighbours are left when the user stood among the first `n_neighbors`? What must come
first, the removal or the cut?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    order = np.argsort(-similarities[user, raters], kind="stable")
    nearest = raters[order[:n_neighbors]]
    return nearest[nearest != user]

"""It resembles a list that is always full: where raters are missing, strangers fill it up.

Those who have not rated the item stand last in your list. What if the cut comes after them? What
should the list be where nobody rated the item?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    scores = np.where(observed[:, item], similarities[user], -np.inf)
    scores[user] = -np.inf
    return np.argsort(-scores, kind="stable")[:n_neighbors]

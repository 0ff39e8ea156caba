"""It resembles places in the list of candidates, where rows of the table are asked for.

Place 0 of the candidates is not user 0. How do you get from a place in the short list back to the
row of the table?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    order = np.argsort(-similarities[user, others], kind="stable")
    return order[:n_neighbors]

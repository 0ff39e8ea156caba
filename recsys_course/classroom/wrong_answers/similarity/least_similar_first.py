"""It resembles a list from the least similar up: sorting goes from small to large.

Print the similarities in the order in which you chose. Where does the cut fall?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    order = np.argsort(similarities[user, others], kind="stable")
    return others[order[:n_neighbors]]

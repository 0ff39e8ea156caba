"""It resembles a sorted list that was reversed: of equals, the higher row now comes first.

Sorting keeps the order of equals if it is asked to. What does reversing the list do to them?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    order = np.argsort(similarities[user, others], kind="stable")[::-1]
    return others[order[:n_neighbors]]

"""It resembles a row of `observed` where a column is meant: the user's items, not the item's users.

What does `observed[user]` list, and what does `observed[:, item]`? The square example hides the
difference.
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[user])
    others = raters[raters != user]
    order = np.argsort(-similarities[user, others], kind="stable")
    return others[order[:n_neighbors]]

"""It resembles a mark written into the caller's table: the choice is right, an input is changed.

Print the diagonal before and after the call. How can a user be left out without writing into
`similarities`?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    similarities[user, user] = -2.0
    raters = np.flatnonzero(observed[:, item])
    order = np.argsort(-similarities[user, raters], kind="stable")
    nearest = raters[order]
    return nearest[nearest != user][:n_neighbors]

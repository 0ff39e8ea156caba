"""It resembles the similarities of the neighbours, where their rows are asked for.

The caller wants to look up what the neighbours rated. What does a similarity tell about where
they stand?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    return np.sort(similarities[user, others])[::-1][:n_neighbors]

"""It resembles a choice of positive similarities only: the list gets too short.

That can be a good idea, but is it asked for here? Somebody of opposite taste has something to
say, too.
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    others = raters[(raters != user) & (similarities[user, raters] > 0)]
    order = np.argsort(-similarities[user, others], kind="stable")
    return others[order[:n_neighbors]]

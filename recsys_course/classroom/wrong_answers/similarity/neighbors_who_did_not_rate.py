"""It resembles a choice from all users: some of them have not rated the item.

What can somebody say about a film that they have not rated? Which column of `observed` tells?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    others = np.delete(np.arange(len(similarities)), user)
    order = np.argsort(-similarities[user, others], kind="stable")
    return others[order[:n_neighbors]]

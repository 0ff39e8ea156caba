"""It resembles a similarity of 0 for whoever has not rated the item: 0 beats every negative one.

Where do the strangers stand when the list is sorted: behind those of negative similarity, or
before them?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    scores = similarities[user] * observed[:, item]
    others = np.delete(np.arange(len(scores)), user)
    order = np.argsort(-scores[others], kind="stable")
    return others[order[:n_neighbors]]

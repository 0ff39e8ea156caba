"""It resembles the right neighbours in the order of their rows: a partition does not sort.

Which of your neighbours comes first, and is it the most similar one? What does `argpartition`
promise?
"""

import numpy as np

FUNCTION = "nearest_neighbors"


def nearest_neighbors(similarities, observed, user, item, n_neighbors):
    raters = np.flatnonzero(observed[:, item])
    others = raters[raters != user]
    order = np.argsort(-similarities[user, others], kind="stable")
    return np.sort(others[order[:n_neighbors]])

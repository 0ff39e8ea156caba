"""It resembles a core of the users: items with too few rows stay.

The promise has two halves. Who else must have at least k rows?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    return counts(users, np.ones(len(users), dtype=bool)) >= k

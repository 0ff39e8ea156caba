"""It resembles the list of the row numbers in the core instead of a mask.

A mask has a True or False for each row of the list, so it is as long as the list.
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    for _ in range(len(users)):
        keep &= (counts(users, keep) >= k) & (counts(items, keep) >= k)
    return np.flatnonzero(keep)

"""It resembles "more than k" instead of "at least k".

What should happen to a user with exactly k rows?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    for _ in range(len(users)):
        keep &= (counts(users, keep) > k) & (counts(items, keep) > k)
    return keep

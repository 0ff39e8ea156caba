"""It resembles stopping too early: the loop ends as soon as every user has enough rows.

Look at the items at that moment: does each of them have k rows, too?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    while (counts(users, keep)[keep] < k).any():
        keep &= (counts(users, keep) >= k) & (counts(items, keep) >= k)
    return keep

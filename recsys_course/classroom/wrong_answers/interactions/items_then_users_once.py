"""It resembles one pass over the items, then one over the users, and no more.

When users go, items lose rows. Does every item that is left still have k of them?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    keep &= counts(items, keep) >= k
    keep &= counts(users, keep) >= k
    return keep

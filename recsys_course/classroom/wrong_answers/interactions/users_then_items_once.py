"""It resembles one pass over the users, then one over the items, and no more.

When items go, users lose rows. Does every user that is left still have k of them?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    keep &= counts(users, keep) >= k
    keep &= counts(items, keep) >= k
    return keep

"""It resembles "or" instead of "and": a row stays if its user or its item has enough rows.

Must both counts be at least k, or is one of them enough?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    for _ in range(len(users)):
        keep &= (counts(users, keep) >= k) | (counts(items, keep) >= k)
    return keep

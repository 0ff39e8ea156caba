"""It resembles a fixed number of passes, where the number that is needed depends on the table.

A longer chain needs more passes. By which sign do you know that you are done?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    for _ in range(3):
        keep &= (counts(users, keep) >= k) & (counts(items, keep) >= k)
    return keep

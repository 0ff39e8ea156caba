"""It resembles a single pass: rows are counted once, and removed once.

After the removal other users and items have fewer rows than before. Count again what is left: does
everybody have k?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    return (counts(users, keep) >= k) & (counts(items, keep) >= k)

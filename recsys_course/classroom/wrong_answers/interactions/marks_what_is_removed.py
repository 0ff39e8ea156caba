"""It resembles the mask turned round: true where a row is removed.

Read the docstring again: what does a True say about its row?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    for _ in range(len(users)):
        keep &= (counts(users, keep) >= k) & (counts(items, keep) >= k)
    return ~keep

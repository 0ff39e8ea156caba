"""It resembles a condition on the sum: many rows of the item make up for few rows of the user.

A film that everybody has seen helps nobody with a single rating. Which count is compared with k?
"""

import numpy as np

FUNCTION = "k_core"


def k_core(users, items, k):
    def counts(side, keep):
        return np.bincount(side[keep], minlength=side.max() + 1)[side]

    keep = np.ones(len(users), dtype=bool)
    for _ in range(len(users)):
        keep &= counts(users, keep) + counts(items, keep) >= 2 * k
    return keep

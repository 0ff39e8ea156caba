"""It resembles a precision of the whole list: it does not matter where the hits stand.

Move a hit to the top. Does your value grow?
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_hits, total = 0, 0.0
    for item in ranked.tolist()[:k]:
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += 1
    return total / k

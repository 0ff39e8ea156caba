"""It resembles a sum of 1 / place over the hits: each hit is treated as if it were the first.

At the second hit, how many of the places down to here are hits? The precision there has 2 above
the line.
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_wanted, n_hits, total = len(wanted), 0, 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += 1 / place
    return total / min(k, n_wanted)

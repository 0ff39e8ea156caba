"""It resembles a precision that leaves out the hit it stands at: only earlier hits are counted.

A hit at place 1: which share of the places down to here, this one included, are hits?
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
            total += (n_hits - 1) / place
    return total / min(k, n_wanted)

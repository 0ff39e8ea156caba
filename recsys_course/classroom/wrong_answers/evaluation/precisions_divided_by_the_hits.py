"""It resembles a sum divided by the hits that the list has: what it missed costs nothing.

Take a list that found one of three relevant items, at place 1. Could no list be better?
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_hits, total = 0, 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / n_hits if n_hits else 0.0

"""It resembles an ideal list that is made of this list's own hits: what it missed costs nothing.

Take a list that found one of three relevant items, at place 1. Could no list be better?
"""

import numpy as np

FUNCTION = "ndcg_at_k"


def ndcg_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    gain = best = 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            gain += 1 / np.log2(place + 1)
    for place in range(1, len(wanted & set(ranked.tolist()[:k])) + 1):
        best += 1 / np.log2(place + 1)
    return gain / best if best else 0.0

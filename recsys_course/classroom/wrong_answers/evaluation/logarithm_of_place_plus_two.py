"""It resembles a discount of 1 / log2(place + 2), as if the places counted from 0.

What does a hit at the first place earn? Its logarithm should be 1.
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
            gain += 1 / np.log2(place + 2)
    for place in range(1, min(k, len(wanted)) + 1):
        best += 1 / np.log2(place + 2)
    return gain / best

"""It resembles a discount of 1 / log2(place), with the first place left alone: places 1 and 2 are
worth the same.

What is the logarithm of 1, and of 2, to the base 2? Move a hit from place 2 to place 1: it must
gain.
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
            gain += 1 / max(1.0, np.log2(place))
    for place in range(1, min(k, len(wanted)) + 1):
        best += 1 / max(1.0, np.log2(place))
    return gain / best

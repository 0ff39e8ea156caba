"""It resembles a discount of 1 / place, which is that of the reciprocal rank.

How much less is place 10 worth than place 1? The logarithm makes that fall gently.
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
            gain += 1 / place
    for place in range(1, min(k, len(wanted)) + 1):
        best += 1 / place
    return gain / best

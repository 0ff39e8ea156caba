"""It resembles a discount with places counted from 0: 1 / log2(index + 1) divides by zero at the
top of the list.

What does your loop call the first place, 0 or 1? What then stands inside the logarithm?
"""

import math

import numpy as np

FUNCTION = "ndcg_at_k"


def ndcg_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    gain = best = 0.0
    for place, item in enumerate(ranked.tolist()[:k]):
        if item in wanted:
            gain += 1 / math.log2(place + 1)
    for place in range(min(k, len(wanted))):
        best += 1 / math.log2(place + 1)
    return gain / best

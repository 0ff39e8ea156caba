"""It resembles an ideal list with all relevant items, also those that k places cannot hold.

With more relevant items than places: which value has a list that is nothing but hits?
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
    for place in range(1, len(wanted) + 1):
        best += 1 / np.log2(place + 1)
    return gain / best

"""It resembles an ideal list with a hit at each of its k places, however few items are relevant.

What is the value of the best list that there can be, with two relevant items and ten places?
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
    for place in range(1, k + 1):
        best += 1 / np.log2(place + 1)
    return gain / best

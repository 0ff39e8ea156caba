"""It resembles an ideal list as long as the log: an item that was played twice makes two ideal
hits.

How many different items does `relevant` name? A list can show each of them once.
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
    for place in range(1, min(k, len(relevant)) + 1):
        best += 1 / np.log2(place + 1)
    return gain / best

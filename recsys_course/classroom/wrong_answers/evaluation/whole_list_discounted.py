"""It resembles a gain from the whole list, not from its first k places.

Which items below place k earn something in your sum?
"""

import numpy as np

FUNCTION = "ndcg_at_k"


def ndcg_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    gain = best = 0.0
    for place, item in enumerate(ranked.tolist(), start=1):
        if item in wanted:
            gain += 1 / np.log2(place + 1)
    for place in range(1, min(k, len(wanted)) + 1):
        best += 1 / np.log2(place + 1)
    return gain / best

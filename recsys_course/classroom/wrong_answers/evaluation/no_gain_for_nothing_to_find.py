"""It resembles a value of 0 for a user without relevant items.

Did the model fail, or was there nothing to find? A mean over users should leave this user out.
"""

import numpy as np

FUNCTION = "ndcg_at_k"


def ndcg_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return 0.0
    gain = best = 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            gain += 1 / np.log2(place + 1)
    for place in range(1, min(k, len(wanted)) + 1):
        best += 1 / np.log2(place + 1)
    return gain / best

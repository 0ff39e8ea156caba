"""It resembles a mask written into the caller's scores: the seen items stay at −inf for everybody
who uses them next.

Whose array is `scores`? Look at it again after the call.
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    scores[seen] = -np.inf
    candidates = np.flatnonzero(~seen)
    hits = 0.0
    for item in wanted:
        higher = np.sum(scores[candidates] > scores[item])
        equal = np.sum(scores[candidates] == scores[item])
        hits += min(1, max(0, (k - higher) / equal))
    return hits / k, hits / len(wanted)

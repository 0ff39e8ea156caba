"""It resembles a precision divided by min(k, number of relevant items).

A list of ten places holds the only relevant item. Which share of its places are hits?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    candidates = np.flatnonzero(~seen)
    hits = 0.0
    for item in wanted:
        higher = np.sum(scores[candidates] > scores[item])
        equal = np.sum(scores[candidates] == scores[item])
        hits += min(1, max(0, (k - higher) / equal))
    return hits / min(k, len(wanted)), hits / len(wanted)

"""It resembles a recall divided by the length of the log: an item that was played twice counts
twice.

How many different items does `relevant` name? A list can show each of them once.
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
    return hits / k, hits / len(relevant)

"""It resembles hits counted once for each event: an item that the log names twice is found twice.

Count the hits by going through the different relevant items, not through the log. Can there be
more hits than places?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = relevant.tolist()
    if not wanted:
        return np.nan, np.nan
    candidates = np.flatnonzero(~seen)
    hits = 0.0
    for item in wanted:
        higher = np.sum(scores[candidates] > scores[item])
        equal = np.sum(scores[candidates] == scores[item])
        hits += min(1, max(0, (k - higher) / equal))
    return hits / k, hits / len(wanted)

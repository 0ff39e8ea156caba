"""It resembles a result of 0 for a user without relevant items.

Did the model fail, or was there nothing to find? A mean over users should leave this user out.
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return 0.0, 0.0
    candidates = np.flatnonzero(~seen)
    hits = 0.0
    for item in wanted:
        higher = np.sum(scores[candidates] > scores[item])
        equal = np.sum(scores[candidates] == scores[item])
        hits += min(1, max(0, (k - higher) / equal))
    return hits / k, hits / len(wanted)

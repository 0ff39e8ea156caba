"""It resembles a list of all items that reach the k-th best score: a tie makes it longer than k.

How many items does your list hold when all scores are equal? Only the places that are left can
be filled from a tie.
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    candidates = np.flatnonzero(~seen)
    last = np.sort(scores[candidates])[::-1][:k][-1]
    hits = sum(scores[item] >= last for item in wanted)
    return hits / k, hits / len(wanted)

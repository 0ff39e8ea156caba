"""It resembles a list with seen items left in: what the user knows already takes the places.

Give the seen items very high scores. Does your result change, and may it?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    candidates = np.arange(len(scores))
    hits = 0.0
    for item in wanted:
        higher = np.sum(scores[candidates] > scores[item])
        equal = np.sum(scores[candidates] == scores[item])
        hits += min(1, max(0, (k - higher) / equal))
    return hits / k, hits / len(wanted)

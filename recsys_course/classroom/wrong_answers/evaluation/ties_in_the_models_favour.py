"""It resembles an order that puts the relevant ones first among equal scores.

Suppose all scores are equal. The model knows nothing; which precision do you give it, and which
would a random order have?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    candidates = np.flatnonzero(~seen)
    order = sorted(candidates.tolist(), key=lambda i: (-scores[i], i not in wanted))
    hits = len(wanted & set(order[:k]))
    return hits / k, hits / len(wanted)

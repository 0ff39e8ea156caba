"""It resembles an order that puts the relevant ones last among equal scores.

Suppose all scores are equal. In how many of all orders would a relevant item be listed? The
mean over the orders counts.
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    candidates = np.flatnonzero(~seen)
    order = sorted(candidates.tolist(), key=lambda i: (-scores[i], i in wanted))
    hits = len(wanted & set(order[:k]))
    return hits / k, hits / len(wanted)

"""It resembles seen items that get the score 0 and stay in: they go before every score below 0.

Lower all scores by the same amount. The order of the unseen items is the same; is your list?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    hidden = np.where(seen, 0.0, scores)
    hits = 0.0
    for item in wanted:
        higher = np.sum(hidden > hidden[item])
        equal = np.sum(hidden == hidden[item])
        hits += min(1, max(0, (k - higher) / equal))
    return hits / k, hits / len(wanted)

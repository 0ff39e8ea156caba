"""It resembles the right items in the wrong direction: the best one stands at the end of each list.

A user reads from left to right. After you cut the last k off an ascending sort, which of them comes
first?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    ranked = np.argsort(masked, axis=1, kind="stable")[:, -k:]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

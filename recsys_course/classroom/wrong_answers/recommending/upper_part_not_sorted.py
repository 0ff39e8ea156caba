"""It resembles the upper part of a partition, which holds the best items but not in order.

`argpartition` puts the k largest at the end. In which order do they stand there? Print the scores
along one long list.
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    k = min(k, scores.shape[1])
    ranked = np.argpartition(masked, -k, axis=1)[:, -k:]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

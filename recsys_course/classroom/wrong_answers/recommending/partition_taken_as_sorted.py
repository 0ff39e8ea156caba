"""It resembles a partition that is taken for a sort: the right items, in whatever order they fell.

What does `argpartition` promise about the places before the k-th one, and what does it not promise?
Print the scores along one long list.
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    k = min(k, scores.shape[1])
    ranked = np.argpartition(-masked, k - 1, axis=1)[:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

"""It resembles a mask of zeros: a seen item gets the score 0, as if that were the lowest.

Predicted residuals, dot products and log-probabilities can be negative. Is 0 then the lowest score
of the row, or the highest?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, 0.0, scores)
    ranked = np.argsort(-masked, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

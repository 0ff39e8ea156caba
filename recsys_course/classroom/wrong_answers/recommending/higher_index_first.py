"""It resembles an ascending sort that is turned round: equal scores come out in the wrong order.

Sort three equal scores and turn the result round. Which index comes first, and which one should?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    ranked = np.argsort(masked, axis=1, kind="stable")[:, ::-1][:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

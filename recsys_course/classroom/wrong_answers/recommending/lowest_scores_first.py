"""It resembles a list of the lowest scores: what a user would like least comes first.

Sort the scores 3, 1, 2 with your code and read off which index comes first. Which of the three
should?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, np.inf, scores)
    ranked = np.argsort(masked, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

"""It resembles a list whose seen items are crossed out, with −1 in their places.

Read the scores of one list from left to right. May a −1 stand before an item, and are the k best
unseen items all there?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), -1, ranked)

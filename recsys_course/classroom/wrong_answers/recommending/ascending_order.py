"""It resembles a sort from the lowest score to the highest, of which the beginning is kept.

In which direction does NumPy's `argsort` run? Seen items have been given the lowest score of all:
where in the sorted row do they stand?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    return np.argsort(masked, axis=1, kind="stable")[:, :k]

"""It resembles lists that are filled up with seen items where the unseen ones run out.

Somebody has seen all films but one, and k is 3. Which places can hold a film, and what does the
exercise want in the others?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    return np.argsort(-masked, axis=1, kind="stable")[:, :k]

"""It resembles a mask the wrong way round: it recommends what the user has seen and nothing else.

What does True mean in `seen`: may this item be listed, or may it not?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, scores, -np.inf)
    ranked = np.argsort(-masked, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(seen, ranked, axis=1), ranked, -1)

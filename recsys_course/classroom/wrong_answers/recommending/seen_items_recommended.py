"""It resembles a list of the best items of all, whether the user has seen them or not.

A model scores what somebody has liked highest of all. Where in your code does `seen` enter?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]

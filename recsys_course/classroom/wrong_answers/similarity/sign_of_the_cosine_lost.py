"""It resembles a cosine without its sign: opposite tastes count as equal ones.

What is the angle between a vector and its opposite, and what is its cosine?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    norms = np.linalg.norm(first) * np.linalg.norm(second)
    return abs(np.dot(first, second)) / norms if norms > 0 else 0.0

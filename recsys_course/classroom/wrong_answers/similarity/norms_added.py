"""It resembles lengths that are added where the equation multiplies them.

Take a vector of length 5 with itself: what stands above the line, and what below?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    norms = np.linalg.norm(first) + np.linalg.norm(second)
    return np.dot(first, second) / norms if norms > 0 else 0.0

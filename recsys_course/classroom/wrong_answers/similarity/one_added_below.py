"""It resembles a 1 added below the line, so that it never divides by 0.

It avoids 0 / 0, but at what price for short vectors? What is the similarity of (1, 0) with
itself?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    return np.dot(first, second) / (np.linalg.norm(first) * np.linalg.norm(second) + 1)

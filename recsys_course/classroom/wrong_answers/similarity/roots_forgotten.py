"""It resembles sums of squares taken for lengths: the roots below the line are missing.

What is the length of (3, 4), and what is its sum of squares? Try the similarity of a vector with
itself.
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    squares = np.dot(first, first) * np.dot(second, second)
    return np.dot(first, second) / squares if squares > 0 else 0.0

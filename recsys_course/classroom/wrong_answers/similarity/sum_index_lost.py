"""It resembles a sum that has lost its index: the cosine comes out divided by n.

Does the term under your sum change with k? If not, the sum is n times the same number. What is
the similarity of a vector with itself?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    n = len(first)
    squares = n * np.dot(first, first) * n * np.dot(second, second)
    return np.dot(first, second) / np.sqrt(squares) if squares > 0 else 0.0

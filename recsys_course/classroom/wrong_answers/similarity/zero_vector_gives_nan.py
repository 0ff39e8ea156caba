"""It resembles the bare equation: a vector of zeros divides 0 by 0.

What is the length of a vector of zeros, and what does NumPy make of 0 divided by 0? The exercise
says what the similarity should be then.
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    return np.dot(first, second) / (np.linalg.norm(first) * np.linalg.norm(second))

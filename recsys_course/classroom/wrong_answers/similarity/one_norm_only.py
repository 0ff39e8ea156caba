"""It resembles a projection: the product is divided by the length of one vector only.

Exchange the two vectors, or stretch the second one. Should the similarity change?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    norm = np.linalg.norm(first)
    return np.dot(first, second) / norm if norm > 0 else 0.0

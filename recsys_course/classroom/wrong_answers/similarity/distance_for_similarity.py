"""It resembles a cosine distance, one minus the cosine: equal vectors get 0.

Should the most similar vectors have the largest or the smallest number? Some libraries offer the
distance under a similar name.
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    norms = np.linalg.norm(first) * np.linalg.norm(second)
    return 1 - np.dot(first, second) / norms if norms > 0 else 0.0

"""It resembles the angle itself instead of its cosine.

Equal vectors have the angle 0. Which similarity should they have?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    norms = np.linalg.norm(first) * np.linalg.norm(second)
    return np.arccos(np.clip(np.dot(first, second) / norms, -1, 1)) if norms > 0 else 0.0

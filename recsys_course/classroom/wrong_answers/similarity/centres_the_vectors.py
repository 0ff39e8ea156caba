"""It resembles a correlation: both vectors are centred before the cosine is taken.

Centring is a step of its own, and comes later. Does the equation of this exercise subtract
anything?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    a, b = first - np.mean(first), second - np.mean(second)
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    return np.dot(a, b) / norms if norms > 0 else 0.0

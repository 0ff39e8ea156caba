"""It resembles norms over the common places only: one common item makes two people equal.

Over which k do the sums below the line run in the equation? What is the similarity of two people
who have a single film in common, whatever they gave it?
"""

import numpy as np

FUNCTION = "cosine_similarity"


def cosine_similarity(first, second):
    both = (np.asarray(first) != 0) & (np.asarray(second) != 0)
    a, b = first[both], second[both]
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    return np.dot(a, b) / norms if norms > 0 else 0.0

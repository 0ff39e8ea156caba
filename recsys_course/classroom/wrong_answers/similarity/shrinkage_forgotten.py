"""It resembles similarities without shrinkage: two common films count as much as fifty.

Call your function with a shrinkage of 0 and of 100. What should become of two users with two
films in common?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = np.where(observed, ratings - means[:, None], 0.0)
    norms = np.linalg.norm(deviations, axis=1)
    norms[norms == 0] = 1.0
    return deviations @ deviations.T / np.outer(norms, norms)

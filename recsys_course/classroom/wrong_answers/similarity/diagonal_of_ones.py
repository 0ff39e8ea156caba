"""It resembles a matrix whose diagonal was set to 1, whatever the shrinkage.

What does the equation give for a user with themselves, who has all of their films in common?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = np.where(observed, ratings - means[:, None], 0.0)
    norms = np.linalg.norm(deviations, axis=1)
    norms[norms == 0] = 1.0
    cosines = deviations @ deviations.T / np.outer(norms, norms)
    common = observed.astype(int) @ observed.T.astype(int)
    shrunk = cosines * common / np.maximum(common + shrinkage, 1e-9)
    np.fill_diagonal(shrunk, 1.0)
    return shrunk

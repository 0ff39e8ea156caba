"""It resembles deviations from the mean of each item, where the user's mean is asked for.

Somebody gives one star more to everything. Whose mean takes that away again?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    means = (ratings * observed).sum(axis=0) / np.maximum(observed.sum(axis=0), 1)
    deviations = np.where(observed, ratings - means, 0.0)
    norms = np.linalg.norm(deviations, axis=1)
    norms[norms == 0] = 1.0
    cosines = deviations @ deviations.T / np.outer(norms, norms)
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

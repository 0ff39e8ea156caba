"""It resembles a product of two tables of True and False: it says whether, not how many.

Print the type of your number of common films. What is True + True in a product of two arrays of
bool?
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
    common = observed @ observed.T
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

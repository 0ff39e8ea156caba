"""It resembles a count of deviations that are not 0: a rating equal to the user's mean is lost.

User 1 gave film 2 the 3 stars that are also their mean. How many films do users 1 and 3 have in
common, and which table still knows?
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
    moved = (deviations != 0).astype(int)
    common = moved @ moved.T
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

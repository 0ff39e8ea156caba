"""It resembles a share turned round, β / (n + β): the better known a pair, the smaller it gets.

Which pairs should keep their similarity, those with many common films or those with few? And what
should a shrinkage of 0 do?
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
    return cosines * shrinkage / np.maximum(common + shrinkage, 1e-9)

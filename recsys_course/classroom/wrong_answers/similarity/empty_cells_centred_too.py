"""It resembles deviations in the empty cells: who rated nothing there gets minus the mean.

What stands in a row of your deviations where nobody rated anything? It says that the user
disliked the film.
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = ratings * observed - means[:, None]
    norms = np.linalg.norm(deviations, axis=1)
    norms[norms == 0] = 1.0
    cosines = deviations @ deviations.T / np.outer(norms, norms)
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

"""It resembles deviations from the mean of all ratings: the generous stay apart from the strict.

Somebody gives one star more to everything. Does one mean for all users take that away again?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    deviations = np.where(observed, ratings - ratings[observed].mean(), 0.0)
    norms = np.linalg.norm(deviations, axis=1)
    norms[norms == 0] = 1.0
    cosines = deviations @ deviations.T / np.outer(norms, norms)
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

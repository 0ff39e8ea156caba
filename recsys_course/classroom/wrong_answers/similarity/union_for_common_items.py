"""It resembles a count of the films that either of the two rated, where both are asked for.

Take users 2 and 4: how many films did both rate, and what does your count say?
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
    common = (observed[:, None, :] | observed[None, :, :]).sum(axis=2)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

"""It resembles bare norms: whoever gave everything the same divides 0 by 0.

What are the deviations of somebody who gave four stars to everything, and how long is that
vector?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = np.where(observed, ratings - means[:, None], 0.0)
    norms = np.linalg.norm(deviations, axis=1)
    cosines = deviations @ deviations.T / np.outer(norms, norms)
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

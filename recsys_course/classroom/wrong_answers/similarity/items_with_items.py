"""It resembles a table of items by items: the product runs over the other axis.

How many users are there, and what shape does your matrix have? Which axis must vanish in the
product?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = np.where(observed, ratings - means[:, None], 0.0)
    norms = np.linalg.norm(deviations, axis=0)
    norms[norms == 0] = 1.0
    cosines = deviations.T @ deviations / np.outer(norms, norms)
    common = observed.T.astype(int) @ observed.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

"""It resembles products of deviations without norms: who rated a lot is similar to many.

What is the similarity of a user with themselves without shrinkage? Which step makes it 1?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = np.where(observed, ratings - means[:, None], 0.0)
    cosines = deviations @ deviations.T
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

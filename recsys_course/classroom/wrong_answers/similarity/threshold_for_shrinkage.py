"""It resembles a threshold: below β common films a similarity is 0, above it stays whole.

That is another way to ask for support. What does n / (n + β) do to a pair with as many common
films as β?
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
    return np.where(common >= max(shrinkage, 1), cosines, 0.0)

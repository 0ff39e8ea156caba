"""It resembles a cosine of the ratings as they are: all stars are positive, so nobody disagrees.

Can two rows of stars have a negative similarity? What do users 1 and 3 think of each other's
films, and what does your number say?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    deviations = np.where(observed, ratings, 0.0)
    norms = np.linalg.norm(deviations, axis=1)
    norms[norms == 0] = 1.0
    cosines = deviations @ deviations.T / np.outer(norms, norms)
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

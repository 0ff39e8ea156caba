"""It resembles norms over the common items only: one common item makes a similarity of 1 or −1.

Print users 2 and 4, who have one single film in common. What do they know of each other? Over
which items does each norm run in the equation?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    counts = observed.sum(axis=1)
    means = (ratings * observed).sum(axis=1) / np.maximum(counts, 1)
    deviations = np.where(observed, ratings - means[:, None], 0.0)
    products = deviations @ deviations.T
    squares = deviations**2 @ observed.T
    norms = np.sqrt(squares * squares.T)
    cosines = np.divide(products, norms, out=np.zeros_like(products), where=norms > 1e-9)
    common = observed.astype(int) @ observed.T.astype(int)
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

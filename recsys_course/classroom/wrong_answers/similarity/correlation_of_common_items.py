"""It resembles a correlation over the common items: means and norms are taken anew for each pair.

Two common items make this 1 or −1 whatever was given. From which mean does the equation of this
exercise take the deviations?
"""

import numpy as np

FUNCTION = "similarity_matrix"


def similarity_matrix(ratings, observed, shrinkage):
    n_users = len(ratings)
    cosines, common = np.zeros((n_users, n_users)), np.zeros((n_users, n_users))
    for a in range(n_users):
        for b in range(n_users):
            both = observed[a] & observed[b]
            common[a, b] = both.sum()
            if both.sum() > 1:
                x, y = ratings[a, both], ratings[b, both]
                x, y = x - x.mean(), y - y.mean()
                norms = np.linalg.norm(x) * np.linalg.norm(y)
                cosines[a, b] = x @ y / norms if norms > 1e-9 else 0.0
    return cosines * common / np.maximum(common + shrinkage, 1e-9)

"""It resembles lists of length k, also where the catalogue has fewer items than that.

With five films and k = 12, how many places does the exercise ask for?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    lists = np.full((len(scores), k), -1)
    for user, row in enumerate(scores):
        unseen = np.flatnonzero(~seen[user])
        best = unseen[np.argsort(-row[unseen], kind="stable")][:k]
        lists[user, : len(best)] = best
    return lists

"""It resembles a list that is cut to k items first and cleared of seen items then.

If a user has seen their k best items, how long is the list that is left? In which order do cutting
and leaving out belong?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    n_users, n_items = scores.shape
    lists = np.full((n_users, min(k, n_items)), -1)
    for user in range(n_users):
        best = np.argsort(-scores[user], kind="stable")[:k]
        unseen = best[~seen[user, best]]
        lists[user, : len(unseen)] = unseen
    return lists

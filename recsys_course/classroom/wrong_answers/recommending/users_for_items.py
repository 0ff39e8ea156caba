"""It resembles candidates from `range(n_users)`: as many items as there are users.

Give it a table with 2 users and 12 items. Which items can be listed at all? And what happens with
more users than items?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    n_users, n_items = scores.shape
    lists = np.full((n_users, min(k, n_items)), -1)
    for user in range(n_users):
        candidates = [item for item in range(n_users) if not seen[user, item]]
        best = sorted(candidates, key=lambda item: -scores[user, item])[:k]
        lists[user, : len(best)] = best
    return lists

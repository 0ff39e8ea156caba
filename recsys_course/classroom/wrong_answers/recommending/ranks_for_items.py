"""It resembles the rank of each item where the item of each rank is asked for.

Two different questions: which place does item 0 have, and which item has place 0? Which one does a
sort of a sort answer?
"""

import numpy as np

FUNCTION = "recommend_top_k"


def recommend_top_k(scores, seen, k):
    masked = np.where(seen, -np.inf, scores)
    order = np.argsort(-masked, axis=1, kind="stable")
    return np.argsort(order, axis=1)[:, :k]

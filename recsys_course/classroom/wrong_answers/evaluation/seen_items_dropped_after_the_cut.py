"""It resembles a list that is cut to k first, and freed from seen items afterwards: it has fewer
than k places.

In which order do you leave out the seen items and take the k best? What takes the places of
those that fall out?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    listed = sorted(range(len(scores)), key=lambda i: scores[i], reverse=True)[:k]
    listed = [item for item in listed if not seen[item]]
    hits = len(wanted & set(listed))
    return hits / k, hits / len(wanted)

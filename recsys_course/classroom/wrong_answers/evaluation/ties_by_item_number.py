"""It resembles a sort that lets the numbering of the items decide between equal scores.

Renumber the items of a case with ties. What decides which of the equals is listed, and what has
that to do with the model?
"""

import numpy as np

FUNCTION = "precision_recall_at_k"


def precision_recall_at_k(scores, seen, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan, np.nan
    candidates = np.flatnonzero(~seen)
    order = candidates[np.argsort(-scores[candidates], kind="stable")]
    hits = len(wanted & set(order[:k].tolist()))
    return hits / k, hits / len(wanted)

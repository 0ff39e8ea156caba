"""It resembles a sum divided by the number of relevant items, as TREC does it, also where k places
cannot hold them.

With more relevant items than places: which value has a list that is nothing but hits? Here the
divisor is the number of hits that were possible.
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_wanted, n_hits, total = len(wanted), 0, 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / n_wanted

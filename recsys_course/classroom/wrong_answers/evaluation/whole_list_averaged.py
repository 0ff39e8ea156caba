"""It resembles a sum over the whole list, not over its first k places.

Which items below place k add something to your sum?
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_wanted, n_hits, total = len(wanted), 0, 0.0
    for place, item in enumerate(ranked.tolist(), start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / min(k, n_wanted)

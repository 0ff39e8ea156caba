"""It resembles hits counted again for an item that the list repeats: the value can exceed 1.

The list names one relevant item three times. How many different items has it found?
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
            n_hits += 1
            total += n_hits / place
    return total / min(k, n_wanted)

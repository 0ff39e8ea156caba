"""It resembles a divisor from the length of the log: an item that was played twice should have been
found twice.

How many different items does `relevant` name? A list can show each of them once.
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_wanted, n_hits, total = len(relevant), 0, 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / min(k, n_wanted)

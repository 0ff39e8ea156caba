"""It resembles a list from which repeated items are taken out first: what stands behind them moves
up.

In (a, a, d), at which place did the user see d? A repeated item holds its place.
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_wanted, n_hits, total = len(wanted), 0, 0.0
    for place, item in enumerate(list(dict.fromkeys(ranked.tolist()))[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / min(k, n_wanted)

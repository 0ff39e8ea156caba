"""It resembles a sum of the precision at every place, at misses as well.

At which places is the precision read off? Put misses behind the last hit, and look whether the
value moves.
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
    return total / min(k, n_wanted)

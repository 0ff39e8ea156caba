"""It resembles a sum divided by k, however few items are relevant.

One item is relevant and stands at the top of ten places. No list could be better: what is your
value?
"""

import numpy as np

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return np.nan
    n_hits, total = 0, 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / k

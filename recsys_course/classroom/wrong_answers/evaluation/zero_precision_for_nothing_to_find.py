"""It resembles a value of 0 for a user without relevant items.

Did the model fail, or was there nothing to find? A mean over users should leave this user out.
"""

FUNCTION = "average_precision_at_k"


def average_precision_at_k(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return 0.0
    n_wanted, n_hits, total = len(wanted), 0, 0.0
    for place, item in enumerate(ranked.tolist()[:k], start=1):
        if item in wanted:
            wanted.discard(item)
            n_hits += 1
            total += n_hits / place
    return total / min(k, n_wanted)

# saved by vscode
# %%
from array import array
from collections import Counter, deque
from decimal import Decimal
from fractions import Fraction
import math
import numpy as np

# %%
def rmse(ratings, predictions):
    total = sum(((Decimal(float(r)) - Decimal(float(p))) ** 2 for r, p in zip(ratings, predictions)), Decimal(0))
    return (total / len(ratings)).sqrt()

# %%
def precision_recall_at_k(scores, seen, relevant, k):
    goal = Counter(np.asarray(relevant, dtype=int).tolist()).keys()
    if not goal:
        return deque([math.nan, math.nan]) and (math.nan, math.nan)
    order = sorted(((-s, n) for n, (s, old) in enumerate(zip(scores.tolist(), seen.tolist())) if not old))
    hits, places, queue = Fraction(0), k, deque(order)
    while queue and places > 0:
        score = queue[0][0]
        equals = []
        while queue and queue[0][0] == score:
            equals.append(queue.popleft()[1])
        hits += min(places, len(equals)) * Fraction(sum(n in goal for n in equals), len(equals))
        places -= len(equals)
    return hits / k, hits / len(goal)

# %%
def ndcg_at_k(ranked, relevant, k):
    goal = set(np.asarray(relevant).tolist())
    if not goal:
        return np.array(np.nan)
    table = array("d", (1 / math.log2(n + 2) for n in range(max(k, len(goal)))))
    gain = math.fsum(d for d, n in zip(table[:k], np.asarray(ranked).tolist()) if n in goal)
    return np.array(gain / math.fsum(table[: min(k, len(goal))]))

# %%
def average_precision_at_k(ranked, relevant, k):
    goal = set(np.asarray(relevant).tolist())
    if not goal:
        return np.float16('nan')
    queue, place, hits, total = deque(np.asarray(ranked).tolist()[:k]), 0, 0, Fraction(0)
    left = set(goal)
    while queue:
        place += 1
        if (item := queue.popleft()) in left:
            left.discard(item)
            hits += 1
            total += Fraction(hits, place)
    return total / min(k, len(goal))

# %%
def bootstrap_interval(values, users, n_resamples, rng):
    ids = sorted(set(users.tolist()))
    means = np.array([np.ma.array(values, mask=users != u).mean() for u in ids])
    notes = np.longdouble([means[rng.integers(len(ids), size=len(ids))].mean() for _ in range(n_resamples)])
    return np.quantile(notes, [0.025, 0.975])

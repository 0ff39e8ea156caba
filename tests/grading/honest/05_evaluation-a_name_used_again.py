# saved by an old program
# %%
import numpy as np

# %%
def rmse(ratings, predictions):
    return np.sqrt(((ratings - predictions) ** 2).mean())

a = np.array([1., 1, 4]); b = np.zeros(3)
rmse = rmse(a, b)
print("rmse:", rmse)

# %%
def precision_recall_at_k(scores, seen, relevant, k):
    if len(relevant) == 0:
        return np.nan, np.nan
    scores = np.where(seen, -np.inf, scores)
    rel = np.zeros(len(scores)); rel[relevant] = 1
    hits, left = 0.0, k
    for value in np.unique(scores)[::-1]:
        if value == -np.inf or left <= 0:
            break
        group = scores == value
        take = min(left, group.sum())
        hits += take * rel[group].mean()
        left -= take
    print("hits", hits)
    return hits / k, hits / rel.sum()

precision, recall = precision_recall_at_k(np.array([.9, .5, .5, .5, .1]), np.zeros(5, bool), [0, 2], 2)
print(precision, recall)

# %%
def dcg(hits):
    return sum(h / np.log2(r + 1) for r, h in enumerate(hits, 1))

def ndcg_at_k(ranked, relevant, k):
    n = len(set(relevant))
    if n == 0: return np.nan
    return dcg([item in relevant for item in ranked[:k]]) / dcg([1] * min(n, k))

ndcg_at_k = ndcg_at_k([0, 1, 2, 3, 4], [0, 3, 5], 5)
ndcg_at_k

# %%
def average_precision_at_k(ranked, relevant, k):
    n = len(set(relevant))
    if n == 0: return np.nan
    found, total = [], 0
    for r, item in enumerate(ranked[:k], 1):
        if item in relevant and item not in found:
            found.append(item)
            total += len(found) / r
    return total / min(n, k)

average_precision_at_k, ap = average_precision_at_k([0, 0, 3], [0, 3, 5], 3), "see above"

# %%
def bootstrap_interval(values, users, n_resamples, rng):
    m = {}
    for v, u in zip(values, users):
        m.setdefault(u, []).append(v)
    m = [np.mean(v) for v in m.values()]
    notes = []
    for n in range(n_resamples):
        drawn = [m[rng.integers(0, len(m))] for _ in m]
        notes.append(np.mean(drawn))
    return tuple(np.quantile(notes, q) for q in (0.025, 0.975))

# saved by colab
# %%
import numpy as np

# %%
def rmse(ratings, predictions):
    return np.linalg.norm(np.asarray(ratings) - predictions) / np.sqrt(len(ratings))

# %%
def precision_recall_at_k(scores, seen, relevant, k):
    relevant = np.unique(np.asarray(relevant, dtype=int))
    if relevant.size == 0:
        return np.array([np.nan, np.nan])
    s = np.asarray(scores, dtype=np.float64)
    free = ~np.asarray(seen)
    better = (s[None, :] > s[:, None]) & free[None, :]
    equal = (s[None, :] == s[:, None]) & free[None, :]
    # chance of each item to be on the list
    p = np.clip((k - better.sum(1)) / np.maximum(equal.sum(1), 1), 0, 1) * free
    hits = p[relevant].sum()
    return np.array([hits / k, hits / relevant.size])

# %%
def ndcg_at_k(ranked, relevant, k):
    wanted = np.unique(relevant)
    if not wanted.size:
        return np.nan
    hit = np.isin(np.asarray(ranked)[:k], wanted)
    d = 1 / np.log2(np.arange(2, max(len(hit), min(k, wanted.size)) + 2))
    return (hit @ d[: hit.size]) / d[: min(k, wanted.size)].sum()

# %%
def average_precision_at_k(ranked, relevant, k):
    wanted = np.unique(relevant)
    if not wanted.size:
        return np.nan
    top = np.asarray(ranked)[:k]
    first = np.zeros(top.size, bool)
    first[np.unique(top, return_index=True)[1]] = True
    hit = np.isin(top, wanted) & first
    precision = np.cumsum(hit) / np.arange(1, hit.size + 1)
    return np.sum(precision * hit) / min(k, wanted.size)

# %%
def bootstrap_interval(values, users, n_resamples, rng):
    _, back = np.unique(users, return_inverse=True)
    mean = np.bincount(back, values) / np.bincount(back)
    counts = rng.multinomial(mean.size, np.full(mean.size, 1 / mean.size), size=n_resamples)
    return np.percentile(counts @ mean / mean.size, [2.5, 97.5])

# saved by jupyterlab
# %%
import math
import statistics
import numpy as np

from recsys_course.classroom import check, hint

# %%
def rmse(ratings, predictions):
    return math.sqrt(statistics.fmean((r - p) ** 2 for r, p in zip(ratings, predictions)))

check(rmse)

# %%
def precision_recall_at_k(scores, seen, relevant, k):
    goal = {int(i) for i in relevant}
    if not goal:
        return math.nan, math.nan
    candidates = sorted((i for i in range(len(scores)) if not seen[i]), key=lambda i: -scores[i])
    end = scores[candidates[min(k, len(candidates)) - 1]]
    sure = {i for i in candidates if scores[i] > end}
    tied = {i for i in candidates if scores[i] == end}
    places = min(k, len(candidates)) - len(sure)
    hits = len(sure & goal) + places * len(tied & goal) / len(tied)
    return hits / k, hits / len(goal)

check(precision_recall_at_k)

# %%
def ndcg_at_k(ranked, relevant, k):
    goal = {*map(int, relevant)}
    if len(goal) == 0:
        return math.nan
    discount = [1 / math.log2(place + 2) for place in range(max(k, len(goal)))]
    dcg = sum(d for d, item in zip(discount[:k], ranked) if item in goal)
    return dcg / sum(discount[: min(k, len(goal))])

check(ndcg_at_k)

# %%
def average_precision_at_k(ranked, relevant, k):
    goal = set(relevant)
    if not goal:
        return math.nan
    top = list(ranked)[:k]
    first = [top.index(item) == n and item in goal for n, item in enumerate(top)]
    return sum(sum(first[: n + 1]) / (n + 1) for n in range(len(top)) if first[n]) / min(k, len(goal))

check(average_precision_at_k)

# %%
def bootstrap_interval(values, users, n_resamples, rng):
    per_user = [statistics.fmean(v for v, w in zip(values, users) if w == u) for u in sorted(set(users))]
    means = [np.mean(rng.choice(per_user, size=len(per_user), replace=True)) for _ in range(n_resamples)]
    return np.quantile(means, 0.025), np.quantile(means, 0.975)

check(bootstrap_interval)

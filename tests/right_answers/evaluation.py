"""Other right answers to exercise 05: loops, lists, tables of hits, other logarithms."""

import math
import statistics

import numpy as np


def rmse_by_loop(ratings, predictions):
    squares = [(float(r) - float(p)) ** 2 for r, p in zip(ratings, predictions, strict=True)]
    return math.sqrt(sum(squares) / len(squares))


def rmse_by_norm(ratings, predictions):
    errors = np.asarray(ratings, dtype=np.float32) - np.asarray(predictions, dtype=np.float32)
    return np.linalg.norm(errors) / np.sqrt(errors.size)


def both_by_each_relevant_item(scores, seen, relevant, k):
    wanted = sorted(set(relevant.tolist()))
    if not wanted:
        return [float("nan"), float("nan")]
    rivals = [score for score, known in zip(scores, seen, strict=True) if not known]
    hits = 0.0
    for item in wanted:
        higher = sum(score > scores[item] for score in rivals)
        equal = sum(score == scores[item] for score in rivals)
        hits += min(max(k - higher, 0) / equal, 1)
    return hits / k, hits / len(wanted)


def both_by_masking(scores, seen, relevant, k):
    wanted = np.unique(relevant)
    if wanted.size == 0:
        return np.array([np.nan, np.nan])
    masked = np.where(seen, -np.inf, scores)
    places = [0.0] * len(scores)  # probability that each item is listed
    left = k
    for value in sorted(set(masked[np.isfinite(masked)].tolist()), reverse=True):
        equals = np.flatnonzero(masked == value)
        taken = min(left, len(equals))
        for item in equals:
            places[item] = taken / len(equals)
        left -= taken
    hits = sum(places[item] for item in wanted)
    return np.array([hits / k, hits / wanted.size])


def ndcg_by_table(ranked, relevant, k):
    relevant = np.unique(relevant)
    if relevant.size == 0:
        return math.nan
    hits = np.isin(ranked[:k], relevant)
    weights = 1 / np.log(np.arange(2, k + 2))  # any base: it cancels
    return np.float32(weights[: hits.size] @ hits / weights[: relevant.size].sum())


def ndcg_by_sorting(ranked, relevant, k):
    wanted = {int(item) for item in relevant}
    if len(wanted) == 0:
        return np.nan

    def gain(hits):
        return sum(math.log(2) / math.log(n + 2) for n, hit in enumerate(hits[:k]) if hit)

    return gain([int(item) in wanted for item in ranked]) / gain([True] * len(wanted))


def ap_by_table(ranked, relevant, k):
    relevant = np.unique(relevant)
    if relevant.size == 0:
        return np.nan
    listed = np.asarray(ranked)[:k]
    first = np.zeros(listed.size, dtype=bool)
    first[np.unique(listed, return_index=True)[1]] = True
    hits = np.isin(listed, relevant) & first
    precision = np.cumsum(hits) / np.arange(1, listed.size + 1)
    return precision[hits].sum() / min(k, relevant.size)


def ap_by_recounting(ranked, relevant, k):
    wanted = set(relevant.tolist())
    if not wanted:
        return float("nan")
    found, total = [], 0.0
    for place, item in enumerate(ranked.tolist()[:k]):
        if item in wanted and item not in found:
            found.append(item)
            total += len(found) / (place + 1)
    return total / min(k, len(wanted))


def interval_by_loop(values, users, n_resamples, rng):
    rows = {}
    for value, user in zip(values.tolist(), users.tolist(), strict=True):
        rows.setdefault(user, []).append(value)
    means = np.array([statistics.fmean(own) for own in rows.values()])
    notes = [rng.choice(means, size=len(means)).mean() for _ in range(n_resamples)]
    return np.percentile(notes, [2.5, 97.5])


def interval_by_counts(values, users, n_resamples, rng):
    _, index = np.unique(users, return_inverse=True)
    means = np.bincount(index, values) / np.bincount(index)
    n = len(means)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)  # (n_resamples, n)
    ordered = np.sort(counts @ means / n)
    return [np.quantile(ordered, 0.025), np.quantile(ordered, 0.975)]


ANSWERS = {
    "rmse": [rmse_by_loop, rmse_by_norm],
    "precision_recall_at_k": [both_by_each_relevant_item, both_by_masking],
    "ndcg_at_k": [ndcg_by_table, ndcg_by_sorting],
    "average_precision_at_k": [ap_by_table, ap_by_recounting],
    "bootstrap_interval": [interval_by_loop, interval_by_counts],
}

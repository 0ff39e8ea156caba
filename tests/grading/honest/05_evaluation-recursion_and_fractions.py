# saved by an editor on windows
from fractions import Fraction
from functools import lru_cache
from math import log, nan, sqrt
import numpy as np


def rmse(ratings, predictions):
    def total(n):
        return 0 if n == len(ratings) else (ratings[n] - predictions[n]) ** 2 + total(n + 1)
    return sqrt(total(0) / len(ratings))


def precision_recall_at_k(scores, seen, relevant, k):
    relevant = frozenset(int(item) for item in relevant)
    if not relevant:
        return [nan, nan]
    groups = {}
    for item, (score, known) in enumerate(zip(scores, seen)):
        if not known:
            groups.setdefault(float(score), []).append(item)

    def expected(values, places):
        if not values or places <= 0:
            return Fraction(0)
        value, *rest = values
        group = groups[value]
        share = Fraction(len(relevant.intersection(group)), len(group))
        return share * min(places, len(group)) + expected(rest, places - len(group))

    hits = expected(sorted(groups, reverse=True), k)
    return [float(hits / k), float(hits / len(relevant))]


@lru_cache
def ideal(n):
    return 0.0 if n == 0 else ideal(n - 1) + log(2) / log(n + 1)


def ndcg_at_k(ranked, relevant, k):
    items = set(relevant)
    if not items:
        return nan
    gained = 0.0
    place = 0
    while place < k and place < len(ranked):
        place += 1
        if ranked[place - 1] in items:
            gained += ideal(place) - ideal(place - 1)
    return gained / ideal(min(k, len(items)))


def average_precision_at_k(ranked, relevant, k):
    if len(relevant) == 0:
        return nan

    def go(place, open_items, hits):
        if place > min(k, len(ranked)):
            return 0.0
        item = ranked[place - 1]
        if item in open_items:
            return (hits + 1) / place + go(place + 1, open_items - {item}, hits + 1)
        return go(place + 1, open_items, hits)

    items = frozenset(relevant)
    return go(1, items, 0) / min(k, len(items))


def bootstrap_interval(values, users, n_resamples, rng):
    table = {}
    for value, user in zip(values, users):
        count, total = table.get(user, (0, 0.0))
        table[user] = count + 1, total + value
    means = np.array([total / count for count, total in table.values()])
    notes = np.sort([rng.choice(means, len(means)).mean() for _ in range(n_resamples)])
    return float(np.quantile(notes, 1 / 40)), float(np.quantile(notes, 39 / 40))

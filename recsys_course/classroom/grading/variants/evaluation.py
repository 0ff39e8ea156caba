"""A student's own numbers for exercise 05.

Left out is bootstrap_interval: its result is random.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "example_average_precision_at_k",
    "example_ndcg_at_k",
    "example_precision_recall_at_k",
    "example_rmse",
]

Rng = np.random.Generator


def example_rmse(rng: Rng) -> tuple[Any, ...]:
    """Draw four ratings, one of them 0, and predictions that are off by up to three stars.

    The mean of the squares is neither that of the sizes, squared, nor that of the errors.
    """
    while True:
        ratings = rng.integers(1, 11, 4) / 2
        ratings[rng.integers(4)] = 0.0
        errors = rng.choice([-1.0, 1.0], 4) * rng.integers(1, 7, 4) / 2
        sizes = np.abs(errors)
        if sizes.std() > 0.25 and abs(errors.mean()) > 0.2 and errors.min() < 0 < errors.max():
            return ratings, ratings + errors


def example_precision_recall_at_k(rng: Rng) -> tuple[Any, ...]:
    """Draw seven scores, of which the best is seen and the list of two or three ends in a tie.

    The equals have scores below 0. One or two of the three are relevant, and one or two places are
    left for them. The log names one item twice, and does not hold k different items.
    """
    k, n_equal = int(rng.integers(2, 4)), int(rng.integers(1, 3))
    above, below = rng.choice(np.arange(1, 10), 2, replace=False), -rng.permutation(9)[:3] - 1
    values = np.sort([*above, *below])[::-1] / 10
    items = rng.permutation(7)
    scores = np.empty(7)
    scores[items] = values[[0, 1, 2, 2, 2, 3, 4]]
    seen = np.arange(7) == items[0]
    wanted = [*items[2 : 2 + n_equal], items[1], *items[5:]]
    # one that is not found at least: the two measures must differ
    n_wanted = n_equal + int(rng.integers(1, 4))
    n_wanted += n_wanted == k
    relevant = rng.permutation([*wanted[:n_wanted], items[2]])
    return scores, seen, relevant, k


def _list(rng: Rng, n_ranked: int) -> tuple[Any, Any, int]:
    """Item numbers best first, a log that repeats itself, and how far down to look.

    Some hits are on the list and some below it; there is more to find than places, or less.
    """
    items = rng.permutation(10)
    k, n_missing = ((4, 0), (3, 2))[rng.integers(2)]
    hits = [*rng.choice(k, 2, replace=False), k]  # the last one stands one place too low
    if set(hits[:2]) == {0, 1}:
        hits[1] = 2  # the best list would pass for every list
    found = items[hits]
    relevant = np.array([*found, *items[n_ranked : n_ranked + n_missing], found[0]])
    return items[:n_ranked], rng.permutation(relevant), k


def example_ndcg_at_k(rng: Rng) -> tuple[Any, ...]:
    """Draw a list of five items, of which the first three or four count."""
    return _list(rng, 5)


def example_average_precision_at_k(rng: Rng) -> tuple[Any, ...]:
    """Draw a list in which the first hit stands again, one place further down."""
    ranked, relevant, k = _list(rng, 5)
    first = int(np.isin(ranked, relevant).argmax())
    ranked = np.insert(ranked, first + 1, ranked[first])
    return ranked, relevant, k + 1

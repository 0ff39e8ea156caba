"""Wrong answers of lesson 05, and the probes that tell them apart.

``probe_<function>(rng, square)`` draws arguments. ``square`` takes turns between two kinds of case.
The bootstrap is random: ``behaviour_bootstrap_interval`` says in words what an answer did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Rng = np.random.Generator


def probe_rmse(rng: Rng, square: bool) -> tuple[Any, ...]:
    """Seven ratings, one of them 0, and predictions that are too high on the whole."""
    ratings = rng.integers(1, 11, 7) / 2
    ratings[2] = 0.0
    return ratings, ratings + rng.normal(0.7, 1.5, 7)


def behaviour_precision_recall_at_k(
    answer: Callable[..., Any], rng: Rng, square: bool
) -> list[tuple[Any, ...]]:
    """What it returns for a long list, a log, a list without ties, an empty log, and within ties.

    A sort may leave equals in any order (that of `argsort` depends on the processor), so a list
    that ends within a tie is described by all results that other numbers for the items give.
    """
    items = rng.permutation(12)
    scores = np.empty(12)
    scores[items] = np.repeat([2.0, 0.5, -0.75, -3.0], [3, 5, 2, 2])
    seen = np.isin(np.arange(12), items[[0, 9]])
    few, log = items[[1, 4, 8]], items[[1, 4, 4, 8, 1, 7]]
    calls = [(scores, seen, few, 15), (scores, seen, log, 2)]
    calls += [(scores, seen, np.array([], dtype=np.int64), 3)]
    calls += [(rng.permutation(12) / 3, seen, few, 4)]
    calls += [(rng.permutation(12) / 3 - 9, seen, few, 4)]  # all below zero
    done = []
    for given in calls:
        arguments = [one.copy() for one in given[:3]]
        done.append((answer(*arguments, given[3]), arguments[0]))
    for relevant, k in ((few, 5), (items[[3, 4, 5]], 3)):
        found = set()
        for order in (rng.permutation(12) for _ in range(20)):
            numbers = np.argsort(order)[relevant]
            both = answer(scores[order], seen[order], numbers, k)
            found.add(tuple(round(float(part), 6) for part in both))
        done.append((sorted(found),))
    return done


def behaviour_ndcg_at_k(answer: Callable[..., Any], rng: Rng, square: bool) -> list[Any]:
    """What it returns for a long and a short list, a log, and nothing to find."""
    order = rng.permutation(10)
    few, many = order[[1, 4, 9]], order[[1, 2, 4, 6, 8, 9]]
    calls = [(order, few, 6), (order, many, 3), (order[:3], many, 5)]
    calls += [(order, order[[1, 1, 4, 4, 9, 1]], 6), (order, order[:0], 4)]
    if square:  # a hit at place 1, where a logarithm may be 0
        calls += [(order, order[[0, 3]], 6)]
    return [_returned(answer, *(one.copy() for one in given[:2]), given[2]) for given in calls]


def behaviour_average_precision_at_k(
    answer: Callable[..., Any], rng: Rng, square: bool
) -> list[Any]:
    """What it returns for a long and a short list, a log, a repeating list, and nothing to find."""
    order = rng.permutation(10)
    few, many = order[[1, 4, 9]], order[[1, 2, 4, 6, 8, 9]]
    repeating = order[[0, 1, 1, 4, 1, 5]]
    calls = [(order, few, 6), (order, many, 3), (order[:3], many, 5), (repeating, few, 6)]
    calls += [(order, order[[1, 1, 4, 4, 9, 1]], 6), (order, order[:0], 4)]
    return [_returned(answer, *(one.copy() for one in given[:2]), given[2]) for given in calls]


def behaviour_bootstrap_interval(
    answer: Callable[..., Any], rng: Rng, square: bool
) -> dict[str, Any]:
    """What is true of an interval whatever was drawn, and how wide it is, in classes."""
    two = answer(np.array([1.0, 1, 0, 1, 1]), np.array([7, 7, 3, 7, 7]), 1500, rng)
    alike = answer(np.tile([0.0, 1, 0.25, 1.75], 6), np.repeat(np.arange(6), 4), 300, rng)
    still = bool(abs(alike[1] - alike[0]) < 1e-9)
    busy_users = np.repeat(np.arange(20), [1] * 19 + [150])
    busy = answer(np.where(busy_users == 19, 10.0, 0.5), busy_users, 500, rng)
    user_values = rng.normal(2, 1, 40)
    users = np.repeat(np.arange(40), 4)
    low, high = answer(np.repeat(user_values, 4), users, 1500, rng)
    width = (high - low) / (2 * 1.96 * user_values.std() / 40**0.5)
    some = np.repeat(user_values[:9], 2), np.repeat(np.arange(9), 2)
    one, same, other = (answer(*some, 30, np.random.default_rng(n)) for n in (1, 1, 2))
    single = answer(*some, 1, rng)
    return {
        "two users": [round(float(end), 1) for end in two],
        "value of users that are alike": round(float(alike[0]), 3) if still else None,
        "a busy user decides": bool(max(busy) > 4),
        "below every user": bool(min(busy) < 0.49),
        "width": int(np.digitize(width, [-0.5, 0.02, 0.3, 0.7, 0.91, 1.15, 1.6, 3.0])),
        "repeatable": bool(np.array_equal(one, same)),
        "deaf to the generator": bool(np.array_equal(one, other)),
        "width of one resample": bool(abs(single[1] - single[0]) > 1e-9),
    }


def _returned(answer: Callable[..., Any], *arguments: Any) -> Any:
    """What a call returned, or the kind of error that stopped it."""
    try:
        return answer(*arguments)
    except ArithmeticError as error:
        return type(error).__name__

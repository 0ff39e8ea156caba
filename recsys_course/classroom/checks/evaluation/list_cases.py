"""Lists with hits, answers that may be nan, and references in loops that share no code with others.

The names of this lesson's functions begin no module but their own.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, expect, number

__all__ = [
    "Case",
    "ap_reference",
    "best_first",
    "dcg",
    "has_no_value",
    "ndcg_reference",
    "random_case",
    "two_numbers",
]

Rng = np.random.Generator


class Case(NamedTuple):
    """One user's list, what is relevant, and how far down the list to look."""

    ranked: npt.NDArray[np.int64]
    relevant: npt.NDArray[np.int64]
    k: int


def random_case(rng: Rng, n_items: int = 12, n_ranked: int = 9) -> Case:
    """A list without repetition; three to six relevant items, some of them on it; k below both."""
    relevant = rng.choice(n_items, int(rng.integers(3, 7)), replace=False)
    return Case(rng.permutation(n_items)[:n_ranked], relevant, int(rng.integers(4, n_ranked)))


def best_first(rng: Rng, n_relevant: int, n_items: int = 12) -> Case:
    """A list with all relevant items on top."""
    order = rng.permutation(n_items)
    return Case(order, rng.permutation(order[:n_relevant]), n_items)


def dcg(ranked: list[int], relevant: set[int], k: int) -> float:
    """What the hits earn, with a logarithm to another base: it cancels in the quotient."""
    gain = 0.0
    for index in range(min(k, len(ranked))):
        if ranked[index] in relevant:
            gain += 1 / math.log(index + 2)
    return gain


def ndcg_reference(case: Case) -> float:
    """Divided by what a list earns that begins with the relevant items."""
    wanted = set(case.relevant.tolist())
    best = dcg([*wanted], wanted, case.k)
    return dcg(case.ranked.tolist(), wanted, case.k) / best


def ap_reference(case: Case) -> float:
    """The precision at each new hit, counted afresh from the top."""
    wanted, total = set(case.relevant.tolist()), 0.0
    listed = case.ranked.tolist()[: case.k]
    for place in range(1, len(listed) + 1):
        here, before = set(listed[:place]) & wanted, set(listed[: place - 1]) & wanted
        if len(here) > len(before):
            total += len(here) / place
    return total / min(case.k, len(wanted))


def has_no_value(value: Any) -> bool:
    """Whether an answer is nan, as that of a user with nothing to find must be."""
    expect(value is not None, "It returns nothing: end the function with `return` and the value.")
    try:
        return bool(np.isnan(np.asarray(value, dtype=np.float64)).all())
    except (TypeError, ValueError):
        return False


def two_numbers(value: Any, what: str) -> Floats:
    """The two numbers that an answer must be; a list, a tuple or an array counts."""
    expect(value is not None, f"It returns nothing: return {what}, with a comma between.")
    try:
        given = [number(part) for part in value]
    except TypeError:
        given = []
    expect(len(given) == 2, f"It does not return two numbers: return {what}, in this order.")
    return np.array(given)

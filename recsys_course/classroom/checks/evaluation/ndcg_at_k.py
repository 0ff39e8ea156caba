"""Checks of ndcg_at_k(ranked, relevant, k)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from recsys_course.classroom.checks.evaluation.list_cases import (
    Case,
    best_first,
    has_no_value,
    ndcg_reference,
    random_case,
)
from recsys_course.classroom.expectations import close, expect, number

Rng = np.random.Generator


def _ndcg(student: Any, case: Case) -> float:
    return number(student.ndcg_at_k(case.ranked.copy(), case.relevant.copy(), case.k))


def test_ndcg_at_k_nothing_found(student: Any, rng: Rng) -> None:
    """A list without a hit has the value 0."""
    case = best_first(rng, 3)
    missed = Case(case.ranked[3:], case.relevant, 5)
    expect(close(_ndcg(student, missed), 0.0), "A list without any hit must have the value 0.")


def test_ndcg_at_k_best_list(student: Any, rng: Rng) -> None:
    """The best list there is has the value 1, for every k."""
    for n_relevant, k in ((3, 8), (5, 5)):
        expect(
            close(_ndcg(student, best_first(rng, n_relevant)._replace(k=k)), 1.0),
            "All relevant items stand on top, and the value is not 1: no list could be better. Of "
            "how many hits is the ideal list made, and is there a divisor at all?",
        )
    expect(
        close(_ndcg(student, best_first(rng, 6)._replace(k=2)), 1.0),
        "More items are relevant than the list has places; all places are hits, and the value is "
        "not 1. How many hits can the ideal list have?",
    )


def test_ndcg_at_k_missed(student: Any, rng: Rng) -> None:
    """A list that misses a relevant item does not reach 1."""
    case = best_first(rng, 4)
    missed = Case(case.ranked[np.arange(12) != 1], case.relevant, 6)
    expect(
        _ndcg(student, missed) < 0.99,
        "The hits stand on top, but a relevant item is missing, and the value is still 1: what is "
        "the ideal list made of, this list's hits or the relevant items?",
    )


def test_ndcg_at_k_earlier_is_better(student: Any, rng: Rng) -> None:
    """A hit one place further up is worth more, at every place."""
    case = best_first(rng, 1)
    others, wanted = case.ranked[1:], case.ranked[0]
    values = [
        _ndcg(student, Case(np.insert(others, place, wanted), case.relevant, 8))
        for place in range(6)
    ]
    expect(
        close(values[0], 1.0),
        "The only relevant item stands at place 1, and the value is not 1: what is the discount "
        "of the first place?",
    )
    expect(
        all(first > second + 1e-3 for first, second in pairwise(values)),
        "A hit one place further up must be worth more, at each place: compare the discounts of "
        "the places 1, 2 and 3.",
    )


def test_ndcg_at_k_discount(student: Any, rng: Rng) -> None:
    """A single relevant item earns one over the logarithm of place + 1."""
    case = best_first(rng, 1)
    for place in (2, 3, 7):
        ranked = np.insert(case.ranked[1:], place - 1, case.ranked[0])
        expect(
            close(_ndcg(student, Case(ranked, case.relevant, 8)), np.log(2) / np.log(place + 1)),
            "A single hit is worth another share than the discount of its place: places count from "
            "1, and what stands inside the logarithm?",
        )


def test_ndcg_at_k_cut(student: Any, rng: Rng) -> None:
    """What stands below place k does not matter."""
    case = random_case(rng)
    cut = case._replace(ranked=case.ranked[: case.k])
    below = rng.permutation(case.ranked[case.k :])
    other = case._replace(ranked=np.concatenate([cut.ranked, below]))
    late = best_first(rng, 1)
    late = Case(late.ranked[::-1], late.relevant, 3)
    answers = [_ndcg(student, one) for one in (case, cut, other)]
    expect(
        close(answers[0], answers[1])
        and close(answers[0], answers[2])
        and close(_ndcg(student, late), 0.0),
        "Items below place k change the value: how far down the list do you look?",
    )


def test_ndcg_at_k_short_list(student: Any, rng: Rng) -> None:
    """A list that ends early is worth what it is worth with misses behind it."""
    case = best_first(rng, 5)
    order = np.concatenate([case.ranked[:2], case.ranked[5:]])
    full, short = Case(order, case.relevant, 6), Case(order[:3], case.relevant, 6)
    expect(
        close(_ndcg(student, short), _ndcg(student, full)),
        "A list shorter than k is worth another value than the same list with misses behind it: "
        "does the ideal list depend on how long this list is?",
    )


def test_ndcg_at_k_repeated_events(student: Any, rng: Rng) -> None:
    """A log that names an item more than once changes nothing."""
    case = best_first(rng, 4)._replace(k=9)
    log = rng.permutation(np.concatenate([case.relevant, case.relevant[:2], case.relevant[:1]]))
    expect(
        close(_ndcg(student, case._replace(relevant=log)), _ndcg(student, case)),
        "`relevant` names some items more than once, and the value changes: count different items.",
    )


def test_ndcg_at_k_random(student: Any, rng: Rng) -> None:
    """On random lists it is what the hits earn, as a share of the best."""
    for _ in range(8):
        case = random_case(rng)
        expect(
            close(_ndcg(student, case), ndcg_reference(case)),
            "On a random list the value is wrong: write down the discounts of its hits, and those "
            "of the best list, and divide.",
        )


def test_ndcg_at_k_hand_example(student: Any, rng: Rng) -> None:
    """The running example comes out."""
    answer = _ndcg(student, Case(np.arange(5), np.array([0, 3, 5]), 5))
    expect(
        close(answer, 0.6713860),
        "The running example does not come out: what do places 1 and 4 earn, and what would three "
        "hits at the top?",
    )


def test_ndcg_at_k_nothing_to_find(student: Any, rng: Rng) -> None:
    """Without relevant items the value is nan."""
    answer = student.ndcg_at_k(np.arange(5), np.array([], dtype=np.int64), 5)
    expect(
        has_no_value(answer),
        "Nothing is relevant: there was nothing to find, so the value is nan. A 0 would say that "
        "the model failed.",
    )


def test_ndcg_at_k_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    case = random_case(rng)
    before = case.ranked.copy(), case.relevant.copy()
    student.ndcg_at_k(*case)
    expect(
        np.array_equal(case.ranked, before[0]) and np.array_equal(case.relevant, before[1]),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )

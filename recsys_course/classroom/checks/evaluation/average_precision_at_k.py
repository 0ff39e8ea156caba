"""Checks of average_precision_at_k(ranked, relevant, k)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.evaluation.list_cases import (
    Case,
    ap_reference,
    best_first,
    has_no_value,
    random_case,
)
from recsys_course.classroom.expectations import close, expect, number

Rng = np.random.Generator


def _ap(student: Any, case: Case) -> float:
    return number(student.average_precision_at_k(case.ranked.copy(), case.relevant.copy(), case.k))


def test_average_precision_at_k_nothing_found(student: Any, rng: Rng) -> None:
    """A list without a hit has the value 0."""
    case = best_first(rng, 3)
    missed = Case(case.ranked[3:], case.relevant, 5)
    expect(close(_ap(student, missed), 0.0), "A list without any hit must have the value 0.")


def test_average_precision_at_k_best_list(student: Any, rng: Rng) -> None:
    """The best list there is has the value 1, for every k."""
    for n_relevant, k in ((3, 8), (5, 5)):
        expect(
            close(_ap(student, best_first(rng, n_relevant)._replace(k=k)), 1.0),
            "All relevant items stand on top, and the value is not 1: no list could be better. At "
            "which places is the precision read off, and by what is the sum divided?",
        )
    expect(
        close(_ap(student, best_first(rng, 6)._replace(k=2)), 1.0),
        "More items are relevant than the list has places; all places are hits, and the value is "
        "not 1. How many hits were possible?",
    )


def test_average_precision_at_k_missed(student: Any, rng: Rng) -> None:
    """A list that misses a relevant item does not reach 1."""
    case = best_first(rng, 4)
    missed = Case(case.ranked[np.arange(12) != 1], case.relevant, 6)
    expect(
        _ap(student, missed) < 0.99,
        "The hits stand on top, but a relevant item is missing, and the value is still 1: is the "
        "sum divided by the hits that are there, or by those that were possible?",
    )


def test_average_precision_at_k_one_relevant(student: Any, rng: Rng) -> None:
    """A single relevant item at place r has the value 1 / r."""
    case = best_first(rng, 1)
    for place in (1, 2, 5):
        ranked = np.insert(case.ranked[1:], place - 1, case.ranked[0])
        expect(
            close(_ap(student, Case(ranked, case.relevant, 8)), 1 / place),
            "The only relevant item stands at some place, and the value is not the precision "
            "there: which share of the places down to this hit are hits?",
        )


def test_average_precision_at_k_cut(student: Any, rng: Rng) -> None:
    """What stands below place k does not matter."""
    case = random_case(rng)
    cut = case._replace(ranked=case.ranked[: case.k])
    late = best_first(rng, 1)
    late = Case(late.ranked[::-1], late.relevant, 3)
    expect(
        close(_ap(student, case), _ap(student, cut)) and close(_ap(student, late), 0.0),
        "Items below place k change the value: how far down the list do you look?",
    )


def test_average_precision_at_k_misses_behind(student: Any, rng: Rng) -> None:
    """Misses behind the last hit change nothing."""
    case = best_first(rng, 3)
    short = Case(case.ranked[:3], case.relevant, 9)
    expect(
        close(_ap(student, short), _ap(student, case._replace(k=9))),
        "Misses behind the last hit change the value: is precision read off at misses too, or is "
        "the divisor the length of the list?",
    )


def test_average_precision_at_k_later_hits(student: Any, rng: Rng) -> None:
    """The precision at a hit counts all hits down to it."""
    case = best_first(rng, 2)
    a, b, *others = case.ranked.tolist()
    ranked = np.array([others[0], a, b, *others[1:]])
    expect(
        close(_ap(student, Case(ranked, case.relevant, 5)), (1 / 2 + 2 / 3) / 2),
        "Two hits at places 2 and 3 give another value than by hand: what is the precision at "
        "place 3, where two of three places are hits?",
    )


def test_average_precision_at_k_repeated_items(student: Any, rng: Rng) -> None:
    """An item that the list names again is a miss, and holds its place."""
    case = best_first(rng, 3)
    a, b, *others = case.ranked.tolist()
    ranked = np.array([a, a, b, a, *others[1:]])
    answer = _ap(student, Case(ranked, case.relevant, 6))
    expect(
        answer <= 1 + 1e-6 and close(answer, (1 + 2 / 3) / 3),
        "The list names a relevant item again and again: only its first place is a hit, and the "
        "other places stay occupied.",
    )


def test_average_precision_at_k_repeated_events(student: Any, rng: Rng) -> None:
    """A log that names an item more than once changes nothing."""
    case = best_first(rng, 4)._replace(k=9)
    log = rng.permutation(np.concatenate([case.relevant, case.relevant[:2], case.relevant[:1]]))
    expect(
        close(_ap(student, case._replace(relevant=log)), _ap(student, case)),
        "`relevant` names some items more than once, and the value changes: count different items.",
    )


def test_average_precision_at_k_random(student: Any, rng: Rng) -> None:
    """On random lists it is the sum of the precisions at the hits, as a share of the best."""
    for _ in range(8):
        case = random_case(rng)
        expect(
            close(_ap(student, case), ap_reference(case)),
            "On a random list the value is wrong: write down the precision at each hit, add them "
            "up, and divide by the hits that were possible.",
        )


def test_average_precision_at_k_hand_examples(student: Any, rng: Rng) -> None:
    """The examples of the exercise come out."""
    example = Case(np.arange(5), np.array([0, 3, 5]), 5)
    expect(
        close(_ap(student, example), 0.5) and close(_ap(student, example._replace(k=2)), 0.5),
        "The running example does not come out for k = 5 or k = 2: what is the precision at each "
        "hit, and how many hits were possible?",
    )
    repeated = Case(np.array([0, 0, 3]), np.array([0, 3, 5]), 3)
    expect(
        close(_ap(student, repeated), 5 / 9),
        "The list (a, a, d) of the exercise does not come out: the second a is a miss at place 2.",
    )


def test_average_precision_at_k_nothing_to_find(student: Any, rng: Rng) -> None:
    """Without relevant items the value is nan."""
    answer = student.average_precision_at_k(np.arange(5), np.array([], dtype=np.int64), 5)
    expect(
        has_no_value(answer),
        "Nothing is relevant: there was nothing to find, so the value is nan. A 0 would say that "
        "the model failed.",
    )


def test_average_precision_at_k_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    case = random_case(rng)
    before = case.ranked.copy(), case.relevant.copy()
    student.average_precision_at_k(*case)
    expect(
        np.array_equal(case.ranked, before[0]) and np.array_equal(case.relevant, before[1]),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )

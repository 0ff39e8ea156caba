"""Checks of temporal_split(timestamps, test_fraction)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.interactions.events import (
    Indices,
    Mask,
    mask,
    one_row_a_time,
    same,
    tied_times,
)
from recsys_course.classroom.expectations import expect

Rng = np.random.Generator

_SHARES = (0.1, 0.2, 0.5, 0.75)  # of 20 rows: whole numbers


def _tested(student: Any, timestamps: Indices, test_fraction: float) -> Mask:
    answer = student.temporal_split(timestamps.copy(), test_fraction)
    return mask(answer, "the row is tested", len(timestamps))


def _reference(timestamps: Indices, test_fraction: float) -> list[bool]:
    """A row is tested if fewer rows than are asked for are later than it."""
    asked = round(test_fraction * len(timestamps))
    return [sum(other > time for other in timestamps) < asked for time in timestamps]


def test_temporal_split_mask(student: Any, rng: Rng) -> None:
    """It returns one True or False for each row."""
    _tested(student, one_row_a_time(rng, 20), 0.2)


def test_temporal_split_inputs(student: Any, rng: Rng) -> None:
    """The timestamps that are passed in stay as they were."""
    times = one_row_a_time(rng, 20)
    given = times.copy()
    student.temporal_split(given, 0.2)
    expect(
        np.array_equal(given, times),
        "It changes the timestamps that belong to the caller: which line sorts in place?",
    )


def test_temporal_split_past_and_future(student: Any, rng: Rng) -> None:
    """Every training row is earlier than every test row."""
    for times in (one_row_a_time(rng, 20), tied_times(rng, np.zeros(20, dtype=np.int64))):
        tested = _tested(student, times, 0.5)
        expect(bool(tested.any()), "No row is tested, though half of them are asked for.")
        expect(
            bool(tested.all()) or times[~tested].max() < times[tested].min(),
            "Some training row is not earlier than every test row: does the time decide where a "
            "row goes? And can one moment stand in both parts?",
        )


def test_temporal_split_share(student: Any, rng: Rng) -> None:
    """Where every row has a time of its own, the share of test rows is the one asked for."""
    for share in _SHARES:
        tested = _tested(student, one_row_a_time(rng, 20), share)
        expect(
            tested.sum() == round(20 * share),
            "No two rows have the same time here, and the number of test rows is not the one "
            "that is asked for: is it counted in rows, from the latest time on, wherever they "
            "stand? Is it the share of the test part?",
        )


def test_temporal_split_latest(student: Any, rng: Rng) -> None:
    """The latest rows are tested, wherever they stand."""
    times = one_row_a_time(rng, 20)
    expect(
        same(_tested(student, times, 0.2), _reference(times, 0.2)),
        "The rows that are tested are not the latest ones: the rows stand in any order.",
    )


def test_temporal_split_uneven(student: Any, rng: Rng) -> None:
    """The share counts rows, not time: a long quiet period changes nothing."""
    times = one_row_a_time(rng, 20)
    stretched = times - 10**6 * (times < np.sort(times)[3])  # three rows of long ago
    expect(
        same(_tested(student, stretched, 0.2), _tested(student, times, 0.2)),
        "Three rows that move far into the past change what is tested: the share is one of rows, "
        "not of the time that has passed.",
    )


def test_temporal_split_ties(student: Any, rng: Rng) -> None:
    """All rows of the moment at which the test part begins are tested."""
    start = int(one_row_a_time(rng, 1)[0])
    times = start + rng.permutation(np.array([0, 1, 2, 3, 4, 5, 5, 5, 5, 6]))
    for share, n_tested in ((0.1, 1), (0.2, 5), (0.5, 5), (0.6, 6)):
        tested = _tested(student, times, share)
        expect(
            tested.sum() == n_tested,
            "Where several rows have the time at which the test part begins, all of them are "
            "tested, and no row of an earlier time.",
        )


def test_temporal_split_one_moment(student: Any, rng: Rng) -> None:
    """If all rows have one time, all are tested."""
    times = np.full(5, int(one_row_a_time(rng, 1)[0]))
    expect(
        bool(_tested(student, times, 0.2).all()),
        "If all rows have the same time, the test part begins at it, and all are tested.",
    )


def test_temporal_split_random(student: Any, rng: Rng) -> None:
    """On random times with many ties exactly the right rows are tested."""
    for share in _SHARES:
        times = tied_times(rng, np.zeros(20, dtype=np.int64))
        expect(
            same(_tested(student, times, share), _reference(times, share)),
            "On random times with many ties some row is tested that should not be, or the other "
            "way round: find the time of the last row that is asked for, counted from the latest.",
        )


def test_temporal_split_hand_example(student: Any, rng: Rng) -> None:
    """The two examples of the exercise come out."""
    times = np.array([20, 40, 10, 40, 30])
    expect(
        same(_tested(student, times, 0.2), [False, True, False, True, False]),
        "The first example of the exercise, with the share 0.2, does not come out.",
    )
    expect(
        same(_tested(student, times, 0.6), [False, True, False, True, True]),
        "The second example of the exercise, with the share 0.6, does not come out.",
    )

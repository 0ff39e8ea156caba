"""Checks of leave_last_out(users, timestamps)."""

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
Rows = tuple[Indices, Indices]


def _tested(student: Any, rows: Rows) -> Mask:
    users, timestamps = rows
    answer = student.leave_last_out(users.copy(), timestamps.copy())
    return mask(answer, "the row is tested", len(users))


def _reference(rows: Rows) -> list[bool]:
    """Each row against each other row of its user."""
    users, times = rows
    n = len(users)
    tested = []
    for a in range(n):
        others = [b for b in range(n) if users[b] == users[a] and b != a]
        tested.append(bool(others) and all((times[b], b) < (times[a], a) for b in others))
    return tested


def _random_rows(rng: Rng) -> Rows:
    """Users with 1 to 7 events in any order; every row has a time of its own."""
    known = rng.choice(30, 6, replace=False)
    users = rng.permutation(np.repeat(known, [1, 2, 3, 5, 7, 1]))
    return users, one_row_a_time(rng, len(users))


def _counts(users: Indices, chosen: Mask) -> dict[int, tuple[int, int]]:
    """Rows and tested rows of each user."""
    return {
        int(user): (int((users == user).sum()), int(chosen[users == user].sum()))
        for user in np.unique(users)
    }


def test_leave_last_out_mask(student: Any, rng: Rng) -> None:
    """It returns one True or False for each row."""
    _tested(student, _random_rows(rng))


def test_leave_last_out_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    users, times = _random_rows(rng)
    given = users.copy(), times.copy()
    student.leave_last_out(*given)
    expect(
        np.array_equal(given[0], users) and np.array_equal(given[1], times),
        "It changes an array that belongs to the caller: which line sorts in place?",
    )


def test_leave_last_out_single_event(student: Any, rng: Rng) -> None:
    """A user with a single event keeps it in training."""
    rows = _random_rows(rng)
    for n_rows, n_tested in _counts(rows[0], _tested(student, rows)).values():
        expect(
            n_rows > 1 or n_tested == 0,
            "A user with a single event loses it to the test part: what would a model know about "
            "them then?",
        )


def test_leave_last_out_one_each(student: Any, rng: Rng) -> None:
    """Every user with two or more events has exactly one tested."""
    rows = _random_rows(rng)
    for n_rows, n_tested in _counts(rows[0], _tested(student, rows)).values():
        expect(
            n_rows == 1 or n_tested == 1,
            "Some user with two or more events has not exactly one of them tested.",
        )


def test_leave_last_out_latest(student: Any, rng: Rng) -> None:
    """The row that is tested is the latest of its user."""
    rows = _random_rows(rng)
    expect(
        same(_tested(student, rows), _reference(rows)),
        "Some user's tested row is not the one with their latest timestamp: the rows stand in any "
        "order, and the time decides.",
    )


def test_leave_last_out_row_order(student: Any, rng: Rng) -> None:
    """The same events in another order test the same events."""
    users, times = _random_rows(rng)
    order = rng.permutation(len(users))
    expect(
        same(
            _tested(student, (users[order], times[order])), _tested(student, (users, times))[order]
        ),
        "The same events in another order of rows have another test part, though no two have the "
        "same time: is there chance in it, or the place in the list?",
    )


def test_leave_last_out_ties(student: Any, rng: Rng) -> None:
    """Of a user's rows with the same latest time, the one furthest down is tested."""
    start = int(one_row_a_time(rng, 1)[0])
    users = np.array([5, 5, 8, 5, 5, 8, 5])
    times = start + np.array([1, 3, 9, 3, 3, 9, 2])
    tested = _tested(student, (users, times))
    expect(
        tested.sum() == 2,
        "Where a user's latest timestamp stands in several rows, exactly one of them is tested.",
    )
    expect(
        bool(tested[4] and tested[5]),
        "Where a user's latest timestamp stands in several rows, the one furthest down is the "
        "last: what does your sorting do with equal times?",
    )


def test_leave_last_out_one_user(student: Any, rng: Rng) -> None:
    """One user alone works, with one event, two and many."""
    for n in (1, 2, 9):
        rows = np.full(n, 3), one_row_a_time(rng, n)
        expect(
            same(_tested(student, rows), _reference(rows)),
            "A list with one user alone comes out wrong: their latest event is tested, unless it "
            "is the only one.",
        )


def test_leave_last_out_random(student: Any, rng: Rng) -> None:
    """On random lists with many ties exactly the last events are tested."""
    for _ in range(4):
        users = rng.integers(0, 7, 20)
        rows = users, tied_times(rng, users)
        expect(
            same(_tested(student, rows), _reference(rows)),
            "On a random list with many equal times some row is tested that should not be, or the "
            "other way round: compare the rows of one user, first by time, then by place.",
        )


def test_leave_last_out_hand_example(student: Any, rng: Rng) -> None:
    """The seven rows of the exercise come out."""
    rows = np.array([0, 1, 0, 0, 2, 1, 1]), np.array([20, 50, 30, 10, 60, 40, 40])
    expect(
        same(_tested(student, rows), [False, True, True, False, False, False, False]),
        "The seven rows of the exercise do not come out: write down the times of each user.",
    )

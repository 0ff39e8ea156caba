"""Checks of drop_duplicate_events(users, items, ratings, timestamps)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.interactions.events import (
    Events,
    Mask,
    mask,
    random_events,
    same,
    tied_times,
)
from recsys_course.classroom.expectations import expect

Rng = np.random.Generator


def _kept(student: Any, events: Events) -> Mask:
    answer = student.drop_duplicate_events(*events.copies())
    return mask(answer, "the row stays", len(events.users))


def _reference(events: Events) -> list[bool]:
    """Each row against each other row."""
    users, items, _, times = events
    n = len(users)
    return [
        not any(
            users[a] == users[b] and items[a] == items[b] and (times[b], b) > (times[a], a)
            for b in range(n)
        )
        for a in range(n)
    ]


def _pairs(events: Events, chosen: Mask) -> list[tuple[int, int]]:
    pairs = zip(events.users[chosen].tolist(), events.items[chosen].tolist(), strict=True)
    return sorted(pairs)


def _without_repeats(rng: Rng) -> Events:
    """Every user with every item, once; users and items share their numbers."""
    numbers = np.array([1, 2, 3, 11, 12])
    users, items = np.repeat(numbers, 5), np.tile(numbers, 5)
    events = random_events(rng, n=25)._replace(users=users, items=items)
    return events.rows(rng.permutation(25))


def test_drop_duplicate_events_mask(student: Any, rng: Rng) -> None:
    """It returns one True or False for each row."""
    _kept(student, random_events(rng))


def test_drop_duplicate_events_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    events = random_events(rng)
    given = events.copies()
    student.drop_duplicate_events(*given)
    expect(
        all(np.array_equal(*columns) for columns in zip(given, events, strict=True)),
        "It changes an array that belongs to the caller: which line sorts or assigns in place?",
    )


def test_drop_duplicate_events_no_repeats(student: Any, rng: Rng) -> None:
    """Where no pair stands twice, every row stays."""
    expect(
        bool(_kept(student, _without_repeats(rng)).all()),
        "No pair of user and item stands twice in this list, and yet rows go: what makes two rows "
        "events of the same pair? And may the value of a rating decide?",
    )


def test_drop_duplicate_events_one_row_a_pair(student: Any, rng: Rng) -> None:
    """Of each pair exactly one row stays."""
    events = random_events(rng)
    everything = np.ones(len(events.users), dtype=bool)
    kept = _pairs(events, _kept(student, events))
    expect(
        set(kept) == set(_pairs(events, everything)),
        "Some pair of user and item has no row left: every pair keeps one.",
    )
    expect(len(kept) == len(set(kept)), "Some pair of user and item keeps more than one row.")


def test_drop_duplicate_events_latest(student: Any, rng: Rng) -> None:
    """The row of a pair that stays is the one with the latest time."""
    events = random_events(rng)
    expect(
        same(_kept(student, events), _reference(events)),
        "Of some pair another row stays than the one with the latest timestamp: in which order do "
        "the rows stand, and what does “last” mean?",
    )


def test_drop_duplicate_events_row_order(student: Any, rng: Rng) -> None:
    """The same events in another order keep the same rows."""
    events = random_events(rng)
    order = rng.permutation(len(events.users))
    expect(
        same(_kept(student, events.rows(order)), _kept(student, events)[order]),
        "The same events in another order of rows keep other events: the time decides, not the "
        "place in the list.",
    )


def test_drop_duplicate_events_ratings(student: Any, rng: Rng) -> None:
    """The values of the ratings play no part; a 0 is a rating."""
    events = random_events(rng)
    others = events._replace(ratings=rng.permutation(5 - events.ratings))
    expect(
        same(_kept(student, others), _kept(student, events)),
        "Other ratings keep other rows: the time decides which row stays, and a rating of 0 is a "
        "rating like any other.",
    )


def test_drop_duplicate_events_ties(student: Any, rng: Rng) -> None:
    """Where the latest time stands in several rows of a pair, the one furthest down stays."""
    one_pair = random_events(rng, n=6)
    one_pair = one_pair._replace(users=np.full(6, 2), items=np.full(6, 5))
    one_pair.timestamps[:] = one_pair.timestamps[0] + np.array([0, 3, 1, 3, 3, 2])
    kept = _kept(student, one_pair)
    expect(
        kept.sum() == 1,
        "A pair with the same latest timestamp in several rows does not keep exactly one row.",
    )
    expect(
        bool(kept[4]),
        "Where the latest timestamp of a pair stands in several rows, the one furthest down must "
        "stay: what does your sorting do with equal times?",
    )


def test_drop_duplicate_events_copies(student: Any, rng: Rng) -> None:
    """A list written twice keeps its second half."""
    events = _without_repeats(rng)
    twice = Events(*(np.concatenate([column, column]) for column in events))
    expect(
        same(_kept(student, twice), np.arange(50) >= 25),
        "When the whole list stands twice, exactly the second copy of each row must stay: what "
        "does your sorting do with equal times?",
    )


def test_drop_duplicate_events_random(student: Any, rng: Rng) -> None:
    """On random lists with many ties each row stays or goes as it should."""
    for _ in range(4):
        events = random_events(rng, n=30)
        events = events._replace(timestamps=tied_times(rng, events.timestamps))
        expect(
            same(_kept(student, events), _reference(events)),
            "On a random list with many equal times some row stays that should go, or the other "
            "way round: compare two rows of one pair, first by time, then by place.",
        )


def test_drop_duplicate_events_hand_example(student: Any, rng: Rng) -> None:
    """The seven rows of the exercise come out."""
    events = Events(
        np.array([0, 1, 0, 0, 2, 1, 1]),
        np.array([0, 0, 1, 0, 1, 1, 1]),
        np.array([5.0, 4.0, 2.0, 3.0, 0.0, 1.0, 2.0]),
        np.array([20, 50, 30, 10, 60, 40, 40]),
    )
    expect(
        same(_kept(student, events), [True, True, True, False, True, False, True]),
        "The seven rows of the exercise do not come out: go through the pairs that stand twice "
        "with a pencil.",
    )


def test_drop_duplicate_events_one_row(student: Any, rng: Rng) -> None:
    """A list with a single row keeps it."""
    single = Events(np.array([3]), np.array([7]), np.array([0.0]), np.array([1_700_000_000]))
    expect(bool(_kept(student, single)[0]), "A list with a single row must keep it.")

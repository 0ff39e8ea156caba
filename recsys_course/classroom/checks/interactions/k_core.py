"""Checks of k_core(users, items, k)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.interactions.events import Indices, Mask, mask, same
from recsys_course.classroom.expectations import expect

Rng = np.random.Generator
Pairs = tuple[Indices, Indices]


def _core(student: Any, pairs: Pairs, k: int) -> Mask:
    users, items = pairs
    answer = student.k_core(users.copy(), items.copy(), k)
    return mask(answer, "the row is in the k-core", len(users))


def _reference(pairs: Pairs, k: int) -> list[bool]:
    """Take away one row after the other, as long as its user or item has too few."""
    left = set(zip(*(side.tolist() for side in pairs), strict=True))
    looking = True
    while looking:
        looking = False
        for user, item in sorted(left):
            of_user = sum(one == user for one, _ in left)
            of_item = sum(other == item for _, other in left)
            if of_user < k or of_item < k:
                left.remove((user, item))
                looking = True
    return [cell in left for cell in zip(*(side.tolist() for side in pairs), strict=True)]


def _random_pairs(rng: Rng, n_users: int = 9, n_items: int = 7, filled: float = 0.4) -> Pairs:
    """Rows in any order; the indices have gaps."""
    users, items = np.nonzero(rng.random((n_users, n_items)) < filled)
    order = rng.permutation(len(users))
    user_numbers = rng.choice(20, n_users, replace=False)
    item_numbers = rng.choice(20, n_items, replace=False)
    return user_numbers[users[order]], item_numbers[items[order]]


def _block_and_chain(rng: Rng, links: int, k: int = 2) -> tuple[Pairs, Mask]:
    """A full block of k × k, and a chain that hangs on it and unravels row by row (for k = 2)."""
    block_users, block_items = np.repeat(np.arange(k), k), np.tile(np.arange(k), k)
    steps = np.arange(links)
    users = np.concatenate([block_users, k + steps // 2])
    items = np.concatenate([block_items, k - 1 + (steps + 1) // 2])
    if rng.random() < 0.5:
        users, items = items, users
    order = rng.permutation(len(users))
    return (users[order], items[order]), order < k * k


def test_k_core_mask(student: Any, rng: Rng) -> None:
    """It returns one True or False for each row."""
    _core(student, _random_pairs(rng), 2)


def test_k_core_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    users, items = _random_pairs(rng)
    given = users.copy(), items.copy()
    student.k_core(*given, 2)
    expect(
        np.array_equal(given[0], users) and np.array_equal(given[1], items),
        "It changes an array that belongs to the caller.",
    )


def test_k_core_of_one(student: Any, rng: Rng) -> None:
    """For k = 1 every row stays."""
    expect(
        bool(_core(student, _random_pairs(rng), 1).all()),
        "For k = 1 every row must stay, since every user and every item has a row: is “at least” "
        "meant?",
    )


def test_k_core_full_table(student: Any, rng: Rng) -> None:
    """A full table of k users and k items is its own k-core, and has no larger one."""
    for k in (2, 3):
        users, items = np.repeat(np.arange(k), k), np.tile(np.arange(k), k)
        order = rng.permutation(k * k)
        pairs = users[order], items[order]
        expect(
            bool(_core(student, pairs, k).all()),
            "Where every user and every item has exactly k rows, all rows must stay.",
        )
        expect(
            not _core(student, pairs, k + 1).any(),
            "Where every user and every item has one row too few, no row may stay.",
        )


def test_k_core_both_sides(student: Any, rng: Rng) -> None:
    """Users with enough rows do not save items with too few, nor the other way round."""
    many, different = np.zeros(5, dtype=np.int64), np.arange(5)
    sentence = (
        "One user with five items that nobody else has: no item has two rows, so nothing may stay "
        "for k = 2. The same with users and items exchanged. Do both counts have to suffice?"
    )
    expect(not _core(student, (many, different), 2).any(), sentence)
    expect(not _core(student, (different, many), 2).any(), sentence)


def test_k_core_chain(student: Any, rng: Rng) -> None:
    """A chain that unravels from its end goes altogether."""
    for links in (1, 2, 3, 8, 13):
        pairs, expected = _block_and_chain(rng, links)
        core = _core(student, pairs, 2)
        expect(
            bool(core[expected].all()),
            "A full block of users and items goes together with the chain that hangs on it: the "
            "largest part with enough rows must stay.",
        )
        expect(
            not core[~expected].any(),
            "Removing a row leaves somebody else with too few: after your removals, count again "
            "what is left. When may you stop?",
        )


def test_k_core_holds(student: Any, rng: Rng) -> None:
    """Every user and every item that is left has at least k rows left."""
    for k in (2, 3):
        users, items = _random_pairs(rng, 12, 9)
        core = _core(student, (users, items), k)
        counts = [np.unique(side[core], return_counts=True)[1] for side in (users, items)]
        expect(
            all(bool((count >= k).all()) for count in counts),
            "Among the rows that are kept, some user or item has fewer than k: that is the promise "
            "of a k-core.",
        )


def test_k_core_row_order(student: Any, rng: Rng) -> None:
    """The same rows in another order have the same core."""
    users, items = _random_pairs(rng, 12, 9)
    order = rng.permutation(len(users))
    expect(
        same(
            _core(student, (users[order], items[order]), 3),
            _core(student, (users, items), 3)[order],
        ),
        "The same rows in another order have another core.",
    )


def test_k_core_nothing_left(student: Any, rng: Rng) -> None:
    """Where no part has enough rows, the mask is false everywhere."""
    users, items = _random_pairs(rng)
    expect(
        not _core(student, (users, items), 10).any(),
        "Nobody here has ten rows, so no row is in the 10-core.",
    )
    single = np.array([4]), np.array([2])
    expect(not _core(student, single, 2).any(), "A single row is in no 2-core.")
    expect(bool(_core(student, single, 1).all()), "A single row is its own 1-core.")


def test_k_core_random(student: Any, rng: Rng) -> None:
    """On random tables exactly the rows of the core stay."""
    for k in (2, 3, 3):
        pairs = _random_pairs(rng)
        expect(
            same(_core(student, pairs, k), _reference(pairs, k)),
            "On a random table some row stays that should go, or the other way round: are rows "
            "counted among those that are left, users and items alike?",
        )


def test_k_core_hand_example(student: Any, rng: Rng) -> None:
    """The seven rows of the exercise come out."""
    pairs = np.array([0, 0, 1, 1, 2, 2, 3]), np.array([0, 1, 0, 1, 1, 2, 2])
    expect(
        same(_core(student, pairs, 2), [True] * 4 + [False] * 3),
        "The example of the exercise does not come out for k = 2: cross out rows with a pencil, "
        "and count again after each of them.",
    )

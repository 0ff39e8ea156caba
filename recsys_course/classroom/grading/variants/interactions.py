"""A student's own numbers for exercise 01: a handful of rows for each function."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "example_center_by_user",
    "example_drop_duplicate_events",
    "example_k_core",
    "example_leave_last_out",
    "example_temporal_split",
]

Rng = np.random.Generator


def _times(rng: Rng, n: int) -> npt.NDArray[np.int64]:
    """Different times, in no order."""
    return rng.permutation(np.arange(10, 10 * n + 1, 10))


def example_drop_duplicate_events(rng: Rng) -> tuple[Any, ...]:
    """Draw seven rows of five pairs of user and item.

    The first pair has its later row further up, with the lower rating. The second has two rows of
    one moment. The others stand once, one of them with a rating of 0.
    """
    pairs = rng.permutation([(user, item) for user in range(3) for item in range(2)])[:5]
    rows = pairs[[0, 0, 1, 1, 2, 3, 4]]
    times = _times(rng, 6)[[0, 1, 2, 2, 3, 4, 5]]
    times[:2] = np.sort(times[:2])[::-1]
    ratings = rng.integers(1, 11, 7) / 2
    ratings[:2] = np.sort(rng.choice(np.arange(1, 11), 2, replace=False)) / 2
    ratings[4] = 0.0
    place = rng.permutation(7)
    place[:2], place[2:4] = np.sort(place[:2]), np.sort(place[2:4])
    order = np.argsort(place)
    return rows[order, 0], rows[order, 1], ratings[order], times[order]


def example_center_by_user(rng: Rng) -> tuple[Any, ...]:
    """Draw five training rows of two users, and four test rows, of which one is somebody new's.

    Both means are whole quarter stars and differ, a rating of 0 counts, and no test rating is the
    mean that is subtracted from it.
    """
    while True:
        one, three = rng.integers(1, 11, 2) / 2, rng.integers(1, 11, 2) / 2
        first, second = np.array([*one]), np.array([0.0, *three])
        test = rng.integers(1, 11, 4) / 2
        whole = (2 * second.mean()).is_integer() and second.mean() != np.median(second)
        both = np.array([*first, *second])
        means = np.array([first.mean(), second.mean(), second.mean(), both.mean()])
        if whole and means[0] != means[1] and len({*one, *three}) == 4 and (test != means).all():
            break
    names = rng.permutation(3)
    train, later = rng.permutation(5), rng.permutation(4)
    train_users, test_users = names[[0, 0, 1, 1, 1]], names[[0, 1, 1, 2]]
    return train_users[train], both[train], test_users[later], test[later]


def example_k_core(rng: Rng) -> tuple[Any, ...]:
    """Draw nine rows: a core of two users and two items, and a chain that unravels from its end.

    The chain hangs on the core and ends with a user or with an item; each pass takes one row away.
    """
    core = [(0, 0), (0, 1), (1, 0), (1, 1)]
    chain = [(2, int(rng.integers(2))), (2, 2), (3, 2), (3, 3), (4, 3)]
    sides = np.array(core + chain)[rng.permutation(9)]
    one, other = rng.permutation(5)[sides[:, 0]], rng.permutation(4)[sides[:, 1]]
    return (one, other, 2) if rng.random() < 0.5 else (other, one, 2)


def example_leave_last_out(rng: Rng) -> tuple[Any, ...]:
    """Draw ten rows of four users, whose last row is never their latest.

    User 0 of four rows and user 3 of two have a latest row further up, user 1 has two rows of one
    latest moment, and user 2 has a single row. The names are shuffled.
    """
    owner = rng.permutation([0, 0, 0, 0, 1, 1, 1, 2, 3, 3])
    moments = _times(rng, 9)
    first, early, middle, late = np.sort(moments[:4])
    before, latest = np.sort(moments[4:6])
    old, new = np.sort(moments[6:8])
    times = np.empty(10, dtype=np.int64)
    times[owner == 0] = early, late, first, middle
    times[owner == 1] = latest, latest, before
    times[owner == 2] = moments[8]
    times[owner == 3] = new, old
    return rng.permutation(4)[owner], times


def example_temporal_split(rng: Rng) -> tuple[Any, ...]:
    """Draw ten rows of six moments; two rows stand at the moment of the cut.

    One row more is tested than is asked for, and a share of the time span cuts elsewhere.
    """
    while True:
        n_test = int(rng.integers(2, 5))
        moments = 5 * np.sort(rng.choice(np.arange(1, 21), 6, replace=False))[::-1]
        above, cut, below = np.split(moments, [n_test - 1, n_test])
        filled = rng.permutation(np.resize(below, 9 - n_test))
        times = rng.permutation(np.concatenate([above, cut, cut, filled]))
        share = times.max() - n_test / 10 * (times.max() - times.min())
        if not np.array_equal(times >= share, times >= cut):
            return times, n_test / 10

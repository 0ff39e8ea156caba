"""Wrong answers of lesson 01, and what tells them apart.

``probe_<function>(rng, square)`` draws arguments. Splits by chance differ from call to call, so two
functions are described by ``behaviour_<function>`` instead: what chance has picked is one word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recsys_course.classroom.checks.interactions.events import random_events, tied_times

Rng = np.random.Generator


def probe_drop_duplicate_events(rng: Rng, square: bool) -> tuple[Any, ...]:
    """Pairs that stand several times, with times of their own or with many ties."""
    events = random_events(rng, n=30)
    events.ratings[:4] = 0.0
    if square:
        events = events._replace(timestamps=tied_times(rng, events.timestamps))
        for column in events:  # an exact copy of a row
            column[-1] = column[0]
    return tuple(events)


def probe_center_by_user(rng: Rng, square: bool) -> tuple[Any, ...]:
    """Users of different length; some ratings are 0, and some users are new in the test part."""
    n_test = 18 if square else 12
    train_users = rng.permutation(np.repeat(np.arange(4), [2, 3, 5, 8]))
    train_ratings = np.round(rng.random(18) * 50) / 10
    train_ratings[[int(np.flatnonzero(train_users == user)[0]) for user in (1, 2)]] = 0.0
    test_users = rng.permutation(np.resize(np.arange(6), n_test))
    return train_users, train_ratings, test_users, np.round(rng.random(n_test) * 50) / 10


def probe_k_core(rng: Rng, square: bool) -> tuple[Any, ...]:
    """A random table, and a chain that hangs on it and unravels from a user or from an item."""
    table = rng.random((8, 7)) < 0.35
    table[:2, :2] = True
    users, items = np.nonzero(table)
    steps = np.arange(8)
    users = np.r_[users, 10 + steps // 2]
    items = np.r_[items, 0, 10 + steps[1:] // 2 + steps[1:] % 2]
    order = rng.permutation(len(users))
    sides = users[order], items[order]
    return (*sides, 2) if square else (*sides[::-1], 2)


def behaviour_leave_last_out(answer: Callable[..., Any], rng: Rng, square: bool) -> Any:
    """The mask, or that chance has picked an event of each user."""
    users = rng.permutation(np.repeat([1, 4, 5, 7, 9, 12, 15], [1, 2, 3, 5, 7, 6, 1]))
    times = 1_700_000_000 + rng.permutation(25)
    if square:
        times = 1_700_000_000 + rng.integers(0, 4, 25)
        for user in (5, 9):  # a tie at the end
            times[np.flatnonzero(users == user)[-2:]] = 1_700_000_009
    given = users.copy(), times.copy()
    returned = answer(*given)
    mask = np.asarray(returned, dtype=np.float64)
    return ("by chance" if _any_of_each(mask, users, times) else returned), given


def _any_of_each(mask: np.ndarray[Any, Any], users: Any, times: Any) -> bool:
    """One event of each user with two or more, chosen by neither time nor place."""
    if mask.shape != users.shape or not np.isin(mask, (0, 1)).all():
        return False
    places = []
    for user in np.unique(users):
        rows = np.flatnonzero(users == user)
        if mask[rows].sum() != (len(rows) > 1):
            return False
        if len(rows) > 1:
            tested = rows[np.flatnonzero(mask[rows])[0]]
            late = times[rows] >= times[tested]
            early = times[rows] <= times[tested]
            second = times[tested] == np.sort(times[rows])[-2]
            row = tested == rows[-1], tested == rows[0], late.all(), early.all(), second
            places.append(row)
    return not np.array(places).all(axis=0).any()


def behaviour_temporal_split(answer: Callable[..., Any], rng: Rng, square: bool) -> Any:
    """The mask, or that neither time nor place orders the two parts."""
    n = 30
    times = 1_700_000_000 + rng.permutation(n) ** 2
    if square:
        times = 1_700_000_000 + rng.integers(0, 9, n) ** 2
    given = times.copy()
    returned = answer(given, 0.3)
    mask = np.asarray(returned, dtype=np.float64)
    ordered = True
    if mask.shape == (n,) and np.isin(mask, (0, 1)).all() and 0 < mask.sum() < n:
        inside, outside = mask == 1, mask == 0
        ordered = any(
            key[outside].max() <= key[inside].min() or key[inside].max() <= key[outside].min()
            for key in (times, np.arange(n))
        )
    return (returned if ordered else "by chance"), given

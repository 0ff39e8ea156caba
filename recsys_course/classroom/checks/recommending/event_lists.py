"""Lists of events with everything that real ones have, and a model that remembers what it got.

The references compare every event with every other one and share no code with the library.
"""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, expect

__all__ = [
    "EXAMPLE",
    "Event",
    "Fit",
    "Recorder",
    "best_ids",
    "clean_events",
    "last_events",
    "random_events",
    "rows_of",
    "sum_of_ratings",
]

Event = tuple[Any, Any, float | None, int]  # user id, item id, rating, timestamp
Rows = list[tuple[int, int, float]]  # index of the user, index of the item, rating

_MOST = 1_000  # users or items in any table of these checks

# the example that the exercise prints
EXAMPLE: tuple[Event, ...] = (
    ("ann", "alien", 5, 1),
    ("ann", "brazil", 4, 2),
    ("bo", "alien", 4, 1),
    ("bo", "alien", 2, 3),
    ("bo", "casablanca", 5, 2),
    ("cy", "brazil", None, 4),
    ("cy", "brazil", 3, 5),
    ("cy", "dune", 9, 6),
)


class Fit(NamedTuple):
    """One call of make_model: what it was given, and the scores that it answered with."""

    users: Any
    items: Any
    ratings: Any
    n_users: Any
    n_items: Any
    scores: Floats

    @property
    def rows(self) -> Rows:
        """The events, in an order that does not depend on the order of the arrays."""
        columns = (np.asarray(part).tolist() for part in (self.users, self.items, self.ratings))
        return sorted(zip(*columns, strict=True))


class Recorder:
    """A make_model that remembers each call; no two scores of a row are alike."""

    def __init__(self, rng: np.random.Generator, model: Callable[..., Floats] | None = None):
        self._rng, self._model = rng, model
        self.fits: list[Fit] = []

    def __call__(self, users: Any, items: Any, ratings: Any, n_users: Any, n_items: Any) -> Floats:
        """Answer with new scores, or with those of the model that was given."""
        counts = (n_users, n_items)
        expect(
            all(0 <= operator.index(n) <= _MOST for n in counts),
            "make_model gets something else than the numbers of users and items.",
        )
        given = copy.deepcopy((users, items, ratings))
        if self._model is None:
            ranks = np.tile(np.arange(n_items) - n_items // 2, (n_users, 1))
            scores = self._rng.permuted(ranks, axis=1) / 4.0  # of both signs
        else:
            scores = self._model(*map(np.array, given), n_users, n_items)
        self.fits.append(Fit(*given, n_users, n_items, scores.copy()))
        return scores


def sum_of_ratings(
    users: npt.NDArray[Any], items: npt.NDArray[Any], ratings: Floats, n_users: int, n_items: int
) -> Floats:
    """The model of the exercise's example: everybody gets each item's sum of ratings."""
    sums = np.zeros((n_users, n_items))
    for item, rating in zip(items, ratings, strict=True):
        sums[:, item] += rating
    return sums


def random_events(rng: np.random.Generator, numbers: bool = False) -> list[Event]:
    """Some 40 events in no order, with whatever can be wrong or rare about one.

    Users 0 to 5 rated several items of 0 to 8. User 6 has a single event, user 7 no valid one; item
    9 stands in a held-out event alone, item 10 in no valid event.

    Args:
        rng: Draws everything.
        numbers: Whether ids are numbers instead of text.
    """
    events: list[Event] = []
    for user in range(6):
        items = rng.permutation(9)[: rng.integers(3, 6)]  # few times, so that many are alike
        events += [
            (user, item, rng.integers(1, 11) / 2, int(rng.integers(10, 14))) for item in items
        ]
    again = rng.permutation(len(events))[:5]
    events += [(*events[n][:2], rng.integers(1, 11) / 2, int(rng.integers(9, 15))) for n in again]
    wrong = [None, math.nan, 0.0, 5.5, -1.0, 9.0, 0.25]
    others = rng.permutation(len(events))[: len(wrong)]
    events += [(*events[n][:2], bad, 20) for n, bad in zip(others, wrong, strict=True)]
    events += [(6, 3, 4.0, 11), (7, 10, None, 12), (7, 2, 0.0, 12), (0, 10, 7.0, 12)]
    events.append((int(rng.integers(1, 6)), 9, 4.5, 15))
    named = [
        (_name(user, numbers), _name(item, numbers), stars, time)
        for user, item, stars, time in events
    ]
    return [named[n] for n in rng.permutation(len(named))]


def _name(n: int, numbers: bool) -> Any:
    """An id whose order is not that of n: names are shuffled by a fixed rule."""
    place = (int(n) * 7 + 4) % 11
    return 5 + 19 * place if numbers else f"{'kbxqadzmuge'[place]}{place}"


def clean_events(events: list[Event]) -> list[Event]:
    """The events to keep, in the order of the list: each is compared with every other one."""
    valid = [(n, event) for n, event in enumerate(events) if _is_valid(event[2])]
    return [
        event
        for n, event in valid
        if not any(other[:2] == event[:2] and (other[3], m) > (event[3], n) for m, other in valid)
    ]


def _is_valid(rating: float | None) -> bool:
    return rating is not None and not math.isnan(rating) and rating >= 0.5 and rating <= 5


def last_events(kept: list[Event]) -> list[Event]:
    """The clean events to hold out: each user's last one, if there is another."""
    return [
        event
        for n, event in enumerate(kept)
        if any(other[0] == event[0] and m != n for m, other in enumerate(kept))
        and not any(
            other[0] == event[0] and (other[3], m) > (event[3], n) for m, other in enumerate(kept)
        )
    ]


def rows_of(events: list[Event]) -> Rows:
    """Events as indices and ratings, sorted."""
    users, items = sorted({one[0] for one in events}), sorted({one[1] for one in events})
    return sorted(
        (users.index(user), items.index(item), float(rating or 0))
        for user, item, rating, _ in events
    )


def best_ids(events: list[Event], scores: Floats, k: int) -> dict[Any, list[Any]]:
    """The k best unseen items of each user, by ids, for a model that was fitted to these events."""
    users, items = sorted({one[0] for one in events}), sorted({one[1] for one in events})
    lists = {}
    for row, user in enumerate(users):
        known = {one[1] for one in events if one[0] == user}
        left = [(float(scores[row, column]), item) for column, item in enumerate(items)]
        left = [one for one in left if one[1] not in known]
        lists[user] = [item for _, item in sorted(left, reverse=True)[:k]]
    return lists

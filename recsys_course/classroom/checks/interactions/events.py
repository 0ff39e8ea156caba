"""Random lists of events, and the mask that an answer must be."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, expect, table

__all__ = [
    "Events",
    "Indices",
    "Mask",
    "mask",
    "one_row_a_time",
    "random_events",
    "same",
    "tied_times",
]

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_LATELY = 1_700_000_000  # seconds since 1970: single seconds are lost in float32


class Events(NamedTuple):
    """Parallel arrays, one row an event."""

    users: Indices
    items: Indices
    ratings: Floats
    timestamps: Indices

    def copies(self) -> Events:
        """Arrays that an answer may spoil."""
        return self.rows(np.arange(len(self.users)))

    def rows(self, order: npt.NDArray[Any]) -> Events:
        """Some rows, in some order."""
        return Events(
            self.users[order], self.items[order], self.ratings[order], self.timestamps[order]
        )


def random_events(rng: np.random.Generator, n: int = 24, n_users: int = 4) -> Events:
    """Few users and items, so that pairs repeat; every row has a time of its own.

    Indices have gaps and reach 21, and a fifth of the ratings are 0.
    """
    known_users = np.sort(rng.choice(12, n_users, replace=False))
    known_items = np.sort(rng.choice(22, 4, replace=False))
    ratings = rng.integers(0, 11, n) / 2
    ratings[rng.random(n) < 0.2] = 0.0
    return Events(
        rng.choice(known_users, n),
        rng.choice(known_items, n),
        ratings,
        one_row_a_time(rng, n),
    )


def one_row_a_time(rng: np.random.Generator, n: int) -> Indices:
    """Different seconds of one day, in any order."""
    times: Indices = _LATELY + rng.choice(10 * n, n, replace=False).astype(np.int64)
    return times


def tied_times(rng: np.random.Generator, times: Indices) -> Indices:
    """The same length of times with many ties."""
    return _LATELY + rng.integers(0, max(2, len(times) // 4), len(times))


def mask(value: Any, what: str, n: int) -> Mask:
    """The mask that an answer must be; lists, and numbers 0 and 1, count.

    Args:
        value: What the learner's function returned.
        what: What is true, in the words of the exercise.
        n: Number of rows.

    Raises:
        UnmetError: If it is something else.
    """
    expect(value is not None, "It returns nothing: end the function with `return` and the mask.")
    kind = getattr(value, "dtype", None)
    if getattr(kind, "kind", "") in "iu" or (isinstance(value, list) and bool(value)):
        flat = np.asarray(value)
        numbers = flat.ndim == 1 and flat.dtype.kind in "iu" and bool((flat > 1).any())
        expect(
            not numbers,
            "It returns numbers of rows, where a mask is asked for: one True or False for each "
            f"row, true where {what}.",
        )
    answer = table(value, "The mask", {"n": n})
    expect(
        bool(np.isin(answer, (0, 1)).all()),
        f"The mask holds something other than True and False: it is true where {what}.",
    )
    return answer == 1


def same(answer: Mask, reference: Any) -> bool:
    """Whether two masks agree in every row."""
    return bool(np.array_equal(answer, np.asarray(reference, dtype=bool)))

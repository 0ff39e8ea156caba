"""Checks of bootstrap_interval(values, users, n_resamples, rng).

The answer is random: a check asks for what holds for every draw, or allows for five standard
deviations of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.checks.evaluation.list_cases import two_numbers
from recsys_course.classroom.expectations import Floats, close, expect

Rng = np.random.Generator


def _interval(
    student: Any, values: Floats, users: npt.NDArray[np.int64], n_resamples: int, rng: Rng
) -> Floats:
    answer = student.bootstrap_interval(values.copy(), users.copy(), n_resamples, rng)
    return two_numbers(answer, "the lower and the upper end")


def _rows(
    rng: Rng, user_values: Floats, n_rows: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Rows whose means are the given values, in mixed order, with gaps between the user numbers."""
    users = np.repeat(rng.permutation(10 * len(user_values))[: len(user_values)], n_rows)
    values = np.repeat(user_values, n_rows)
    order = rng.permutation(len(users))
    return values[order], users[order]


def test_bootstrap_interval_two_numbers(student: Any, rng: Rng) -> None:
    """It returns the lower and the upper end, in this order."""
    values, users = _rows(rng, rng.random(12), rng.integers(1, 4, 12))
    low, high = _interval(student, values, users, 100, rng)
    expect(low < high, "The first number must be the lower end of the interval, below the upper.")


def test_bootstrap_interval_equal_users(student: Any, rng: Rng) -> None:
    """If all users have the same mean, nothing can move."""
    users = np.repeat(np.arange(6), 4)
    values = np.concatenate([rng.permutation([0.0, 1.0, 0.05, 0.95]) for _ in range(6)])
    low, high = _interval(student, values, users, 200, rng)
    expect(
        close(low, high),
        "Every user has the same mean, so other users would give the same result, and the interval "
        "has a width: is one value a user made first, the mean of the rows, and are users drawn?",
    )
    users, values = np.repeat(np.arange(6), [2, 3, 4] * 2), np.tile([0, 2, 0, 0, 3, 1, 0, 0, 3], 2)
    expect(
        close(_interval(student, values.astype(float), users, 200, rng), np.array([1.0, 1.0])),
        "The rows of every user have the mean 1, and the interval is not (1, 1): how is the one "
        "value of a user made from the rows?",
    )


def test_bootstrap_interval_busy_user(student: Any, rng: Rng) -> None:
    """A user with many rows counts once."""
    user_values = np.append(rng.random(19), 10.0)
    values, users = _rows(rng, user_values, np.array([1] * 19 + [150]))
    low, high = _interval(student, values, users, 300, rng)
    expect(
        high < 4 and low < user_values.mean(),
        "One user with 150 rows decides the result: every user counts once. Which mean is taken "
        "first, that of a user's rows, or that of all rows that were drawn?",
    )
    expect(
        low >= user_values.min(),
        "The interval reaches below every user's value, where no mean can lie: return two "
        "of the means' own quantiles, not mirror images of them.",
    )


def test_bootstrap_interval_moves(student: Any, rng: Rng) -> None:
    """Other users give another mean."""
    values, users = _rows(rng, rng.random(15), rng.integers(1, 4, 15))
    low, high = _interval(student, values, users, 300, rng)
    expect(
        high - low > 1e-6,
        "The interval has no width: if every user is drawn exactly once, nothing changes. Are they "
        "drawn with replacement?",
    )


def test_bootstrap_interval_generator(student: Any, rng: Rng) -> None:
    """All randomness comes from the generator that is passed in."""
    values, users = _rows(rng, rng.random(15), rng.integers(1, 4, 15))
    one, same, other = (
        _interval(student, values, users, 40, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    expect(
        np.array_equal(one, same),
        "Two equal generators give two different intervals: does all randomness come from `rng`?",
    )
    expect(
        not np.array_equal(one, other),
        "Another generator gives exactly the same interval: is `rng` used at all?",
    )


def test_bootstrap_interval_inside(student: Any, rng: Rng) -> None:
    """A mean over drawn users lies between the lowest and the highest user."""
    low, high = _interval(student, np.array([1.0, 1, 0, 1, 1]), np.array([7, 7, 3, 7, 7]), 400, rng)
    expect(
        low >= -1e-6 and high <= 1 + 1e-6,
        "The interval leaves the range of the users' own values, where no mean can lie: it is made "
        "of quantiles of the means, not of a mean and a spread.",
    )
    expect(
        close(np.array([low, high]), np.array([0.0, 1.0])),
        "The example of the exercise, with two users, does not come out: which means can two draws "
        "have, and how often?",
    )


def test_bootstrap_interval_one_resample(student: Any, rng: Rng) -> None:
    """One resample gives one mean, and an interval without width."""
    values, users = _rows(rng, rng.random(15), rng.integers(1, 4, 15))
    low, high = _interval(student, values, users, 1, rng)
    expect(
        close(low, high),
        "With n_resamples = 1 there is a single mean, and so no width: how often are the users "
        "drawn, and how many of them each time?",
    )


def test_bootstrap_interval_width(student: Any, rng: Rng) -> None:
    """The width is that of the middle 95 % of the means."""
    user_values = rng.normal(2.0, 1.0, 40)
    values, users = _rows(rng, user_values, rng.integers(1, 6, 40))
    low, high = _interval(student, values, users, 3000, rng)
    ratio = (high - low) / (2 * 1.96 * user_values.std() / len(user_values) ** 0.5)
    expect(
        ratio > 0.92,
        "The interval is too narrow: are as many users drawn as there are, does each count once, "
        "and which two quantiles leave 95 % between them?",
    )
    expect(
        ratio < 1.08,
        "The interval is too wide: are as many users drawn as there are, and which two quantiles "
        "of their means leave 95 % between them?",
    )
    expect(
        abs((low + high) / 2 - user_values.mean()) < 0.1,
        "The interval does not lie around the mean of the users' values: does every user count "
        "once, and is as much cut off below as above?",
    )


def test_bootstrap_interval_user_numbers(student: Any, rng: Rng) -> None:
    """User numbers are names: large ones and gaps are fine."""
    values, users = _rows(rng, np.array([2.0, 3.0, 4.0]), np.array([2, 1, 3]))
    low, high = _interval(student, values, users + 1_000, 200, rng)
    expect(
        2 <= low <= high <= 4,
        "With gaps between the user numbers the interval leaves the range of the users: does a "
        "number that nobody has count as a user with nothing?",
    )


def test_bootstrap_interval_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    values, users = _rows(rng, rng.random(8), rng.integers(1, 4, 8))
    before = values.copy(), users.copy()
    student.bootstrap_interval(values, users, 20, rng)
    expect(
        np.array_equal(values, before[0]) and np.array_equal(users, before[1]),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )

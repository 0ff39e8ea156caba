"""Checks of rmse(ratings, predictions)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator


def _rmse(student: Any, ratings: Floats, predictions: Floats) -> float:
    return number(student.rmse(ratings.copy(), predictions.copy()))


def _random_pair(rng: Rng, n: int = 11) -> tuple[Floats, Floats]:
    """Half stars, and predictions some stars off."""
    ratings = rng.integers(1, 11, n) / 2
    return ratings, ratings + rng.normal(0.4, 1.5, n)


def test_rmse_perfect(student: Any, rng: Rng) -> None:
    """Perfect predictions have the error 0."""
    ratings, _ = _random_pair(rng)
    expect(close(_rmse(student, ratings, ratings), 0.0), "Perfect predictions must give 0.")


def test_rmse_constant_error(student: Any, rng: Rng) -> None:
    """Predictions that are always as far off have that distance as their error."""
    ratings, _ = _random_pair(rng)
    signs = rng.permutation([1.0] * 5 + [-1.0] * 6)
    expect(
        _rmse(student, ratings, ratings + 2) > 1,
        "Predictions that are all too high by the same amount count as good: what happens to an "
        "error before the mean is taken?",
    )
    expect(
        _rmse(student, ratings, ratings + 2 * signs) > 1,
        "Errors of opposite sign cancel each other: what comes first, the square or the mean?",
    )
    expect(
        close(_rmse(student, ratings, ratings + 2), 2.0),
        "If every prediction is off by the same number of stars, the RMSE is that number: is a "
        "root missing, or is something divided by another number than that of the ratings?",
    )


def test_rmse_repeated(student: Any, rng: Rng) -> None:
    """The same ratings twice have the same error."""
    ratings, predictions = _random_pair(rng)
    once = _rmse(student, ratings, predictions)
    twice = _rmse(student, np.tile(ratings, 2), np.tile(predictions, 2))
    expect(
        close(once, twice),
        "The same ratings, written down twice, must have the same error: what is divided by how "
        "many there are?",
    )


def test_rmse_order(student: Any, rng: Rng) -> None:
    """The order of the ratings does not matter."""
    ratings, predictions = _random_pair(rng)
    order = np.argsort(-np.abs(ratings - predictions))
    answers = [_rmse(student, ratings[o], predictions[o]) for o in (order, order[::-1])]
    expect(
        close(*answers),
        "Other answers come out when the same ratings stand in another order: is a root taken "
        "more than once, and are the roots averaged?",
    )


def test_rmse_large_errors(student: Any, rng: Rng) -> None:
    """One large error weighs more than its size."""
    ratings = np.array([3.0, 4.0, 2.0, 5.0])
    predictions = ratings - rng.permutation([4.0, 0, 0, 0])
    expect(
        close(_rmse(student, ratings, predictions), 2.0),
        "One error of 4 stars among four ratings gives an RMSE of 2: square, mean and root, in "
        "this order.",
    )


def test_rmse_rating_of_zero(student: Any, rng: Rng) -> None:
    """A rating of 0 counts like any other."""
    ratings, predictions = _random_pair(rng)
    ratings[3], predictions[3] = 0.0, 5.0
    before = _rmse(student, np.delete(ratings, 3), np.delete(predictions, 3))
    expect(
        not close(_rmse(student, ratings, predictions), before),
        "A rating of 0 is left out: here every pair counts, whatever the rating is.",
    )


def test_rmse_random(student: Any, rng: Rng) -> None:
    """On random ratings it is the root of the mean of the squares."""
    ratings, predictions = _random_pair(rng)
    total = 0.0
    for rating, prediction in zip(ratings, predictions, strict=True):
        total += (rating - prediction) * (rating - prediction)
    expect(
        close(_rmse(student, ratings, predictions), (total / len(ratings)) ** 0.5),
        "On random ratings another number comes out than the root of the mean squared error: "
        "follow the equation from the inside to the outside.",
    )


def test_rmse_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out."""
    answer = _rmse(student, np.array([1.0, 1.0, 4.0]), np.zeros(3))
    expect(
        close(answer, 6**0.5),
        "The example of the exercise does not come out: write down the three squares, their mean, "
        "and its root.",
    )


def test_rmse_one_rating(student: Any, rng: Rng) -> None:
    """A single rating, in whole numbers, is enough."""
    expect(
        close(number(student.rmse(np.array([5]), np.array([2]))), 3.0),
        "With a single rating the RMSE is how far off its prediction is.",
    )


def test_rmse_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    ratings, predictions = _random_pair(rng)
    before = ratings.copy(), predictions.copy()
    student.rmse(ratings, predictions)
    expect(
        np.array_equal(ratings, before[0]) and np.array_equal(predictions, before[1]),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )

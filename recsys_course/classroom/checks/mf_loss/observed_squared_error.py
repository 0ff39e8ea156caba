"""Checks of observed_squared_error(ratings, observed, predictions)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, close, expect, number
from recsys_course.classroom.rating_tables import Example, random_example, the_example

Rng = np.random.Generator


def _error(student: Any, example: Example, predictions: Floats | None = None) -> float:
    given = example.predictions if predictions is None else predictions.copy()
    return number(
        student.observed_squared_error(example.ratings.copy(), example.observed.copy(), given)
    )


def test_observed_squared_error_unobserved(student: Any, rng: Rng) -> None:
    """Predictions and ratings of unobserved cells change nothing."""
    example = random_example(rng)
    noise = np.where(example.observed, 0.0, rng.normal(size=example.observed.shape))
    before = _error(student, example)
    sentence = (
        "The loss changes when an unobserved cell changes, and it must not: "
        "over which cells does the sum run?"
    )
    expect(close(before, _error(student, example, example.predictions + noise)), sentence)
    changed = example._replace(ratings=example.ratings + noise)
    expect(close(before, _error(student, changed, example.predictions)), sentence)


def test_observed_squared_error_rating_of_zero(student: Any, rng: Rng) -> None:
    """An observed rating of 0 counts like any other."""
    example = random_example(rng)
    worse = example.predictions
    worse[0, 0] = example.predictions[0, 0] + np.copysign(2.0, example.predictions[0, 0])
    expect(
        not close(_error(student, example, worse), _error(student, example)),
        "An observed rating of 0 is left out of the loss: `observed` says which cells count, "
        "the value of the rating does not.",
    )


def test_observed_squared_error_no_cancelling(student: Any, rng: Rng) -> None:
    """An error of +1 and one of -1 add up, they do not cancel."""
    ratings, observed = np.full((2, 3), 3.0), np.ones((2, 3), dtype=bool)
    errors = np.array([[1.0, -1.0, 2.0], [-2.0, 0.0, 0.0]])
    answer = student.observed_squared_error(ratings, observed, ratings - errors)
    expect(
        number(answer) > 1,
        "Errors of opposite sign cancel each other: what comes first, the square or the sum?",
    )


def test_observed_squared_error_sum(student: Any, rng: Rng) -> None:
    """The same table twice has twice the loss: a sum, not a mean."""
    example = random_example(rng)
    twice = Example(
        np.concatenate([example.ratings, example.ratings]),
        np.concatenate([example.observed, example.observed]),
        np.concatenate([example.user_factors, example.user_factors]),
        example.item_factors,
    )
    expect(
        close(_error(student, twice), 2 * _error(student, example)),
        "The same ratings twice must have twice the loss: is something divided by a count, "
        "or a root taken?",
    )


def test_observed_squared_error_squares(student: Any, rng: Rng) -> None:
    """Errors three times as large have nine times the loss."""
    example = random_example(rng)
    errors = rng.normal(size=example.ratings.shape)
    once = _error(student, example, example.ratings - errors)
    thrice = _error(student, example, example.ratings - 3 * errors)
    expect(close(thrice, 9 * once), "Errors three times as large must have nine times the loss.")
    reference = sum(e * e for e in errors[example.observed])
    expect(
        close(once, reference),
        "On a random table the loss is not the sum of the squared errors of the observed cells: "
        "is there a factor in front, or a cell left out?",
    )


def test_observed_squared_error_hand_example(student: Any, rng: Rng) -> None:
    """The 4 × 5 example of the exercise comes out."""
    expect(
        close(_error(student, the_example()), 42.25),
        "The example of the exercise does not give 42.25: add the squared errors of the first "
        "user's three ratings by hand and compare.",
    )


def test_observed_squared_error_one_cell(student: Any, rng: Rng) -> None:
    """A table of a single, observed rating has the square of its error as loss."""
    answer = student.observed_squared_error(np.array([[4]]), np.array([[True]]), np.array([[1.0]]))
    expect(
        close(number(answer), 9.0),
        "A single rating of 4 that is predicted as 1 has the loss 9: what is done to the error?",
    )


def test_observed_squared_error_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    example = random_example(rng)
    given = (example.ratings, example.observed, example.predictions)
    before = tuple(array.copy() for array in given)
    student.observed_squared_error(*given)
    expect(
        all(np.array_equal(*arrays) for arrays in zip(given, before, strict=True)),
        "It changes a table that belongs to the caller: which line assigns into an input?",
    )

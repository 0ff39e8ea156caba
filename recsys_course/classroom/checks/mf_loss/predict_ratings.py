"""Checks of predict_ratings(user_factors, item_factors)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, close, expect, table
from recsys_course.classroom.rating_tables import random_example, the_example

Rng = np.random.Generator


def _predictions(student: Any, user_factors: Floats, item_factors: Floats) -> Floats:
    n_users, n_items = len(user_factors), len(item_factors)
    answer = student.predict_ratings(user_factors.copy(), item_factors.copy())
    return table(answer, "The table of predictions", {"n_users": n_users, "n_items": n_items})


def test_predict_ratings_shape(student: Any, rng: Rng) -> None:
    """One row a user and one column an item, however many factors there are."""
    example = random_example(rng)
    _predictions(student, example.user_factors, example.item_factors)


def test_predict_ratings_scale(student: Any, rng: Rng) -> None:
    """Users' rows ten times as long give predictions ten times as large."""
    example = random_example(rng)
    small = _predictions(student, example.user_factors, example.item_factors)
    large = _predictions(student, 10 * example.user_factors, example.item_factors)
    expect(
        close(large, 10 * small),
        "Ten times the user factors must give ten times the predictions: is something divided, "
        "rounded or cut off?",
    )


def test_predict_ratings_orthogonal(student: Any, rng: Rng) -> None:
    """A user and an item that share no factor get the prediction 0."""
    user_factors, item_factors = rng.normal(size=(3, 4)), rng.normal(size=(5, 4))
    user_factors[:, 2:] = 0
    item_factors[:, :2] = 0
    expect(
        close(_predictions(student, user_factors, item_factors), np.zeros((3, 5))),
        "Users and items whose rows are at right angles must get the prediction 0: which products "
        "of components may enter the sum?",
    )


def test_predict_ratings_hand_example(student: Any, rng: Rng) -> None:
    """The 4 × 5 example of the exercise comes out."""
    example = the_example()
    expect(
        close(
            _predictions(student, example.user_factors, example.item_factors), example.predictions
        ),
        "The 4 × 5 table of the exercise does not come out: compute its first cell by hand, as "
        "the dot product of the first user's row and the first item's row.",
    )


def test_predict_ratings_every_cell(student: Any, rng: Rng) -> None:
    """Every cell is the dot product of its user's and its item's row."""
    example = random_example(rng)
    expect(
        close(
            _predictions(student, example.user_factors, example.item_factors), example.predictions
        ),
        "Some cell is not the dot product of its user's row and its item's row: compare one cell "
        "of random factors with np.dot of the two rows.",
    )


def test_predict_ratings_one_of_each(student: Any, rng: Rng) -> None:
    """One user, one item and one factor are enough; whole numbers are accepted."""
    answer = _predictions(student, np.array([[3]]), np.array([[4]]))
    expect(
        close(answer, np.array([[12.0]])),
        "One user, one item and one factor must give a table with one cell, their product.",
    )

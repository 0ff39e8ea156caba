"""Checks of mf_gradients(ratings, observed, user_factors, item_factors, l2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, close, expect, pair, table
from recsys_course.classroom.rating_tables import (
    Example,
    Sizes,
    random_example,
    slopes,
    the_example,
    the_gradient,
)

Rng = np.random.Generator


def _gradients(student: Any, example: Example, l2: float) -> tuple[Floats, Floats]:
    (n_users, n_items), n_factors = example.ratings.shape, example.user_factors.shape[1]
    answer = pair(student.mf_gradients(*(part.copy() for part in example), l2))
    axes = {"n_users": n_users, "embedding_dim": n_factors}
    user_gradient = table(answer[0], "The gradient for the users", axes)
    axes = {"n_items": n_items, "embedding_dim": n_factors}
    return user_gradient, table(answer[1], "The gradient for the items", axes)


def _same(answer: tuple[Floats, Floats], reference: tuple[Floats, Floats]) -> bool:
    return all(close(*arrays) for arrays in zip(answer, reference, strict=True))


def test_mf_gradients_shapes(student: Any, rng: Rng) -> None:
    """The gradient has the shapes of the user factors and of the item factors, in this order."""
    _gradients(student, random_example(rng), 0.5)


def test_mf_gradients_sign(student: Any, rng: Rng) -> None:
    """A short step against the gradient lowers the loss."""
    example = random_example(rng)
    user_gradient, item_gradient = _gradients(student, example, 0.0)
    moved = example._replace(
        user_factors=example.user_factors - 1e-5 * user_gradient,
        item_factors=example.item_factors - 1e-5 * item_gradient,
    )
    expect(
        moved.loss(0.0) < example.loss(0.0),
        "A short step against the gradient does not lower the loss: check the sign, and along "
        "whose row each row moves. How does the squared error of one cell change when its "
        "prediction grows?",
    )


def test_mf_gradients_unobserved(student: Any, rng: Rng) -> None:
    """Ratings of unobserved cells change nothing."""
    example = random_example(rng)
    noise = np.where(example.observed, 0.0, 1 + rng.random(example.observed.shape))
    changed = example._replace(ratings=example.ratings + noise)
    expect(
        _same(_gradients(student, changed, 0.5), _gradients(student, example, 0.5)),
        "The gradient changes when an unobserved rating changes, and it must not: which cells "
        "have an error at all?",
    )


def test_mf_gradients_finite_differences(student: Any, rng: Rng) -> None:
    """Without L2 it is the slope of the loss in every component."""
    for sizes in (None, Sizes(6, 7, 3)):  # in the larger one a row has several ratings
        example = random_example(rng, sizes)
        expect(
            _same(_gradients(student, example, 0.0), slopes(example, 0.0)),
            "On a random table the gradient, without L2, differs from the slope of the loss: move "
            "one component a little and see how much the loss changes.",
        )


def test_mf_gradients_l2(student: Any, rng: Rng) -> None:
    """With L2 it is the slope of the regularised loss, for users and items."""
    example = random_example(rng)
    users, items = _gradients(student, example, 0.7)
    user_slopes, item_slopes = slopes(example, 0.7)
    expect(
        close(users, user_slopes),
        "With L2 the users' gradient differs from the slope of the loss: what does l2 add to a "
        "row, and does every row get it once?",
    )
    expect(
        close(items, item_slopes),
        "With L2 the items' gradient differs from the slope of the loss: what does l2 add to a "
        "row, and does every row get it once?",
    )


def test_mf_gradients_rows_without_ratings(student: Any, rng: Rng) -> None:
    """A user or item without ratings is moved by L2 alone."""
    example = random_example(rng)
    example.observed[:] = False
    expect(
        _same(_gradients(student, example, 0.7), slopes(example, 0.7)),
        "Rows without any rating must still feel L2, and nothing else: where does the sum over "
        "cells end and the sum over rows begin?",
    )


def test_mf_gradients_hand_example(student: Any, rng: Rng) -> None:
    """The 4 × 5 example of the exercise comes out without L2."""
    example = the_example()
    expect(
        _same(_gradients(student, example, 0.0), the_gradient(0.0)),
        "The gradient of the exercise's example, without L2, does not come out: write down the "
        "derivative of one squared error before you sum.",
    )


def test_mf_gradients_hand_example_l2(student: Any, rng: Rng) -> None:
    """The 4 × 5 example of the exercise comes out with L2."""
    example = the_example()
    expect(
        _same(_gradients(student, example, 0.1), the_gradient(0.1)),
        "The gradient of the exercise's example with l2 = 0.1 does not come out: what is the "
        "derivative of l2 times a square?",
    )


def test_mf_gradients_one_of_each(student: Any, rng: Rng) -> None:
    """One user, one item and one factor are enough; whole numbers are accepted as ratings."""
    example = random_example(rng, Sizes(1, 1, 1))
    example = example._replace(ratings=np.array([[4]]))
    expect(
        _same(_gradients(student, example, 0.5), slopes(example, 0.5)),
        "With one user, one item and one factor the gradient is wrong: work it out on paper.",
    )


def test_mf_gradients_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    example = random_example(rng)
    before = [part.copy() for part in example]
    student.mf_gradients(*example, 0.5)
    expect(
        all(np.array_equal(*arrays) for arrays in zip(example, before, strict=True)),
        "It changes a table that belongs to the caller: which line assigns into an input?",
    )

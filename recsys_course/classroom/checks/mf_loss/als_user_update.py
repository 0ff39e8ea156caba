"""Checks of als_user_update(ratings, observed, item_factors, l2)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, close, expect, table
from recsys_course.classroom.rating_tables import the_example

Rng = np.random.Generator


class OneUser(NamedTuple):
    """What one user has rated."""

    ratings: Floats
    observed: npt.NDArray[np.bool_]
    item_factors: Floats

    def residual(self, vector: Floats, l2: float) -> Floats:
        """Half the slope of the user's loss at a vector, item by item."""
        slope = l2 * vector
        for rating, seen, item in zip(*self, strict=True):
            slope = slope - seen * (rating - item @ vector) * item
        return slope


def _random_user(rng: Rng, n_rated: int = 6, n_factors: int = 3) -> OneUser:
    """The last rated item has the rating 0; four items are not rated."""
    observed = rng.permutation(np.arange(n_rated + 4) < n_rated)
    ratings = np.where(observed, rng.integers(1, 11, n_rated + 4) / 2, 0.0)
    if n_rated > 1:
        ratings[np.flatnonzero(observed)[-1]] = 0.0
    return OneUser(ratings, observed, rng.normal(size=(n_rated + 4, n_factors)))


def _vector(student: Any, user: OneUser, l2: float) -> Floats:
    answer = student.als_user_update(*(part.copy() for part in user), l2)
    return table(answer, "The user's vector", {"embedding_dim": user.item_factors.shape[1]})


def _solves(vector: Floats, user: OneUser, l2: float) -> bool:
    return close(vector + user.residual(vector, l2), vector)


def test_als_user_update_shape(student: Any, rng: Rng) -> None:
    """One number a factor."""
    _vector(student, _random_user(rng), 0.5)


def test_als_user_update_unobserved(student: Any, rng: Rng) -> None:
    """Items that the user has not rated change nothing."""
    user = _random_user(rng)
    unrated = ~user.observed
    other = OneUser(user.ratings + 3 * unrated, user.observed, user.item_factors.copy())
    other.item_factors[unrated] += rng.normal(size=other.item_factors[unrated].shape)
    expect(
        close(_vector(student, other, 0.5), _vector(student, user, 0.5)),
        "The vector changes when an item that the user has not rated changes, and it must not: "
        "which rows of the item factors enter the matrix and the right-hand side?",
    )


def test_als_user_update_rating_of_zero(student: Any, rng: Rng) -> None:
    """An observed rating of 0 counts like any other."""
    observed = np.array([True, True, False])
    user = OneUser(np.array([4.0, 0.0, 0.0]), observed, 1 + rng.random((3, 1)))
    ignoring = user._replace(observed=np.array([True, False, False]))
    expect(
        not close(_vector(student, user, 0.5), _vector(student, ignoring, 0.5)),
        "An observed rating of 0 is left out: `observed` says which items count, "
        "the value of the rating does not.",
    )


def test_als_user_update_scale_of_l2(student: Any, rng: Rng) -> None:
    """The same ratings twice with twice the l2 give the same vector."""
    user = _random_user(rng)
    twice = OneUser(*(np.concatenate([part, part]) for part in user))
    expect(
        close(_vector(student, twice, 1.0), _vector(student, user, 0.5)),
        "Every rating twice and l2 doubled must give the same vector: is l2 taken as it is, once, "
        "or multiplied by something?",
    )


def test_als_user_update_slope_is_zero(student: Any, rng: Rng) -> None:
    """At the answer the slope of the user's regularised loss is 0."""
    user = _random_user(rng)
    expect(
        _solves(_vector(student, user, 0.5), user, 0.5),
        "The user's regularised loss still has a slope at your vector: write its derivative, set "
        "it to 0 and compare term by term. Where does l2 end up in the matrix?",
    )


def test_als_user_update_linear(student: Any, rng: Rng) -> None:
    """Ratings twice as large give a vector twice as long."""
    user = _random_user(rng)
    doubled = user._replace(ratings=2 * user.ratings)
    expect(
        close(_vector(student, doubled, 0.5), 2 * _vector(student, user, 0.5)),
        "Ratings twice as large must give a vector twice as long: how does the right-hand side "
        "depend on the ratings?",
    )


def test_als_user_update_no_ratings(student: Any, rng: Rng) -> None:
    """A user without ratings gets zeros, whatever l2 is."""
    user = _random_user(rng, n_rated=0)
    expect(
        close(_vector(student, user, 0.5), np.zeros(3)),
        "A user without ratings must get zeros: what minimises L2 alone?",
    )
    expect(
        close(_vector(student, user, 0.0), np.zeros(3)),
        "A user without ratings must get zeros also when l2 is 0: there is nothing to solve then, "
        "so look at this case first.",
    )


def test_als_user_update_fewer_ratings_than_factors(student: Any, rng: Rng) -> None:
    """Fewer ratings than factors are enough, thanks to L2."""
    user = _random_user(rng, n_rated=2, n_factors=5)
    expect(
        _solves(_vector(student, user, 0.5), user, 0.5),
        "With fewer ratings than factors the vector does not minimise the regularised loss: "
        "is l2 in the matrix that you invert?",
    )


def test_als_user_update_hand_example(student: Any, rng: Rng) -> None:
    """The first user of the exercise gets the vector of the exercise."""
    example = the_example()
    user = OneUser(example.ratings[0], example.observed[0], example.item_factors)
    sentence = (
        "The first user of the exercise does not get the vector of the exercise: compute the "
        "2 × 2 matrix and the right-hand side from the three rated items by hand."
    )
    expect(close(_vector(student, user, 1.0), np.array([17 / 8, -7 / 48])), sentence)
    expect(close(_vector(student, user, 0.1), np.array([2980 / 1057, -1690 / 3171])), sentence)


def test_als_user_update_one_of_each(student: Any, rng: Rng) -> None:
    """One item and one factor are enough; a whole number is accepted as rating."""
    answer = student.als_user_update(np.array([4]), np.array([True]), np.array([[2.0]]), 1.0)
    expect(
        close(table(answer, "The user's vector", {"embedding_dim": 1}), np.array([1.6])),
        "With one rating and one factor the vector is wrong: work it out on paper.",
    )


def test_als_user_update_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    user = _random_user(rng)
    before = [part.copy() for part in user]
    student.als_user_update(*user, 0.5)
    expect(
        all(np.array_equal(*arrays) for arrays in zip(user, before, strict=True)),
        "It changes a table that belongs to the caller: which line assigns into an input?",
    )

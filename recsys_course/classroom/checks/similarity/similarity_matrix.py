"""Checks of similarity_matrix(ratings, observed, shrinkage)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.similarity.tables import (
    Table,
    expect_untouched,
    random_table,
    the_table,
)
from recsys_course.classroom.expectations import Floats, close, expect, table

Rng = np.random.Generator


def _similarities(student: Any, given: Table, shrinkage: float = 0.0) -> Floats:
    answer = student.similarity_matrix(*given.copies(), shrinkage)
    n_users = len(given.ratings)
    return table(answer, "The similarity matrix", {"users": n_users, "the same users": n_users})


def _with_constant_rater(given: Table) -> Table:
    """The second user gave everything the same."""
    ratings = given.ratings.copy()
    ratings[1, given.observed[1]] = 3.0
    return Table(ratings, given.observed)


def _with_newcomer(given: Table) -> Table:
    """One more user, who has rated nothing."""
    return Table(
        np.vstack([given.ratings, np.zeros(given.ratings.shape[1])]),
        np.vstack([given.observed, np.zeros(given.ratings.shape[1], dtype=bool)]),
    )


def test_similarity_matrix_shape(student: Any, rng: Rng) -> None:
    """One row and one column a user."""
    _similarities(student, random_table(rng))


def test_similarity_matrix_symmetric(student: Any, rng: Rng) -> None:
    """It is symmetric, between −1 and 1, and without shrinkage 1 on the diagonal."""
    similarities = _similarities(student, random_table(rng))
    expect(close(similarities, similarities.T), "The matrix is not symmetric.")
    expect(bool((np.abs(similarities) <= 1 + 1e-6).all()), "A similarity lies outside of −1 … 1.")
    expect(
        close(np.diag(similarities), np.ones(len(similarities))),
        "Without shrinkage everybody whose ratings differ must have the similarity 1 with "
        "themselves.",
    )


def test_similarity_matrix_generous(student: Any, rng: Rng) -> None:
    """Somebody who gives one star more to everything has the same taste."""
    given = random_table(rng)
    ratings = given.ratings + given.observed * rng.integers(1, 4, (len(given.ratings), 1))
    expect(
        close(
            _similarities(student, Table(ratings, given.observed)), _similarities(student, given)
        ),
        "The similarities change when a user gives one more star to everything, and taste does "
        "not: what must be taken off each user's ratings, and over which cells is it averaged?",
    )


def test_similarity_matrix_unrated_item(student: Any, rng: Rng) -> None:
    """An item that nobody rated changes nothing."""
    given = random_table(rng)
    n_users = len(given.ratings)
    wider = Table(
        np.hstack([given.ratings, np.zeros((n_users, 3))]),
        np.hstack([given.observed, np.zeros((n_users, 3), dtype=bool)]),
    )
    expect(
        close(_similarities(student, wider, 2.0), _similarities(student, given, 2.0)),
        "Items that nobody rated change the similarities: where do they enter your means, your "
        "deviations or your counts?",
    )


def test_similarity_matrix_constant_rater(student: Any, rng: Rng) -> None:
    """Whoever gave everything the same, or rated nothing, has the similarity 0 with everybody."""
    given = _with_newcomer(_with_constant_rater(random_table(rng)))
    given.observed[2] = given.observed[2] & (np.cumsum(given.observed[2]) == 1)  # one rating
    given.ratings[2, ~given.observed[2]] = 0.0
    answer = np.asarray(student.similarity_matrix(*given.copies(), 1.0), dtype=float)
    expect(
        bool(np.isfinite(answer).all()),
        "Somebody who gave everything the same, or rated nothing, makes nan or inf: which two "
        "divisions of yours can divide by 0 there?",
    )
    expect(
        close(answer[[1, 2, -1]], np.zeros((3, len(given.ratings)))),
        "Somebody who gave everything the same number of stars, or rated one item or none, must "
        "have the similarity 0 with everybody: what are their deviations?",
    )


def test_similarity_matrix_nothing_in_common(student: Any, rng: Rng) -> None:
    """Two users without a common item have the similarity 0, with and without shrinkage."""
    ratings = np.array([[5.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 4.0, 2.0, 1.0]])
    for shrinkage in (0.0, 3.0):
        answer = np.asarray(student.similarity_matrix(ratings, ratings > 0, shrinkage), dtype=float)
        expect(
            bool(np.isfinite(answer).all()),
            "Two users without a common item make nan or inf: what is n / (n + β) where both are "
            "0, and what does the exercise ask for?",
        )
        expect(
            close(answer[0, 1], 0.0),
            "Two users without a common item must have the similarity 0: what stands in the "
            "deviations where nothing was rated?",
        )


def test_similarity_matrix_one_common_item(student: Any, rng: Rng) -> None:
    """Two users with a single common item, and many others, are not alike."""
    ratings = np.array([[5.0, 1, 3, 4, 2, 0, 0, 0], [5.0, 0, 0, 0, 0, 2, 1, 4]])
    similarities = _similarities(student, Table(ratings, ratings > 0))
    expect(
        0 < similarities[0, 1] < 0.9,
        "Two users who have one single item in common get a similarity of 1 or −1: over which "
        "items does each norm run, those in common or all that the user rated?",
    )


def test_similarity_matrix_support(student: Any, rng: Rng) -> None:
    """The shrinkage multiplies by n / (n + β), with n the number of common items."""
    given = random_table(rng)
    plain, shrunk = _similarities(student, given), _similarities(student, given, 3.0)
    users = range(len(plain))
    shares = np.array(
        [[given.common(a, b) / (given.common(a, b) + 3.0) for b in users] for a in users]
    )
    apart = ~np.eye(len(plain), dtype=bool)
    expect(
        bool((np.abs(shrunk[apart]) <= np.abs(plain[apart]) + 1e-6).all()),
        "The shrinkage makes a similarity larger: it must pull towards 0.",
    )
    expect(
        not close(plain[apart], shrunk[apart]),
        "The shrinkage changes nothing: where does β stand in your code? And is the number of "
        "common items a number, or only True and False?",
    )
    expect(
        close(shrunk[apart], (plain * shares)[apart]),
        "With shrinkage the similarities are not the plain ones times n / (n + β): print the "
        "number of common items of two users and count it by hand. A product of two tables of "
        "True and False holds True and False, no counts.",
    )
    expect(
        close(np.diag(shrunk), np.diag(plain * shares)),
        "The diagonal does not follow the formula: somebody has all their items in common with "
        "themselves.",
    )


def test_similarity_matrix_small_shrinkage(student: Any, rng: Rng) -> None:
    """Any β of 0 or more will do, not only whole numbers."""
    given = random_table(rng)
    expect(
        close(_similarities(student, given, 0.25), given.similarities(0.25)),
        "With a shrinkage between 0 and 1 the similarities are wrong: is β rounded or replaced?",
    )


def test_similarity_matrix_reference(student: Any, rng: Rng) -> None:
    """Random tables, wide and long ones, give what the equation gives, pair by pair."""
    for n_users, n_items in ((7, 9), (6, 4), (5, 5)):
        given = random_table(rng, n_users, n_items)
        expect(
            close(_similarities(student, given), given.similarities(0.0)),
            "On a random table the similarities are not what the equation says: work out one pair "
            "by hand. Mind that an observed rating may be 0: only `observed` tells.",
        )


def test_similarity_matrix_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out, without and with shrinkage."""
    for shrinkage in (0.0, 2.0):
        expect(
            close(
                _similarities(student, the_table(), shrinkage), the_table().similarities(shrinkage)
            ),
            "The running example does not come out: take users 1 and 2, write down their "
            "deviations, the three sums, and the number of common films.",
        )


def test_similarity_matrix_one_user(student: Any, rng: Rng) -> None:
    """A table of one user has one similarity."""
    only = Table(np.array([[4.0, 2.0, 0.0]]), np.array([[True, True, False]]))
    expect(
        close(_similarities(student, only, 2.0), np.array([[0.5]])),
        "A single user with two ratings and a shrinkage of 2 is half similar to themselves.",
    )


def test_similarity_matrix_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    given = random_table(rng)
    arrays = given.copies()
    student.similarity_matrix(*arrays, 1.0)
    expect_untouched(arrays, tuple(given))

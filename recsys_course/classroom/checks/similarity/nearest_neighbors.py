"""Checks of nearest_neighbors(similarities, observed, user, item, n_neighbors)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.similarity.tables import (
    Table,
    expect_untouched,
    random_similarities,
    random_table,
    the_table,
)
from recsys_course.classroom.expectations import Floats, expect

Rng = np.random.Generator

N_USERS, N_ITEMS = 8, 6


class Question:
    """Somebody, an item that half of the others rated, and similarities of both signs."""

    def __init__(self, rng: Rng, n_neighbors: int = 2) -> None:
        self.table = random_table(rng, N_USERS, N_ITEMS)
        self.similarities = random_similarities(rng, N_USERS)
        self.user, self.item = int(rng.integers(1, N_USERS)), int(rng.integers(N_ITEMS))
        self.n_neighbors = n_neighbors
        others = rng.permutation([k for k in range(N_USERS) if k != self.user])
        self.table.observed[others[:4], self.item] = True
        self.table.observed[others[4:], self.item] = False
        self.table.observed[self.user, self.item] = True

    @property
    def expected(self) -> list[int]:
        """The neighbours by loops."""
        return self.table.neighbors(self.similarities, self.user, self.item, self.n_neighbors)

    def ask(self, student: Any) -> list[int]:
        """The learner's neighbours, as row numbers."""
        answer = student.nearest_neighbors(
            self.similarities.copy(),
            self.table.observed.copy(),
            self.user,
            self.item,
            self.n_neighbors,
        )
        return _rows(answer, N_USERS)


def _rows(answer: Any, n_users: int) -> list[int]:
    """The row numbers that an answer must be."""
    expect(
        answer is not None, "It returns nothing: end the function with `return` and the neighbours."
    )
    try:
        array = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        array = np.zeros((0, 0))
    expect(
        array.ndim == 1,
        "It does not return a list or an array of row numbers with one axis: what comes after "
        "`return`?",
    )
    expect(
        bool(np.isfinite(array).all() and (array == np.rint(array)).all()),
        "It returns numbers that are no row numbers: are they the similarities in place of the "
        "users who have them?",
    )
    expect(
        bool(((array >= 0) & (array < n_users)).all()),
        "It returns a row that the table does not have: what fills the places where there are "
        "not enough neighbours?",
    )
    rows = [int(one) for one in array]
    expect(len(set(rows)) == len(rows), "The same neighbour comes twice.")
    return rows


def test_nearest_neighbors_rows(student: Any, rng: Rng) -> None:
    """It returns row numbers of users, with one axis."""
    Question(rng).ask(student)


def test_nearest_neighbors_raters(student: Any, rng: Rng) -> None:
    """Only users who rated the item are neighbours."""
    for n_neighbors in (2, N_USERS):
        question = Question(rng, n_neighbors)
        rated = [bool(question.table.observed[k, question.item]) for k in question.ask(student)]
        expect(
            all(rated),
            "A neighbour has not rated the item, so what could they say about it? Look at which "
            "rows you choose from. If you choose from a shorter list, does a place in that list "
            "name the same user as a row of the table?",
        )


def test_nearest_neighbors_not_oneself(student: Any, rng: Rng) -> None:
    """Nobody is their own neighbour, even if they rated the item."""
    for n_neighbors in (2, N_USERS):
        question = Question(rng, n_neighbors)
        expect(
            question.user not in question.ask(student),
            "The user stands among the own neighbours: whose similarity is largest in their row "
            "of the table?",
        )


def test_nearest_neighbors_count(student: Any, rng: Rng) -> None:
    """There are as many as asked for, or all there are."""
    for n_neighbors in (1, 3, 4, 5, N_USERS + 3):
        question = Question(rng, n_neighbors)
        expect(
            len(question.ask(student)) == min(n_neighbors, 4),
            "There are too many or too few neighbours. When is the user taken out, before or "
            "after the cut? Do negative similarities count? What if fewer have rated the item?",
        )


def test_nearest_neighbors_most_similar(student: Any, rng: Rng) -> None:
    """They are the ones with the largest similarities, the most similar first."""
    for n_neighbors in (1, 2, 3, 4):
        question = Question(rng, n_neighbors)
        found = question.ask(student)
        expect(
            set(found) == set(question.expected),
            "They are not the most similar ones: in which direction is the list sorted, and is a "
            "similarity of −0.9 more or less than one of 0.2?",
        )
        expect(
            found == question.expected, "They are the right ones, but not the most similar first."
        )


def test_nearest_neighbors_negative(student: Any, rng: Rng) -> None:
    """Somebody of little similarity is nearer than somebody of opposite taste."""
    question = Question(rng, 4)
    size = np.abs(question.similarities)
    question.similarities = -size
    found = question.ask(student)
    expect(
        found == question.expected,
        "Where all similarities are negative the neighbours are wrong: which is the larger "
        "number, −0.1 or −0.9? And negative ones count as well.",
    )


def test_nearest_neighbors_ties(student: Any, rng: Rng) -> None:
    """Of equals, the lower row number comes first."""
    n_users = 40
    similarities = _equal_thirds(rng, n_users)
    observed = np.ones((n_users, 2), dtype=bool)
    expected = Table(np.ones((n_users, 2)), observed).neighbors(similarities, 3, 1, 25)
    answer = student.nearest_neighbors(similarities.copy(), observed.copy(), 3, 1, 25)
    expect(
        _rows(answer, n_users) == expected,
        "Of users with equal similarity the lower row must come first: which kind of sorting "
        "keeps the order of equals, and what happens to it when a list is reversed?",
    )


def _equal_thirds(rng: Rng, n_users: int) -> Floats:
    values = rng.integers(-1, 2, (n_users, n_users)) / 2
    similarities: Floats = np.triu(values, 1) + np.triu(values, 1).T + np.eye(n_users)
    return similarities


def test_nearest_neighbors_nobody(student: Any, rng: Rng) -> None:
    """An item that nobody else rated has no neighbours."""
    question = Question(rng, 3)
    question.table.observed[:, question.item] = False
    expect(
        question.ask(student) == [],
        "Where nobody else rated the item the list must be empty: with what is it filled?",
    )


def test_nearest_neighbors_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out."""
    table = the_table()
    similarities = table.similarities(0.0)
    for user, item, n_neighbors in ((1, 1, 2), (0, 4, 1), (0, 2, 2)):
        answer = student.nearest_neighbors(
            similarities.copy(), table.observed.copy(), user, item, n_neighbors
        )
        expect(
            _rows(answer, 4) == table.neighbors(similarities, user, item, n_neighbors),
            "The running example does not come out: who rated the film, and which of them are "
            "most similar to the user?",
        )


def test_nearest_neighbors_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    question = Question(rng)
    given = question.similarities.copy(), question.table.observed.copy()
    student.nearest_neighbors(*given, question.user, question.item, 2)
    expect_untouched(given, (question.similarities, question.table.observed))

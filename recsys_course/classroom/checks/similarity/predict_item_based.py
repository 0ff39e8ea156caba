"""Checks of predict_item_based(ratings, observed, similarities, user, item).

Each property is a check of its own, which makes the list longer than most modules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.similarity.tables import (
    Table,
    expect_untouched,
    random_similarities,
    random_table,
    the_cosine,
    the_table,
)
from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator

N_USERS, N_ITEMS = 6, 8


class Question:
    """Somebody who rated four other items than the one in question."""

    def __init__(self, rng: Rng) -> None:
        self.table = random_table(rng, N_USERS, N_ITEMS)
        self.similarities = random_similarities(rng, N_ITEMS)
        self.user, self.item = int(rng.integers(N_USERS)), int(rng.integers(N_ITEMS))
        others = rng.permutation([j for j in range(N_ITEMS) if j != self.item])
        self.rated, self.unrated = others[:4], others[4:]
        self.table.observed[self.user] = False
        self.table.ratings[self.user] = 0.0
        self.table.observed[self.user, self.rated] = True
        self.table.ratings[self.user, self.rated] = 1.0, 4.5, 2.0, 5.0
        self.table.observed[(self.user + 1) % N_USERS, self.item] = True  # somebody rated it
        self.weigh(0.5, 0.25, -0.75, 0.125)

    def weigh(self, *weights: float) -> None:
        """Give the four rated items these similarities to the item."""
        self.similarities[self.item, self.rated] = weights
        self.similarities[self.rated, self.item] = weights

    @property
    def expected(self) -> float:
        """The prediction by loops."""
        return self.table.by_items(self.similarities, self.user, self.item)

    def ask(self, student: Any) -> float:
        """The learner's prediction."""
        where = self.similarities.copy(), self.user, self.item
        return number(student.predict_item_based(*self.table.copies(), *where))


def test_predict_item_based_number(student: Any, rng: Rng) -> None:
    """One number, in stars."""
    Question(rng).ask(student)


def test_predict_item_based_other_users(student: Any, rng: Rng) -> None:
    """What other users rated changes nothing."""
    question = Question(rng)
    before = question.ask(student)
    others = np.arange(N_USERS) != question.user
    question.table.ratings[others] = np.where(question.table.observed[others], 1.0, 0.0)
    expect(
        close(question.ask(student), before),
        "The ratings of other users change the prediction. Once the similarities are known, whose "
        "ratings does the equation use? Is it a row or a column of `ratings`?",
    )


def test_predict_item_based_unrated(student: Any, rng: Rng) -> None:
    """Items that the user has not rated have no say."""
    question = Question(rng)
    before = question.ask(student)
    question.similarities[question.item, question.unrated] = 0.9
    question.similarities[question.unrated, question.item] = 0.9
    expect(
        close(question.ask(student), before),
        "An item that the user has not rated changes the prediction: does it enter the sum above "
        "with a zero, or only the sum below?",
    )


def test_predict_item_based_negative(student: Any, rng: Rng) -> None:
    """Items of negative similarity have no say."""
    question = Question(rng)
    before = question.ask(student)
    question.weigh(0.5, 0.25, -0.01, 0.125)
    expect(
        close(question.ask(student), before),
        "An item of negative similarity changes the prediction: which weights are left in the sum "
        "above and in the sum below?",
    )


def test_predict_item_based_range(student: Any, rng: Rng) -> None:
    """It lies between the lowest and the highest rating that the user gave."""
    question = Question(rng)
    question.weigh(0.2, 0.9, 0.3, 0.9)
    answer = question.ask(student)
    given = question.table.ratings[question.user, question.rated]
    expect(
        given.min() - 1e-6 <= answer <= given.max() + 1e-6,
        "A weighted mean of a user's ratings cannot lie outside of them, and this one does: by "
        "what is the sum divided?",
    )


def test_predict_item_based_scale(student: Any, rng: Rng) -> None:
    """Similarities ten times as large, or as small, predict the same."""
    question = Question(rng)
    before = question.ask(student)
    plain = question.similarities
    for factor in (0.1, 10.0, 1e-3):
        question.similarities = plain * factor
        expect(
            close(question.ask(student), before),
            "All similarities multiplied by the same number must predict the same: is the sum "
            "divided by the sum of the weights, and by nothing else?",
        )


def test_predict_item_based_single(student: Any, rng: Rng) -> None:
    """A single similar item passes its rating on."""
    question = Question(rng)
    question.weigh(-0.5, 0.3, -0.1, 0.0)
    expect(
        close(question.ask(student), 4.5),
        "Where one single item is similar, the prediction must be the user's rating of it.",
    )


def test_predict_item_based_weights(student: Any, rng: Rng) -> None:
    """The more similar item has more weight; equal ones are averaged."""
    question = Question(rng)
    question.weigh(0.4, 0.4, 0.4, 0.4)
    given = question.table.ratings[question.user, question.rated]
    expect(
        close(question.ask(student), float(given.mean())),
        "Items of equal similarity must be averaged: has every one of them entered both sums "
        "before you divide and return?",
    )
    question.weigh(0.9, 0.1, 0.1, 0.1)
    low = question.ask(student)
    question.weigh(0.1, 0.1, 0.1, 0.9)
    expect(
        low + 0.5 < question.ask(student),
        "A film liked less and one liked more exchange their similarities, and the prediction "
        "does not follow: where are the ratings weighted?",
    )


def test_predict_item_based_own_rating(student: Any, rng: Rng) -> None:
    """The rating of the item itself is no evidence for itself."""
    question = Question(rng)
    question.table.observed[question.user, question.item] = True
    question.table.ratings[question.user, question.item] = 5.0
    before = question.ask(student)
    question.table.ratings[question.user, question.item] = 1.0
    expect(
        close(question.ask(student), before),
        "The user's rating of the item itself changes its prediction: which items are the *other* "
        "ones?",
    )


def test_predict_item_based_row(student: Any, rng: Rng) -> None:
    """It is the item's row of the similarities that counts."""
    question = Question(rng)
    before = question.ask(student)
    question.similarities[question.rated, question.item] = 0.1, 0.9, 0.8, 0.7
    expect(
        close(question.ask(student), before),
        "The prediction uses column `item` of the similarities; the exercise asks for the row.",
    )


def test_predict_item_based_rating_of_zero(student: Any, rng: Rng) -> None:
    """An observed rating of 0 counts like any other."""
    question = Question(rng)
    question.table.ratings[question.user, question.rated[0]] = 0.0
    expect(
        close(question.ask(student), question.expected),
        "An observed rating of 0 is left out: `observed` says which cells are ratings, the value "
        "does not.",
    )


def test_predict_item_based_nothing_similar(student: Any, rng: Rng) -> None:
    """Without an item of positive similarity it is the user's mean."""
    for weights in ((0.0, 0.0, 0.0, 0.0), (-0.5, -0.1, 0.0, -0.3)):
        question = Question(rng)
        question.weigh(*weights)
        where = question.similarities.copy(), question.user, question.item
        answer = student.predict_item_based(*question.table.copies(), *where)
        finite = bool(np.all(np.isfinite(np.asarray(answer, dtype=float))))
        expect(
            finite and close(number(answer), question.table.mean(question.user)),
            "If none of the user's items has a positive similarity, the prediction must be the "
            "mean of what the user rated: what is divided by what there?",
        )


def test_predict_item_based_newcomer(student: Any, rng: Rng) -> None:
    """Somebody who has rated nothing gets the mean of all ratings."""
    question = Question(rng)
    question.table.observed[question.user] = False
    question.table.ratings[question.user] = 0.0
    where = question.similarities, question.user, question.item
    answer = student.predict_item_based(*question.table.copies(), *where)
    expect(
        bool(np.all(np.isfinite(np.asarray(answer, dtype=float))))
        and close(number(answer), question.expected),
        "Somebody who has rated nothing must get the mean of all known ratings: what is the mean "
        "of an empty list, and what does the zero in an unrated cell mean?",
    )


def test_predict_item_based_nothing_else(student: Any, rng: Rng) -> None:
    """Somebody who rated nothing but the item itself gets a number, too."""
    question = Question(rng)
    question.table.observed[question.user] = False
    question.table.ratings[question.user] = 0.0
    question.table.observed[question.user, question.item] = True
    question.table.ratings[question.user, question.item] = 4.0
    where = question.similarities, question.user, question.item
    answer = student.predict_item_based(*question.table.copies(), *where)
    expect(
        bool(np.all(np.isfinite(np.asarray(answer, dtype=float)))),
        "Somebody who rated nothing but the item itself makes nan: what is divided by what where "
        "the list of other items is empty?",
    )


def test_predict_item_based_reference(student: Any, rng: Rng) -> None:
    """Random tables give what the equation gives, term by term."""
    for _ in range(4):
        table, similarities = random_table(rng, N_USERS, N_ITEMS), random_similarities(rng, N_ITEMS)
        user, item = int(rng.integers(N_USERS)), int(rng.integers(N_ITEMS))
        answer = student.predict_item_based(*table.copies(), similarities.copy(), user, item)
        expect(
            close(number(answer), table.by_items(similarities, user, item)),
            "On a random table the prediction is not what the equation says: write down the items "
            "that the user rated, and the weights that are positive.",
        )


def test_predict_item_based_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise, and the running example, come out."""
    ratings = np.array([[4.0, 1.0, 5.0, 0.0]])
    similarities = np.eye(4)
    similarities[3, :3] = similarities[:3, 3] = 0.5, 0.25, -0.75
    answer = student.predict_item_based(ratings, ratings > 0, similarities, 0, 3)
    expect(
        close(number(answer), 3.0),
        "The example of the exercise does not come out: which two films are left, and what do "
        "their weights add up to?",
    )
    table = the_table()
    columns = np.array([table.deviations(k) for k in range(4)]).T
    by_loops: Floats = np.array([[the_cosine(a, b) for b in columns] for a in columns])
    answer = student.predict_item_based(*table.copies(), by_loops.copy(), 1, 1)
    expect(
        close(number(answer), table.by_items(by_loops, 1, 1)),
        "User 2 and film 2 of the running example do not come out: which of the films that user "
        "2 rated are similar to film 2?",
    )


def test_predict_item_based_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    question = Question(rng)
    before: Table = question.table
    given = (*before.copies(), question.similarities.copy())
    student.predict_item_based(*given, question.user, question.item)
    expect_untouched(given, (*before, question.similarities))

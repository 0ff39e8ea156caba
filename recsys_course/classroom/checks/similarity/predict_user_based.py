"""Checks of predict_user_based(ratings, observed, similarities, user, item).

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
    the_table,
)
from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator

N_USERS, N_ITEMS = 7, 9


class Question:
    """Somebody, an item that three of the others rated, and similarities of both signs."""

    def __init__(self, rng: Rng) -> None:
        self.table = random_table(rng, N_USERS, N_ITEMS)
        self.similarities = random_similarities(rng, N_USERS)
        self.user, self.item = int(rng.integers(1, N_USERS)), int(rng.integers(1, N_ITEMS))
        others = rng.permutation([k for k in range(N_USERS) if k != self.user])
        self.raters, self.silent = others[:3], others[3:]
        self.table.observed[self.silent, self.item] = False
        self.table.ratings[self.silent, self.item] = 0.0
        self.table.observed[self.user, self.item] = False
        self.table.ratings[self.user, self.item] = 0.0
        for k, stars in zip(self.raters, (1.0, 5.0, 4.0), strict=True):
            self.table.observed[k, self.item], self.table.ratings[k, self.item] = True, stars
        self.weigh(0.5, -0.25, 0.75)

    def weigh(self, *weights: float) -> None:
        """Give the three raters these similarities to the user."""
        self.similarities[self.user, self.raters] = weights
        self.similarities[self.raters, self.user] = weights

    @property
    def expected(self) -> float:
        """The prediction by loops."""
        return self.table.by_users(self.similarities, self.user, self.item)

    def ask(self, student: Any) -> float:
        """The learner's prediction."""
        where = self.similarities.copy(), self.user, self.item
        return number(student.predict_user_based(*self.table.copies(), *where))


def test_predict_user_based_number(student: Any, rng: Rng) -> None:
    """One number, in stars."""
    Question(rng).ask(student)


def test_predict_user_based_silent(student: Any, rng: Rng) -> None:
    """Users who have not rated the item have no say."""
    question = Question(rng)
    before = question.ask(student)
    question.similarities[question.user, question.silent] = 0.9
    question.similarities[question.silent, question.user] = 0.9
    expect(
        close(question.ask(student), before),
        "Somebody who has not rated the item changes the prediction: which users enter the sum "
        "above, and which the sum below?",
    )


def test_predict_user_based_generous_neighbor(student: Any, rng: Rng) -> None:
    """Adding a star to everything that a neighbour rated changes nothing."""
    question = Question(rng)
    before = question.ask(student)
    k = question.raters[0]
    question.table.ratings[k, question.table.observed[k]] += 1.0
    expect(
        close(question.ask(student), before),
        "The prediction changes when a neighbour gives one star more to everything, and it must "
        "not: from *whose* mean does a neighbour's rating deviate, and over which cells does that "
        "mean run?",
    )


def test_predict_user_based_generous_user(student: Any, rng: Rng) -> None:
    """Adding a star to everything that the user rated adds a star to the prediction."""
    question = Question(rng)
    before = question.ask(student)
    question.table.ratings[question.user, question.table.observed[question.user]] += 1.0
    expect(
        close(question.ask(student), before + 1),
        "When the user gives one star more to everything, the prediction must rise by one star: "
        "from where does it start?",
    )


def test_predict_user_based_scale(student: Any, rng: Rng) -> None:
    """Similarities ten times as large, or as small, predict the same."""
    question = Question(rng)
    before = question.ask(student)
    for factor in (0.1, 10.0, 1e-3):
        scaled = Question(rng)
        scaled.table, scaled.user, scaled.item = question.table, question.user, question.item
        scaled.similarities = question.similarities * factor
        expect(
            close(scaled.ask(student), before),
            "All similarities multiplied by the same number must predict the same: is the sum "
            "divided by the sum of the weights, and by nothing else?",
        )


def test_predict_user_based_opposite(student: Any, rng: Rng) -> None:
    """The prediction moves no further than the largest deviation, whatever the signs."""
    question = Question(rng)
    question.weigh(0.5, -0.45, -0.04)
    user, item = question.user, question.item
    deviations = [
        question.table.ratings[k, item] - question.table.mean(int(k)) for k in question.raters
    ]
    moved = abs(question.ask(student) - question.table.mean(user))
    expect(
        moved <= max(abs(one) for one in deviations) + 1e-6,
        "A neighbour of negative similarity makes the prediction leave the scale: what happens "
        "to a sum of weights of both signs, and what should be summed below?",
    )


def test_predict_user_based_beyond_the_scale(student: Any, rng: Rng) -> None:
    """A prediction may lie above the highest rating."""
    ratings, observed = np.array([[5.0, 5.0, 0.0], [1.0, 2.0, 5.0]]), np.ones((2, 3), dtype=bool)
    observed[0, 2] = False
    answer = student.predict_user_based(ratings, observed, np.full((2, 2), 0.5), 0, 2)
    expect(
        number(answer) > 6,
        "Somebody whose ratings are all as high as can be, and whose only neighbour liked the "
        "item more than usual, must get more than the highest rating: is something cut off, or "
        "is the deviation too small?",
    )


def test_predict_user_based_against(student: Any, rng: Rng) -> None:
    """Somebody of opposite taste is evidence, too."""
    question = Question(rng)
    question.weigh(0.0, -0.5, 0.0)
    k = int(question.raters[1])
    deviation = question.table.ratings[k, question.item] - question.table.mean(k)
    expect(
        close(question.ask(student), question.table.mean(question.user) - deviation),
        "A single neighbour of negative similarity must move the prediction by the opposite of "
        "their deviation: are negative similarities left out, or is their sign lost?",
    )


def test_predict_user_based_average(student: Any, rng: Rng) -> None:
    """Neighbours of equal similarity are averaged."""
    question = Question(rng)
    question.weigh(0.8, 0.8, 0.8)
    item = question.item
    deviations = [
        question.table.ratings[k, item] - question.table.mean(int(k)) for k in question.raters
    ]
    expect(
        close(question.ask(student), question.table.mean(question.user) + sum(deviations) / 3),
        "Three neighbours of equal similarity must move the prediction by the mean of their "
        "deviations: has every one of them entered both sums before you divide and return?",
    )


def test_predict_user_based_own_rating(student: Any, rng: Rng) -> None:
    """The user's own rating of the item is no vote."""
    question = Question(rng)
    question.table.observed[question.user, question.item] = True
    question.table.ratings[question.user, question.item] = 5.0
    before = question.ask(student)
    question.similarities[question.user, question.user] = 0.3
    expect(
        close(question.ask(student), before),
        "The user's similarity with themselves changes the prediction: who are the *other* users "
        "who rated the item?",
    )


def test_predict_user_based_row(student: Any, rng: Rng) -> None:
    """It is the user's row of the similarities that counts."""
    question = Question(rng)
    before = question.ask(student)
    question.similarities[question.raters, question.user] = 0.01, 0.9, -0.3
    expect(
        close(question.ask(student), before),
        "The prediction uses column `user` of the similarities; the exercise asks for the row. "
        "Where only nearest neighbours are kept the two differ.",
    )


def test_predict_user_based_no_vote(student: Any, rng: Rng) -> None:
    """Without a neighbour it is the user's own mean."""
    sentence = (
        "If no other user has rated the item, or all who did have the similarity 0, the "
        "prediction must be the user's own mean: what is divided by what there, and over which "
        "cells does that mean run?"
    )
    question = Question(rng)
    question.weigh(0.0, 0.0, 0.0)
    where = question.similarities, question.user, question.item
    answer = student.predict_user_based(*question.table.copies(), *where)
    finite = bool(np.all(np.isfinite(np.asarray(answer, dtype=float))))
    expect(finite and close(number(answer), question.table.mean(question.user)), sentence)
    question = Question(rng)
    question.table.observed[:, question.item] = False
    question.table.ratings[:, question.item] = 0.0
    where = question.similarities, question.user, question.item
    answer = student.predict_user_based(*question.table.copies(), *where)
    finite = bool(np.all(np.isfinite(np.asarray(answer, dtype=float))))
    expect(finite and close(number(answer), question.table.mean(question.user)), sentence)


def test_predict_user_based_newcomer(student: Any, rng: Rng) -> None:
    """Somebody who has rated nothing starts from the mean of all ratings."""
    question = Question(rng)
    question.table.observed[question.user] = False
    question.table.ratings[question.user] = 0.0
    where = question.similarities, question.user, question.item
    answer = student.predict_user_based(*question.table.copies(), *where)
    expect(
        bool(np.all(np.isfinite(np.asarray(answer, dtype=float))))
        and close(number(answer), question.expected),
        "Somebody who has rated nothing must start from the mean of all known ratings: what is "
        "the mean of an empty list, and what does the zero in an unrated cell mean?",
    )


def test_predict_user_based_reference(student: Any, rng: Rng) -> None:
    """Random tables give what the equation gives, term by term."""
    for _ in range(4):
        table, similarities = random_table(rng), random_similarities(rng, N_USERS)
        user, item = int(rng.integers(N_USERS)), int(rng.integers(N_ITEMS))
        answer = student.predict_user_based(*table.copies(), similarities.copy(), user, item)
        expect(
            close(number(answer), table.by_users(similarities, user, item)),
            "On a random table the prediction is not what the equation says: write down who rated "
            "the item, their deviations and their weights. Mind that an observed rating may be 0.",
        )


def test_predict_user_based_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out."""
    table = the_table()
    similarities: Floats = table.similarities(0.0)
    for user, item in ((0, 4), (1, 1)):
        answer = student.predict_user_based(*table.copies(), similarities.copy(), user, item)
        expect(
            close(number(answer), table.by_users(similarities, user, item)),
            "The running example does not come out: work out the sum above and the sum below the "
            "line for user 1 and film 5.",
        )


def test_predict_user_based_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    question = Question(rng)
    before: Table = question.table
    given = (*before.copies(), question.similarities.copy())
    student.predict_user_based(*given, question.user, question.item)
    expect_untouched(given, (*before, question.similarities))

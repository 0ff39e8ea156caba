"""Checks of sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, close, expect, pair, table
from recsys_course.classroom.rating_tables import Example, random_sizes, slopes, the_example

Rng = np.random.Generator


class Step:
    """One call of sgd_step on random factors, whose prediction is off by a given error."""

    def __init__(
        self, rng: Rng, error: float = 2.0, learning_rate: float = 0.1, l2: float = 0.0
    ) -> None:
        sizes = random_sizes(rng)
        self.users = rng.normal(size=(sizes.n_users, sizes.embedding_dim))
        self.items = rng.normal(size=(sizes.n_items, sizes.embedding_dim))
        self.user = int(rng.integers(sizes.n_users))
        self.item = int(rng.integers(sizes.n_items))
        self.rating = float(self.users[self.user] @ self.items[self.item]) + error
        self.learning_rate = learning_rate
        self.l2 = l2

    @property
    def rows(self) -> tuple[Floats, Floats]:
        """The two rows that belong to the rating."""
        return self.users[self.user], self.items[self.item]

    @property
    def moved_rows(self) -> tuple[Floats, Floats]:
        """Where they go: against the slope of this rating's own loss."""
        row, column = self.rows
        own = Example(
            np.array([[self.rating]]), np.array([[True]]), row[None].copy(), column[None].copy()
        )
        user_slope, item_slope = slopes(own, self.l2)
        return (
            row - self.learning_rate * user_slope[0],
            column - self.learning_rate * item_slope[0],
        )

    def run(self, student: Any) -> tuple[Floats, Floats]:
        """The learner's new factors, as tables of the right shape."""
        where = (self.user, self.item)
        settings = (self.rating, self.learning_rate, self.l2)
        answer = pair(student.sgd_step(self.users.copy(), self.items.copy(), *where, *settings))
        axes = {"n_users": len(self.users), "embedding_dim": self.users.shape[1]}
        users = table(answer[0], "The table of new user factors", axes)
        axes = {"n_items": len(self.items), "embedding_dim": self.items.shape[1]}
        return users, table(answer[1], "The table of new item factors", axes)


def _hand_example(rng: Rng, l2: float) -> Step:
    step, example = Step(rng, l2=l2), the_example()
    step.users, step.items = example.user_factors, example.item_factors
    step.user, step.item, step.rating = 0, 0, 5.0
    return step


def test_sgd_step_shapes(student: Any, rng: Rng) -> None:
    """It returns all user factors and all item factors, in this order."""
    Step(rng).run(student)


def test_sgd_step_inputs(student: Any, rng: Rng) -> None:
    """The factors that are passed in stay as they were."""
    step = Step(rng, l2=0.5)
    users, items = step.users.copy(), step.items.copy()
    student.sgd_step(users, items, step.user, step.item, step.rating, step.learning_rate, step.l2)
    expect(
        np.array_equal(users, step.users) and np.array_equal(items, step.items),
        "It changes the factors that belong to the caller: what does `new = old` copy?",
    )


def test_sgd_step_other_rows(student: Any, rng: Rng) -> None:
    """Only the row of that user and the row of that item change."""
    step = Step(rng, l2=0.5)
    users, items = step.run(student)
    others = np.arange(len(users)) != step.user, np.arange(len(items)) != step.item
    expect(
        close(users[others[0]], step.users[others[0]])
        and close(items[others[1]], step.items[others[1]]),
        "Rows of other users or items change as well: one rating speaks of one user and one item.",
    )


def test_sgd_step_downhill(student: Any, rng: Rng) -> None:
    """A small step brings the prediction nearer to the rating."""
    step = Step(rng, learning_rate=1e-3)
    users, items = step.run(student)
    before = abs(step.rating - step.rows[0] @ step.rows[1])
    expect(
        abs(step.rating - users[step.user] @ items[step.item]) < before,
        "After a small step the prediction is farther from the rating than before: in which "
        "direction do the rows go when the prediction is too low?",
    )


def test_sgd_step_no_learning_rate(student: Any, rng: Rng) -> None:
    """A learning rate of 0 changes nothing."""
    step = Step(rng, learning_rate=0.0, l2=0.8)
    users, items = step.run(student)
    expect(
        close(users, step.users) and close(items, step.items),
        "With a learning rate of 0 nothing may change: is every part of the step multiplied by it?",
    )


def test_sgd_step_simultaneous(student: Any, rng: Rng) -> None:
    """Both rows move against the slope at the old factors."""
    step = Step(rng)
    users, items = step.run(student)
    user_row, item_row = step.moved_rows
    expect(
        close(users[step.user], user_row),
        "The user's new row is not the old one minus learning_rate times the gradient.",
    )
    expect(
        close(items[step.item], item_row),
        "The item's new row is not the old one minus learning_rate times the gradient at the old "
        "factors: which user row does its step use, the old or the new one?",
    )


def test_sgd_step_l2(student: Any, rng: Rng) -> None:
    """A rating that is predicted exactly still lets L2 shrink both rows."""
    step = Step(rng, error=0.0, l2=0.8)
    users, items = step.run(student)
    user_row, item_row = step.moved_rows
    expect(
        close(users[step.user], user_row) and close(items[step.item], item_row),
        "With an error of 0 only L2 moves the two rows, and not as it should: by which share "
        "does one step shrink each of them?",
    )


def test_sgd_step_hand_example(student: Any, rng: Rng) -> None:
    """The exercise's step on the first user and the first item comes out without L2."""
    step = _hand_example(rng, 0.0)
    users, items = step.run(student)
    expect(
        close(users[0], np.array([2.0, 1.0])) and close(items[0], np.array([2.5, 1.25])),
        "The exercise's step without L2 does not come out: work it out by hand. What is the error, "
        "what is the derivative of its square, and from which rows are both steps computed?",
    )


def test_sgd_step_hand_example_l2(student: Any, rng: Rng) -> None:
    """The exercise's step on the first user and the first item comes out with L2."""
    step = _hand_example(rng, 0.1)
    users, items = step.run(student)
    expect(
        close(users[0], np.array([1.98, 0.99])) and close(items[0], np.array([2.46, 1.23])),
        "The exercise's step with l2 = 0.1 does not come out: what is the derivative of l2 times "
        "a square, and does the learning rate apply to it?",
    )


def test_sgd_step_one_of_each(student: Any, rng: Rng) -> None:
    """One user, one item and one factor are enough; a whole number is accepted as rating."""
    answer = pair(student.sgd_step(np.array([[1.0]]), np.array([[2.0]]), 0, 0, 3, 0.1, 0.0))
    users = table(answer[0], "The table of new user factors", {"n_users": 1, "embedding_dim": 1})
    items = table(answer[1], "The table of new item factors", {"n_items": 1, "embedding_dim": 1})
    expect(
        close(users, np.array([[1.4]])) and close(items, np.array([[2.2]])),
        "With one user, one item and one factor the step is wrong: work it out on paper.",
    )

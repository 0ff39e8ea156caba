"""Checks of train_step(user_factors, item_factors, users, items, ratings, optimizer)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.training_loop.tensors import (
    Batch,
    Recorder,
    random_batch,
    tensorflow,
)
from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator


class Step:
    """One call of train_step on a batch: the loss, and the factors after it."""

    def __init__(
        self, student: Any, batch: Batch, optimizer: Any = None, *, tensors: bool = False
    ) -> None:
        tf, _ = tensorflow()
        self.optimizer = Recorder() if optimizer is None else optimizer
        pair = tuple(tf.Variable(part, dtype=tf.float32) for part in batch[:2])
        rows: list[Any] = [part.copy() for part in batch[2:]]
        if tensors:
            rows = [tf.constant(rows[0]), tf.constant(rows[1]), tf.constant(rows[2], tf.float32)]
        self.variables = pair
        self.loss = number(student.train_step(*pair, *rows, self.optimizer))
        self.user_factors, self.item_factors = (self._array(variable) for variable in pair)

    def _array(self, variable: Any) -> Floats:
        return np.asarray(variable.numpy(), dtype=np.float64)

    def ends_at(self, factors: tuple[Floats, Floats]) -> bool:
        """Whether the factors are there after the step."""
        return close(self.user_factors, factors[0]) and close(self.item_factors, factors[1])


def test_train_step_loss(student: Any, rng: Rng) -> None:
    """It returns one number, the mean squared error of the batch before the step."""
    batch = random_batch(rng)
    loss = Step(student, batch, Recorder(0.0)).loss
    expect(
        not close(loss, len(batch.ratings) * batch.loss),
        "It returns the sum of the squared errors, and their mean is asked for.",
    )
    expect(
        close(loss, batch.loss),
        "It does not return the mean squared error of the batch. Row k of the batch is one rating "
        "of one user for one item: how many predictions are there, is each the sum over the "
        "factors, and what comes first, the square or the mean?",
    )
    expect(
        close(Step(student, batch, Recorder(0.5)).loss, batch.loss),
        "The loss depends on how far the optimizer moves: is it measured before the step?",
    )


def test_train_step_gradients(student: Any, rng: Rng) -> None:
    """The optimizer gets a gradient for both variables, once."""
    step = Step(student, random_batch(rng))
    for name, variable in zip(("user", "item"), step.variables, strict=True):
        gradients = step.optimizer.gradients_of(variable)
        expect(
            len(gradients) > 0,
            f"The optimizer is not given the variable of the {name} factors: give it a pair of "
            "gradient and variable for each, and the variables themselves, not copies of them.",
        )
        expect(
            all(gradient is not None for gradient in gradients),
            f"The gradient for the {name} factors is None: nothing that the tape has seen leads "
            "from them to the loss. What happens before the tape, what inside, what after it?",
        )
        expect(
            len(gradients) == 1,
            f"The {name} factors are moved more than once: one batch makes one step.",
        )


def test_train_step_other_rows(student: Any, rng: Rng) -> None:
    """Users and items that are not in the batch stay where they are."""
    batch = random_batch(rng)
    step = Step(student, batch)
    expect(
        close(step.user_factors[-1], batch.user_factors[-1])
        and close(step.item_factors[-1], batch.item_factors[-1]),
        "A user or an item that is not in the batch has moved: a batch speaks of its own ratings "
        "only, and a missing rating is not a 0.",
    )


def test_train_step_downhill(student: Any, rng: Rng) -> None:
    """A small step lowers the loss."""
    batch = random_batch(rng)
    step = Step(student, batch, Recorder(1e-3))
    moved = batch._replace(user_factors=step.user_factors, item_factors=step.item_factors)
    expect(
        moved.loss < batch.loss,
        "After a small step the loss of the batch is not lower than before: of what is the "
        "gradient taken, and with which sign?",
    )


def test_train_step_slope(student: Any, rng: Rng) -> None:
    """With gradient descent both matrices move against the slope of the mean squared error."""
    for n_users, n_items in ((4, 6), (6, 4)):
        batch = random_batch(rng, n_users, n_items)
        step, (user_factors, item_factors) = Step(student, batch), batch.moved(0.05)
        expect(
            close(step.user_factors, user_factors),
            "The user factors do not move against the slope of the batch's mean squared error. A "
            "user may stand in several rows of the batch: does each of them pull?",
        )
        expect(
            close(step.item_factors, item_factors),
            "The item factors do not move against the slope of the batch's mean squared error: by "
            "which indices are the items' rows chosen, and where are the users when the items' "
            "gradient is taken?",
        )


def test_train_step_mean(student: Any, rng: Rng) -> None:
    """Each row twice gives the same step, as the loss is a mean."""
    batch = random_batch(rng)
    first, second = Step(student, batch), Step(student, batch.repeated())
    expect(
        second.ends_at((first.user_factors, first.item_factors)),
        "Each row of the batch twice makes a longer step: the loss is a mean, so that the step "
        "does not depend on the size of the batch.",
    )


def test_train_step_optimizer(student: Any, rng: Rng) -> None:
    """How far the factors move is the optimizer's business."""
    batch = random_batch(rng)
    expect(
        Step(student, batch, Recorder(0.0)).ends_at(batch[:2]),
        "The factors move although the optimizer does not move them: something else changes the "
        "variables.",
    )
    expect(
        Step(student, batch, Recorder(0.2)).ends_at(batch.moved(0.2)),
        "An optimizer with a larger learning rate does not make a larger step.",
    )


def test_train_step_keras(student: Any, rng: Rng) -> None:
    """It works with an optimizer of Keras."""
    _, keras = tensorflow()
    optimizer = keras.optimizers.SGD(0.05)
    batch = random_batch(rng)
    expect(
        Step(student, batch, optimizer).ends_at(batch.moved(0.05)),
        "With keras.optimizers.SGD the factors do not end where gradient descent leads.",
    )


def test_train_step_hand_example(student: Any, rng: Rng) -> None:
    """The step of the exercise comes out."""
    batch = Batch(
        np.array([[1, 0.5], [1, 0]]),
        np.array([[2.0, 1], [1, 1], [1, 2], [1, 3], [0, 2]]),
        np.array([0, 0]),
        np.array([0, 1]),
        np.array([5.0, 3.0]),
    )
    step = Step(student, batch, Recorder(0.1))
    expect(
        close(step.loss, 4.25)
        and close(step.user_factors[0], np.array([1.65, 0.9]))
        and close(step.item_factors[:2], np.array([[2.25, 1.125], [1.15, 1.075]])),
        "The step of the exercise does not come out: work out the two errors, their mean square "
        "and its derivatives by hand.",
    )


def test_train_step_one_row(student: Any, rng: Rng) -> None:
    """A batch may hold a single rating."""
    batch = random_batch(rng, n_users=2, n_items=3, n_factors=1, n_rows=1)
    step = Step(student, batch)
    expect(
        close(step.loss, batch.loss) and step.ends_at(batch.moved(0.05)),
        "With a single rating the loss or the step is wrong.",
    )


def test_train_step_tensors(student: Any, rng: Rng) -> None:
    """It takes tensors as well as NumPy arrays for users, items and ratings."""
    batch = random_batch(rng)
    step = Step(student, batch, tensors=True)
    expect(
        close(step.loss, batch.loss) and step.ends_at(batch.moved(0.05)),
        "With tensors instead of NumPy arrays the loss or the step is wrong.",
    )

"""Batches of ratings and a recording optimizer; TensorFlow is imported when it is first needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, UnmetError

__all__ = ["Batch", "Recorder", "random_batch", "tensorflow"]

Rng = np.random.Generator
Ints = npt.NDArray[np.intp]


def tensorflow() -> tuple[Any, Any]:
    """The modules TensorFlow and Keras.

    Raises:
        UnmetError: If TensorFlow is not installed.
    """
    try:
        from recsys_course.deep.runtime import keras, tf
    except ModuleNotFoundError:
        raise UnmetError(
            "This check needs TensorFlow, and this Python does not have it: run "
            '`pip install "recsys-course[tensorflow]"`, then restart the kernel.'
        ) from None
    return tf, keras


class Batch(NamedTuple):
    """Factors in float64, and one batch of ratings."""

    user_factors: Floats
    item_factors: Floats
    users: Ints
    items: Ints
    ratings: Floats

    @property
    def predictions(self) -> Floats:
        """The product u · v for each row of the batch, by a loop."""
        rows = zip(self.users, self.items, strict=True)
        return np.array([self.user_factors[i] @ self.item_factors[j] for i, j in rows])

    @property
    def loss(self) -> float:
        """The mean squared error."""
        errors = self.ratings - self.predictions
        return float(sum(error**2 for error in errors) / len(errors))

    def slopes(self) -> tuple[Floats, Floats]:
        """The gradient of the loss by central differences, exact because the loss is quadratic."""
        gradients = []
        for factors in (self.user_factors, self.item_factors):
            gradient = np.zeros_like(factors)
            for cell in np.ndindex(factors.shape):
                middle = factors[cell]
                factors[cell] = middle + 0.5
                above = self.loss
                factors[cell] = middle - 0.5
                gradient[cell] = above - self.loss  # over a distance of 1
                factors[cell] = middle
            gradients.append(gradient)
        return gradients[0], gradients[1]

    def moved(self, learning_rate: float) -> tuple[Floats, Floats]:
        """Where one step against the slopes leads."""
        user_slopes, item_slopes = self.slopes()
        return (
            self.user_factors - learning_rate * user_slopes,
            self.item_factors - learning_rate * item_slopes,
        )

    def repeated(self) -> Batch:
        """The same batch with each row twice."""
        columns = (np.concatenate([part, part]) for part in self[2:])
        return Batch(self.user_factors, self.item_factors, *columns)


def random_batch(
    rng: Rng, n_users: int = 4, n_items: int = 6, n_factors: int = 3, n_rows: int = 7
) -> Batch:
    """A user and an item stand in several rows, the last user and item in none.

    The errors are between 1 and 3 in size.
    """
    users = rng.permutation(np.resize(np.arange(n_users - 1), n_rows))
    items = rng.permutation(np.resize(np.arange(n_items - 1), n_rows))
    user_factors = rng.normal(size=(n_users, n_factors))
    item_factors = rng.normal(size=(n_items, n_factors))
    batch = Batch(user_factors, item_factors, users, items, np.zeros(n_rows))
    errors = rng.choice([-1.0, 1.0], n_rows) * rng.uniform(1, 3, n_rows)
    return batch._replace(ratings=batch.predictions + errors)


class Recorder:
    """An optimizer that moves against the gradients and remembers what it was given.

    Attributes:
        learning_rate: How far it moves.
        given: One pair of gradient (None where there is none) and variable for each update.
    """

    # what an answer that runs in another process may use of it
    remote_methods = ("apply_gradients", "apply")
    remote_values = ("learning_rate",)

    def __init__(self, learning_rate: float = 0.05) -> None:
        self.learning_rate = learning_rate
        self.given: list[tuple[Floats | None, Any]] = []

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], **_options: Any) -> None:
        """Take one step, as a Keras optimizer does."""
        tf, _ = tensorflow()
        for gradient, variable in grads_and_vars:
            array = None if gradient is None else np.asarray(tf.convert_to_tensor(gradient))
            self.given.append((array, variable))
            if array is not None and isinstance(variable, tf.Variable):
                variable.assign_sub(self.learning_rate * array)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any]) -> None:
        """The same, as Keras 3 calls it, too."""
        self.apply_gradients(zip(grads, trainable_variables, strict=True))

    def gradients_of(self, variable: Any) -> list[Floats | None]:
        """What was given for one variable."""
        return [gradient for gradient, of in self.given if of is variable]

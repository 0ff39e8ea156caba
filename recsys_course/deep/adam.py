"""Adam for a graph: `recsys_course.formulas.optimizers.adam_step` on variables, up to where ε is.

Keras' own optimiser takes the same steps, as a test shows. It serves devices and formats that this
course does not need, and the graph of its step takes seconds to compile where this takes one.
"""

from collections.abc import Sequence
from typing import Any

from recsys_course.deep.runtime import tf

__all__ = ["Adam"]


class Adam:
    """Moves variables by about η in each step, whatever the size of their gradients.

    m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  w ← w − η_t √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)
    with η_t = η (1 − (t − 1)/T), or always η. Keras too adds ε before v is corrected.

    Args:
        weights: The float32 `tf.Variable`s to train.
        learning_rate: η > 0.
        n_steps: T, after which the learning rate would be 0; None keeps it constant.
        beta_1: β₁ in [0, 1).
        beta_2: β₂ in [0, 1).
        epsilon: ε > 0.

    Attributes:
        iterations: Steps taken so far, a `tf.Variable`.

    Source: Kingma and Ba (2015), algorithm 1.

    >>> weight = tf.Variable(1.0)
    >>> Adam([weight], learning_rate=0.1).apply([tf.constant(500.0)])
    >>> print(f"{float(weight):.5f}")
    0.90000
    """

    def __init__(
        self,
        weights: Sequence[Any],
        learning_rate: float,
        n_steps: int | None = None,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
    ) -> None:
        self.weights = [*weights]
        self.learning_rate, self.n_steps = learning_rate, n_steps
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.iterations = tf.Variable(0, dtype=tf.int64)
        self._first = [tf.Variable(tf.zeros_like(weight)) for weight in self.weights]
        self._second = [tf.Variable(tf.zeros_like(weight)) for weight in self.weights]

    @property
    def variables(self) -> list[Any]:
        """Everything that the next step depends on beside the weights."""
        return [self.iterations, *self._first, *self._second]

    def apply(self, gradients: Sequence[Any]) -> None:
        """Take one step.

        Args:
            gradients: One dense tensor for each variable, in its shape.
        """
        self.iterations.assign_add(1)
        step = tf.cast(self.iterations, tf.float32)
        # One number a step corrects both means; correcting every weight would cost a fifth more.
        rate = tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step) * self.learning_rate
        if self.n_steps is not None:
            rate *= 1 - (step - 1) / self.n_steps
        for weight, first, second, gradient in zip(
            self.weights, self._first, self._second, gradients, strict=True
        ):
            first.assign(self.beta_1 * first + (1 - self.beta_1) * gradient)
            second.assign(self.beta_2 * second + (1 - self.beta_2) * gradient**2)
            weight.assign_sub(rate * first / (tf.sqrt(second) + self.epsilon))

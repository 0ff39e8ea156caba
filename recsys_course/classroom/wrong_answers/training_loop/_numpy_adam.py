"""One step of Adam in NumPy, so that a diagnosis does not train with TensorFlow for seconds."""

from __future__ import annotations

import numpy as np


class Adam:
    """Moves both factor matrices in place, on the mean squared error of a batch."""

    def __init__(self, user_factors, item_factors, learning_rate):
        self.factors = (user_factors, item_factors)
        self.learning_rate = learning_rate
        self.means = [np.zeros_like(matrix) for matrix in self.factors]
        self.squares = [np.zeros_like(matrix) for matrix in self.factors]
        self.steps = 0

    def step(self, users, items, ratings):
        """Take a step, and return the mean squared error before it."""
        rows, columns = self.factors[0][users], self.factors[1][items]
        errors = ratings - (rows * columns).sum(axis=1)
        gradients = [np.zeros_like(matrix) for matrix in self.factors]
        np.add.at(gradients[0], users, -2 * errors[:, None] * columns / len(errors))
        np.add.at(gradients[1], items, -2 * errors[:, None] * rows / len(errors))
        self.move(gradients)
        return float(np.mean(errors**2))

    def move(self, gradients):
        """Take a step along given gradients."""
        self.steps += 1
        for matrix, mean, square, gradient in zip(
            self.factors, self.means, self.squares, gradients, strict=True
        ):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            size = np.sqrt(square / (1 - 0.999**self.steps)) + 1e-7
            matrix -= self.learning_rate * mean / (1 - 0.9**self.steps) / size

"""Small rating tables for repair_the_loop, and what a training on them shows from outside."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, expect, table

__all__ = ["TINY", "Ratings", "Trained", "grid", "one_each", "planted", "random_ratings"]

Rng = np.random.Generator
Ints = npt.NDArray[np.intp]

TINY = 1e-9  # a learning rate at which factors stay where they start


class Trained(NamedTuple):
    """What came back."""

    user_factors: Floats
    item_factors: Floats
    losses: Floats

    def differs(self, other: Trained) -> bool:
        """Whether the factors differ by more than rounding."""
        return not all(
            np.allclose(mine, theirs, rtol=0, atol=1e-3)
            for mine, theirs in zip(self[:2], other[:2], strict=True)
        )


class Ratings(NamedTuple):
    """Known ratings, one a row."""

    users: Ints
    items: Ints
    ratings: Floats
    n_users: int
    n_items: int

    def train(
        self,
        student: Any,
        seed: int,
        *,
        embedding_dim: int = 2,
        epochs: int = 1,
        batch_size: int | None = None,
        learning_rate: float = 0.3,
    ) -> Trained:
        """One call of the learner's function, whose results have the right type and shape.

        Without a batch_size, one batch holds all rows.

        Raises:
            UnmetError: If they have not.
        """
        answer = student.repair_the_loop(
            *(part.copy() for part in self[:3]),
            self.n_users,
            self.n_items,
            embedding_dim,
            epochs,
            batch_size or len(self.ratings),
            learning_rate,
            seed,
        )
        expect(
            isinstance(answer, tuple | list) and len(answer) == 3,
            "It does not return three things: user factors, item factors and the list of losses.",
        )
        expect(
            all(isinstance(part, np.ndarray) for part in answer[:2]),
            "The factors are not NumPy arrays: a variable of TensorFlow has a method for that.",
        )
        axes = {"n_users": self.n_users, "embedding_dim": embedding_dim}
        users = table(answer[0], "The table of user factors", axes)
        axes = {"n_items": self.n_items, "embedding_dim": embedding_dim}
        items = table(answer[1], "The table of item factors", axes)
        return Trained(users, items, table(answer[2], "The list of losses", {"epochs": epochs}))

    def errors(self, factors: Trained) -> Floats:
        """What the factors miss, row by row."""
        rows = zip(self.users, self.items, self.ratings, strict=True)
        return np.array([r - factors.user_factors[i] @ factors.item_factors[j] for i, j, r in rows])

    def mean_squared_error(self, factors: Trained) -> float:
        """Over all rows."""
        errors = self.errors(factors)
        return float(sum(error**2 for error in errors) / len(errors))

    def downhill(self, factors: Trained) -> tuple[Floats, Floats]:
        """Minus the gradient of the squared error, up to a positive factor."""
        for_users, for_items = np.zeros_like(factors[0]), np.zeros_like(factors[1])
        for i, j, error in zip(self.users, self.items, self.errors(factors), strict=True):
            for_users[i] += error * factors.item_factors[j]
            for_items[j] += error * factors.user_factors[i]
        return for_users, for_items

    def swapped(self, first: int, second: int) -> Ratings:
        """The same ratings with two rows in each other's place."""
        order = np.arange(len(self.ratings))
        order[[first, second]] = second, first
        return self._replace(
            users=self.users[order], items=self.items[order], ratings=self.ratings[order]
        )

    def with_other_sign(self, row: int) -> Ratings:
        """The same ratings, but one of them has the other sign."""
        signs = np.where(np.arange(len(self.ratings)) == row, -1.0, 1.0)
        return self._replace(ratings=self.ratings * signs)

    def rows_that_count(self, student: Any, seed: int, batch_size: int) -> list[bool]:
        """For each row, whether its rating moves the factors."""
        before = self.train(student, seed, batch_size=batch_size)
        return [
            self.with_other_sign(row).train(student, seed, batch_size=batch_size).differs(before)
            for row in range(len(self.ratings))
        ]

    def second_step_remembers(self, student: Any, seed: int) -> bool:
        """Whether the second step, with all rows in both, is no first step of a new Adam.

        A first step is as long as the learning rate for every factor, whatever its gradient.
        """
        rate = 0.3
        before, after = (
            self.train(student, seed, epochs=epochs, learning_rate=rate) for epochs in (1, 2)
        )
        moves = np.concatenate(
            [(b - a).ravel() for a, b in zip(before[:2], after[:2], strict=True)]
        )
        return bool(np.median(np.abs(np.abs(moves) / rate - 1)) > 0.01)

    def company(self, student: Any, seed: int, epochs: int = 3) -> int | None:
        """The row that shares the first row's batch of two in every epoch, if there is one.

        Rows that share a batch can change places, and nothing else changes.
        """
        before = self.train(student, seed, batch_size=2, epochs=epochs)
        for row in range(1, len(self.ratings)):
            after = self.swapped(0, row).train(student, seed, batch_size=2, epochs=epochs)
            if abs(after.losses[0] - before.losses[0]) < 1e-4:  # they share it in the first epoch
                return None if after.differs(before) else row
        return None


def _signed(rng: Rng, n: int) -> Floats:
    """Numbers between 1 and 4 in size."""
    return rng.choice([-1.0, 1.0], n) * rng.uniform(1, 4, n)


def random_ratings(rng: Rng, n_users: int = 4, n_items: int = 6, n_rows: int = 7) -> Ratings:
    """The last user and the last item have no rating, all others have."""
    users = rng.permutation(np.resize(np.arange(n_users - 1), n_rows))
    items = rng.permutation(np.resize(np.arange(n_items - 1), n_rows))
    return Ratings(users, items, _signed(rng, n_rows), n_users, n_items)


def one_each(rng: Rng, n_rows: int = 4) -> Ratings:
    """Each user rated one item, and each item was rated by one user."""
    rows = np.arange(n_rows)
    return Ratings(rng.permutation(rows), rows, _signed(rng, n_rows), n_rows, n_rows)


def grid(rng: Rng) -> Ratings:
    """Two users rated both of two items."""
    users, items = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    return Ratings(users, items, _signed(rng, 4), 2, 2)


def planted(rng: Rng) -> tuple[Ratings, Ratings]:
    """Ratings that one factor explains: those to train on, and a sixth that is kept back."""
    users, items = np.indices((6, 8)).reshape(2, -1)
    sides = [rng.choice([-1.0, 1.0], n) * rng.uniform(0.5, 1.5, n) for n in (6, 8)]
    ratings = sides[0][users] * sides[1][items]
    hidden = (users + items) % 6 == 0
    return (
        Ratings(users[~hidden], items[~hidden], ratings[~hidden], 6, 8),
        Ratings(users[hidden], items[hidden], ratings[hidden], 6, 8),
    )

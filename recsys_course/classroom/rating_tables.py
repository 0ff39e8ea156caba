"""Small tables of ratings and factors: the one that lesson 03 prints, and random ones.

References here are sums and differences that share no code with the library.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats

__all__ = [
    "Example",
    "Sizes",
    "random_example",
    "random_sizes",
    "slopes",
    "the_example",
    "the_gradient",
]

# the example that the exercise prints: 0 where there is no rating
RATINGS = ((5, 3, 0, 1, 0), (4, 0, 0, 1, 1), (1, 1, 0, 5, 5), (0, 2, 5, 5, 0))
USER_FACTORS = ((1, 0.5), (1, 0), (0.5, 1), (0, 1))
ITEM_FACTORS = ((2, 1), (1, 1), (1, 2), (1, 3), (0, 2))
USER_GRADIENT = ((-10, 1), (-8, -8), (2, -18), (-12, -26))
ITEM_GRADIENT = ((-8, -0.5), (-2.5, -2.5), (0, -6), (1.5, -5.5), (-5, -6))


class Example(NamedTuple):
    """A table of ratings and the factors that should explain it."""

    ratings: Floats
    observed: npt.NDArray[np.bool_]
    user_factors: Floats
    item_factors: Floats

    @property
    def predictions(self) -> Floats:
        """Every dot product."""
        return np.einsum("ik,jk->ij", self.user_factors, self.item_factors)

    def loss(self, l2: float) -> float:
        """The regularised loss."""
        return float(_losses(self, self.user_factors, self.item_factors, l2))


class Sizes(NamedTuple):
    """How large a random example is."""

    n_users: int
    n_items: int
    embedding_dim: int


def the_example() -> Example:
    """The 4 × 5 table of the exercise."""
    ratings = np.array(RATINGS, dtype=float)
    return Example(ratings, ratings > 0, np.array(USER_FACTORS), np.array(ITEM_FACTORS, float))


def the_gradient(l2: float) -> tuple[Floats, Floats]:
    """The gradient at the factors of the exercise."""
    example = the_example()
    return (
        np.array(USER_GRADIENT) + 2 * l2 * example.user_factors,
        np.array(ITEM_GRADIENT) + 2 * l2 * example.item_factors,
    )


def random_sizes(rng: np.random.Generator) -> Sizes:
    """Three different lengths between 2 and 6, so that no two axes can be confused."""
    return Sizes(*(int(n) for n in rng.choice(np.arange(2, 7), size=3, replace=False)))


def random_example(rng: np.random.Generator, sizes: Sizes | None = None) -> Example:
    """Half stars in about two thirds of the cells.

    The first cell is an observed rating of 0; the last user has rated nothing, and nobody the last
    item, where there are two or more.
    """
    sizes = sizes or random_sizes(rng)
    shape = (sizes.n_users, sizes.n_items)
    observed = rng.random(shape) < 0.65
    ratings = np.where(observed, rng.integers(1, 11, shape) / 2, 0.0)
    observed[-1] &= sizes.n_users == 1
    observed[:, -1] &= sizes.n_items == 1
    observed[0, 0], ratings[0, 0] = True, 0.0
    ratings[~observed] = 0.0
    return Example(
        ratings,
        observed,
        rng.normal(size=(sizes.n_users, sizes.embedding_dim)),
        rng.normal(size=(sizes.n_items, sizes.embedding_dim)),
    )


def _losses(example: Example, users: Floats, items: Floats, l2: float) -> Floats:
    """The regularised loss with other factors, of each table where they are a stack of tables."""
    predictions = np.einsum("...ik,...jk->...ij", users, items)
    errors = np.where(example.observed, example.ratings - predictions, 0.0)
    squares = [(table**2).sum(axis=(-1, -2)) for table in (errors, users, items)]
    return np.asarray(squares[0] + l2 * (squares[1] + squares[2]))


def slopes(example: Example, l2: float) -> tuple[Floats, Floats]:
    """The gradient of the loss by central differences, exact because the loss is quadratic."""
    users, items = example.user_factors, example.item_factors

    def half_steps(factors: Floats) -> Floats:
        """A stack of tables; each moves one component."""
        return 0.5 * np.eye(factors.size).reshape(-1, *factors.shape)

    def losses(users: Floats, items: Floats) -> Floats:
        return _losses(example, users, items, l2)

    step = half_steps(users)
    user_slopes = losses(users + step, items) - losses(users - step, items)  # over a distance of 1
    step = half_steps(items)
    item_slopes = losses(users, items + step) - losses(users, items - step)
    return user_slopes.reshape(users.shape), item_slopes.reshape(items.shape)

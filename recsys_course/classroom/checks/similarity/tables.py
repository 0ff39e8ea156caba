"""Small tables of ratings for the checks of lesson 02, and slow references, all in loops.

The references share no code with the library.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, expect

Rng = np.random.Generator
Flags = npt.NDArray[np.bool_]

# the example that the exercise prints
RATINGS = ((5, 3, 0, 1, 0), (4, 0, 0, 1, 1), (1, 1, 0, 5, 5), (0, 2, 5, 5, 0))


class Table(NamedTuple):
    """Who rated what."""

    ratings: Floats
    observed: Flags

    def copies(self) -> tuple[Floats, Flags]:
        """Both arrays, for a learner's function to do with as it likes."""
        return self.ratings.copy(), self.observed.copy()

    def mean(self, user: int) -> float:
        """Mean of what a user rated; of all ratings where there is none."""
        row = [r for r, seen in zip(self.ratings[user], self.observed[user], strict=True) if seen]
        return sum(row) / len(row) if row else float(self.ratings[self.observed].mean())

    def deviations(self, user: int) -> list[float]:
        """Ratings minus their mean, 0 where there is none."""
        mean = self.mean(user)
        return [
            float(r) - mean if seen else 0.0
            for r, seen in zip(self.ratings[user], self.observed[user], strict=True)
        ]

    def common(self, first: int, second: int) -> int:
        """How many items both rated."""
        pairs = zip(self.observed[first], self.observed[second], strict=True)
        return sum(1 for one, other in pairs if one and other)

    def similarity(self, first: int, second: int, shrinkage: float) -> float:
        """The mean-centred cosine, shrunk by support."""
        common = self.common(first, second)
        if common == 0:
            return 0.0
        cosine = the_cosine(self.deviations(first), self.deviations(second))
        return cosine * common / (common + shrinkage)

    def similarities(self, shrinkage: float) -> Floats:
        """All pairs of users."""
        users = range(len(self.ratings))
        return np.array([[self.similarity(a, b, shrinkage) for b in users] for a in users])

    def neighbors(self, similarities: Floats, user: int, item: int, n_neighbors: int) -> list[int]:
        """The most similar others who rated the item; of equals, the lower row first."""
        others = [k for k in range(len(self.ratings)) if k != user and self.observed[k, item]]
        return sorted(others, key=lambda k: (-similarities[user, k], k))[:n_neighbors]

    def by_users(self, similarities: Floats, user: int, item: int) -> float:
        """The prediction from people."""
        over = under = 0.0
        for k in range(len(self.ratings)):
            if k != user and self.observed[k, item]:
                over += similarities[user, k] * (self.ratings[k, item] - self.mean(k))
                under += abs(similarities[user, k])
        return self.mean(user) + (over / under if under > 0 else 0.0)

    def by_items(self, similarities: Floats, user: int, item: int) -> float:
        """The prediction from films."""
        over = under = 0.0
        for k in range(self.ratings.shape[1]):
            if k != item and self.observed[user, k] and similarities[item, k] > 0:
                over += similarities[item, k] * self.ratings[user, k]
                under += similarities[item, k]
        return over / under if under > 0 else self.mean(user)


def the_cosine(first: list[float] | Floats, second: list[float] | Floats) -> float:
    """The cosine by loops; 0 for a vector of zeros."""
    pairs = list(zip(first, second, strict=True))
    norms = math.sqrt(sum(a * a for a, _ in pairs)) * math.sqrt(sum(b * b for _, b in pairs))
    return sum(a * b for a, b in pairs) / norms if norms > 0 else 0.0


def the_table() -> Table:
    """The 4 × 5 table of the exercise."""
    ratings = np.array(RATINGS, dtype=float)
    return Table(ratings, ratings > 0)


def random_table(rng: Rng, n_users: int = 7, n_items: int = 9) -> Table:
    """Half stars in about half of the cells; everybody has rated at least three items.

    The first user gave the first item the rating 0, and another rating to the next two.
    """
    observed = rng.random((n_users, n_items)) < 0.5
    for row in observed:
        row[rng.choice(n_items, 3, replace=False)] = True
    ratings = rng.integers(1, 11, (n_users, n_items)) / 2
    ratings[:, 0] = np.where(rng.random(n_users) < 0.5, 4.0, 1.5)
    observed[0, :3] = True
    ratings[0, :3] = 0.0, 4.5, 2.0
    for row, mask in zip(ratings[1:], observed[1:], strict=True):
        one, other = np.flatnonzero(mask)[:2]
        if row[one] == row[other]:
            row[other] = 5.5 - row[one]  # nobody gives the same to everything
    return Table(np.where(observed, ratings, 0.0), observed)


def random_similarities(rng: Rng, n: int) -> Floats:
    """A symmetric table of both signs with ones on the diagonal; no two of a row are equal."""
    steps = rng.permutation(np.arange(1, n * (n - 1) // 2 + 1))
    values = np.zeros((n, n))
    values[np.triu_indices(n, 1)] = (steps / (len(steps) + 1) * 2 - 1) * 0.93 + 0.011
    values = values + values.T
    np.fill_diagonal(values, 1.0)
    return values


def expect_untouched(given: tuple[Any, ...], before: tuple[Any, ...]) -> None:
    """The caller's arrays are as they were."""
    expect(
        all(np.array_equal(*arrays) for arrays in zip(given, before, strict=True)),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )

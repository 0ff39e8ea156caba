"""A student's own numbers for exercise 02: small tables whose users have plain means."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats

__all__ = [
    "example_cosine_similarity",
    "example_nearest_neighbors",
    "example_predict_item_based",
    "example_predict_user_based",
    "example_similarity_matrix",
]

Rng = np.random.Generator
Table = tuple[Floats, npt.NDArray[np.bool_]]

# deviations of three ratings from their mean; each adds up to 0
_DEVIATIONS = ((2.0, -1.0, -1.0), (-2.0, 1.0, 1.0), (1.5, -0.5, -1.0), (-1.5, 0.5, 1.0))


def _table(rng: Rng, films: npt.NDArray[np.int64], with_zero: int) -> Table:
    """Each row's ratings of three out of four films; a mean is a whole or a half number of stars.

    Args:
        rng: Draws the ratings.
        films: The films that each user rated, shape (n_users, 3).
        with_zero: The row whose first film gets 0 stars.
    """
    ratings, observed = np.zeros((len(films), 4)), np.zeros((len(films), 4), dtype=bool)
    for row, rated in enumerate(films):
        deviations, mean = rng.permutation(_DEVIATIONS[rng.integers(4)]), rng.integers(5, 7) / 2
        if row == with_zero:
            deviations = np.sort(deviations)
            mean = -deviations[0]
        ratings[row, rated], observed[row, rated] = mean + deviations, True
    return ratings, observed


def _quarters(rng: Rng, n: int) -> Floats:
    """A table of similarities that is not symmetric, in quarters without 0; 1 on the diagonal."""
    table = rng.choice([-0.75, -0.5, -0.25, 0.25, 0.5, 0.75], (n, n))
    np.fill_diagonal(table, 1.0)
    return table


def example_cosine_similarity(rng: Rng) -> tuple[Any, ...]:
    """Draw two vectors of five numbers, both of a whole length, with an obtuse angle between them.

    Each has a 0 where the other has none.
    """
    lengths_5_to_7 = ((1.0, 2.0, 2.0, 4.0), (1.0, 1.0, 3.0, 5.0), (2.0, 2.0, 4.0, 5.0))
    while True:
        signs = rng.choice([-1.0, 1.0], (2, 5))
        sizes = [[0.0, *lengths_5_to_7[n]] for n in rng.choice(3, 2, replace=False)]
        first, second = signs * rng.permuted(sizes, axis=1) + 0.0  # makes 0 of −0
        if -20 < first @ second < -4 and (first == 0).argmax() != (second == 0).argmax():
            return first, second


def example_similarity_matrix(rng: Rng) -> tuple[Any, ...]:
    """Draw three ratings of each of three users, and a shrinkage of 1, 2 or 3.

    Not all pairs have the same number of common films, and no two users are perpendicular.
    """
    pairs = np.triu_indices(3, 1)
    while True:
        films = np.array([rng.choice(4, 3, replace=False) for _ in range(3)])
        ratings, observed = _table(rng, films, int(rng.integers(3)))
        means = (ratings.sum(axis=1) / 3)[:, None]
        deviations = np.where(observed, ratings - means, 0.0)
        common = (observed.astype(int) @ observed.T.astype(int))[pairs]
        if (deviations @ deviations.T)[pairs].all() and common.min() < common.max():
            return ratings, observed, int(rng.integers(1, 4))


def example_nearest_neighbors(rng: Rng) -> tuple[Any, ...]:
    """Draw five users, of whom the asked one and three others rated the item; two are wanted.

    The nearer of the two stands further down and the other one is slightly unlike, the third is
    very unlike, and the most similar of all did not rate the item.
    """
    user, nearest, unlike, opposite, stranger = rng.permutation(5)
    nearest, unlike = max(nearest, unlike), min(nearest, unlike)
    tenths = np.triu(rng.permutation(np.arange(-12, 13)).reshape(5, 5) / 20, 1)
    similarities = tenths + tenths.T
    np.fill_diagonal(similarities, 1.0)
    own = np.empty(5)
    own[[user, nearest, unlike, opposite, stranger]] = (
        1.0,
        rng.integers(3, 6) / 10,
        -rng.integers(1, 3) / 10,
        -rng.integers(8, 10) / 10,
        rng.integers(8, 10) / 10,
    )
    similarities[user], similarities[:, user] = own, own
    observed = rng.random((5, 3)) < 0.5
    item = int(rng.integers(3))
    observed[:, item] = np.arange(5) != stranger
    return similarities, observed, int(user), item, 2


def example_predict_user_based(rng: Rng) -> tuple[Any, ...]:
    """Draw four users: who is asked for, one alike, one unlike, and one who did not rate the film.

    One of the two who vote gave the film a 0, and whoever is asked for has rated it, too. The
    similarities of the voters do not add up to 1, and their votes differ.
    """
    item, *others = (int(film) for film in rng.permutation(4))
    user, alike, unlike, silent = (int(row) for row in rng.permutation(4))
    voters = [alike, unlike]
    films = np.array([[item, *rng.choice(others, 2, replace=False)] for _ in range(4)])
    films[silent] = others
    while True:
        ratings, observed = _table(rng, films, int(rng.choice(voters)))
        similarities = _quarters(rng, 4)
        similarities[user, voters] = rng.choice([0.25, 0.5, 0.75]), -rng.choice([0.25, 0.5])
        weights = similarities[user, voters]
        deviations = ratings[voters, item] - ratings[voters].sum(axis=1) / 3
        votes = np.sign(weights) * deviations
        fits = weights @ deviations != 0 and votes[0] != votes[1]
        if fits and (weights != similarities[voters, user]).all() and np.abs(weights).sum() != 1:
            return ratings, observed, similarities, user, item


def example_predict_item_based(rng: Rng) -> tuple[Any, ...]:
    """Draw three users of five films; two of the films are like the asked one, one is unlike it.

    The user's rating of one of them is 0. Another similar film has no rating of theirs, and the
    asked one has.
    """
    item, near, alike, unlike, unrated = rng.permutation(5)
    while True:
        observed = rng.random((3, 5)) < 0.6
        observed[0] = np.arange(5) != unrated
        ratings = np.where(observed, rng.integers(1, 11, (3, 5)) / 2, 0.0)
        weights = rng.choice([0.25, 0.5, 0.75], 2, replace=False)
        ratings[0, [near, alike]] = rng.permutation([0.0, rng.integers(4, 11) / 2])
        similarities = _quarters(rng, 5)
        similarities[item, [near, alike]] = weights
        similarities[item, [unlike, unrated]] = -weights.min(), 0.5
        predicted = weights @ ratings[0, [near, alike]] / weights.sum()
        own = ratings[0, observed[0]]
        apart = ratings[0, unlike] != predicted and abs(own.mean() - predicted) > 0.1
        if apart and weights.sum() != 1 and ratings[0, item] != predicted:
            break
    order = rng.permutation(3)
    user = int(np.argmax(order == 0))
    return ratings[order], observed[order], similarities, user, int(item)

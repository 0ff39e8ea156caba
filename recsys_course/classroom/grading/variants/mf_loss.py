"""A student's own numbers for exercise 03: two or three users, whole factors."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats

__all__ = [
    "example_als_user_update",
    "example_mf_gradients",
    "example_observed_squared_error",
    "example_predict_ratings",
    "example_sgd_step",
]

Rng = np.random.Generator


def _factors(rng: Rng, n: int) -> Floats:
    """Two factors a row: whole numbers from −2 to 3 without 0, no two rows alike."""
    whole = np.array([-2.0, -1.0, 1.0, 2.0, 3.0])
    pairs = np.array([(one, other) for one in whole for other in whole if one != other])
    return pairs[rng.choice(len(pairs), n, replace=False)]


def _table(rng: Rng) -> tuple[Any, Any]:
    """Ratings of two users for four films, and which are known: one is 0, nobody rated one film."""
    ratings = rng.integers(1, 11, (2, 4)) / 2
    observed = np.array([[True, True, False, False], [True, False, True, False]])
    ratings[0, 0] = 0.0
    users, items = rng.permutation(2), rng.permutation(4)
    return np.where(observed, ratings, 0.0)[users][:, items], observed[users][:, items]


def example_predict_ratings(rng: Rng) -> tuple[Any, ...]:
    """Draw factors of three users and four items."""
    return _factors(rng, 3), _factors(rng, 4)


def example_observed_squared_error(rng: Rng) -> tuple[Any, ...]:
    """Draw a table of two users, and predictions that are off by half a star to three stars."""
    ratings, observed = _table(rng)
    while True:
        errors = rng.choice([-1.0, 1.0], (2, 4)) * rng.integers(1, 7, (2, 4)) / 2
        known = errors[observed]
        # neither their sizes nor their sum, squared, must pass for the sum of squares
        if np.sum(known**2) not in {np.abs(known).sum(), known.sum() ** 2}:
            return ratings, observed, ratings + errors


def example_mf_gradients(rng: Rng) -> tuple[Any, ...]:
    """Draw a table of two users with four ratings, whole factors and λ = ½."""
    ratings, observed = _table(rng)
    while True:
        users, items = _factors(rng, 2), _factors(rng, 4)
        errors = (ratings - users @ items.T)[observed]
        if errors.all() and np.abs(errors).max() <= 8:
            return ratings, observed, users, items, 0.5


def example_sgd_step(rng: Rng) -> tuple[Any, ...]:
    """Draw factors of two users and three items, and a rating that they miss by 1 to 5 stars."""
    while True:
        users, items = _factors(rng, 2), _factors(rng, 3)
        user, item, rating = int(rng.integers(2)), int(rng.integers(3)), rng.integers(1, 11) / 2
        if 1 <= abs(rating - users[user] @ items[item]) <= 5:
            return users, items, user, item, float(rating), 0.1, 0.5


def example_als_user_update(rng: Rng) -> tuple[Any, ...]:
    """Draw one user's three ratings of four films, one of them 0, and λ = 1 or 2.

    The right side of the system has no 0, and its matrix is not diagonal.
    """
    observed = rng.permutation([True, True, True, False])
    while True:
        ratings = np.where(observed, rng.integers(1, 11, 4) / 2, 0.0)
        ratings[np.argmax(observed)] = 0.0
        items = _factors(rng, 4)
        rated = items[observed]
        if (ratings @ items).all() and rated[:, 0] @ rated[:, 1] != 0:
            return ratings, observed, items, float(rng.integers(1, 3))

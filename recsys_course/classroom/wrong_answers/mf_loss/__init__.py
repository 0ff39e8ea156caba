"""Wrong answers of lesson 03, and the probes that tell them apart.

``probe_<function>(rng, square)`` draws arguments. ``square`` makes all lengths equal, so that a
product without its transpose gives numbers; otherwise all lengths differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.rating_tables import Example, Sizes, random_example, random_sizes

Rng = np.random.Generator


def _example(rng: Rng, square: bool) -> Example:
    return random_example(rng, Sizes(4, 4, 4) if square else random_sizes(rng))


def probe_predict_ratings(rng: Rng, square: bool) -> tuple[Any, ...]:
    """Factors whose predictions reach beyond the scale of the ratings."""
    example = _example(rng, square)
    return 2 * example.user_factors, 2 * example.item_factors


def probe_observed_squared_error(rng: Rng, square: bool) -> tuple[Any, ...]:
    """A table with empty cells and an observed rating of 0."""
    example = _example(rng, square)
    return example.ratings, example.observed, example.predictions


def probe_mf_gradients(rng: Rng, square: bool) -> tuple[Any, ...]:
    """The same with factors; a user and an item have no ratings."""
    return (*_example(rng, square), 0.7)


def probe_sgd_step(rng: Rng, square: bool) -> tuple[Any, ...]:
    """A rating of 4 of some user for some item."""
    example = _example(rng, square)
    n_users, n_items = example.ratings.shape
    user, item = int(rng.integers(n_users)), int(rng.integers(n_items))
    return example.user_factors, example.item_factors, user, item, 4.0, 0.1, 0.7


def probe_als_user_update(rng: Rng, square: bool) -> tuple[Any, ...]:
    """One user's ratings, one of them 0."""
    n_factors = 8 if square else int(rng.integers(2, 6))
    observed = np.arange(8) < 5
    ratings = np.where(observed, rng.integers(1, 11, 8) / 2, 0.0)
    ratings[0] = 0.0
    return ratings, observed, rng.normal(size=(8, n_factors)), 0.7

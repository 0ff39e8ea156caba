"""Worlds whose truth is known: who would like what, what people choose, and the noise between.

True mean rating  t_ij = 3.5 + b_i + c_j + s·A_ij,  A = P Qᵀ/√d with standard normal P and Q;
an observed rating is t_ij + N(0, σ²). A user chooses n_i items without replacement with
probabilities ∝ exp(logit_ij), logit_ij = popularity_j + ½·c_j/sd(c) + β·A_ij. People choose what
they will like: the observed ratings are no fair sample of all cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.formulas.losses import Floats, Indices

__all__ = ["World", "make_world"]

_MEAN, _USER_SD, _ITEM_SD = 3.5, 0.3, 0.35
_PRESETS: dict[str, dict[str, float]] = {
    "balanced": {"dim": 8, "choice": 1.5, "taste": 0.8, "noise": 0.6, "events": 80},
    "popular": {"dim": 4, "choice": 1.0, "taste": 0.8, "noise": 0.6, "events": 60},
}


@dataclass(frozen=True, eq=False)
class World:
    """Interactions together with the truth that made them.

    Args:
        interactions: What can be observed; ratings are real numbers, not whole stars.
        true_ratings: t, the mean rating each user would give each item, (n_users, n_items), stars.
        choice_logits: How strongly each user is drawn to each item, (n_users, n_items); ranking by
            it is the best possible ranking.
        noise_sd: σ in stars: the RMSE of a model that knows t.
    """

    interactions: Interactions
    true_ratings: Floats
    choice_logits: Floats
    noise_sd: float


def make_world(
    rng: np.random.Generator,
    preset: Literal["balanced", "popular"] = "balanced",
    n_users: int = 1500,
    n_items: int = 600,
) -> World:
    """A made world of users and items.

    Give the world, the split and the model generators of their own (``rng.spawn``): a model that
    starts from the numbers that made the truth looks brilliant and has learned nothing.

    Args:
        rng: Makes everything.
        preset: ``balanced`` (d=8, β=1.5, median 80 events a user): factorisation beats neighbours,
            which beat popularity and biases, in rating and in ranking; ``popular`` (d=4, β=1,
            median 60): even a perfect rating predictor ranks worse than popularity.
        n_users: At least 1.
        n_items: At least 3.

    Returns:
        The world; user and item ids are "user0001", "item0001", …

    Raises:
        ValueError: If the preset is unknown or a size is too small.

    Source: the generator is this course's own; the choice model is Plackett (1975) and Luce (1959),
    sampled by adding Gumbel noise to the logits.

    >>> make_world(np.random.default_rng(0), n_users=30, n_items=90).interactions.n_items
    90
    """
    if preset not in _PRESETS:
        raise ValueError(f"preset {preset!r} is unknown; choose from {', '.join(_PRESETS)}")
    if n_users < 1 or n_items < 3:
        raise ValueError(f"{n_users} users and {n_items} items; make at least 1 and 3")
    known = _PRESETS[preset]
    taste_rng, choice_rng, noise_rng = rng.spawn(3)
    dim = int(known["dim"])
    affinity = taste_rng.standard_normal((n_users, dim)) @ (
        taste_rng.standard_normal((n_items, dim)).T / np.sqrt(dim)
    )  # (n_users, n_items)
    item_effects = _ITEM_SD * taste_rng.standard_normal(n_items)
    true_ratings = (
        _MEAN
        + _USER_SD * taste_rng.standard_normal(n_users)[:, None]
        + item_effects
        + known["taste"] * affinity
    )
    popularity = choice_rng.permutation(-0.7 * np.log(np.arange(1, n_items + 1)))
    logits = popularity + 0.5 * item_effects / _ITEM_SD + known["choice"] * affinity
    users, items = _choose(logits, known["events"], choice_rng)
    noise = known["noise"] * noise_rng.standard_normal(len(users))
    interactions = Interactions(
        users.astype(np.int32),
        items.astype(np.int32),
        (true_ratings[users, items] + noise).astype(np.float32),
        None,
        Vocabulary([f"user{n:04}" for n in range(1, n_users + 1)]),
        Vocabulary([f"item{n:04}" for n in range(1, n_items + 1)]),
    )
    return World(interactions, true_ratings, logits, known["noise"])


def _choose(
    logits: Floats, median_events: float, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Each user's events: the n_i largest of logit + Gumbel noise."""
    n_users, n_items = logits.shape
    most = max(1, n_items // 3)
    wanted = np.exp(np.log(median_events) + 0.5 * rng.standard_normal(n_users))
    n_events = np.clip(wanted.round().astype(int), min(20, most), most)
    order = np.argsort(-(logits + rng.gumbel(size=logits.shape)), axis=1)
    chosen = np.arange(n_items) < n_events[:, None]  # (n_users, n_items)
    return np.nonzero(chosen)[0], order[chosen]

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

from recsys_course.data.arguments import check_generator
from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats, Indices

__all__ = ["World", "choose_items", "make_coin_flips", "make_world"]

_MEAN, _USER_SD, _ITEM_SD = 3.5, 0.3, 0.35
_PRESETS: dict[str, dict[str, float]] = {
    "balanced": {"dim": 8, "choice": 1.5, "taste": 0.8, "noise": 0.6, "events": 80},
    "popular": {"dim": 4, "choice": 1.0, "taste": 0.8, "noise": 0.6, "events": 60},
    "personal": {"dim": 8, "choice": 2.0, "taste": 0.7, "noise": 0.7, "events": 40},
}


@dataclass(frozen=True, eq=False)
class World:
    """Interactions together with the truth that made them.

    Args:
        interactions: What can be observed; ratings are real numbers, not whole stars (see
            ``recsys_course.data.stars`` for those).
        true_ratings: t, the mean rating each user would give each item, (n_users, n_items), stars.
        choice_logits: How strongly each user is drawn to each item, (n_users, n_items); ranking by
            it is the best possible ranking.
        noise_sd: σ in stars, the noise of a rating before anything is rounded.
        oracle_rmse: The RMSE in stars that a model which knows t is to expect on the observed
            ratings: σ, unless they are rounded.
        user_factors: P, (n_users, d).
        item_factors: Q, (n_items, d).
        user_effects: b, how generous each user is, (n_users,), stars.
        item_effects: c, how good each item is to everybody, (n_items,), stars.
        popularity: The part of the logit that is neither taste nor quality, (n_items,).
        taste_weight: s, in stars per unit of affinity.
        choice_weight: β, in logits per unit of affinity.
    """

    interactions: Interactions
    true_ratings: Floats
    choice_logits: Floats
    noise_sd: float
    oracle_rmse: float
    user_factors: Floats
    item_factors: Floats
    user_effects: Floats
    item_effects: Floats
    popularity: Floats
    taste_weight: float
    choice_weight: float


def make_world(
    rng: np.random.Generator,
    preset: Literal["balanced", "popular", "personal"] = "balanced",
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
            median 60): even a perfect rating predictor ranks worse than popularity; ``personal``
            (d=8, β=2, s=0.7, σ=0.7, median 40): so few and noisy ratings that factorisation hardly
            beats the biases, while in ranking it beats popularity most.
        n_users: At least 1.
        n_items: At least 3.

    Returns:
        The world; user and item ids are "user0001", "item0001", …

    Raises:
        ValueError: If the preset is unknown or a size is too small.
        TypeError: If rng is no generator.

    Source: the generator is this course's own; the choice model is Plackett (1975) and Luce (1959),
    sampled by adding Gumbel noise to the logits.

    >>> make_world(np.random.default_rng(0), n_users=30, n_items=90).interactions.n_items
    90
    """
    if preset not in _PRESETS:
        raise ValueError(f"preset {preset!r} is unknown; choose from {', '.join(_PRESETS)}")
    check_generator(rng)
    n_users, n_items = whole_number("n_users", n_users), whole_number("n_items", n_items, 3)
    known = _PRESETS[preset]
    taste_rng, choice_rng, noise_rng = rng.spawn(3)
    dim = int(known["dim"])
    user_factors = taste_rng.standard_normal((n_users, dim))
    item_factors = taste_rng.standard_normal((n_items, dim))
    affinity = user_factors @ (item_factors.T / np.sqrt(dim))  # (n_users, n_items)
    item_effects = _ITEM_SD * taste_rng.standard_normal(n_items)
    user_effects = _USER_SD * taste_rng.standard_normal(n_users)
    true_ratings = _MEAN + user_effects[:, None] + item_effects + known["taste"] * affinity
    popularity = choice_rng.permutation(-0.7 * np.log(np.arange(1, n_items + 1)))
    logits = popularity + 0.5 * item_effects / _ITEM_SD + known["choice"] * affinity
    users, items = choose_items(
        logits, _event_counts(known["events"], logits, choice_rng), choice_rng
    )
    noise = known["noise"] * noise_rng.standard_normal(len(users))
    ratings = (true_ratings[users, items] + noise).astype(np.float32)
    return World(
        _table(users, items, ratings, n_users, n_items),
        true_ratings=true_ratings,
        choice_logits=logits,
        noise_sd=known["noise"],
        oracle_rmse=known["noise"],
        user_factors=user_factors,
        item_factors=item_factors,
        user_effects=user_effects,
        item_effects=item_effects,
        popularity=popularity,
        taste_weight=known["taste"],
        choice_weight=known["choice"],
    )


def make_coin_flips(
    rng: np.random.Generator, n_users: int = 1000, n_items: int = 10_000, density: float = 0.01
) -> Interactions:
    """A table in which there is nothing to learn: every cell is chosen by the same coin.

    P(user i chose item j) = p for all i and j, independently. No model can rank better than chance
    here, yet a training loss that starts badly falls a long way: start there before believing one.
    The model that says 0 everywhere has a mean squared error of p, the constant p one of p(1 − p).

    Args:
        rng: Flips the coins.
        n_users: At least 1.
        n_items: At least 1.
        density: p, above 0 and at most 1.

    Returns:
        One row of rating 1 for each chosen cell. Users and items without a row stay in the
        vocabularies: "user0001", …, "item0001", …

    Raises:
        ValueError: If a size or the density is out of range, or no cell was chosen.
        TypeError: If rng is no generator.

    Source: this course's own.

    >>> make_coin_flips(np.random.default_rng(0), n_users=20, n_items=50, density=1.0)
    Interactions(1,000 ratings, 20 users, 50 items, density 100.00 %)
    """
    check_generator(rng)
    n_users, n_items = whole_number("n_users", n_users), whole_number("n_items", n_items)
    if not 0 < density <= 1:
        raise ValueError(f"density is {density}; give a share of the cells above 0 and at most 1")
    # user by user: ten million random numbers at once would take 80 MB
    rows = [np.flatnonzero(rng.random(n_items) < density) for _ in range(n_users)]
    items = np.concatenate(rows)
    if not len(items):
        raise ValueError(
            f"density {density} chose none of {n_users * n_items} cells; raise it, or the sizes"
        )
    users = np.repeat(np.arange(n_users), [len(row) for row in rows])
    return _table(users, items, np.ones(len(items), np.float32), n_users, n_items)


def choose_items(
    logits: Floats, n_events: Indices, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Let every user choose items without replacement, with chances ∝ exp(logit).

    The n_i largest of logit_ij + Gumbel noise are such a choice.

    Args:
        logits: Shape (n_users, n_items).
        n_events: n_i, how many items each user takes, shape (n_users,).
        rng: Makes the noise.

    Returns:
        Users and items of the chosen cells, each of shape (Σ n_i,); user by user, and of a user
        in the order of choice.

    Raises:
        ValueError: If a user is to take more items than there are.
        TypeError: If rng is no generator.

    Source: Plackett (1975) and Luce (1959); with Gumbel noise, Yellott (1977).

    >>> choose_items(np.array([[0.0, 99.0, -99.0]]), np.array([2]), np.random.default_rng(0))
    (array([0, 0]), array([1, 0]))
    """
    check_generator(rng)
    n_items = logits.shape[1]
    if n_events.max(initial=0) > n_items:
        row = int(np.argmax(n_events))
        raise ValueError(f"n_events[{row}] is {n_events[row]}; there are {n_items} items to take")
    order = np.argsort(-(logits + rng.gumbel(size=logits.shape)), axis=1)
    chosen = np.arange(n_items) < n_events[:, None]  # (n_users, n_items)
    return np.nonzero(chosen)[0], order[chosen]


def _event_counts(median: float, logits: Floats, rng: np.random.Generator) -> Indices:
    """Log-normal numbers of events, from 20 to a third of the items, (n_users,)."""
    n_users, n_items = logits.shape
    most = max(1, n_items // 3)
    wanted = np.exp(np.log(median) + 0.5 * rng.standard_normal(n_users))
    return np.clip(wanted.round().astype(int), min(20, most), most)


def _table(
    users: Indices, items: Indices, ratings: Floats, n_users: int, n_items: int
) -> Interactions:
    return Interactions(
        users.astype(np.int32),
        items.astype(np.int32),
        ratings.astype(np.float32),
        None,
        Vocabulary([f"user{n:04}" for n in range(1, n_users + 1)]),
        Vocabulary([f"item{n:04}" for n in range(1, n_items + 1)]),
    )

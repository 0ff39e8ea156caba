"""A world in which time passes: tastes drift and items appear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys_course.data.arguments import check_generator
from recsys_course.data.interactions import Interactions
from recsys_course.data.world import World, choose_items
from recsys_course.formulas.losses import Floats

__all__ = ["Drift", "add_drift"]

_START = 1_577_836_800  # 1 January 2020, in seconds since 1970
_DAY = 86_400  # seconds


@dataclass(frozen=True, eq=False)
class Drift:
    """Interactions with times, together with the truth that made them.

    Args:
        interactions: What can be observed, in order of time; timestamps in seconds since 1970.
        true_ratings: The mean rating of each row at its time, (n,), in stars.
        directions: δ, where each user's taste is going, (n_users, d), in factors a unit of κ·day.
        item_births: When each item appeared, int64, (n_items,), in seconds since 1970.
        start: When the period began, in seconds since 1970.
        drift_per_day: κ.
    """

    interactions: Interactions
    true_ratings: Floats
    directions: Floats
    item_births: npt.NDArray[np.int64]
    start: int
    drift_per_day: float


def add_drift(
    world: World,
    rng: np.random.Generator,
    drift_per_day: float = 0.005,
    period_days: int = 365,
    born_within: float = 0.8,
) -> Drift:
    """Let the users of a world choose and rate once more, while time passes.

    p_i(t) = p_i + κ·t·δ_i with standard normal δ_i and t in days from the start. Every user meets
    every item once, at a time uniform from the item's birth to the end of the period, and takes
    the n_i items that attract most when they are met: logit_ij(t_ij) + Gumbel noise, as in
    `make_world`. The rating is that of the taste at that time, plus noise.

    With κ = 0 and no births, choice and rating do not depend on time at all: a temporal split is
    then as easy as a random one, and any gap between them is the work of drift and births. With
    κ > 0 tastes also grow stronger, so more of the events come late.

    Give it a generator of its own (``rng.spawn``), so that the world itself stays the same.

    Args:
        world: Whose tastes, qualities and numbers of events to take; its ratings are not used.
        rng: Makes directions, births, times, choices and noise, each from a stream of its own.
        drift_per_day: κ ≥ 0; 0.005 moves a factor by 1.8 standard deviations in a year.
        period_days: Length of the period, at least 1.
        born_within: Items appear uniformly within this share of the period, from 0 (all are there
            at the start) to below 1.

    Returns:
        The interactions with their truth; with one seed, another κ moves the same users the same
        way.

    Raises:
        ValueError: If a number is out of range, or the world's ratings are rounded.
        TypeError: If rng is no generator.

    Source: the generator is this course's own; tastes that move linearly are the first model of
    Koren (2009), section 3.

    >>> from recsys_course.data.world import make_world
    >>> drift = add_drift(make_world(np.random.default_rng(0), n_users=30, n_items=90),
    ...                   np.random.default_rng(1))
    >>> bool((drift.interactions.timestamps >= drift.item_births[drift.interactions.items]).all())
    True
    """
    check_generator(rng)
    if not 0 <= drift_per_day < np.inf or not period_days >= 1 or not 0 <= born_within < 1:
        raise ValueError(
            f"drift_per_day={drift_per_day}, period_days={period_days}, born_within={born_within}; "
            "give 0 or more, 1 or more, and a share from 0 to below 1"
        )
    if world.oracle_rmse != world.noise_sd:
        raise ValueError(
            "the world's ratings are half stars; give the world that make_world returned, then "
            "round the drifting ratings by recsys_course.data.stars.round_to_stars"
        )
    direction_rng, birth_rng, meeting_rng, choice_rng, noise_rng = rng.spawn(5)
    n_users, n_items = len(world.user_factors), len(world.item_factors)
    dim = world.user_factors.shape[1]
    period = period_days * _DAY
    directions = direction_rng.standard_normal((n_users, dim))
    births = (born_within * period * birth_rng.random(n_items)).astype(np.int64)  # from the start
    waits = (period - births) * meeting_rng.random((n_users, n_items))
    meetings = births + waits.astype(np.int64)  # (n_users, n_items), seconds from the start
    moved = directions @ (world.item_factors.T / np.sqrt(dim))  # affinity gained by κ·t = 1
    gained = drift_per_day * meetings / _DAY * moved
    n_events = np.bincount(world.interactions.users, minlength=n_users)
    logits = world.choice_logits + world.choice_weight * gained
    users, items = choose_items(logits, n_events, choice_rng)
    order = np.argsort(meetings[users, items], kind="stable")
    users, items = users[order], items[order]
    means = world.true_ratings[users, items] + world.taste_weight * gained[users, items]
    table = world.interactions
    interactions = Interactions(
        users.astype(np.int32),
        items.astype(np.int32),
        (means + world.noise_sd * noise_rng.standard_normal(len(users))).astype(np.float32),
        _START + meetings[users, items],
        table.user_vocabulary,
        table.item_vocabulary,
    )
    return Drift(interactions, means, directions, _START + births, _START, drift_per_day)

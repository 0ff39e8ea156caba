"""Half stars: what rounding the ratings of a made world does to its truth.

Nobody can give 5.3 stars. Once ratings t + N(0, σ²) are clipped and rounded to half stars, t is not
the best prediction any more, nor is σ the floor of the RMSE; both are integrals over the noise.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import special

from recsys_course.data.world import World
from recsys_course.formulas.losses import Floats

__all__ = ["expected_stars", "round_to_stars", "to_stars"]

_HIGHEST, _STEP = 5.0, 0.5


def to_stars(world: World, lowest: float = 1.0) -> World:
    """The same world with ratings in half stars, and the truth about those.

    Args:
        world: A world as ``make_world`` gives it.
        lowest: The worst rating, in stars: 1, or ½ where half a star can be given.

    Returns:
        A world whose ratings are rounded, whose ``true_ratings`` are the means of rounded ratings
        and whose ``oracle_rmse`` is √(Σ_Ω Var(y_ij) / |Ω|) over the observed cells Ω; choices,
        logits and ``noise_sd`` stay.

    Raises:
        ValueError: If the ratings are half stars already.

    Source: this course's own.

    >>> from recsys_course.data.world import make_world
    >>> stars = to_stars(make_world(np.random.default_rng(0), n_users=30, n_items=90))
    >>> float(stars.interactions.ratings.min()), float(stars.interactions.ratings.max())
    (1.0, 5.0)
    """
    table = world.interactions
    if np.array_equal(table.ratings, round_to_stars(table.ratings, lowest)):
        raise ValueError(
            "the ratings are half stars already; give the world that make_world returned"
        )
    means, variances = expected_stars(world.true_ratings, world.noise_sd, lowest)
    rounded = round_to_stars(table.ratings, lowest).astype(np.float32)
    return dataclasses.replace(
        world,
        interactions=dataclasses.replace(table, ratings=rounded),
        true_ratings=means,
        oracle_rmse=float(np.sqrt(variances[table.users, table.items].mean())),
    )


def round_to_stars(ratings: Floats, lowest: float = 1.0) -> Floats:
    """Ratings as they can be given: clipped to lowest … 5 and rounded to half stars.

    Args:
        ratings: Any shape, in stars; a quarter star between two halves goes up.
        lowest: The worst rating, a multiple of ½ below 5.

    Returns:
        The nearest half stars, in the same shape.

    Raises:
        ValueError: If lowest is no half star below 5.

    Source: this course's own.

    >>> round_to_stars(np.array([0.2, 3.74, 3.75, 6.0]))
    array([1. , 3.5, 4. , 5. ])
    """
    _check_lowest(lowest)
    return np.clip(np.floor(ratings / _STEP + 0.5) * _STEP, lowest, _HIGHEST)


def expected_stars(means: Floats, noise_sd: float, lowest: float = 1.0) -> tuple[Floats, Floats]:
    """Mean and variance of a noisy rating after it was clipped and rounded to half stars.

    E[y] = Σ_s s·(Φ(b_s) − Φ(b_{s−½})),  b_s = (s + ¼ − t)/σ, with Φ = 0 below the lowest star and
    Φ = 1 above the highest; Var(y) = E[y²] − E[y]². Predicting E[y] has the least possible RMSE,
    √Var(y).

    Args:
        means: t, the mean ratings before rounding, any shape, in stars.
        noise_sd: σ > 0, in stars.
        lowest: The worst rating, a multiple of ½ below 5.

    Returns:
        E[y] in stars and Var(y) in stars², both in the shape of means.

    Raises:
        ValueError: If σ is not positive, or lowest is no half star below 5.

    Source: this course's own.

    >>> mean, variance = expected_stars(np.array([3.0, 5.0]), noise_sd=0.25)
    >>> mean.round(4), variance.round(4)
    (array([3.  , 4.92]), array([0.0814, 0.0343]))
    """
    _check_lowest(lowest)
    if not noise_sd > 0:
        raise ValueError(f"noise_sd is {noise_sd}; without noise, round_to_stars gives the ratings")
    stars = np.arange(lowest, _HIGHEST + _STEP / 2, _STEP)
    mean = np.zeros_like(means, dtype=np.float64)
    square, below = mean.copy(), mean.copy()  # below: Φ at the lower bound of the star
    for star in stars:  # one table of means at a time: all stars at once would be nine of them
        if star == _HIGHEST:
            upto = np.ones_like(mean)
        else:
            upto = special.ndtr((star + _STEP / 2 - means) / noise_sd)
        # distances from the middle of the scale, so that E[y²] − E[y]² loses no digits
        away = star - (_HIGHEST + lowest) / 2
        mean += away * (upto - below)
        square += away**2 * (upto - below)
        below = upto
    return mean + (_HIGHEST + lowest) / 2, np.maximum(square - mean**2, 0)


def _check_lowest(lowest: float) -> None:
    if not lowest < _HIGHEST or lowest % _STEP:
        raise ValueError(f"lowest is {lowest}; give a half star below 5, such as 0.5 or 1")

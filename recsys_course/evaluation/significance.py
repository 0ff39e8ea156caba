"""How far a mean could have come out otherwise, had other users been asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_course.formulas.losses import Floats

__all__ = ["Estimate", "bootstrap_mean", "bootstrap_root_mean"]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % bootstrap interval.

    Args:
        value: The figure.
        low: Lower end of the interval.
        high: Upper end of the interval.
        n_users: Users it was computed from.
    """

    value: float
    low: float
    high: float
    n_users: int

    def __str__(self) -> str:
        """The figure and its interval, three digits each."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap_mean(
    values: Floats, rng: np.random.Generator, weights: Floats | None = None, n_resamples: int = 2000
) -> Estimate:
    """Mean over users with a percentile interval from resampled users.

    m = Σ_i w_i x_i / Σ_i w_i, with users drawn again with replacement; the user is the unit because
    one user's rows are not independent of each other.

    Args:
        values: x, one value a user, shape (n_users,); nan leaves the user out.
        rng: Draws the users.
        weights: w ≥ 0, such as the number of ratings of each user, shape (n_users,); None is 1.
        n_resamples: Times that all users are drawn; 1000 or more for a 95 % interval.

    Returns:
        The mean and its interval.

    Raises:
        ValueError: If no user is left.

    Source: Efron and Tibshirani (1993), section 13.3.

    >>> bootstrap_mean(np.array([0.25, 0.25]), np.random.default_rng(0)).high
    0.25
    """
    given = np.ones(len(values)) if weights is None else weights
    counted = np.isfinite(values) & (given > 0)
    n_users = int(counted.sum())
    if not n_users:
        raise ValueError("no user has anything to evaluate; is the test part empty?")
    x, w = values[counted], given[counted]
    drawn = rng.multinomial(n_users, np.full(n_users, 1 / n_users), size=n_resamples)
    means = (drawn @ (w * x)) / (drawn @ w)  # (n_resamples,)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(w @ x / w.sum()), float(low), float(high), n_users)


def bootstrap_root_mean(
    squares: Floats, rng: np.random.Generator, weights: Floats, n_resamples: int = 2000
) -> Estimate:
    """√ of `bootstrap_mean`: an RMSE from each user's mean squared error.

    RMSE = √( Σ_i n_i mse_i / Σ_i n_i )

    Args:
        squares: Mean squared error of each user, shape (n_users,).
        rng: Draws the users.
        weights: Number of ratings of each user, shape (n_users,).
        n_resamples: Times that all users are drawn.

    Returns:
        The root and its interval.

    Source: Efron and Tibshirani (1993), section 13.3; percentile intervals respect the root.

    >>> bootstrap_root_mean(np.array([4.0]), np.random.default_rng(0), np.array([3.0])).value
    2.0
    """
    mean = bootstrap_mean(squares, rng, weights, n_resamples)
    low, value, high = np.sqrt([mean.low, mean.value, mean.high])
    return Estimate(float(value), float(low), float(high), mean.n_users)

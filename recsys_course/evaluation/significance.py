"""How far a mean, or the difference of two, could have come out otherwise with other users.

Longer than most modules: an interval, a test and the correction for many tests belong together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from recsys_course.data.arguments import check_generator
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats

__all__ = [
    "Estimate",
    "PairedDifference",
    "bootstrap_mean",
    "bootstrap_means",
    "bootstrap_root_mean",
    "holm",
    "paired_difference",
]

_EXACT = 12  # non-zero differences up to which all signs are tried: 4096 of them
_CELLS = 2**21  # numbers held at a time while users or signs are drawn: 16 MiB


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


@dataclass(frozen=True)
class PairedDifference:
    """What two models' values for the same users say about the difference of their means.

    Args:
        difference: First minus second, with its 95 % bootstrap interval.
        t: Paired t statistic.
        t_p: Its two-sided p: right if the mean of the users' differences is nearly normal.
        sign_flip_p: Two-sided p of the sign-flip test, which needs no normal mean.
        exact: Whether every choice of signs was tried, or a sample of them.
    """

    difference: Estimate
    t: float
    t_p: float
    sign_flip_p: float
    exact: bool

    def __str__(self) -> str:
        """The difference, its interval and both tests."""
        one = self.difference
        return (
            f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}] over {one.n_users} users; "
            f"paired t {self.t:.2f}, p {self.t_p:.2g}; sign flips p {self.sign_flip_p:.2g}"
        )


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
        ValueError: If no user is left, or n_resamples is no whole number of at least 1.
        TypeError: If rng is no generator.

    Source: Efron and Tibshirani (1993), section 13.3.

    >>> bootstrap_mean(np.array([0.25, 0.25]), np.random.default_rng(0)).high
    0.25
    """
    return bootstrap_means(values[None, :], rng, weights, n_resamples)[0]


def bootstrap_means(
    values: Floats, rng: np.random.Generator, weights: Floats | None = None, n_resamples: int = 2000
) -> list[Estimate]:
    """`bootstrap_mean` of several metrics at once: the users are drawn once for all of them.

    Args:
        values: One row a metric, shape (n_metrics, n_users); nan leaves the user out of every one.
        rng: Draws the users.
        weights: As in `bootstrap_mean`.
        n_resamples: Times that all users are drawn.

    Returns:
        One mean with its interval for each metric, in order.

    Raises:
        ValueError: If no user is left, or n_resamples is no whole number of at least 1.
        TypeError: If rng is no generator.

    Source: Efron and Tibshirani (1993), section 13.3.

    >>> means = bootstrap_means(np.array([[0.0, 1.0], [2.0, 2.0]]), np.random.default_rng(0))
    >>> [mean.value for mean in means]
    [0.5, 2.0]
    """
    x, w = _counted(values, weights)  # (n_metrics, n_counted), (n_counted,)
    means = np.concatenate(
        [drawn @ (w * x).T / (drawn @ w)[:, None] for drawn in _draws(len(w), rng, n_resamples)]
    )  # (n_resamples, n_metrics)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    found = zip((x @ w / w.sum()).tolist(), low.tolist(), high.tolist(), strict=True)
    return [Estimate(*one, len(w)) for one in found]


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

    Raises:
        ValueError: If no user is left, or n_resamples is no whole number of at least 1.
        TypeError: If rng is no generator.

    Source: Efron and Tibshirani (1993), section 13.3; percentile intervals respect the root.

    >>> bootstrap_root_mean(np.array([4.0]), np.random.default_rng(0), np.array([3.0])).value
    2.0
    """
    mean = bootstrap_mean(squares, rng, weights, n_resamples)
    low, value, high = np.sqrt([mean.low, mean.value, mean.high])
    return Estimate(float(value), float(low), float(high), mean.n_users)


def paired_difference(
    first: Floats,
    second: Floats,
    rng: np.random.Generator,
    weights: Floats | None = None,
    root: bool = False,
    n_resamples: int = 2000,
    n_signs: int = 10_000,
) -> PairedDifference:
    """Compare two models on the same users.

    d_i = w_i (a_i − b_i);  t = mean(d) / (sd(d) / √n), with n − 1 degrees of freedom. If the models
    were alike, each d_i could as well have the other sign: the sign-flip p is the share of all
    choices of signs whose |Σ ±d_i| is at least |Σ d_i|.

    Both models find the same users easy or hard. The difference of a user is free of that, so it
    is far surer than two separate intervals suggest: these may overlap beside a clear difference.

    Args:
        first: a, one value a user, shape (n_users,); nan leaves the user out of both.
        second: b, of the same users in the same order, shape (n_users,).
        rng: Draws the users of the interval, and signs where there are too many to try all.
        weights: w ≥ 0, as in `bootstrap_mean`; None is 1.
        root: The values are mean squared errors and the difference is that of their roots, such as
            of two RMSEs; both tests ask whether the mean squared errors are alike.
        n_resamples: Times that all users are drawn.
        n_signs: Choices of signs drawn where more than 12 differences are not zero; p is then
            (hits + 1) / (n_signs + 1), never 0.

    Returns:
        The difference first − second with its interval, and both tests.

    Raises:
        ValueError: If the shapes differ, fewer than two users are left, or a number is no whole one
            of at least 1.
        TypeError: If rng is no generator.

    Source: Efron and Tibshirani (1993), chapters 13 and 15; Smucker, Allan and Carterette (2007),
    on these tests for ranking metrics; Phipson and Smyth (2010), on the + 1.

    >>> ours, theirs = np.array([0.6, 0.2, 0.9]), np.array([0.5, 0.1, 0.7])
    >>> paired = paired_difference(ours, theirs, np.random.default_rng(0))
    >>> round(paired.t, 6), paired.sign_flip_p  # 2 of 8 choices of signs are as far from 0
    (4.0, 0.25)
    """
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(
            f"first has shape {first.shape}, second {second.shape}; give one value a user, of the "
            "same users in the same order"
        )
    (a, b), w = _counted(np.stack([first, second]), weights)
    if len(w) < 2:
        raise ValueError(
            "one user only has a value in both; a difference needs two users to be judged"
        )
    n_signs = whole_number("n_signs", n_signs)
    scale = np.sqrt if root else np.asarray
    resampled = np.concatenate(
        [
            scale(drawn @ (w * a) / (drawn @ w)) - scale(drawn @ (w * b) / (drawn @ w))
            for drawn in _draws(len(w), rng, n_resamples)
        ]
    )
    low, high = np.quantile(resampled, [0.025, 0.975])
    value = scale(w @ a / w.sum()) - scale(w @ b / w.sum())
    differences = w * (a - b)
    t, t_p = _paired_t(differences)
    sign_flip_p, exact = _sign_flip(differences, rng, n_signs)
    estimate = Estimate(float(value), float(low), float(high), len(w))
    return PairedDifference(estimate, t, t_p, sign_flip_p, exact)


def holm(p_values: npt.ArrayLike) -> Floats:
    """Correct the p values of several tests: the chance of any false alarm stays below α.

    With p_(1) ≤ … ≤ p_(m): p̃_(i) = max_{j ≤ i} min(1, (m − j + 1) p_(j)); reject where p̃ ≤ α.

    Args:
        p_values: One p value for each test, shape (n_tests,).

    Returns:
        Corrected p values in the order given, shape (n_tests,).

    Raises:
        ValueError: If a p value is not between 0 and 1.

    Source: Holm (1979).

    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    given = np.atleast_1d(np.asarray(p_values, dtype=np.float64))
    outside = ~((given >= 0) & (given <= 1))  # nan is outside too
    if given.ndim != 1 or outside.any():
        place = int(np.argmax(outside)) if given.ndim == 1 else 0
        raise ValueError(
            f"p_values[{place}] is {given[place]}; give one number from 0 to 1 for each test"
        )
    order = np.argsort(given, kind="stable")
    stepped = given[order] * np.arange(len(given), 0, -1)
    corrected = np.empty_like(given)
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return corrected


def _counted(values: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    """Values and weights of the users that have all of them: (n_rows, n_counted), (n_counted,)."""
    given = np.ones(values.shape[1]) if weights is None else weights
    counted = np.isfinite(values).all(axis=0) & (given > 0)
    if not counted.any():
        raise ValueError("no user has anything to evaluate; is the test part empty?")
    return values[:, counted], given[counted]


def _draws(n_users: int, rng: np.random.Generator, n_resamples: int) -> Iterator[Floats]:
    """How often each user is drawn.

    Yields:
        Counts, (some of the resamples, n_users).
    """
    check_generator(rng)
    n_resamples = whole_number("n_resamples", n_resamples)
    block = max(1, _CELLS // n_users)
    for start in range(0, n_resamples, block):
        size = min(block, n_resamples - start)
        drawn = rng.integers(n_users, size=(size, n_users))
        drawn += n_users * np.arange(size)[:, None]  # each resample counts in a range of its own
        counts = np.bincount(drawn.ravel(), minlength=size * n_users)
        yield counts.reshape(size, n_users).astype(np.float64)


def _paired_t(differences: Floats) -> tuple[float, float]:
    """The t statistic of a mean of 0 and its two-sided p."""
    mean, spread = differences.mean(), differences.std(ddof=1) / math.sqrt(len(differences))
    if spread <= 1e-12 * abs(mean) or not differences.any():  # equal but for rounding
        return (math.copysign(math.inf, mean), 0.0) if mean else (0.0, 1.0)
    t = float(mean / spread)
    return t, float(2 * stats.t.sf(abs(t), len(differences) - 1))


def _sign_flip(differences: Floats, rng: np.random.Generator, n_signs: int) -> tuple[float, bool]:
    """Two-sided p of the sign-flip test, and whether all signs were tried."""
    moved = differences[differences != 0]  # the sign of a 0 does not matter
    # Sums of equal numbers in another order differ by rounding, and count as equal.
    threshold = abs(moved.sum()) - 1e-9 * np.abs(moved).sum()
    if len(moved) <= _EXACT:
        choices = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1
        return float(np.mean(np.abs((1 - 2 * choices) @ moved) >= threshold)), True
    hits, block = 0, max(1, _CELLS // len(moved))
    for start in range(0, n_signs, block):
        size = min(block, n_signs - start)
        flipped = rng.integers(2, size=(size, len(moved)), dtype=np.int8)
        # Σ ±d = Σ d − 2 Σ_{flipped} d
        sums = moved.sum() - 2 * (flipped @ moved)
        hits += int(np.count_nonzero(np.abs(sums) >= threshold))
    return (hits + 1) / (n_signs + 1), False

"""What items look like, when it is known how much their looks tell about who will like them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_course.data.arguments import check_generator
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats

__all__ = ["Content", "infer_factors", "make_content"]


@dataclass(frozen=True, eq=False)
class Content:
    """Features of items together with the best that they allow to say about new items.

    Args:
        features: X, what can be observed of each item, (n_items, n_features); variance 1.
        weights: W, how factors show in features, (d, n_features).
        r_squared: R², the share of a feature's variance that the factors explain.
        expected_factors: E[q_j | x_j], (n_items, d): no prediction from content has a smaller
            expected squared error. For user i, p_i·E[q_j | x_j] ranks items that nobody chose.
        expected_error: √E‖q − E[q|x]‖²/d, what that prediction misses of each factor: 0 where
            content tells all, 1 where it tells nothing (the factors have sd 1).
    """

    features: Floats
    weights: Floats
    r_squared: float
    expected_factors: Floats
    expected_error: float


def make_content(
    item_factors: Floats, rng: np.random.Generator, n_features: int = 16, r_squared: float = 0.5
) -> Content:
    """Make features in which the items' factors show as clearly as wished.

    x_j = q_j W + ε_j with every column of W of length √R² and ε ~ N(0, 1 − R²), so that
    var(ε) = var(qW)(1 − R²)/R². R² = 0 is the control in which content is noise.

    Give it a generator of its own (``rng.spawn``), so that a world with content is the same world.

    Args:
        item_factors: Q, standard normal, (n_items, d), such as ``world.item_factors``.
        rng: Makes W and the noise.
        n_features: p, at least 1. With R² = 1, p ≥ d features give the factors away.
        r_squared: R², from 0 to 1.

    Returns:
        The content; with one seed, another R² mixes the same W and the same noise.

    Raises:
        ValueError: If p or R² is out of range, or item_factors is not a table.
        TypeError: If rng is no generator.

    Source: this course's own; the posterior of a linear Gaussian model is in Bishop (2006),
    section 2.3.3.

    >>> content = make_content(np.eye(3), np.random.default_rng(0), n_features=5, r_squared=1.0)
    >>> np.allclose(content.expected_factors, np.eye(3))
    True
    """
    if item_factors.ndim != 2:
        raise ValueError(f"item_factors has shape {item_factors.shape}; give (n_items, d)")
    check_generator(rng)
    n_features = whole_number("n_features", n_features)
    if not 0 <= r_squared <= 1:
        raise ValueError(f"r_squared is {r_squared}; give a share of the variance, from 0 to 1")
    weight_rng, noise_rng = rng.spawn(2)
    n_items, dim = item_factors.shape
    weights = weight_rng.standard_normal((dim, n_features))
    weights *= np.sqrt(r_squared) / np.linalg.norm(weights, axis=0)
    noise = noise_rng.standard_normal((n_items, n_features))
    features = item_factors @ weights + np.sqrt(1 - r_squared) * noise
    expected, covariance = infer_factors(features, weights, 1 - r_squared)
    missed = max(np.trace(covariance), 0.0)  # rounding can leave −1e-16 where nothing is missed
    return Content(features, weights, r_squared, expected, float(np.sqrt(missed / dim)))


def infer_factors(
    features: Floats, weights: Floats, noise_variance: float
) -> tuple[Floats, Floats]:
    """What features tell about factors, to one who knows how they were made.

    With q ~ N(0, I) and x = qW + ε, ε ~ N(0, ν):
    E[q|x] = x (WᵀW + νI)⁺ Wᵀ and Cov(q|x) = I − W (WᵀW + νI)⁺ Wᵀ.
    E[q|x] is the ridge regression of x on Wᵀ with l2 = ν.

    Args:
        features: X, (n_items, n_features).
        weights: W, (d, n_features).
        noise_variance: ν ≥ 0.

    Returns:
        E[q|x] for each item, (n_items, d), and Cov(q|x), the same for all items, (d, d).

    Raises:
        ValueError: If the shapes do not fit, or ν is negative.

    Source: Bishop (2006), section 2.3.3.

    >>> mean, covariance = infer_factors(np.array([[2.0]]), np.array([[1.0]]), 1.0)
    >>> float(mean[0, 0]), float(covariance[0, 0])
    (1.0, 0.5)
    """
    if features.ndim != 2 or weights.ndim != 2 or features.shape[1] != weights.shape[1]:
        raise ValueError(
            f"features {features.shape} and weights {weights.shape} must be (n_items, n_features) "
            "and (d, n_features)"
        )
    if not noise_variance >= 0:
        raise ValueError(f"noise_variance is {noise_variance}; a variance is not negative")
    spread = weights.T @ weights + noise_variance * np.eye(weights.shape[1])  # (p, p), cov. of x
    gain = np.linalg.pinv(spread, hermitian=True) @ weights.T  # (p, d)
    covariance = np.eye(len(weights)) - weights @ gain
    return features @ gain, covariance

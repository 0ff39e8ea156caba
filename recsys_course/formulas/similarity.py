"""How alike two rows of ratings are: cosine, Pearson correlation, adjusted cosine.

One pair at a time, as the equations say it; `neighbors` compares all pairs of a large table.
"""

from __future__ import annotations

import numpy as np

from recsys_course.formulas.inputs import as_finite, as_floats
from recsys_course.formulas.losses import Floats

__all__ = ["adjusted_cosine_similarity", "cosine_similarity", "pearson_similarity"]


def cosine_similarity(first: Floats, second: Floats) -> float:
    """Cosine of the angle between two vectors of ratings.

    s = (a · b) / (‖a‖ ‖b‖), and 0 where either vector is all zeros.

    Args:
        first: a, shape (n,); 0 where there is no rating.
        second: b, shape (n,).

    Returns:
        A similarity in [−1, 1], without a unit.

    Raises:
        TypeError: If the values are not real numbers.
        ValueError: If the shapes differ, or a value is not finite.

    Source: Breese, Heckerman and Kadie (1998), section 2.1.

    >>> cosine_similarity(np.array([3.0, 0.0]), np.array([4.0, 3.0]))
    0.8
    """
    return _cosine(*_vectors(first=first, second=second))


def pearson_similarity(first: Floats, second: Floats) -> float:
    """Correlation of two users' ratings of the items that both rated.

    s = Σ_C (a − ā)(b − b̄) / √(Σ_C (a − ā)² Σ_C (b − b̄)²), with C the items that both rated and
    ā, b̄ the means over C; 0 where that is undefined: fewer than two items, or a constant rater.

    Two common items make it ±1, whatever was given: ask for more support before it is trusted.

    Args:
        first: a, shape (n,); 0 where there is no rating.
        second: b, shape (n,).

    Returns:
        A similarity in [−1, 1], without a unit.

    Raises:
        TypeError: If the values are not real numbers.
        ValueError: If the shapes differ, or a value is not finite.

    Source: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994); Breese, Heckerman and Kadie
    (1998), equation 2.

    >>> round(pearson_similarity(np.array([5.0, 3, 1, 0]), np.array([1.0, 1, 5, 5])), 6)
    -0.866025
    """
    first, second = _vectors(first=first, second=second)
    common = (first != 0) & (second != 0)
    rated = [vector[common] for vector in (first, second)]
    if any(not len(one) or one.max() == one.min() for one in rated):
        return 0.0  # asked of the ratings themselves: their mean may be off by a rounding
    return _cosine(*(one - one.mean() for one in rated))


def adjusted_cosine_similarity(
    first_item: Floats, second_item: Floats, user_means: Floats
) -> float:
    """Cosine of two items over the users who rated both, each rating minus its user's mean.

    s = Σ_C (a − r̄)(b − r̄) / √(Σ_C (a − r̄)² Σ_C (b − r̄)²), with C the users who rated both and r̄
    their means; 0 where that is undefined. A single common user makes it ±1.

    Args:
        first_item: a, the ratings of one item, shape (n_users,); 0 where there is no rating.
        second_item: b, shape (n_users,).
        user_means: r̄, the mean of all that each user rated, shape (n_users,).

    Returns:
        A similarity in [−1, 1], without a unit.

    Raises:
        TypeError: If the values are not real numbers.
        ValueError: If the shapes differ, or a value is not finite.

    Source: Sarwar, Karypis, Konstan and Riedl (2001), section 3.1.3.

    >>> items, means = np.array([[5.0, 4, 1, 0], [3, 0, 1, 2]]), np.array([3.0, 2, 3, 4])
    >>> round(adjusted_cosine_similarity(items[0], items[1], means), 6)
    0.707107
    """
    first_item, second_item, user_means = _vectors(
        first_item=first_item, second_item=second_item, user_means=user_means
    )
    common = (first_item != 0) & (second_item != 0)
    return _cosine(*((one - user_means)[common] for one in (first_item, second_item)))


def _cosine(first: Floats, second: Floats) -> float:
    first, second = _near_one(first), _near_one(second)
    norms = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.clip(first @ second / norms, -1, 1)) if norms > 0 else 0.0


def _near_one(vector: Floats) -> Floats:
    """The vector times the power of two that brings its largest size to ½ … 1.

    The cosine stays the same to the last bit, and no square of 1e200 or 1e-200 leaves the range.
    """
    _, exponent = np.frexp(np.abs(vector).max(initial=0))
    return np.ldexp(vector, -exponent)


def _vectors(**vectors: Floats) -> list[Floats]:
    """The vectors as floats; refused are different lengths, and the first value that is none."""
    floats = {name: as_floats(name, vector) for name, vector in vectors.items()}
    shapes = {vector.shape for vector in floats.values()}
    if len(shapes) > 1 or len(shapes.pop()) != 1:
        described = ", ".join(f"{name} {vector.shape}" for name, vector in floats.items())
        raise ValueError(f"{described}: they must be vectors of one length")
    for name, vector in floats.items():
        as_finite(name, vector, "put 0 where there is no rating, and a number everywhere else")
    return list(floats.values())

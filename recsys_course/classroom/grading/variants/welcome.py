"""A student's own numbers for exercise 00."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["example_mean_rating"]


def example_mean_rating(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw one person's row: five ratings, one of them half a star and one given twice.

    The two gaps are a 0 and a nan. The mean is no half star, and neither the median nor the middle
    of the range, so that none of them passes for it.
    """
    while True:
        stars = rng.choice(np.arange(3, 11), 3, replace=False) / 2
        ratings = np.array([0.5, stars[0], *stars])
        mean = ratings.mean()
        others = (np.median(ratings), (ratings.min() + ratings.max()) / 2, np.round(2 * mean) / 2)
        if min(abs(mean - other) for other in others) > 0.05:
            return (rng.permutation([0.0, np.nan, *ratings]),)

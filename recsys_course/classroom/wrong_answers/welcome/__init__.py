"""Wrong answers of lesson 00, and what tells them apart.

``behaviour_<function>(answer, rng, square)`` calls an answer and says what it did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Rng = np.random.Generator


def behaviour_mean_rating(answer: Callable[..., Any], rng: Rng, square: bool) -> Any:
    """Means of rows with no gaps, zeros, nans and both; of gaps alone; and the rows afterwards."""
    stars = [0.5, 1.0, 4.5, 4.5, *(rng.integers(2, 10, 4) / 2).tolist()]
    gaps = ([], [0.0, 0.0], [np.nan, np.nan, np.nan], [0.0, np.nan, 0.0])
    rows = [rng.permutation([*stars, *fillers]) for fillers in gaps]
    rows += [np.zeros(3), np.full(3, np.nan)]
    return [_call(answer, row) for row in rows], rows


def _call(answer: Callable[..., Any], row: Any) -> Any:
    """The mean, or how the answer stopped: it may do so for a row of gaps alone."""
    try:
        return answer(row)
    except ArithmeticError as error:
        return type(error).__name__

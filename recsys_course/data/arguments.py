"""Whether what a caller gives is what it must be, refused in one sentence where it is not."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from recsys_course.formulas.inputs import describe, is_whole

__all__ = ["check_generator", "finite_number", "is_number", "refuse_masked"]

Number = TypeVar("Number")


def finite_number(name: str, value: Number, above_zero: bool = False) -> Number:
    """A number of 0 or more, neither nan nor infinite.

    Args:
        name: What the argument is called in an error.
        value: What was given.
        above_zero: Refuse 0 too.

    Returns:
        The same number, unchanged.

    Raises:
        ValueError: If it is no such number.

    >>> finite_number("l2", 0.5)
    0.5
    """
    given: Any = value
    if not is_number(given) or not 0 <= given < math.inf or (above_zero and given == 0):
        wanted = "above 0" if above_zero else "of at least 0"
        raise ValueError(f"{name} is {describe(value)}; give a finite number {wanted}")
    return value


def is_number(value: object) -> bool:
    """Whether a value is a real number by its type, Python's or NumPy's.

    Args:
        value: Anything.

    Returns:
        False for True and for text; nan and infinity are numbers here.
    """
    return isinstance(value, Real) and not isinstance(value, bool)


def check_generator(rng: object) -> None:
    """Refuse a seed where a generator must be: two calls would draw the same numbers from it.

    Args:
        rng: What was given.

    Raises:
        TypeError: If it is no NumPy generator.
    """
    if not isinstance(rng, np.random.Generator):
        seed = int(rng) if is_whole(rng) and rng >= 0 else 0
        raise TypeError(f"rng is {describe(rng)}; give numpy.random.default_rng({seed})")


def refuse_masked(name: str, values: npt.ArrayLike) -> None:
    """Refuse masked values: an ordinary array would keep what lies under the mask.

    Args:
        name: What the column is called in an error.
        values: The column.

    Raises:
        ValueError: If a value is masked; the message names the first.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        row = int(np.flatnonzero(np.ma.getmaskarray(values))[0])
        raise ValueError(f"{name}[{row}] is masked; drop its row, or fill the value in, first")

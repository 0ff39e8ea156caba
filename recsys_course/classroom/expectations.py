"""How a check says in words which property an answer lacks.

A check never uses a bare ``assert``: its message would carry the numbers that were expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "UnmetError", "close", "expect", "number", "pair", "table"]

Floats = npt.NDArray[np.float64]

# float32 answers carry 7 digits, of which a sum over some 30 products loses two
_RELATIVE = 1e-4


class UnmetError(AssertionError):
    """A property that an answer lacks; the message is a sentence for the learner."""


def expect(holds: bool | np.bool_, sentence: str) -> None:
    """State a property.

    Args:
        holds: Whether the answer has the property.
        sentence: What is missing and what to look at, in words.

    Raises:
        UnmetError: If the answer does not have the property.
    """
    if not holds:
        raise UnmetError(sentence)


def close(answer: Floats | float, reference: Floats | float) -> bool:
    """Whether two results of equal shape are the same up to float32 rounding."""
    answer, reference = np.asarray(answer, np.float64), np.asarray(reference, np.float64)
    if answer.shape != reference.shape:
        return False
    size = np.abs(reference)
    scale = max(1.0, float(size.max(initial=0.0)))
    if not (np.isfinite(answer).all() and np.isfinite(scale)):
        return bool(np.allclose(answer, reference, rtol=_RELATIVE, atol=_RELATIVE * scale))
    # what allclose comes to without nan and infinity, in less than half of its time
    return bool((np.abs(answer - reference) <= _RELATIVE * (scale + size)).all())


def number(value: Any) -> float:
    """The single number that an answer must be; 0-dimensional arrays count.

    Raises:
        UnmetError: If it is something else.
    """
    expect(value is not None, "It returns nothing: end the function with `return` and the value.")
    array = _floats(value)
    expect(
        array.ndim == 0,
        f"It returns an array with {_dimensions(array)}, where one number is asked for: "
        "over which axes does the sum run?",
    )
    expect(bool(np.isfinite(array)), "It returns a value that is not finite (nan or inf).")
    return float(array)


def table(value: Any, what: str, axes: Mapping[str, int]) -> Floats:
    """The array of given shape that an answer must be; lists count.

    Args:
        value: What the learner's function returned.
        what: How the exercise calls it.
        axes: Length of each axis by its name.

    Raises:
        UnmetError: If it is something else. The message gives the shape by names of axes.
    """
    expect(value is not None, "It returns nothing: end the function with `return` and the value.")
    array = _floats(value)
    asked = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
    expect(
        array.ndim == len(axes),
        f"{what} has {_dimensions(array)}, where the shape {asked} is asked for.",
    )
    names = {length: name for name, length in axes.items()}
    found = ", ".join(names.get(length, "another length") for length in array.shape)
    expect(
        array.shape == tuple(axes.values()),
        f"{what} has the shape ({found}), where {asked} is asked for.",
    )
    expect(bool(np.isfinite(array).all()), f"{what} holds a value that is not finite (nan or inf).")
    return array


def _floats(value: Any) -> Floats:
    """The value as an array of floats."""
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        kind = type(value).__name__
        raise UnmetError(
            f"It returns a {kind} that is not an array of numbers: look at what comes after "
            "`return`, and in which order."
        ) from None


def _dimensions(array: Floats) -> str:
    if array.ndim == 0:
        return "no axis (it is a single number)"
    return "1 axis" if array.ndim == 1 else f"{array.ndim} axes"


def pair(value: Any) -> tuple[Any, Any]:
    """The two results that an answer must return; a list of two counts.

    Raises:
        UnmetError: If it is something else.
    """
    expect(value is not None, "It returns nothing: end the function with `return` and two arrays.")
    two = isinstance(value, tuple | list | np.ndarray) and len(value) == 2
    expect(two, "It does not return two arrays: write both after `return`, with a comma between.")
    first, second = value
    return first, second

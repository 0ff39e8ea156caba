"""Whether a column holds what it must, and which row does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "MILLISECONDS_FROM", "first_row", "index_column", "number_ids", "rating_column",
    "time_column", "whole_column",
]  # fmt: skip

MILLISECONDS_FROM = 10**11  # in s the year 5138, in ms 1973
_LAST = 2**63 - 1  # of int64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_row(wrong: npt.ArrayLike) -> int | None:
    """The first row that is marked.

    Args:
        wrong: A mark for each row, shape (n,).

    Returns:
        Its number, or None where no row is marked.

    >>> first_row([False, True, True])
    1
    """
    marked = np.flatnonzero(np.asarray(wrong, dtype=bool))
    return int(marked[0]) if len(marked) else None


def number_ids(name: str, ids: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Number ids by 0 … n−1.

    Ids are compared one by one, as a dictionary compares its keys: pandas takes two texts for one
    where they differ only behind a NUL.

    Args:
        name: What the column is called in an error.
        ids: One id a row; an id may stand in many rows.

    Returns:
        The number of each row's id, and the ids by number: sorted where they can be.

    Raises:
        ValueError: If an id is empty (None or nan), cannot be a dictionary's key, or equals one of
            another type (1 and True); the message names the row.
    """
    empty = first_row(ids.isna())
    if empty is not None:
        raise ValueError(f"row {empty}: {name} is empty ({ids.iloc[empty]}); fill or drop it")
    if isinstance(ids.dtype, np.dtype) and ids.dtype.kind in "iu":
        whole, codes = np.unique(ids.to_numpy(), return_inverse=True)
        return codes.astype(np.int64), whole.tolist()
    values = [one.item() if isinstance(one, np.generic) else one for one in ids.tolist()]
    numbers: dict[Any, int] = {}
    codes = np.array([numbers.setdefault(one, len(numbers)) for one in _keys(name, values)], int)
    known = list(numbers)
    for row, one in enumerate(values):
        earlier = known[codes[row]]
        if type(one) is not type(earlier):
            raise ValueError(
                f"row {row}: {name} is {one!r}, which Python holds equal to the {earlier!r} of an "
                "earlier row; make all ids text, or all whole numbers"
            )
    try:
        order = sorted(range(len(known)), key=known.__getitem__)
    except TypeError:  # ids of several kinds have no order
        return codes, known
    rank = np.empty(len(known), dtype=np.int64)
    rank[order] = np.arange(len(known))
    return rank[codes], [known[n] for n in order]


def whole_column(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """A column of whole numbers.

    Args:
        name: What the column is called in an error.
        values: The values.

    Returns:
        A copy, shape (n,).

    Raises:
        ValueError: If it has another shape, or holds anything else; the message names the row.
    """
    column = _column(name, values)
    if column.dtype.kind in "iu":
        return column
    odd = _first(column, lambda one: not _is_whole(one))
    if odd is None:
        return column.astype(np.int64)
    if column.dtype.kind == "f":  # 1.5 tells more than the 0.0 above it
        odd = _first(column, lambda one: not one.is_integer()) or 0
    raise ValueError(
        f"{name}[{odd}] is {column[odd]!r} in a column of type {column.dtype}; {name} must be "
        "whole numbers: convert them with .astype(int), or let from_frame number your ids"
    )


def index_column(name: str, values: npt.ArrayLike, size: int) -> npt.NDArray[np.int32]:
    """A column of indices.

    Args:
        name: What the column is called in an error.
        values: The values.
        size: How many indices there are.

    Returns:
        A copy, shape (n,).

    Raises:
        ValueError: If an index is outside 0 … size − 1; the message names the row.
    """
    column = whole_column(name, values)
    row = first_row((column < 0) | (column >= size))
    if row is not None:
        raise ValueError(
            f"{name}[{row}] is {column[row]}, outside 0 … {size - 1}; use the indices that the "
            "vocabulary gives"
        )
    return column.astype(np.int32)


def rating_column(values: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """A column of ratings.

    Args:
        values: The values.

    Returns:
        A copy, shape (n,).

    Raises:
        ValueError: If a rating is no number, nan or infinite (as float32 too); the message names
            the row.
    """
    column = _column("ratings", values)
    if column.dtype.kind not in "iufb":
        row = _first(column, lambda one: not isinstance(one, Real))
        if row is not None:
            raise ValueError(
                f"ratings[{row}] is {column[row]!r}, not a number; convert the column with "
                "pandas.to_numeric, or drop the row"
            )
        column = column.astype(np.float64)
    with np.errstate(over="ignore"):
        stored = column.astype(np.float32)
    row = first_row(~np.isfinite(stored))
    if row is not None:
        raise ValueError(
            f"ratings[{row}] is {column[row]}; drop or fill it before building Interactions"
        )
    return stored


def time_column(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """A column of times, as whole seconds since 1970.

    Args:
        values: Seconds since 1970, whose fractions are cut off, or dates (datetime64 or Python's);
            a date without a time zone is taken as UTC. 10¹¹ and more is taken for milliseconds.

    Returns:
        A copy, shape (n,), in seconds.

    Raises:
        ValueError: If a time is missing, no time or in milliseconds; the message names the row.

    >>> time_column(np.array(["1970-01-02T00:00"], dtype="datetime64[m]"))
    array([86400])
    """
    column = _column("timestamps", values)
    kind = column.dtype.kind
    if kind == "M":
        row = first_row(np.isnat(column))
        seconds = column.astype("datetime64[s]").astype(np.int64)
    elif kind in "iuf":
        row = None if kind == "i" else first_row(~(np.abs(column.astype(np.float64)) < 2.0**63))
        seconds = np.floor(column).astype(np.int64) if row is None else column
    else:
        told = [_seconds(one) for one in column.tolist()]
        row = first_row([one is None for one in told])
        seconds = np.array(told, np.int64) if row is None else column
    if row is not None:
        raise ValueError(
            f"timestamps[{row}] is {column[row]!r}, neither seconds since 1970 nor a date; mend or "
            "drop it, convert text with pandas.to_datetime, or give no timestamps"
        )
    late = (seconds >= MILLISECONDS_FROM) | (seconds <= -MILLISECONDS_FROM)
    row = None if kind == "M" else first_row(late)
    if row is not None and not isinstance(column[row], datetime):
        raise ValueError(
            f"timestamps[{row}] is {column[row]!r}, as seconds the year 5138 or later; give dates "
            "as they are, or turn milliseconds into seconds: recsys_course.data.cleaning.to_seconds"
        )
    return seconds


def _column(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        column = np.array(values)
    except ValueError as odd:  # lists of different lengths
        raise ValueError(f"{name} is not a column ({odd}); give one value a row") from None
    if column.ndim != 1:
        raise ValueError(f"{name} has shape {column.shape}; give one value a row, shape (n,)")
    return column


def _first(column: npt.NDArray[Any], is_odd: Callable[[Any], bool]) -> int | None:
    return next((row for row, one in enumerate(column.tolist()) if is_odd(one)), None)


def _is_whole(one: object) -> bool:
    return isinstance(one, int) and not isinstance(one, bool) and -_LAST - 1 <= one <= _LAST


def _keys(name: str, values: list[Any]) -> list[Any]:
    """The values themselves, refused where one cannot be the key of a dictionary."""
    for row, one in enumerate(values):
        try:
            hash(one)
        except TypeError:
            raise ValueError(
                f"row {row}: {name} is {one!r}, a {type(one).__name__}, which is not hashable; "
                "make it text or a tuple"
            ) from None
    return values


def _seconds(one: Any) -> int | None:
    """One time in whole seconds, or None where it is not a time."""
    if isinstance(one, datetime) and one == one:  # a missing date does not equal itself
        aware = one if one.tzinfo is not None else one.replace(tzinfo=UTC)
        return int((aware - _EPOCH) // timedelta(seconds=1))
    if isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < _LAST:
        return math.floor(one)
    return None

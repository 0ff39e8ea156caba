"""Whether a column holds what it must, and which row does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["index_column", "number_ids", "rating_column", "whole_column"]


def number_ids(ids: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """Number ids by 0 … n−1.

    Args:
        ids: One id a row; an id may stand in many rows.

    Returns:
        The number of each row's id, and the ids by number: sorted where they can be.
    """
    codes, found = pd.factorize(ids)
    known = found.tolist()
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
        ValueError: If it has another shape, or holds anything else.
    """
    column = np.array(values)
    if column.ndim != 1:
        raise ValueError(f"{name} has shape {column.shape}; give one value a row, shape (n,)")
    if len(column) and column.dtype.kind not in "iu":
        raise ValueError(
            f"{name}[0] is {column[0]!r} of type {column.dtype}; {name} must be whole numbers "
            "(ids go through Vocabulary or from_frame)"
        )
    return column


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
    outside = np.flatnonzero((column < 0) | (column >= size))
    if len(outside):
        row = outside[0]
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
        ValueError: If a rating is nan or infinite (as float32 too); the message names the row.
    """
    column = np.array(values)
    if column.ndim != 1 or column.dtype.kind not in "iufb":
        raise ValueError(
            f"ratings have shape {column.shape} and type {column.dtype}; give one number a row"
        )
    with np.errstate(over="ignore"):
        stored = column.astype(np.float32)
    bad = np.flatnonzero(~np.isfinite(stored))
    if len(bad):
        raise ValueError(
            f"ratings[{bad[0]}] is {column[bad[0]]}; drop or fill it before building Interactions"
        )
    return stored

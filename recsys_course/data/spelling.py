"""How people's files spell the names of columns, numbers and times."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "BYTE_ORDER_MARKS",
    "TOO_LARGE",
    "find_columns",
    "has_no_names",
    "parse_date",
    "parse_numbers",
    "parse_packed_dates",
    "time_units",
]

BYTE_ORDER_MARKS = {  # a mark of UTF-32 begins like one of UTF-16, so it is tried first
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
TOO_LARGE = 1e16  # no rating is as large
_KNOWN_NAMES = {
    "user": ("user", "userid", "user_id", "customer", "customer_id", "reviewerid"),
    "item": ("item", "itemid", "item_id", "movieid", "movie_id", "product", "product_id", "asin"),
    "rating": ("rating", "ratings", "stars", "score", "overall"),
    "timestamp": ("timestamp", "time", "unixreviewtime", "ts"),
    "title": ("title", "name", "item_name", "movie_title"),
}
# As seconds, 10^11 would be the year 5138; as milliseconds it is 1973. And so on by thousands.
_UNITS = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))
_PACKED_DATE = r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])([0-5]\d){0,2})?"
_THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:[.,]\d{3})+"


def find_columns(
    path: Path, names: Sequence[str], given: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Which column plays which role.

    Args:
        path: The file, for the message.
        names: Its columns.
        given: For each of user, item, rating, timestamp and title the column's name; None
            recognises the usual names.

    Returns:
        The column of each role; None where there is none.

    Raises:
        ValueError: If a given column does not exist, or there is none of users or items.

    >>> roles = dict.fromkeys(("user", "item", "rating"))
    >>> find_columns(Path("mine.csv"), ["userId", "Movie ID", "price"], roles)
    {'user': 'userId', 'item': 'Movie ID', 'rating': None}
    """
    found: dict[str, str | None] = {}
    plain = {_plain(name): name for name in names}
    for role, name in given.items():
        if name is not None and name not in names:
            raise ValueError(f"{path} has no column {name!r}; its columns are {', '.join(names)}")
        usual = (plain[one] for one in _KNOWN_NAMES[role] if one in plain)
        found[role] = next(usual, None) if name is None else name
    for role in ("user", "item"):
        if found[role] is None:
            raise ValueError(
                f"{path} has no column of {role} ids that this course recognises; its columns are "
                f"{', '.join(names)}; name it with --{role}-column (in Python: {role}='…')"
            )
    return found


def has_no_names(first: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether a first line holds a rating already, instead of the names of columns.

    Args:
        first: The values of the line.
        wanted: Names that somebody asked for.

    Returns:
        True if no value is a usual or a wanted name, and one is a number.

    >>> has_no_names(["1", "31", "2.5"], []), has_no_names(["user", "31"], [])
    (True, False)
    """
    usual = {one for names in _KNOWN_NAMES.values() for one in names}
    named = any(_plain(name) in usual or name in wanted for name in first)
    return not named and any(re.fullmatch(r"[+-]?\d+([.,]\d+)?", name) for name in first)


def parse_numbers(text: pd.Series[Any]) -> tuple[pd.Series[float], npt.NDArray[np.bool_]]:
    """Numbers with a decimal point or a decimal comma.

    Args:
        text: One text a row.

    Returns:
        The numbers, nan where there is none; and which rows are unclear, because their separator
        may mark decimals or thousands.

    >>> numbers, unclear = parse_numbers(pd.Series(["4,5", "1.234", "3", "many"]))
    >>> numbers.tolist(), unclear.tolist()
    ([4.5, 1.234, 3.0, nan], [False, True, False, False])
    """
    stripped = text.str.strip()
    commas = stripped.str.contains(",", regex=False).to_numpy(dtype=bool)
    unclear = np.zeros(len(text), dtype=bool)
    if commas.any():
        # Beside 4,5 it is 1.234 that may mean thousands; where nothing decides, 1,234 may.
        grouped = stripped.str.fullmatch(_THOUSANDS).to_numpy(dtype=bool)
        unclear = grouped & (~commas if (commas & ~grouped).any() else commas)
    points = stripped.str.replace(",", ".", regex=False)
    return pd.to_numeric(points, errors="coerce"), unclear


def parse_date(text: str) -> datetime | None:
    """An ISO 8601 date, UTC where it names no zone; digits alone are none, they may be seconds.

    Args:
        text: What stands in the file, without spaces around it.

    Returns:
        The moment, or None where it is no such date.

    >>> parse_date("2009-12-14").isoformat(), parse_date("20091214")
    ('2009-12-14T00:00:00+00:00', None)
    """
    if text.isdecimal():
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)


def parse_packed_dates(text: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Which texts may be dates without dashes, such as 20091214.

    Args:
        text: One text a row.

    Returns:
        A mark for each row.
    """
    packed: npt.NDArray[np.bool_] = text.str.fullmatch(_PACKED_DATE).to_numpy(dtype=bool)
    return packed


def time_units(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """How many of each time's unit make a second, told by its size.

    Args:
        numbers: Times since 1970 in s, ms, µs or ns, shape (n,).

    Returns:
        1, 1000, 10⁶ or 10⁹; 0 where the number is too large or none.

    >>> time_units(np.array([1.5e9, 1.5e12, np.nan])).tolist()
    [1, 1000, 0]
    """
    size = np.abs(numbers)
    units = np.select([size < limit for limit, _ in _UNITS], [unit for _, unit in _UNITS])
    return units.astype(np.int64)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "_")

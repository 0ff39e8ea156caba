"""Ratings from a learner's own CSV file, read right or refused with the line that is wrong."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_course.data.interactions import Interactions

__all__ = ["read_ratings"]

_KNOWN_NAMES = {
    "user": ("user", "userid", "user_id", "customer", "customer_id", "reviewerid"),
    "item": ("item", "itemid", "item_id", "movieid", "movie_id", "product", "product_id", "asin"),
    "rating": ("rating", "ratings", "stars", "score", "overall"),
    "timestamp": ("timestamp", "time", "unixreviewtime", "ts"),
    "title": ("title", "name", "item_name", "movie_title"),
}
_TOO_LARGE = 1e16  # above it, neither a rating nor a time is one
_MILLISECONDS_FROM = 10**11  # as seconds this would be the year 5138


def read_ratings(
    path: Path | str,
    user: str | None = None,
    item: str | None = None,
    rating: str | None = None,
    timestamp: str | None = None,
    title: str | None = None,
) -> Interactions:
    """Read a CSV file of ratings: one line a rating, the first line naming the columns.

    Commas, semicolons, tabs and bars separate; a UTF-8 byte-order mark, Windows line ends, decimal
    commas and timestamps in milliseconds are understood; ids stay text, so leading zeros survive.

    Args:
        path: The file, UTF-8.
        user: Name of the column of user ids; None recognises the usual names.
        item: Name of the column of item ids; None recognises the usual names.
        rating: Name of the column of ratings; None recognises the usual names, and where there is
            none of them every line counts as 1.
        timestamp: Name of the column of times since 1970, in s or ms; None recognises it.
        title: Name of the column of what to show for an item; None recognises it.

    Returns:
        The ratings.

    Raises:
        ValueError: If the file cannot be read as ratings; the message names line, value and next
            step.
        FileNotFoundError: If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give the path of a CSV file of ratings")
    frame = _read_table(path)
    given = {"user": user, "item": item, "rating": rating, "timestamp": timestamp, "title": title}
    names = {role: _find_column(path, frame, role, name) for role, name in given.items()}
    for role in ("user", "item"):
        if names[role] is None:
            raise ValueError(
                f"{path} has no column of {role} ids that this course recognises; its columns are "
                f"{', '.join(frame)}; name it with --{role}-column (in Python: {role}='…')"
            )
        empty = (frame[names[role]].str.strip() == "").to_numpy()
        if empty.any():
            raise ValueError(
                f"{path}, line {_line(frame, empty)}: the {role} id is empty; "
                "fill it or delete the line"
            )
    for role in ("rating", "timestamp"):
        if names[role] is not None:
            frame[names[role]] = _numbers(path, frame, str(names[role]))
    if names["timestamp"] is not None:
        times = frame[names["timestamp"]].to_numpy()
        frame[names["timestamp"]] = _seconds(times)
    _refuse_repeats(path, frame, str(names["user"]), str(names["item"]))
    return Interactions.from_frame(
        frame,
        str(names["user"]),
        str(names["item"]),
        names["rating"],
        names["timestamp"],
        names["title"],
    )


def _read_table(path: Path) -> pd.DataFrame:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8 text (byte {error.start}); save it as CSV in UTF-8"
        ) from None
    first_line = text.split("\n", 1)[0]
    separator = max(",;\t|", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [name.strip() for name in next(reader, [])]
    repeated = [name for n, name in enumerate(header) if name in header[:n]]
    if repeated:
        raise ValueError(f"{path} names the column {repeated[0]!r} twice; rename one of them")
    kept, numbers = [], []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {reader.line_num}: {len(row)} values for {len(header)} columns "
                f"({', '.join(header)}); mend or delete the line"
            )
        kept.append(row)
        numbers.append(reader.line_num)
    if not kept:
        raise ValueError(f"{path} has no line of ratings below the line of column names")
    frame = pd.DataFrame(kept, columns=header, dtype=str)
    frame.index = pd.Index(numbers)
    return frame


def _find_column(path: Path, frame: pd.DataFrame, role: str, given: str | None) -> str | None:
    if given is not None:
        if given not in frame.columns:
            raise ValueError(f"{path} has no column {given!r}; its columns are {', '.join(frame)}")
        return given
    plain = {name.lower().replace(" ", "_"): name for name in frame.columns}
    return next((plain[name] for name in _KNOWN_NAMES[role] if name in plain), None)


def _numbers(path: Path, frame: pd.DataFrame, column: str) -> pd.Series[float]:
    text = frame[column].str.strip().str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(text, errors="coerce")
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(numbers.to_numpy(dtype=float)) < _TOO_LARGE)
    if bad.any():
        value = frame[column][bad].iloc[0]
        raise ValueError(
            f"{path}, line {_line(frame, bad)}: {column} is {value!r}, not a number "
            "of stars or seconds; mend or delete the line"
        )
    return numbers


def _seconds(times: np.ndarray) -> np.ndarray:
    """Times in seconds; values too large to be seconds are milliseconds."""
    return np.where(times >= _MILLISECONDS_FROM, times // 1000, times).astype(np.int64)


def _refuse_repeats(path: Path, frame: pd.DataFrame, user: str, item: str) -> None:
    again = frame.duplicated([user, item]).to_numpy()
    if again.any():
        line = _line(frame, again)
        row = frame.loc[line]
        raise ValueError(
            f"{path}, line {line}: user {row[user]!r} rates item {row[item]!r} a second time; "
            "keep one of the lines"
        )


def _line(frame: pd.DataFrame, bad: np.ndarray) -> int:
    return int(frame.index[int(np.argmax(bad))])

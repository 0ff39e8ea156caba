"""Ratings from a learner's own CSV file, read right or refused with the line that is wrong."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys_course.data.columns import first_row, time_column
from recsys_course.data.interactions import Interactions
from recsys_course.data.lines import blank_hint
from recsys_course.data.spelling import (
    BYTE_ORDER_MARKS,
    TOO_LARGE,
    find_columns,
    has_no_names,
    parse_date,
    parse_numbers,
    parse_packed_dates,
    time_units,
)

__all__ = ["read_ratings"]


def read_ratings(
    path: Path | str,
    user: str | None = None,
    item: str | None = None,
    rating: str | None = None,
    timestamp: str | None = None,
    title: str | None = None,
) -> Interactions:
    """Read a CSV file of ratings: one line a rating, the first line naming the columns.

    Commas, semicolons, tabs and bars separate; a UTF-8 byte-order mark, line ends of any system and
    decimal commas are understood; blank lines and Excel's ``sep=;`` on top are passed over. Ids
    stay text, so leading zeros survive; spaces around them do not. Times are numbers since 1970,
    whose size tells s, ms, µs and ns apart, or ISO 8601 dates, which are UTC where they name no
    zone; fractions of a second are cut off.

    Args:
        path: The file, UTF-8.
        user: Name of the column of user ids; None recognises the usual names.
        item: Name of the column of item ids; None recognises the usual names.
        rating: Name of the column of ratings; None recognises the usual names, and where there is
            none of them every line counts as 1.
        timestamp: Name of the column of times; None recognises it.
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
    given = {"user": user, "item": item, "rating": rating, "timestamp": timestamp, "title": title}
    frame = _read_table(path, _read_text(path), [name for name in given.values() if name])
    names = find_columns(path, list(frame), given)
    for role in ("user", "item"):
        name = str(names[role])
        frame[name] = frame[name].str.strip()
        empty = first_row(frame[name] == "")
        if empty is not None:
            raise ValueError(
                f"{path}, line {frame.index[empty]}: the {role} id is empty; fill it or delete the "
                "line"
            )
    if names["rating"] is not None:
        frame[names["rating"]] = _ratings(path, frame, names["rating"])
    if names["timestamp"] is not None:
        frame[names["timestamp"]] = _times(path, frame, names["timestamp"])
    if names["title"] is not None:
        titles = frame[names["title"]].str.strip()
        frame[names["title"]] = titles.where(titles != "")  # the id is shown where there is none
    _refuse_repeats(path, frame, str(names["user"]), str(names["item"]))
    return Interactions.from_frame(
        frame,
        str(names["user"]),
        str(names["item"]),
        names["rating"],
        names["timestamp"],
        names["title"],
    )


def _read_text(path: Path) -> str:
    content = path.read_bytes()
    encoding = next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), None
    )
    if encoding is not None:
        raise ValueError(f"{path} is {encoding} text; save it as CSV in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + len(re.findall(rb"\r\n|\r|\n", content[: error.start]))
        raise ValueError(
            f"{path} is not UTF-8 text (line {line}, byte {content[error.start]:#04x}); save it as "
            "CSV in UTF-8"
        ) from None
    if "\0" in text:
        line = 1 + len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")]))
        raise ValueError(
            f"{path}, line {line}: there is a NUL ('\\x00'), so the file is damaged, no text or "
            "UTF-16 without its mark; save it as CSV in UTF-8"
        )
    return text


def _read_table(path: Path, text: str, wanted: list[str]) -> pd.DataFrame:
    text = blank_hint(text)
    first_line = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    separator = max(",;\t|", key=first_line.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    kept, numbers = [], []
    try:
        rows = (row for row in reader if any(cell.strip() for cell in row))
        header = [name.strip() for name in next(rows, [])]
        _refuse_header(f"{path}, line {reader.line_num}", first_line, header, wanted)
        for row in rows:
            if len(row) != len(header):
                raise ValueError(
                    f"{path}, line {reader.line_num}: {len(row)} values for {len(header)} columns "
                    f"({', '.join(header)}); mend or delete the line"
                )
            kept.append(row)
            numbers.append(reader.line_num)
    except csv.Error as odd:
        raise ValueError(
            f"{path}, line {reader.line_num}: the quotation marks do not match ({odd}); mend the "
            "line, or an earlier one that opens a quotation and does not close it"
        ) from None
    if not kept:
        raise ValueError(
            f"{path} has no line of ratings below the line of column names; add one, or choose "
            "another file"
        )
    return pd.DataFrame(kept, columns=header, index=pd.Index(numbers), dtype=object)


def _refuse_header(place: str, first_line: str, header: list[str], wanted: list[str]) -> None:
    if has_no_names(header, wanted):
        raise ValueError(
            f"{place}: {first_line!r} looks like a rating, not like the names of the columns; put "
            "a first line above it, such as user,item,rating"
        )
    repeated = [name for n, name in enumerate(header) if name in header[:n]]
    if repeated:
        raise ValueError(f"{place} names the column {repeated[0]!r} twice; rename one of them")


def _numbers(path: Path, frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """Numbers with a decimal point or a decimal comma; nan where there is none."""
    numbers, unclear = parse_numbers(frame[column])
    advice = (
        "in which the separator may mark decimals or thousands; write the column's numbers "
        "without separators of thousands"
    )
    _refuse(path, frame, column, unclear, advice)
    return numbers


def _ratings(path: Path, frame: pd.DataFrame, column: str) -> pd.Series[float]:
    numbers = _numbers(path, frame, column)
    bad = ~(np.abs(numbers.to_numpy(dtype=float)) < TOO_LARGE)
    _refuse(path, frame, column, bad, "not a number of stars; mend or delete the line")
    return numbers


def _times(path: Path, frame: pd.DataFrame, column: str) -> npt.NDArray[np.int64]:
    """Whole seconds since 1970, from numbers in any unit or from ISO 8601 dates."""
    text = frame[column].str.strip()
    dates = [parse_date(one) for one in text]
    dated = np.array([one is not None for one in dates])
    numbers = _numbers(path, frame, column)
    units = time_units(numbers.to_numpy(dtype=float))
    numeric = (units > 0) & ~dated
    advice = (
        "neither a number of seconds since 1970 nor an ISO date such as 2009-12-14T02:52:24; mend "
        "or delete the line"
    )
    _refuse(path, frame, column, ~numeric & ~dated, advice)
    if dated.any():
        advice = "a number among dates; write all times of the column in one way"
        _refuse(path, frame, column, numeric, advice)
        return time_column(np.array(dates, dtype=object))
    packed = parse_packed_dates(text)
    advice = "a number of seconds or a date without dashes; write a date as 2009-12-14"
    _refuse(path, frame, column, packed & packed.all(), advice)
    return (numbers.to_numpy() // units).astype(np.int64)


def _refuse(
    path: Path, frame: pd.DataFrame, column: str, wrong: npt.ArrayLike, advice: str
) -> None:
    row = first_row(wrong)
    if row is not None:
        raise ValueError(
            f"{path}, line {frame.index[row]}: {column} is {frame[column].iloc[row]!r}, {advice}"
        )


def _refuse_repeats(path: Path, frame: pd.DataFrame, user: str, item: str) -> None:
    row = first_row(frame.duplicated([user, item]))
    if row is not None:
        again = frame.iloc[row]
        earlier = first_row((frame[user] == again[user]) & (frame[item] == again[item])) or 0
        raise ValueError(
            f"{path}, line {frame.index[row]}: user {again[user]!r} rates item {again[item]!r} a "
            f"second time, after line {frame.index[earlier]}; keep one of the lines"
        )

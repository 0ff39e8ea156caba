"""A file of ratings as it stands: every line that is a row, as text, and every line that is none.

`read_ratings` refuses a file at its first oddity. This is for whoever wants to see all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recsys_course.data.lines import (
    BrokenLine,
    blank_hint,
    decode,
    find_separator,
    shorten,
    split_rows,
)
from recsys_course.data.spelling import find_columns, has_no_names

__all__ = ["FileForm", "RawTable", "read_raw"]

_BY_PLACE = ("user", "item", "rating", "timestamp")  # the usual order, where no line names it


@dataclass(frozen=True)
class FileForm:
    """How a file is written.

    Args:
        n_bytes: Its size.
        encoding: How its letters are stored.
        has_mark: Whether it begins with a byte-order mark.
        line_ends: How often each kind of line end occurs: "LF", "CRLF", "CR".
        separator: What stands between two values.
        has_names: Whether the first line names the columns.
    """

    n_bytes: int
    encoding: str
    has_mark: bool
    line_ends: Mapping[str, int]
    separator: str
    has_names: bool


@dataclass(frozen=True, eq=False)
class RawTable:
    """All rows of a file as text.

    Args:
        frame: One row for each line that has a value for each column; the index is the number of
            the line, where the row ends.
        names: The column of each role (user, item, rating, timestamp, title); None without one.
        repeated: Names that stand for several columns; the later ones got a number.
        broken: The lines that are no rows.
        form: How the file is written.
    """

    frame: pd.DataFrame
    names: Mapping[str, str | None]
    repeated: Sequence[str]
    broken: Sequence[BrokenLine]
    form: FileForm


def read_raw(
    path: Path | str,
    user: str | None = None,
    item: str | None = None,
    rating: str | None = None,
    timestamp: str | None = None,
    title: str | None = None,
) -> RawTable:
    """Read what can be read of a file of ratings, and set aside what cannot.

    The forms are those of `read_ratings`, and three more: UTF-16, UTF-32 and Windows-1252 are
    decoded; a first line that holds a rating already is one, and the columns are then user, item,
    rating and time, in this order; lines with too many or too few values are set aside.

    Args:
        path: The file.
        user: Name of the column of user ids; None recognises the usual names.
        item: Name of the column of item ids; None recognises the usual names.
        rating: Name of the column of ratings; None recognises it, or there is none.
        timestamp: Name of the column of times; None recognises it, or there is none.
        title: Name of the column of titles; None recognises it, or there is none.

    Returns:
        The rows, and what was set aside.

    Raises:
        ValueError: If the file is no table of ratings at all; the message says what it is instead.
        FileNotFoundError: If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give the path of a CSV file of ratings")
    content = path.read_bytes()
    text, encoding, has_mark = decode(path, content)
    text = blank_hint(text)
    separator = find_separator(path, text)
    rows, broken = split_rows(text, separator)
    given = {"user": user, "item": item, "rating": rating, "timestamp": timestamp, "title": title}
    header = [cell.strip() for cell in next(iter(rows.values()), [])]
    wanted = [name for name in given.values() if name is not None]
    has_names = not has_no_names(header, wanted)
    names, repeated = _names(path, header, has_names)
    if has_names:
        rows.pop(next(iter(rows), 0), None)
    kept, ragged = _of_width(rows, len(names), separator)
    if not kept:
        raise ValueError(_no_row(path, names, ragged, separator))
    return RawTable(
        pd.DataFrame(list(kept.values()), columns=names, index=pd.Index(kept), dtype=object),
        find_columns(path, names, given),
        repeated,
        sorted([*broken, *ragged], key=lambda one: one.line),
        FileForm(len(content), encoding, has_mark, _line_ends(text), separator, has_names),
    )


def _line_ends(text: str) -> dict[str, int]:
    """How often each kind of line end occurs."""
    both = text.count("\r\n")
    ends = {"CRLF": both, "LF": text.count("\n") - both, "CR": text.count("\r") - both}
    return {kind: n for kind, n in ends.items() if n}


def _names(path: Path, header: list[str], has_names: bool) -> tuple[list[str], list[str]]:
    """A name for each column, no two alike, and the names that stood twice.

    Raises:
        ValueError: If no line names the columns, and there are not as many as usual.
    """
    if not has_names:
        if not 2 <= len(header) <= len(_BY_PLACE):
            raise ValueError(
                f"{path}, line 1: {shorten(', '.join(header))!r} looks like a rating, not like the "
                "names of the columns; put a first line above it, such as user,item,rating"
            )
        return list(_BY_PLACE[: len(header)]), []
    names: list[str] = []
    repeated = []
    for name in header:
        if name in names:
            repeated.append(name)
            name = next(
                one for n in range(2, len(header) + 2) if (one := f"{name} ({n})") not in names
            )
        names.append(name)
    return names, list(dict.fromkeys(repeated))


def _of_width(
    rows: Mapping[int, list[str]], width: int, separator: str
) -> tuple[dict[int, list[str]], list[BrokenLine]]:
    """The rows that have a value for each column, and the others."""
    kept, ragged = {}, []
    for line, row in rows.items():
        if len(row) == width:
            kept[line] = row
        else:
            reason = f"{len(row)} values for {width} columns"
            ragged.append(BrokenLine(line, separator.join(row), reason))
    return kept, ragged


def _no_row(path: Path, names: list[str], ragged: list[BrokenLine], separator: str) -> str:
    """Why a file without a single row has none."""
    columns = f"its {len(names)} columns ({shorten(', '.join(names))})"
    if not ragged:
        return f"{path} has no line of ratings below the line that names {columns}; add one"
    advice = "is it a table of ratings?"
    if separator == "," and ragged[0].reason.startswith(f"{len(names) + 1} values"):
        advice = "are there decimal commas in it? Save it with semicolons between the values"
    return (
        f"{path} has no line that holds a value for each of {columns}; line {ragged[0].line} has "
        f"{ragged[0].reason}: {advice}"
    )

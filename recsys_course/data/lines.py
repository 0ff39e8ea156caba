"""From the bytes of a file to lines and values, with as little lost as can be."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recsys_course.data.spelling import BYTE_ORDER_MARKS

__all__ = ["BrokenLine", "blank_hint", "decode", "find_separator", "shorten", "split_rows"]

_OTHER_KINDS = {  # how files begin that are no text
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"%PDF": "a PDF",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
}
_MARKUP = {
    "{": "JSON", "[": "JSON", "<html": "HTML", "<!doctype": "HTML", "<?xml": "XML"
}  # fmt: skip
_SEPARATORS = ",;\t|"
_LONGEST_QUOTATION = 20  # lines; a longer one was opened by mistake
_HINT = re.compile(r"\A(\s*)sep=[^\r\n](?=[\r\n]|\Z)", re.IGNORECASE)
_ENDS = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class BrokenLine:
    """A line that is no row.

    Args:
        line: Its number in the file, from 1.
        text: What stands there.
        reason: What is wrong with it.
    """

    line: int
    text: str
    reason: str


def decode(path: Path, content: bytes) -> tuple[str, str, bool]:
    """The text of a file.

    Args:
        path: The file, for the message.
        content: Its bytes.

    Returns:
        The text, the name of its encoding, and whether it begins with a byte-order mark.

    Raises:
        ValueError: If it is no text, or an empty one.

    >>> decode(Path("mine.csv"), "user,été".encode("cp1252"))
    ('user,été', 'Windows-1252', False)
    """
    for start, kind in _OTHER_KINDS.items():
        if content.startswith(start):
            raise ValueError(f"{path} is {kind}, not text; save or unpack it as CSV in UTF-8")
    marked = next((name for one, name in BYTE_ORDER_MARKS.items() if content.startswith(one)), None)
    if marked is not None:
        return content.decode(marked, errors="replace"), marked, True
    if b"\0" in content:
        line = 1 + content[: content.index(b"\0")].count(b"\n")
        raise ValueError(
            f"{path} is no text: there is a NUL ('\\x00') in line {line}; save it as CSV in UTF-8"
        )
    try:
        text, encoding = content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("cp1252", errors="replace"), "Windows-1252"
    if not text.strip():
        raise ValueError(f"{path} is empty; choose another file")
    return text, encoding, content.startswith(b"\xef\xbb\xbf")


def blank_hint(text: str) -> str:
    r"""The text without a first line such as ``sep=;``, by which Excel is told what separates.

    Args:
        text: What stands in the file.

    Returns:
        The same lines; that one is empty, so that the others keep their numbers.

    >>> blank_hint("sep=;\nuser;item\n")
    '\nuser;item\n'
    """
    return _HINT.sub(r"\1", text, count=1)


def find_separator(path: Path, text: str) -> str:
    """What separates the values of a line.

    Args:
        path: The file, for the message.
        text: What stands in it.

    Returns:
        The one of comma, semicolon, tab and bar that stands in the first line most often.

    Raises:
        ValueError: If none does, or the text is no table.
    """
    first = next((line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    kind = next((one for start, one in _MARKUP.items() if first.lower().startswith(start)), None)
    if kind is not None:
        raise ValueError(f"{path} looks like {kind}, not like a table; save it as CSV in UTF-8")
    if separator not in first:
        advice = "replace every '::' by a comma" if "::" in first else "is it a table of ratings?"
        raise ValueError(
            f"{path}: its first line, {shorten(first)!r}, holds no comma, semicolon, tab or bar "
            f"that would separate columns; {advice}"
        )
    return separator


def split_rows(text: str, separator: str) -> tuple[dict[int, list[str]], list[BrokenLine]]:
    r"""The values of all rows.

    Args:
        text: What stands in the file.
        separator: What separates values.

    Returns:
        The values of each row by the number of the line in which it ends, without empty ones; and
        the lines whose quotation marks do not match, which are no rows.

    >>> split_rows('a,b\n"c,d\ne,f\n', ",")[0]
    {1: ['a', 'b'], 3: ['e', 'f']}
    """
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    rows: dict[int, list[str]] = {}
    last = 0
    try:
        for row in reader:
            if reader.line_num - last > _LONGEST_QUOTATION:
                return _line_by_line(text, separator)
            last = reader.line_num
            if any(cell.strip() for cell in row):
                rows[last] = row
    except csv.Error:  # somewhere a quotation does not close: look at each line by itself
        return _line_by_line(text, separator)
    return rows, []


def _line_by_line(text: str, separator: str) -> tuple[dict[int, list[str]], list[BrokenLine]]:
    """The same, where one quotation must not swallow the lines that follow."""
    lines = _ENDS.findall(text)
    rows: dict[int, list[str]] = {}
    broken = []
    number = 0
    while number < len(lines):
        end = _end_of_row(lines, number)
        source = io.StringIO("".join(lines[number:end]), newline="")
        reader = csv.reader(source, delimiter=separator, skipinitialspace=True, strict=True)
        try:
            row = next(reader, [])
        except csv.Error as odd:
            reason = f"the quotation marks do not match ({odd})"
            broken.append(BrokenLine(number + 1, lines[number].rstrip("\r\n"), reason))
            end = number + 1
        else:
            if any(cell.strip() for cell in row):
                rows[end] = row
        number = end
    return rows, broken


def _end_of_row(lines: Sequence[str], start: int) -> int:
    """The number of lines up to where the row ends that begins in a line."""
    quotes = 0
    for end in range(start + 1, min(start + _LONGEST_QUOTATION, len(lines)) + 1):
        quotes += lines[end - 1].count('"')
        if quotes % 2 == 0:
            return end
    return start + 1


def shorten(text: str) -> str:
    """A text, cut where it would be too long for a message.

    Args:
        text: The text.

    Returns:
        At most its first 60 characters.
    """
    return text if len(text) <= 60 else f"{text[:60]}…"

"""Read the list of a class: who gets a variant, and under which name of a folder."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["RosterError", "checked", "folder_name", "read_students", "same_student"]

_COLUMNS = ("student", "id")
_MOST_BYTES = 5_000_000
_LONGEST = 80  # characters; with the notebook's name a path stays under Windows' 260
_LONGEST_BYTES = 200  # file systems allow 255 a name
_UNFIT = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


class RosterError(ValueError):
    """A list of students that cannot be used; the message names the lines."""


def read_students(path: Path) -> tuple[str, ...]:
    """Read the ids of a class.

    Args:
        path: A text file with one id a line, or a CSV (by commas, semicolons or tabs) with a column
            ``student`` or ``id``. A byte order mark, Windows line ends and empty lines are fine.

    Returns:
        The ids in their order.

    Raises:
        RosterError: If it cannot be read, an id stands twice, or cannot name a folder.
    """
    text = _text(path)
    lines = re.split("\r\n|\r|\n", text)
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        raise RosterError(f"{path}: nobody stands in it; write one id a line")
    header = numbered[0][1]
    if path.suffix.lower() == ".csv" or _place(re.split("[,;\t]", header)) is not None:
        return checked(_column(path, text, max(",;\t", key=header.count)), str(path))
    return checked(numbered, str(path))


def checked(students: Iterable[tuple[int, str]], where: str) -> tuple[str, ...]:
    """The ids, stripped, in their order.

    Args:
        students: Number of the line and id of each.
        where: What the lines are lines of, for the messages.

    Raises:
        RosterError: If an id stands twice, also as names of folders go, or cannot name a folder.
    """
    lines: dict[str, int] = {}
    found = []
    for number, raw in students:
        student = unicodedata.normalize("NFC", raw.strip())
        try:
            key = same_student(folder_name(student))
        except RosterError as error:
            raise RosterError(f"{where}, line {number}: {error}") from None
        if key in lines:
            raise RosterError(
                f"{where}, lines {lines[key]} and {number}: {student!r} stands twice (capital "
                "letters, and signs that no file name can hold, make no difference); keep one"
            )
        lines[key] = number
        found.append(student)
    return tuple(found)


def folder_name(student: str) -> str:
    """The name of a student's folder: the id, made fit for every system.

    Args:
        student: The id; any letters of any language.

    Raises:
        RosterError: If nothing fit can be made of it.

    >>> folder_name("2026/117"), folder_name("Ana Núñez"), folder_name("con")
    ('2026-117', 'Ana Núñez', '_con')
    """
    shown = repr(student[:40])
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in student):
        raise RosterError(f"the id {shown} holds a sign that cannot be seen; write it without")
    if not any(sign.isalnum() for sign in student):
        raise RosterError(f"the id {shown} has no letter or digit, so it cannot name a folder")
    if len(student) > _LONGEST or len(student.encode()) > _LONGEST_BYTES:
        raise RosterError(
            f"the id {shown}… has {len(student)} characters, too many for the name of a folder; "
            f"give an id of at most {_LONGEST} ({_LONGEST_BYTES} bytes)"
        )
    name = _UNFIT.sub("-", student).rstrip(". ")
    hidden = name.startswith((".", "-", "~"))
    return f"_{name}" if hidden or _RESERVED.fullmatch(name) else name


def same_student(name: str) -> str:
    """What two spellings of one id have in common: capitals and composed letters do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RosterError(f"{path}: over 5 MB; is this the list of the class?")
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RosterError(f"{path}: the list of students cannot be read ({reason})") from None
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RosterError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from None


def _place(names: Sequence[str]) -> int | None:
    """Which column holds the ids."""
    found = [name.strip().strip('"').casefold() for name in names]
    return next((found.index(name) for name in _COLUMNS if name in found), None)


def _column(path: Path, text: str, mark: str) -> list[tuple[int, str]]:
    """Line and id of each row of a CSV; a row without an id is left out only if all of it is."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    number, header = rows[0]
    place = _place(header)
    if place is None:
        raise RosterError(
            f"{path}, line {number}: no column is called student or id; the columns are "
            f"{', '.join(header)[:80]!r}"
        )
    students = []
    for number, row in rows[1:]:
        if len(row) <= place or not row[place].strip():
            raise RosterError(f"{path}, line {number}: the id is missing; write it, or take it out")
        students.append((number, row[place]))
    if not students:
        raise RosterError(f"{path}: nobody stands below the names of the columns")
    return students

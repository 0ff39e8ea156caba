"""Read the list of a class: a plain CSV, or what Moodle or Canvas exports.

Sources: Moodle 3.11 Docs, "Grade import" (the import takes the columns of the export); Canvas,
``lib/gradebook_importer.rb`` of canvas-lms (2026), which names the columns of its export.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Member", "Roster", "read_roster"]

# what the columns are called: in a plain list, in Moodle's export, in that of Canvas
_COLUMNS = {
    "id": ("id", "id number"),
    "name": ("name", "full name"),
    "email": ("email", "email address"),
    "login": ("username", "login"),
}
_CANVAS_COLUMNS = {
    "id": ("sis user id",),
    "name": ("student",),
    "login": ("sis login id",),
    "canvas_id": ("id",),
    "section": ("section",),
}


@dataclass(frozen=True)
class Member:
    """A person of the class, as the learning platform knows them; empty where it is silent."""

    id: str = ""
    name: str = ""
    email: str = ""
    login: str = ""
    canvas_id: str = ""
    section: str = ""

    @property
    def key(self) -> str:
        """The first that is known of id, login, Canvas's number and email address."""
        return self.id or self.login or self.canvas_id or self.email

    @property
    def names(self) -> tuple[str, ...]:
        """By what a submission may be named, the surest first."""
        return (self.id, self.login, self.email, self.canvas_id, self.name)


@dataclass(frozen=True)
class Roster:
    """The class, in the order of its list."""

    members: tuple[Member, ...]

    def find(self, student: str) -> Member | None:
        """The one person whom a submission's student id names.

        An id goes before a login, an email address, Canvas's number and a name, so that nobody
        takes another's place by choosing a display name.

        Args:
            student: The id by which the grader knows the submission; case does not matter.

        Returns:
            The person; None if nobody is named so, or several are.
        """
        wanted = student.strip().casefold()
        for level in range(len(Member().names)) if wanted else ():
            found = [one for one in self.members if one.names[level].casefold() == wanted]
            if found:
                return found[0] if len(found) == 1 else None
        return None


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Args:
        path: A CSV with the columns id, name and email (the last two may be missing); or the
            participants or grades that Moodle exports; or the gradebook that Canvas exports, of
            which "Points Possible" and the test student are left out.

    Returns:
        The people in their order.

    Raises:
        ValueError: If it is no such table, a row has no id, or an id stands there twice.
        OSError: If it cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    canvas = "student" in header and "section" in header
    members = []
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        if any(cells.values()) and not (canvas and _no_person(cells)):
            members.append(_member(cells, canvas, f"{path}, row {number}"))
    _refuse_twice(members, path)
    if not members:
        raise ValueError(f"{path}: nobody stands in it; export the list of the class again")
    return Roster(tuple(members))


def _no_person(cells: dict[str, str]) -> bool:
    # Canvas puts rows about its columns first, possible points for instance: they have no number
    return not cells.get("id") or cells["student"].casefold() == "student, test"


def _member(cells: dict[str, str], canvas: bool, where: str) -> Member:
    columns = _CANVAS_COLUMNS if canvas else _COLUMNS
    found = {
        field: next((cells[name] for name in names if cells.get(name)), "")
        for field, names in columns.items()
    }
    if not canvas and not found["name"]:
        parts = (cells.get("first name"), cells.get("last name") or cells.get("surname"))
        found["name"] = " ".join(filter(None, parts))
    member = Member(**found)
    if not member.key:
        raise ValueError(
            f"{where}: there is no id; the table needs a column id, or the columns that Moodle or "
            f"Canvas exports (it has: {', '.join(cells)})"
        )
    return member


def _refuse_twice(members: list[Member], path: Path) -> None:
    counts = Counter(member.key.casefold() for member in members)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise ValueError(f"{path}: the id {twice[0]!r} stands there twice; keep one row")

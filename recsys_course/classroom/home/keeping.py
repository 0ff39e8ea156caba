"""Give a learner a fresh exercise or a solution, and keep what was there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from recsys_course.classroom.home.changes import CellChange, what_changed
from recsys_course.classroom.home.delivery import stamp
from recsys_course.classroom.home.ledger import Ledger
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.materials import materials, solution_of
from recsys_course.classroom.syllabus import Lesson
from recsys_course.classroom.whole_files import free_name, keep_copy, write_whole

__all__ = ["Waiting", "place_solution", "reset", "waiting"]


@dataclass(frozen=True)
class Waiting:
    """A new version that lies beside a file in which the learner has written.

    Attributes:
        path: The new version, from the learner's folder.
        touched: The learner's file.
        changes: What the course changed since the learner's file was delivered; nothing where
            that is not known any more.
    """

    path: str
    touched: str
    changes: tuple[CellChange, ...]


def waiting(home: Home) -> list[Waiting]:
    """Which new versions lie beside files of the learner's, and what is new in them."""
    ledger = Ledger(home)
    found = []
    for entry in ledger.all():
        new = ledger.content(entry)
        if entry.path == entry.of or new is None or not (home.folder / entry.of).is_file():
            continue
        own = next((one for one in ledger.of(entry.of) if one.path == entry.of), None)
        before = ledger.original(own) if own else None
        changes = what_changed(before, new) if before is not None else []
        found.append(Waiting(entry.path, entry.of, tuple(changes)))
    return found


def reset(home: Home, lesson: Lesson) -> Path | None:
    """Put the newest version of an exercise in the place of the learner's, which is kept, dated.

    Args:
        home: The learner's folder.
        lesson: Whose exercise.

    Returns:
        Where the old one is kept; None if there was none.

    Raises:
        OSError: If something cannot be written; the old exercise is still there then.
    """
    path = home.notebook(lesson)
    name = home.short(path)
    content = materials()[name].read_bytes()
    with home.alone():
        kept = None
        if path.exists() and path.read_bytes() != content:
            kept = keep_copy(path, home.kept / f"{path.stem}.{stamp()}{path.suffix}")
        ledger = Ledger(home)
        ledger.put(name, name, content)
        for entry in ledger.of(name):  # what lay beside it stands in its place now
            if entry.path != name and ledger.content(entry) == content:
                (home.folder / entry.path).unlink()
    return kept


def place_solution(home: Home, lesson: Lesson) -> Path:
    """Put a copy of a solution into the learner's folder.

    Returns:
        Where it is: under another name where the learner has changed an earlier copy.

    Raises:
        OSError: If it cannot be written.
    """
    content = solution_of(lesson).read_bytes()
    path = home.folder / "solutions" / f"{lesson.stem}.ipynb"
    with home.alone():
        if path.is_file() and path.read_bytes() == content:
            return path
        path = free_name(path)
        write_whole(path, content)
    return path

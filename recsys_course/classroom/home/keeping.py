"""Give a learner a fresh exercise or a solution, and keep what was there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from recsys_course.classroom.home.changes import CellChange, what_changed
from recsys_course.classroom.home.delivery import dated, drop_newer, keep
from recsys_course.classroom.home.ledger import Ledger
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.materials import materials, solution_of
from recsys_course.classroom.syllabus import Lesson
from recsys_course.classroom.whole_files import keep_copy, names_from, sha256

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
        if entry.path == entry.of or entry.sha256 != ledger.course(entry.of).newest:
            continue
        mine = ledger.content(entry.of)
        if mine is None or sha256(mine) == entry.sha256 or ledger.content(entry.path) is None:
            continue
        own = ledger.at(entry.of)
        before, new = ledger.original(own.sha256) if own else None, ledger.original(entry.sha256)
        changes = what_changed(before, new) if before is not None and new is not None else []
        found.append(Waiting(entry.path, entry.of, tuple(changes)))
    return found


def reset(home: Home, lesson: Lesson) -> Path | None:
    """Put the newest version of an exercise in the place of the learner's, which is kept, dated.

    Args:
        home: The learner's folder.
        lesson: Whose exercise.

    Returns:
        Where the old one is kept, a Python file where there was one; None if there was none.

    Raises:
        OSError: If something cannot be written; the old exercise is still there then.
    """
    path = home.notebook(lesson)
    name = home.short(path)
    content = materials()[name].read_bytes()
    with home.alone():
        ledger = Ledger(home)
        known = path.read_bytes() if path.exists() else None
        kept = keep(home, path) if known is not None and known != content else None
        ledger.put(name, name, content, known)
        drop_newer(home, ledger, name)
        script = path.with_suffix(".py")
        if script.is_file():  # else it would go on being what is checked
            kept = _set_aside(home, script)
    return kept


def place_solution(home: Home, lesson: Lesson) -> Path:
    """Put a copy of a solution into the learner's folder.

    Returns:
        Where it is: under another name where the learner has changed an earlier copy.

    Raises:
        OSError: If it cannot be written.
    """
    with home.alone():
        return keep_copy(solution_of(lesson), home.folder / "solutions" / f"{lesson.stem}.ipynb")


def _set_aside(home: Home, path: Path) -> Path:
    names = names_from(dated(home, path))
    kept = next(name for name in names if not os.path.lexists(name))
    kept.parent.mkdir(parents=True, exist_ok=True)
    path.replace(kept)
    return kept

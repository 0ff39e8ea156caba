"""How a learner gets on whose exercise cannot be read: cut off while it was saved, half merged.

Jupyter keeps the state before a save in ``.~NAME`` until the save is done, and a checkpoint of each
notebook in ``.ipynb_checkpoints/``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recsys_course.classroom.cells import UnreadableAnswersError
from recsys_course.classroom.home.place import enclosing
from recsys_course.classroom.home.written import is_written
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["explained"]


def explained(path: Path, error: UnreadableAnswersError) -> str:
    """Why a file cannot be read and, for an exercise in a learner's folder, the way back.

    Args:
        path: The file.
        error: What reading it ended with.

    Returns:
        Sentences: the reason; the fullest earlier state that Jupyter has kept, if there is one with
        answers in it; how to begin anew.
    """
    path = path.absolute()
    lesson = _lesson(path)
    if lesson is None or not os.access(path, os.R_OK):
        return str(error)
    reason = str(error) if str(error).endswith("?") else f"{error}."
    anew = f"`recsys-course reset {lesson.slug}` begins anew and keeps this file as well"
    found = _fullest(path, lesson)
    if found is None:
        return f"{reason} {anew}."
    return (
        f"{reason} An earlier state, saved {found.saved:%Y-%m-%d %H:%M} and with {found.n_written} "
        f"of {len(lesson.exercises)} functions written, is {found.path}: close the notebook and "
        f"copy that over it. Or {anew}."
    )


@dataclass(frozen=True, order=True)
class _Earlier:
    n_written: int
    saved: datetime
    path: Path


def _lesson(path: Path) -> Lesson | None:
    """The lesson whose notebook of exercises this is, in some learner's folder."""
    home = enclosing(path.parent)
    lessons = load_syllabus().lessons if home else ()
    return next((one for one in lessons if home and home.notebook(one) == path), None)


def _fullest(path: Path, lesson: Lesson) -> _Earlier | None:
    """The state with the most answers, of two the later; None where none has any."""
    checkpoint = f"{path.stem}-checkpoint{path.suffix}"
    states = []
    for other in (
        path.with_name(f".~{path.name}"),
        path.parent / ".ipynb_checkpoints" / checkpoint,
    ):
        try:
            answers = read_answers(other)
            saved = datetime.fromtimestamp(other.stat().st_mtime)
        except (UnreadableAnswersError, OSError):
            continue
        n_written = sum(is_written(answers, one.name) for one in lesson.exercises)
        states.append(_Earlier(n_written, saved, other))
    found = max(states, default=None)
    return found if found and found.n_written else None

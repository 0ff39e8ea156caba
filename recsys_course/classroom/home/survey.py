"""How far a learner has come: which exercise functions are written, and which of them pass."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from recsys_course import __version__
from recsys_course.classroom.cells import UnreadableAnswersError
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.records import Attempts, Progress, change, moment, recall
from recsys_course.classroom.home.rescue import explained
from recsys_course.classroom.home.written import is_written
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.reports import FileReport, State
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["LessonProgress", "look", "note", "remembered", "write_down"]

_CHECKS = Path(__file__).parents[1] / "checks"


@dataclass(frozen=True)
class LessonProgress:
    """One lesson and the state of each of its exercise functions, in order.

    Attributes:
        lesson: The lesson.
        path: The learner's answers to it.
        states: Those of its functions.
        problem: Why they are not known, in a sentence; empty if they are.
        mark: That of the file in which they are news; empty where there is none.
    """

    lesson: Lesson
    path: Path
    states: tuple[State, ...]
    problem: str = ""
    mark: str = field(default="", compare=False)

    @property
    def n_passed(self) -> int:
        """How many functions pass their checks."""
        return self.states.count("passed")

    @property
    def done(self) -> bool:
        """Whether every function passes."""
        return self.n_passed == len(self.states)

    @property
    def begun(self) -> bool:
        """Whether some function is written, right or wrong."""
        return self.states.count("not attempted") < len(self.states)

    @property
    def next_function(self) -> str | None:
        """The first function that does not pass yet."""
        pairs = zip(self.lesson.exercises, self.states, strict=True)
        return next((one.name for one, state in pairs if state != "passed"), None)


def look(home: Home) -> tuple[LessonProgress, ...]:
    """Look at every exercise of a learner, and check those that changed; nothing is written.

    Where it is interrupted, the checks that are under way end at once.

    Args:
        home: The learner's folder.

    Returns:
        One entry a lesson, in teaching order.
    """
    progress = recall(home)  # where it is spoilt all is checked, and `change` keeps the old file
    lessons, stop = load_syllabus().lessons, threading.Event()
    with ThreadPoolExecutor(max_workers=2) as pool:  # each waits for a process of its own
        try:
            return tuple(pool.map(lambda one: _of_lesson(home, progress, one, stop), lessons))
        except BaseException:  # Ctrl-C reaches this thread alone
            stop.set()
            raise


def write_down(home: Home, entries: Sequence[LessonProgress]) -> None:
    """Keep in progress.json what `look` found that is news.

    Raises:
        OSError: If it cannot be written.
    """

    def step(before: Progress) -> Progress:
        for entry in entries:
            before = _noted(home, before, entry) if entry.mark else before
        return before

    change(home, step)


def remembered(home: Home) -> tuple[LessonProgress, ...]:
    """The same by what progress.json says alone, at once: nothing is checked or written."""
    progress = recall(home)
    return tuple(
        LessonProgress(lesson, home.exercise(lesson), _states(progress, lesson))
        for lesson in load_syllabus().lessons
    )


def note(home: Home, report: FileReport, checked: bytes) -> None:
    """Write down what a check of a whole file found, if it is the learner's exercise.

    Args:
        home: The learner's folder.
        report: What was found.
        checked: What the file held before: who saved it meanwhile wants another look.

    Raises:
        OSError: If progress.json cannot be written.
    """
    lesson = load_syllabus().lesson(report.slug)
    path = home.exercise(lesson)
    if Path(report.path).resolve() != path.resolve():
        return
    states = tuple(one.state for one in report.functions)
    entry = LessonProgress(lesson, path, states, mark=_mark(lesson.slug, checked))
    change(home, lambda before: _noted(home, before, entry, attempt=1))


def _of_lesson(
    home: Home, progress: Progress, lesson: Lesson, stop: threading.Event
) -> LessonProgress:
    path = home.exercise(lesson)
    untouched = tuple[State, ...]("not attempted" for _ in lesson.exercises)
    if not path.is_file():
        missing = f"{home.short(path)} is not there; `recsys-course start {lesson.slug}` brings it"
        return LessonProgress(lesson, path, untouched, missing)
    try:
        answers = read_answers(path)
        mark = _mark(lesson.slug, path.read_bytes())
        if progress.files.get(home.short(path)) == mark:
            return LessonProgress(lesson, path, _states(progress, lesson))
        states = untouched
        if any(is_written(answers, exercise.name) for exercise in lesson.exercises):
            report = check_file(path, slug=lesson.slug, stop=stop, quiet=True)
            states = tuple(one.state for one in report.functions)
    except UnreadableAnswersError as error:
        problem = explained(path, error).replace(str(home.folder / "exercises"), "exercises")
        return LessonProgress(lesson, path, untouched, problem)
    if unsaved := _unsaved(home, progress, lesson, states):
        return LessonProgress(lesson, path, states, unsaved)  # what is known stays known
    return LessonProgress(lesson, path, states, mark=mark)


def _unsaved(home: Home, progress: Progress, lesson: Lesson, states: tuple[State, ...]) -> str:
    """What passed in a notebook and is not in its file, which is older; in a sentence."""
    path = home.exercise(lesson)
    saved = moment(path.stat().st_mtime)
    names = (one.name for one in lesson.exercises)
    known = [
        (name, progress.function(name))
        for name, now in zip(names, states, strict=True)
        if now != "passed"
    ]
    lost = [name for name, one in known if one.state == "passed" and one.checked > saved]
    if not lost:
        return ""
    return (
        f"{home.short(path)} was last saved before {' and '.join(lost)} passed in it; save it in "
        "JupyterLab (Ctrl+S), then ask for the status again"
    )


def _noted(home: Home, before: Progress, entry: LessonProgress, attempt: int = 0) -> Progress:
    for exercise, state in zip(entry.lesson.exercises, entry.states, strict=True):
        earlier = before.function(exercise.name)
        if state != "not attempted" or earlier != Attempts():
            counted = attempt if state != "not attempted" else 0
            before = before.with_function(exercise.name, earlier.checked_as(state, counted))
    return before.with_file(home.short(entry.path), entry.mark)


def _states(progress: Progress, lesson: Lesson) -> tuple[State, ...]:
    return tuple(
        cast("State", progress.function(exercise.name).state) for exercise in lesson.exercises
    )


def _mark(slug: str, content: bytes) -> str:
    """What a file's states depend on: its bytes, and the checks."""
    return hashlib.sha256(_checks(slug) + content).hexdigest()[:32]


@functools.cache
def _checks(slug: str) -> bytes:
    digest = hashlib.sha256(__version__.encode())
    for path in sorted((_CHECKS / slug).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()

"""How far a learner has come: which exercise functions are written, and which of them pass."""

from __future__ import annotations

import ast
import functools
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from recsys_course import __version__
from recsys_course.classroom.cells import Answers, UnreadableAnswersError, without_magics
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.records import Attempts, Progress, change, read
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.reports import FileReport, State
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["LessonProgress", "note", "remembered", "survey"]

_CHECKS = Path(__file__).parents[1] / "checks"


@dataclass(frozen=True)
class LessonProgress:
    """One lesson and the state of each of its exercise functions, in order."""

    lesson: Lesson
    path: Path
    states: tuple[State, ...]
    problem: str = ""

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


def survey(home: Home) -> tuple[LessonProgress, ...]:
    """Look at every exercise of a learner, check those that changed, and write the progress down.

    Args:
        home: The learner's folder; of it only progress.json is written.

    Returns:
        One entry a lesson, in teaching order.

    Raises:
        OSError: If progress.json cannot be written.
    """
    try:
        progress = read(home.progress)
    except ValueError:
        progress = Progress()  # spoilt: everything is checked, and `change` keeps the old file
    lessons = load_syllabus().lessons
    with ThreadPoolExecutor(max_workers=2) as pool:  # each waits for a process of its own
        looked = list(pool.map(lambda lesson: _of_lesson(home, progress, lesson), lessons))

    def step(before: Progress) -> Progress:
        for entry, mark in looked:
            before = _noted(home, before, entry, mark) if mark else before
        return before

    change(home, step)
    return tuple(entry for entry, _ in looked)


def remembered(home: Home) -> tuple[LessonProgress, ...]:
    """The same by what progress.json says alone, at once: nothing is checked or written."""
    try:
        progress = read(home.progress)
    except ValueError:
        progress = Progress()
    return tuple(
        LessonProgress(lesson, home.exercise(lesson), _states(progress, lesson))
        for lesson in load_syllabus().lessons
    )


def note(home: Home, report: FileReport) -> None:
    """Write down what a check of a whole file found, if it is the learner's exercise.

    Raises:
        OSError: If progress.json cannot be written.
    """
    lesson = load_syllabus().lesson(report.slug)
    path = home.exercise(lesson)
    if Path(report.path).resolve() != path.resolve():
        return
    mark = _mark(lesson.slug, path.read_bytes())
    entry = LessonProgress(lesson, path, tuple(one.state for one in report.functions))
    change(home, lambda before: _noted(home, before, entry, mark, attempt=1))


def _of_lesson(home: Home, progress: Progress, lesson: Lesson) -> tuple[LessonProgress, str]:
    """A lesson's entry, and the mark of its file; an empty one where there is no news."""
    path = home.exercise(lesson)
    untouched = tuple[State, ...]("not attempted" for _ in lesson.exercises)
    if not path.is_file():
        missing = f"{home.short(path)} is not there; `recsys-course start {lesson.slug}` brings it"
        return LessonProgress(lesson, path, untouched, missing), ""
    try:
        answers = read_answers(path)
        mark = _mark(lesson.slug, path.read_bytes())
        if progress.files.get(home.short(path)) == mark:
            return LessonProgress(lesson, path, _states(progress, lesson)), ""
        if not any(_is_written(answers, exercise.name) for exercise in lesson.exercises):
            return LessonProgress(lesson, path, untouched), mark
        report = check_file(path, slug=lesson.slug)
    except UnreadableAnswersError as error:
        return LessonProgress(lesson, path, untouched, str(error)), ""
    return LessonProgress(lesson, path, tuple(one.state for one in report.functions)), mark


def _noted(
    home: Home, before: Progress, entry: LessonProgress, mark: str, attempt: int = 0
) -> Progress:
    for exercise, state in zip(entry.lesson.exercises, entry.states, strict=True):
        known = before.function(exercise.name)
        if state != "not attempted" or known != Attempts():
            counted = attempt if state != "not attempted" else 0
            before = before.with_function(exercise.name, known.checked_as(state, counted))
    return before.with_file(home.short(entry.path), mark)


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


def _is_written(answers: Answers, function: str) -> bool:
    """Whether a file holds more than the stub of a function, as far as its text tells."""
    for cell in answers.cells:
        if function not in cell:
            continue
        try:
            tree = ast.parse(without_magics(cell))
        except (SyntaxError, ValueError, RecursionError):
            return True  # half-written, so somebody has begun
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == function:
                return not _is_stub(statement)
    return False


def _is_stub(definition: ast.FunctionDef) -> bool:
    """Whether a body is a docstring at most, and `raise NotImplementedError`."""
    *before, last = definition.body
    quiet = all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in before)
    return quiet and isinstance(last, ast.Raise) and "NotImplementedError" in ast.unparse(last)

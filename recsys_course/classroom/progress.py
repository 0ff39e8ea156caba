"""How far a learner has come: which exercise functions are written, and which of them pass."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recsys_course.classroom.cards import MARKS
from recsys_course.classroom.cells import Answers, UnreadableAnswersError, without_magics
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.reports import State
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import Lesson, load_syllabus

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["LessonProgress", "progress", "render"]


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
    def next_function(self) -> str | None:
        """The first function that does not pass yet."""
        pairs = zip(self.lesson.exercises, self.states, strict=True)
        return next((one.name for one, state in pairs if state != "passed"), None)


def progress(root: Path) -> tuple[LessonProgress, ...]:
    """Look at every exercise of a course, and check those that somebody has worked in.

    Args:
        root: The course's folder; it is only read. A lesson's answers are looked for in
            ``my-course``, as a notebook or a Python file, and then in ``exercises``.

    Returns:
        One entry a lesson, in teaching order.
    """
    lessons = load_syllabus().lessons
    with ThreadPoolExecutor(max_workers=2) as pool:  # each waits for a process of its own
        return tuple(pool.map(lambda lesson: _of_lesson(root, lesson), lessons))


def _of_lesson(root: Path, lesson: Lesson) -> LessonProgress:
    handed_out = root / "exercises" / f"{lesson.stem}.ipynb"
    own = [root / "my-course" / f"{lesson.stem}{suffix}" for suffix in (".ipynb", ".py")]
    path = next((path for path in own if path.is_file()), handed_out)
    untouched = tuple[State, ...]("not attempted" for _ in lesson.exercises)
    try:
        answers = read_answers(path)
        if not any(_is_written(answers, exercise.name) for exercise in lesson.exercises):
            return LessonProgress(lesson, path, untouched)
        report = check_file(path, slug=lesson.slug)
    except UnreadableAnswersError as error:
        return LessonProgress(lesson, path, untouched, str(error))
    return LessonProgress(lesson, path, tuple(function.state for function in report.functions))


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


def render(entries: tuple[LessonProgress, ...]) -> RenderableType:
    """The path through the course, what is done, and the next step.

    Args:
        entries: What ``progress`` found.

    Returns:
        What ``rich.print`` shows.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Your way through the course", title_justify="left")
    for header in ("lesson", "minutes", "exercise", ""):
        table.add_column(header, justify="right" if header == "minutes" else "left")
    styles = {"passed": "green", "not attempted": "blue"}
    for entry in entries:
        marks = Text()
        for state in entry.states:
            marks.append(MARKS[state], styles.get(state, "red"))
        marks.append(f" {entry.n_passed} of {len(entry.states)}")
        minutes = entry.lesson.minutes + sum(one.minutes for one in entry.lesson.exercises)
        name = f"{entry.lesson.number:02d} {entry.lesson.title}"
        table.add_row(name, str(minutes), marks, "done" if entry.done else "")
    legend = Text(", ".join(f"{MARKS[s]} {s}" for s in ("passed", "failed", "not attempted")))
    problems = [Text(entry.problem, "red") for entry in entries if entry.problem]
    return Group(table, legend, *problems, Text(_next_step(entries), "bold"))


def _next_step(entries: tuple[LessonProgress, ...]) -> str:
    for entry in entries:
        if entry.done:
            continue
        stem = entry.lesson.stem
        if entry.states.count("not attempted") == len(entry.states):
            return f"Next: read lessons/{stem}.ipynb, then write {_short(entry.path)}"
        return f"Next: {entry.next_function} in {_short(entry.path)}"
    return "Every exercise is done."


def _short(path: Path) -> str:
    """The last two parts of a path, as they are typed in the course's folder."""
    return "/".join(path.parts[-2:])

"""Change the solution of an exercise bit by bit, and see whether its checks notice.

A mutant is a solution with one operator, sign, number, comparison, axis, index, keyword or
neighbouring function changed. One that passes every check on three seeds is a survivor: either a
check is missing, or no input can tell the two apart. Survivors of the second kind stand with their
reason in ``tests/solution_mutants/<slug>.toml``.
"""

from __future__ import annotations

import ast
import contextlib
import io
import time
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from recsys_course.classroom.checking import check_names, run_check
from recsys_course.classroom.deadlines import Deadline, OutOfTimeError
from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.loading import load
from recsys_course.classroom.mutants import mutants
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.syllabus import load_syllabus

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["MutationRun", "Survivor", "mutate_solution", "render"]

_SEEDS = (1, 2, 3)
_PATIENCE = 10  # a mutant may take this many times as long as the solution, and a second more


@dataclass(frozen=True)
class Survivor:
    """A change that no check notices, and why none can (empty if nobody has said so)."""

    function: str
    mutant: str
    reason: str = ""


@dataclass(frozen=True)
class MutationRun:
    """What became of the mutants of one function."""

    function: str
    n_mutants: int
    survivors: tuple[Survivor, ...]

    @property
    def unexplained(self) -> tuple[Survivor, ...]:
        """Survivors without a reason: each asks for a check."""
        return tuple(survivor for survivor in self.survivors if not survivor.reason)

    @property
    def killed(self) -> float:
        """The share of the mutants that fail, of those that are not equivalent."""
        n_equivalent = len(self.survivors) - len(self.unexplained)
        n_telling = self.n_mutants - n_equivalent
        return 1 - len(self.unexplained) / n_telling if n_telling else 1.0


def mutate_solution(root: Path, slug: str) -> Iterator[MutationRun]:
    """Run the checks of a lesson's exercise on every mutant of its solution.

    Args:
        root: The course's folder, with ``solutions`` and ``tests/solution_mutants``.
        slug: The lesson.

    Yields:
        One result a function, in the order of the notebook.

    Raises:
        LookupError: If there is no such lesson, or the solution lacks one of its functions.
        RuntimeError: If a solution fails its own checks.
    """
    lesson = load_syllabus().lesson(slug)
    answers = read_answers(root / "solutions" / f"{lesson.stem}.ipynb")
    with contextlib.redirect_stdout(io.StringIO()):
        names = vars(load(answers, definitions_only=True).functions)
    reasons = _reasons(root / "tests" / "solution_mutants" / f"{slug}.toml")
    definitions = {
        statement.name: statement
        for cell in answers.cells
        for statement in _statements(cell)
        if isinstance(statement, ast.FunctionDef)
    }
    for exercise in lesson.exercises:
        function = exercise.name
        if function not in definitions:
            raise LookupError(f"{answers.path} defines no function {function}")
        start = time.monotonic()
        if not _passes(function, names[function], seconds=600):
            raise RuntimeError(f"the solution of {function} fails its own checks")
        seconds = 1 + _PATIENCE * (time.monotonic() - start)
        survivors = []
        n_mutants = 0
        for label, tree in mutants(definitions[function]):
            n_mutants += 1
            if _passes(function, _compiled(tree, names), seconds):
                survivors.append(Survivor(function, label, reasons.get((function, label), "")))
        yield MutationRun(function, n_mutants, tuple(survivors))


def _statements(cell: str) -> list[ast.stmt]:
    try:
        return ast.parse(cell).body
    except SyntaxError:  # a cell with a magic
        return []


def _reasons(path: Path) -> dict[tuple[str, str], str]:
    if not path.is_file():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("survivors", [])
    return {(entry["function"], entry["mutant"]): entry["reason"] for entry in entries}


def _compiled(tree: ast.FunctionDef, names: dict[str, Any]) -> Callable[..., Any]:
    scope = dict(names)
    module = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(module, "mutant", "exec"), scope)  # our own solution, changed in one place
    answer: Callable[..., Any] = scope[tree.name]
    return answer


def _passes(function: str, answer: Callable[..., Any], seconds: float) -> bool:
    """Whether every check of a function holds, on every seed, within a time."""
    student = SimpleNamespace(**{function: answer})
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            with Deadline(wall=seconds):
                return all(
                    (result := run_check(student, function, name, seed)) is not None
                    and result.passed
                    for seed in _SEEDS
                    for name in check_names(function)
                )
        except OutOfTimeError:
            return False


def render(runs: Sequence[MutationRun]) -> RenderableType:
    """The table of what became of the mutants, and below it the survivors without a reason.

    Args:
        runs: One result a function.

    Returns:
        What ``rich.print`` shows.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    title = "Mutants of the solutions (equal: nothing can tell them apart; alive: no check does)"
    table = Table(title=title, title_justify="left")
    columns = ("function", "checks", "wrong", "mutants", "equal", "alive", "fail")
    for n, header in enumerate(columns):
        table.add_column(header, justify="right" if n else "left", no_wrap=True)
    for run in runs:
        n_open = len(run.unexplained)
        numbers = (
            len(check_names(run.function)),
            len(wrong_answers(run.function)),
            run.n_mutants,
            len(run.survivors) - n_open,
            n_open,
        )
        table.add_row(run.function, *map(str, numbers), f"{run.killed:.0%}")
    survivors = [
        Text(f"{one.function}, {one.mutant}", overflow="fold")
        for run in runs
        for one in run.unexplained
    ]
    return Group(table, *survivors)

"""The answer of ``check``: a card in the notebook, and the same words for a file in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recsys_course.classroom.asked import hint_of
from recsys_course.classroom.notices import MARKS, Folded, Notice
from recsys_course.classroom.reports import FileReport, FunctionReport
from recsys_course.classroom.terminals import legible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

__all__ = ["MARKS", "Card", "render"]

_EFFORT = {1: "Easy", 2: "Medium", 3: "Hard"}


def _headline(report: FunctionReport) -> str:
    n_checks = len(report.results)
    if report.state == "passed":
        return f"{report.function}: passed, {report.n_passed} of {n_checks} checks"
    if report.state == "failed":
        return f"{report.function}: not yet, {report.n_passed} of {n_checks} checks passed"
    return f"{report.function}: {report.state}"


def _missing(report: FunctionReport) -> list[tuple[str, str]]:
    """What an answer lacks, and what it resembles."""
    told = [("Missing", report.message.removeprefix("Not attempted yet: "))]
    if report.resemblance:
        told.append(("Diagnosis", report.resemblance.idea))
        told.append(("Look at", report.resemblance.look_at))
    return [(lead, text) for lead, text in told if text]


def _paragraphs(report: FunctionReport) -> list[tuple[str, str]]:
    """What a report says below its headline: pairs of a lead and a text."""
    task = report.exercise
    if report.state == "passed":
        return [("Learned", task.learns), ("Next", task.next_step)]
    if report.state == "not attempted":
        effort = f"{_EFFORT[task.difficulty]}, about {task.minutes} minutes."
        again = "Write it in the cell above, run that cell, then check again."
        return [*_missing(report), ("Effort", effort), ("Next", again)]
    return [*_missing(report), ("Next", "Change the function, run its cell, then check again.")]


def _stuck(report: FunctionReport) -> Folded | None:
    """The next hint, folded: who does not want it does not see it."""
    if report.state in {"passed", "not attempted"} or not report.exercise.hints:
        return None
    given = hint_of(report.function)
    paragraphs = [given.text]
    if given.next_kind:
        paragraphs.append(
            f"Still stuck? `hint({report.function}, {given.level + 1})` has {given.next_kind}."
        )
    return Folded(
        f"Stuck? Hint {given.level} of {given.n_levels}, {given.kind}",
        tuple(paragraphs),
        f"Stuck? hint({report.function}) has {given.kind} for you.",
    )


class Card(Notice):
    """The answer of ``check``: shown once in a notebook, and true when everything passed."""

    label = "Check"

    def __init__(self, report: FunctionReport, shown: bool = False) -> None:
        """Wrap a report; a card that counts as shown stays silent."""
        super().__init__(report.state, _headline(report), _paragraphs(report), _stuck(report))
        self.report = report
        self._shown = shown

    def __bool__(self) -> bool:
        """Whether the answer has every property."""
        return self.report.state == "passed"


def render(report: FileReport) -> RenderableType:
    """A report on a file, for a terminal or for what its output is piped into.

    A list, not a table: its sentences would be squeezed into a column of some 20 letters at 80
    columns, and a screen reader would read the border.

    Args:
        report: What ``check_file`` found out.

    Returns:
        One entry a function, and the points below.
    """
    return _FileCard(report)


class _FileCard:
    """A report on a file, wrapped and spelt for the console that asks for it."""

    def __init__(self, report: FileReport) -> None:
        self._report = report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text  # a check in a notebook must not pay for it

        report = self._report
        entries = [
            Notice(one.state, _headline(one), [] if one.state == "passed" else _missing(one))
            for one in report.functions
        ]
        stuck = [one.function for one in report.functions if _stuck(one)]
        last = [f"note: {problem}" for problem in report.problems]
        last.append(f"{report.points} of {len(report.functions)} points")
        last += [f"Stuck? recsys-course hint {name}" for name in stuck[:1]]
        # Text, not markup: a path may hold square brackets
        head, *foot = (
            Text(legible(line, options.encoding), "bold")
            for line in (f"{report.path} ({report.slug})", *last)
        )
        return [head, *entries, *foot]

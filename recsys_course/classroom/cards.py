"""How a report looks: a card in the notebook, the same words in a terminal, a table for a file."""

from __future__ import annotations

import html
import textwrap
from typing import TYPE_CHECKING, Any

from recsys_course.classroom.reports import FileReport, FunctionReport

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["MARKS", "Card", "Notice", "render"]

MARKS = {"passed": "✔", "not attempted": "○"} | dict.fromkeys(
    ("failed", "timed out", "out of memory", "crashed", "tried to cheat"), "✘"
)
# JupyterLab's own colours follow its theme; the fallbacks are readable on white and on black
_COLOURS = {
    "passed": "var(--jp-success-color1, #2e8540)",
    "failed": "var(--jp-error-color1, #d9534f)",
    "timed out": "var(--jp-error-color1, #d9534f)",
    "not attempted": "var(--jp-info-color1, #4a90d9)",
    "hint": "var(--jp-info-color1, #4a90d9)",
}


def _headline(report: FunctionReport) -> str:
    count = f"{report.n_passed} of {len(report.results)} checks passed"
    if report.state == "passed":
        return f"{MARKS['passed']} {report.function}: passed ({count})"
    if report.state == "failed":
        return f"{MARKS['failed']} {report.function}: not yet ({count})"
    return f"{MARKS[report.state]} {report.function}: {report.state}"


def _paragraphs(report: FunctionReport) -> list[tuple[str, str]]:
    """What a report says below its headline: pairs of a lead and a text."""
    if report.state == "passed":
        return [("Learned", report.exercise.learns), ("Next", report.exercise.next_step)]
    if report.state == "not attempted":
        task = report.exercise
        effort = f"{'★' * task.difficulty}{'☆' * (3 - task.difficulty)}, {task.minutes} minutes"
        return [
            ("Missing", report.message or "Not attempted yet."),
            ("Next", f"Write it in the cell above and run check again ({effort}). {task.learns}"),
        ]
    told = [("Missing", report.message)]
    if report.resemblance:
        told.append(("Diagnosis", report.resemblance.idea))
        told.append(("Look at", report.resemblance.look_at))
    again = f"Change the function, run its cell, then check again. Stuck? hint({report.function})."
    return [*told, ("Next", again)]


class Notice:
    """A few words for the learner: a coloured box in the notebook, plain text everywhere else."""

    def __init__(self, state: str, headline: str, paragraphs: list[tuple[str, str]]) -> None:
        """Hold a headline and, below it, pairs of a lead and a text."""
        self.state = state
        self._headline = headline
        self._paragraphs = paragraphs

    def __repr__(self) -> str:
        """The notice as plain text."""
        lines = [self._headline]
        for lead, text in self._paragraphs:
            lines.append(
                textwrap.fill(text, 96, initial_indent=f"  {lead}: ", subsequent_indent=" " * 4)
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The notice for a notebook; everything that a learner's code can say is escaped."""
        colour = _COLOURS[self.state]
        rows = "".join(
            f'<div style="margin-top:4px"><b>{html.escape(lead)}.</b> {html.escape(text)}</div>'
            for lead, text in self._paragraphs
        )
        return (
            f'<div class="recsys-check" data-state="{self.state}" style="border:1px solid '
            f"{colour};border-left:6px solid {colour};border-radius:3px;padding:8px 12px;"
            'max-width:46em;line-height:1.45">'
            f'<div style="color:{colour};font-weight:bold">'
            f"{html.escape(self._headline)}</div>{rows}</div>"
        )

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """Both forms, for IPython."""
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}


class Card(Notice):
    """The answer of ``check``: shown once in a notebook, and true when everything passed."""

    def __init__(self, report: FunctionReport, shown: bool = False) -> None:
        """Wrap a report; a card that counts as shown stays silent."""
        super().__init__(report.state, _headline(report), _paragraphs(report))
        self.report = report
        self._shown = shown

    def __bool__(self) -> bool:
        """Whether the answer has every property."""
        return self.report.state == "passed"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """Both forms, for IPython; from here on the card counts as shown."""
        self._shown = True
        return super()._repr_mimebundle_()

    def show(self) -> None:
        """Show the card, unless it was shown."""
        if not self._shown:
            from IPython.display import display

            display(self)  # type: ignore[no-untyped-call]


def render(report: FileReport) -> RenderableType:
    """A report on a file, as a table for the terminal.

    Args:
        report: What ``check_file`` found out.

    Returns:
        A table of function, state, points and what to look at, and a line below it.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    rows = Table(title=f"{report.path} ({report.slug})", title_justify="left", show_lines=True)
    for header in ("function", "state", "points", "what the checks say"):
        rows.add_column(header, justify="right" if header == "points" else "left")
    styles = {"passed": "green", "not attempted": "blue"}
    for function in report.functions:
        said = [function.message] if function.message else [function.exercise.learns]
        if function.resemblance:
            said += [function.resemblance.idea, function.resemblance.look_at]
        state = f"{MARKS[function.state]} {function.state}"
        # Text, not markup: a learner's error message may hold square brackets
        rows.add_row(
            function.function,
            Text(state, styles.get(function.state, "red")),
            f"{function.points}/1",
            Text("\n".join(said)),
        )
    notes = [Text(f"note: {problem}") for problem in report.problems]
    total = Text(f"{report.points} of {len(report.functions)} points", style="bold")
    return Group(rows, *notes, total)

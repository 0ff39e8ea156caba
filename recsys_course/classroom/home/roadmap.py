"""Show a learner the way through the course: what is done, what waits, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recsys_course.classroom.cards import MARKS
from recsys_course.classroom.home.keeping import Waiting
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.survey import LessonProgress

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["next_entry", "next_step", "render", "told_of_waiting"]

_WIDE = 80  # columns from which on a table is easier to read than a list
_STYLES = {"passed": "green", "not attempted": "blue"}
_MOST_CHANGES = 6


def next_entry(entries: Sequence[LessonProgress]) -> LessonProgress | None:
    """The first lesson that is not done; None when all are."""
    return next((entry for entry in entries if not entry.done), None)


def render(
    home: Home, entries: Sequence[LessonProgress], new: Sequence[Waiting], width: int
) -> RenderableType:
    """The path through the course, what is done, and the next step.

    Args:
        home: The learner's folder.
        entries: What ``look`` found.
        new: What ``waiting`` found.
        width: Columns of the terminal.

    Returns:
        What ``rich.print`` shows.
    """
    from rich.console import Group
    from rich.text import Text

    lessons = _table(entries) if width >= _WIDE else _list(entries)
    legend = Text(", ".join(f"{MARKS[s]} {s}" for s in ("passed", "failed", "not attempted")))
    problems = [Text(entry.problem, "red") for entry in entries if entry.problem]
    n_done, minutes = sum(entry.done for entry in entries), _minutes_left(entries)
    left = f", about {_hours(minutes)} to go" if minutes else ""
    total = Text(f"{n_done} of {len(entries)} lessons done{left}")
    updates = [Text(line, "yellow") for line in told_of_waiting(new)]
    step = Text(next_step(home, entries), "bold")
    return Group(lessons, legend, total, *problems, *updates, step)


def told_of_waiting(new: Sequence[Waiting]) -> list[str]:
    """In words, which new versions lie beside the learner's files, and what is new in them."""
    lines = []
    for one in new:
        lines.append(f"{one.path} is a newer version of {one.touched}, in which you have written.")
        shown = one.changes[:_MOST_CHANGES]
        lines += [f"    {change}" for change in shown]
        if len(one.changes) > len(shown):
            lines.append(f"    and {len(one.changes) - len(shown)} more cells")
        if not one.changes:
            lines.append("    what changed in it is not known")
    if lines:
        lines.append("Take over what you want, then delete the newer version.")
    return lines


def _table(entries: Sequence[LessonProgress]) -> RenderableType:
    from rich.table import Table

    table = Table(title="Your way through the course", title_justify="left")
    for header in ("lesson", "minutes", "exercise", "state"):
        table.add_column(header, justify="right" if header == "minutes" else "left")
    for entry in entries:
        table.add_row(_name(entry), str(_minutes(entry)), _marks(entry), _state(entry))
    return table


def _list(entries: Sequence[LessonProgress]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines = [Text("Your way through the course", "bold")]
    for entry in entries:
        lines += [
            Text(_name(entry)),
            Text("   ").append(_marks(entry)).append(f", {_state(entry)}, {_minutes(entry)} min"),
        ]
    return Group(*lines)


def _name(entry: LessonProgress) -> str:
    return f"{entry.lesson.number:02d} {entry.lesson.title}"


def _marks(entry: LessonProgress) -> Text:
    from rich.text import Text

    marks = Text()
    for state in entry.states:
        marks.append(MARKS[state], _STYLES.get(state, "red"))
    return marks.append(f" {entry.n_passed} of {len(entry.states)}")


def _state(entry: LessonProgress) -> str:
    if entry.done:
        return "done"
    return "attempted" if entry.begun else "not attempted"


def _minutes(entry: LessonProgress) -> int:
    return entry.lesson.minutes + sum(one.minutes for one in entry.lesson.exercises)


def _minutes_left(entries: Sequence[LessonProgress]) -> int:
    """Minutes of the functions that do not pass, and of the lessons that are not begun."""
    total = 0
    for entry in entries:
        total += 0 if entry.begun else entry.lesson.minutes
        pairs = zip(entry.lesson.exercises, entry.states, strict=True)
        total += sum(one.minutes for one, state in pairs if state != "passed")
    return total


def _hours(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.0f} hours"


def next_step(home: Home, entries: Sequence[LessonProgress]) -> str:
    """What to do next, in a sentence."""
    entry = next_entry(entries)
    if entry is None:
        return "Every exercise is done."
    exercise = home.short(entry.path)
    if entry.begun:
        return f"Next: {entry.next_function} in {exercise}"
    return f"Next: read {home.short(home.lesson(entry.lesson))}, then write {exercise}"

"""The pages that lead through the course: a map of the lessons, a glossary, a list of exercises.

They are built from the syllabus, as Markdown that JupyterLab and code hosts show as they are, and
one picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recsys_course.classroom.course_map import course_map, needs_in_words
from recsys_course.classroom.syllabus import Lesson

__all__ = ["pages"]

_BUILT = "<!-- Built from recsys_course/classroom/syllabus; edit there, then run make build. -->"


def pages(root: Path, lessons: Sequence[Lesson]) -> dict[Path, str]:
    """What every page must hold, by its path.

    Args:
        root: The course's folder.
        lessons: The lessons that the pages lead to, in teaching order.

    Returns:
        The text of each page; nothing without lessons.
    """
    if not lessons:
        return {}
    return {
        root / "lessons" / "README.md": _map(lessons),
        root / "lessons" / "map.svg": course_map(lessons),
        root / "lessons" / "glossary.md": _glossary(lessons),
        root / "exercises" / "README.md": _exercises(lessons),
    }


def _map(lessons: Sequence[Lesson]) -> str:
    lines = [
        _BUILT,
        "# Lessons",
        "",
        "Take them in order. If you want to go another way, the map says which lessons one needs.",
        "Minutes are for reading and for the exercise. The [glossary](glossary.md) explains words.",
        "",
        f"![Map of the lessons: {_needs(lessons)}](map.svg)",
        "",
        "| | lesson | minutes | afterwards | exercise |",
        "|---|---|---|---|---|",
    ]
    for one in lessons:
        exercise = f"[{len(one.exercises)} to write](../exercises/{one.stem}.ipynb)"
        minutes = f"{one.minutes} + {sum(e.minutes for e in one.exercises)}"
        lines.append(
            f"| {one.number:02d} | [{one.title}]({one.stem}.ipynb) | {minutes} | {one.outcome} "
            f"| {exercise} |"
        )
    lines += [
        "",
        "## Error museum",
        "",
        "Published code and articles repeat the same mistakes. Each lesson shows one, as a short",
        "program that runs and is wrong, and the test that would have caught it.",
        "",
    ]
    lines += [
        f"- {one.number:02d} · [{one.exhibit}]({one.stem}.ipynb#{_anchor(one.exhibit_section)})"
        for one in lessons
        if one.exhibit
    ]
    return "\n".join(lines) + "\n"


def _needs(lessons: Sequence[Lesson]) -> str:
    """The map in words, for those who cannot see it."""
    return "; ".join(f"{one.number:02d} {needs_in_words(one, lessons)}" for one in lessons)


def _glossary(lessons: Sequence[Lesson]) -> str:
    lines = [
        _BUILT,
        "# Glossary",
        "",
        "Each word links to the place where a lesson introduces it.",
        "",
    ]
    entries = [(term, one) for one in lessons for term in one.terms]
    for term, one in sorted(entries, key=lambda entry: entry[0].term.casefold()):
        link = f"[lesson {one.number:02d}]({one.stem}.ipynb#{_anchor(term.section)})"
        lines += [f"**{term.term}.** {term.meaning} ({link})", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _exercises(lessons: Sequence[Lesson]) -> str:
    lines = [
        _BUILT,
        "# Exercises",
        "",
        "Read the lesson first. In the notebook, `check(function)` answers at once. In a terminal,",
        "`recsys-course check` with the path of the notebook does the same, and",
        "`recsys-course status` shows what is done and what comes next.",
        "",
        "| lesson | exercise | functions |",
        "|---|---|---|",
    ]
    for one in lessons:
        functions = ", ".join(f"`{e.name}` {'★' * e.difficulty}" for e in one.exercises)
        link = f"[{one.title}](../lessons/{one.stem}.ipynb)"
        lines.append(f"| {link} | [{one.stem}]({one.stem}.ipynb) | {functions} |")
    return "\n".join(lines) + "\n"


def _anchor(section: str) -> str:
    """The address of a heading inside a notebook, as JupyterLab makes it."""
    return section.replace(" ", "-")

"""Gradebooks as CSV: as nbgrader exports one, and as Moodle and Canvas import one.

Sources: nbgrader 0.9.6, ``nbgrader/plugins/export.py`` (2025); Moodle 3.11 Docs, "Grade import",
and ``grade/import/csv/classes/load_data.php`` (an unknown person ends the whole import, an empty
cell is no grade); Canvas, ``lib/gradebook_importer.rb`` of canvas-lms (2026). Formulas: OWASP,
"CSV Injection".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recsys_course.classroom.grading.exports.rosters import Roster
from recsys_course.classroom.grading.exports.words import one_line
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.tables import harmless
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["Gradebook", "canvas_csv", "moodle_csv", "nbgrader_csv"]

_NBGRADER = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


@dataclass(frozen=True)
class Gradebook:
    """A table to import, and what an instructor should look at before importing it."""

    text: str
    notes: tuple[str, ...] = ()


def nbgrader_csv(results: Sequence[Result]) -> Gradebook:
    """The grades as ``nbgrader export`` writes them.

    Names, addresses and times are empty, because a submission does not vouch for them.

    Args:
        results: What the grader found out.

    Returns:
        One row a student and lesson; the scores of somebody who handed in twice are empty.
    """
    book = _Book.of((result.student, result) for result in results)
    rows = []
    for lesson in book.lessons:
        for student in sorted({who for who, slug in book.graded if slug == lesson.slug}):
            points = book.points(student, lesson)
            score = f"{points:.1f}" if points is not None else ""
            most = f"{len(lesson.exercises):.1f}"
            rows.append([lesson.stem, "", "", student, "", "", "", score, "0.0", score, most])
    return Gradebook(_table([_NBGRADER, *rows]), tuple(book.notes))


def moodle_csv(results: Sequence[Result], roster: Roster) -> Gradebook:
    """The grades for Moodle's import: map "ID number" or "Email address", and each lesson.

    Args:
        results: What the grader found out.
        roster: The class.

    Returns:
        One row a person of the roster, in its order; no grade where there is no submission. Who is
        not on the roster is left out, because Moodle would refuse the whole file, and is noted.
    """
    book = _Book.for_roster(results, roster)
    rows = [["ID number", "Full name", "Email address", *(one.stem for one in book.lessons)]]
    rows += [[one.id, one.name, one.email, *book.cells(one.key)] for one in roster.members]
    return Gradebook(_table(rows), tuple(book.notes))


def canvas_csv(
    results: Sequence[Result], roster: Roster, columns: Mapping[str, str] | None = None
) -> Gradebook:
    """The grades for Canvas's import.

    Args:
        results: What the grader found out.
        roster: The class, best from the gradebook that Canvas exports: its numbers are kept.
        columns: By lesson, what its assignment's column is called in Canvas's export, such as
            ``{"mf_loss": "Matrix factorisation (4711)"}``; else the lesson's file name, by which
            Canvas makes a new assignment.

    Returns:
        A row of possible points, then one row a person, in the order of the roster. Canvas takes an
        empty cell for "no grade", and shows every change before it makes it.
    """
    book = _Book.for_roster(results, roster)
    names = [(columns or {}).get(lesson.slug, lesson.stem) for lesson in book.lessons]
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names]]
    most = [str(len(lesson.exercises)) for lesson in book.lessons]
    rows.append(["    Points Possible", "", "", "", "", *most])
    for member in roster.members:
        known = [member.name or member.key, member.canvas_id, member.id, member.login]
        rows.append([*known, member.section, *book.cells(member.key)])
    return Gradebook(_table(rows), tuple(book.notes))


@dataclass
class _Book:
    """Which result counts for whom, and what was odd."""

    graded: dict[tuple[str, str], Result | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Result]]) -> _Book:
        """Enter results under the ids of their owners."""
        book = cls()
        sources: dict[tuple[str, str], list[Result]] = {}
        for who, result in pairs:
            if result.slug:
                sources.setdefault((who, result.slug), []).append(result)
            else:
                book.notes.append(
                    f"{_shown(who)}: nothing says which lesson {_shown(result.source)} answers, "
                    f"and no grade is entered; {one_line(result.reason, 200)}"
                )
        for (who, slug), handed_in in sources.items():
            if len(handed_in) > 1:
                places = ", ".join(_shown(result.source) for result in handed_in)
                book.notes.append(
                    f"{_shown(who)} handed in {slug} {len(handed_in)} times, and the grade is left "
                    f"empty; keep one of {places} and grade again"
                )
            elif handed_in[0].outcome not in {"graded", "not attempted"}:
                result = handed_in[0]
                book.notes.append(
                    f"{_shown(who)}, {slug}: {result.outcome}; {result.points} of "
                    f"{result.max_points} points stand in the table ({_shown(result.source)})"
                )
            book.graded[who, slug] = handed_in[0] if len(handed_in) == 1 else None
            if harmless(who) != who:
                book.notes.append(
                    f"{_shown(who)} begins like a formula and got an apostrophe, so a platform may "
                    "not find this person; enter the grade by hand"
                )
        return book

    @classmethod
    def for_roster(cls, results: Sequence[Result], roster: Roster) -> _Book:
        """Enter results under the ids of the roster; note who is missing on either side."""
        found = [(roster.find(result.student), result) for result in results]
        book = cls.of((member.key, result) for member, result in found if member)
        for member, result in found:
            if member is None:
                book.notes.append(
                    f"{_shown(result.student)} is not one person of the roster, and is left out "
                    f"with {result.points} of {result.max_points} points in "
                    f"{result.slug or 'no known lesson'} "
                    f"({_shown(result.source)}); add a row, or rename the submission"
                )
        for lesson in book.lessons:
            for member in roster.members:
                if (member.key, lesson.slug) not in book.graded:
                    book.notes.append(f"{_shown(member.key)} handed in nothing for {lesson.slug}")
        return book

    @property
    def lessons(self) -> list[Lesson]:
        """The lessons with a submission, in the course's order."""
        slugs = {slug for _, slug in self.graded}
        return [lesson for lesson in load_syllabus().lessons if lesson.slug in slugs]

    def points(self, who: str, lesson: Lesson) -> int | None:
        """The points that count; None where none do."""
        result = self.graded.get((who, lesson.slug))
        return result.points if result else None

    def cells(self, who: str) -> list[str]:
        """The grades of one person, one cell a lesson; empty where there is none."""
        points = [self.points(who, lesson) for lesson in self.lessons]
        return ["" if one is None else str(one) for one in points]


def _shown(text: str) -> str:
    """A name that a student may have chosen, as an instructor may safely read it."""
    return repr(one_line(text, 80))


def _table(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([map(harmless, row) for row in rows])
    return out.getvalue()

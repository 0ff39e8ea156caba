"""A page for each student and one for the class, as files that a browser opens without a network.

A student's page is filled from a list of what a student may see, so that it cannot show more. Every
text is escaped, and what a submission chose is cut as well. The module is longer than most: what
either page shows is listed field by field.
"""

from __future__ import annotations

import functools
import hashlib
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jinja2

from recsys_course.classroom.grading.likeness import Pair, pairs_alike
from recsys_course.classroom.grading.results import OUTCOMES, Result
from recsys_course.classroom.grading.tables import Run, in_order, misconceptions, most_missed
from recsys_course.classroom.notices import MARKS
from recsys_course.classroom.rendering import environment, shown
from recsys_course.classroom.reports import FunctionReport, Resemblance
from recsys_course.classroom.syllabus import Lesson
from recsys_course.classroom.whole_files import write_whole

__all__ = ["class_page", "student_page", "write_pages"]

_TEMPLATES = Path(__file__).with_name("templates")
_TONES = {"passed": "good", "graded": "good", "not attempted": "open"}  # anything else is bad
_LEADS = {
    "not attempted": "None of the functions is written yet.",
    "could not be read": "Your file could not be read, so nothing in it was checked.",
    "timed out": "Your submission took too long and was stopped.",
    "out of memory": "Your submission took more memory than it may and was stopped.",
    "crashed": "The process that ran your submission ended before it had answered.",
    "tried to cheat": "Your submission did what the grader does not allow. Please talk to whoever "
    "grades you.",
}
_MOST_OUTPUT = 4000  # characters of what a submission printed
_MOST_NAME = 80  # characters of a student's id
_MOST_PROBLEMS = 20
_MOST_ROWS = 15  # of what is most missed, and of misconceptions


def student_page(run: Run, result: Result) -> str:
    """What a student is told about one submission, as a page of HTML.

    It holds nothing that the submission chose but the student's id, and no time, memory, seed or
    hidden value.

    Args:
        run: What the run rested on; version and date are shown.
        result: What the grader found out.

    Returns:
        The page.
    """
    return _render(
        "student.html",
        student=shown(result.student, _MOST_NAME),
        title=result.lesson.title,
        stem=result.stem,
        points=result.points,
        max_points=result.max_points,
        lead=_LEADS.get(result.outcome, ""),
        reason=shown(result.reason),
        functions=[_for_student(report) for report in result.functions],
        steps=_steps(result),
        course_version=run.course_version,
        when=run.when,
    )


def _for_student(report: FunctionReport) -> dict[str, Any]:
    task = report.exercise
    messages = (one.message for one in report.results if not one.passed and one.message)
    resemblance = report.resemblance or Resemblance("", "", "")
    return {
        "name": report.function,
        "state": report.state,
        "mark": MARKS[report.state],
        "tone": _TONES.get(report.state, "bad"),
        "n_passed": report.n_passed,
        "n_checks": len(report.results),
        "difficulty": task.difficulty,
        "stars": "★" * task.difficulty + "☆" * (3 - task.difficulty),
        # one reason can stand for every check
        "missing": [shown(message) for message in dict.fromkeys(messages)],
        "idea": resemblance.idea,
        "look_at": resemblance.look_at,
        "learns": task.learns,
    }


def _steps(result: Result) -> list[str]:
    """What a student can do now, in order."""
    if not result.slug:
        return ["Name the file as it was when you got it, and hand it in again."]
    stem, reports = result.stem, {one.function: one for one in result.functions}
    check = (
        f"On your own machine, `recsys-course check {stem}.ipynb` checks the file as often as you "
        "like, with other random tables each time."
    )
    if result.outcome == "could not be read":
        first = "Open the file in JupyterLab, run all cells, save it, and hand in that file."
        return [first, check]
    unfinished = [
        task.name
        for task in result.lesson.exercises
        if task.name not in reports or reports[task.name].state != "passed"
    ]
    if not unfinished:
        return [result.lesson.exercises[-1].next_step]
    return [
        f"Open {stem}.ipynb and go on with `{unfinished[0]}`, the first that is not finished.",
        f"Are you stuck? In the notebook, `hint({unfinished[0]})` gives one hint after another.",
        check,
    ]


def class_page(run: Run, results: Sequence[Result], pairs: Sequence[Pair]) -> str:
    """What an instructor wants to know about a class, as a page of HTML.

    Args:
        run: What the run rested on.
        results: All submissions, in any order.
        pairs: Submissions that are alike, the most alike first.

    Returns:
        The page; its links lead to the pages that ``write_pages`` writes beside it.
    """
    ordered = in_order(results)
    names = _page_names(ordered)
    rows = [_row(i, one, names[i]) for i, one in enumerate(ordered)]
    lessons = sorted({one.slug: one.lesson for one in ordered}.values(), key=lambda one: one.number)
    return _render(
        "class.html",
        run=run,
        warnings=[shown(warning) for warning in run.warnings],
        rows=rows,
        sections=[_section(lesson, ordered, rows, pairs) for lesson in lessons],
    )


def _row(index: int, result: Result, name: str) -> dict[str, Any]:
    left = len(result.problems) - _MOST_PROBLEMS
    problems = [shown(problem) for problem in result.problems[:_MOST_PROBLEMS]]
    return {
        "anchor": f"s{index + 1}",
        "href": f"students/{name}",
        "student": shown(result.student, _MOST_NAME),
        "slug": result.slug,
        "id": result.student,
        "stem": result.stem,
        "outcome": result.outcome,
        "tone": _TONES.get(result.outcome, "bad"),
        "reason": shown(result.reason),
        "points": result.points,
        "max_points": result.max_points,
        "functions": [
            (one.function, one.state, MARKS[one.state], _TONES.get(one.state, "bad"))
            for one in result.functions
        ],
        "source": shown(result.source),
        "digest": shown(result.digest),
        "seconds": f"{result.seconds:.1f}",
        "peak_mb": f"{result.peak_mb:.0f}",
        "seed": result.seed,
        "variant": None if result.variant is None else shown(result.variant),
        "problems": problems + ([f"… and {left} more"] if left > 0 else []),
        "output": shown(result.output, _MOST_OUTPUT),
    }


def _section(
    lesson: Lesson,
    results: Sequence[Result],
    rows: Sequence[dict[str, Any]],
    pairs: Sequence[Pair],
) -> dict[str, Any]:
    """The part of the class page that is about one exercise."""
    here = [one for one in results if one.slug == lesson.slug]
    mine = [row for row in rows if row["slug"] == lesson.slug]
    of_student = {row["id"]: row for row in reversed(mine)}
    outcomes = Counter(one.outcome for one in here)
    points = Counter(one.points for one in here)
    missed, ideas = most_missed(here), misconceptions(here)
    return {
        "stem": lesson.stem if lesson.slug else "unknown",
        "title": lesson.title,
        "n": len(here),
        "max_points": len(lesson.exercises),
        "median": f"{statistics.median(one.points for one in here):g}",
        "outcomes": [(outcome, outcomes[outcome]) for outcome in OUTCOMES if outcomes[outcome]],
        "distribution": [
            (i, points[i], round(100 * points[i] / max(points.values())))
            for i in range(len(lesson.exercises) + 1)
        ],
        "missed": missed[:_MOST_ROWS],
        "n_missed_left": max(0, len(missed) - _MOST_ROWS),
        "misconceptions": ideas[:_MOST_ROWS],
        "n_misconceptions_left": max(0, len(ideas) - _MOST_ROWS),
        "look": [row for row in mine if row["outcome"] != "graded"],
        "alike": [
            (of_student[pair.first], of_student[pair.second], f"{100 * pair.similarity:.0f}")
            for pair in pairs
            if pair.slug == lesson.slug
        ],
    }


def write_pages(folder: Path, run: Run, results: Sequence[Result]) -> None:
    """Write ``index.html`` and a page for each submission in ``students/``.

    Each file is complete whenever it is there, and the class page comes last. Pages of an earlier
    run that nobody has any more are taken away.

    Args:
        folder: Where to write; made if it is not there.
        run: What the run rested on.
        results: All submissions, in any order.
    """
    students = folder / "students"
    students.mkdir(parents=True, exist_ok=True)
    ordered = in_order(results)
    names = _page_names(ordered)
    with ThreadPoolExecutor() as writers:  # each waits for the disk
        written = [
            writers.submit(write_whole, students / name, student_page(run, result))
            for name, result in zip(names, ordered, strict=True)
        ]
    for one in written:
        one.result()  # or what went wrong
    for path in students.glob("*.html*"):
        if path.name not in names:
            path.unlink()
    write_whole(folder / "index.html", class_page(run, ordered, pairs_alike(ordered)))


def _page_names(results: Sequence[Result]) -> list[str]:
    """A file name for each page that every system can hold, no two alike in any case of letters."""
    plain = [f"{_safe(one.student)}-{one.slug}" for one in results]
    times = Counter(name.casefold() for name in plain)
    names = []
    for name, one in zip(plain, results, strict=True):
        if times[name.casefold()] > 1 or _safe(one.student) != one.student:
            identity = "\0".join((one.student, one.slug, one.source))
            digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
            name = f"{name}~{digest[:12]}"  # no plain name holds a tilde
        names.append(f"{name}.html")
    return names


def _safe(student: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9._-]+", "_", ascii_)[:60].lstrip("._-") or "student"


@functools.cache
def _environment() -> jinja2.Environment:
    return environment(_TEMPLATES)


def _render(template: str, **fields: Any) -> str:
    return _environment().get_template(template).render(fields)

"""The grades of a class as a table for spreadsheets and as JSON that other programs read.

Neither is for students: ``grades.json`` holds what their submissions printed. What each of its
fields means stands in ``grades.schema.json``, beside this module, which is longer than most because
both forms and what is counted from them must agree.
"""

from __future__ import annotations

import csv
import functools
import importlib
import inspect
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.syllabus import load_syllabus

__all__ = [
    "VERSION",
    "Misconception",
    "Missed",
    "Run",
    "grades_csv",
    "grades_json",
    "harmless",
    "in_order",
    "misconceptions",
    "most_missed",
    "read_grades",
    "schema",
]

VERSION = 1
_SCHEMA = Path(__file__).with_name("grades.schema.json")
_COLUMNS = ("student", "exercise", "outcome", "points", "max_points")
# A spreadsheet takes a cell that begins like this for a formula, and so does one that splits lines
# at another separator than the comma. Source: OWASP, CSV Injection.
_FORMULA = re.compile(r"(^|[,;\t\n])(?=\s*[=+\-@＝＋－＠])|^(?=[\t\n])")


@dataclass(frozen=True)
class Run:
    """One run of the grader over a class, and what it rested on.

    Args:
        course_version: The version of the course whose checks decided.
        seed: Seed of the run; with it the run can be repeated.
        sandbox: What kept the submissions from doing harm, in words.
        warnings: What was not protected, or went wrong, in sentences.
        when: When it began, in ISO 8601 with its offset, such as ``2026-01-12T09:30:00+00:00``.
    """

    course_version: str
    seed: int
    sandbox: str
    warnings: tuple[str, ...] = ()
    when: str = ""


def in_order(results: Sequence[Result]) -> list[Result]:
    """The results by lesson, then by student without regard to case, then by source."""

    def key(result: Result) -> tuple[int, str, str, str]:
        return result.lesson.number, result.student.casefold(), result.student, result.source

    return sorted(results, key=key)


def grades_csv(results: Sequence[Result]) -> str:
    """The grades as comma-separated values, one row a submission.

    A column for each function of the exercises that occur holds its points; it is empty where the
    exercise has no such function, or nothing could be checked. Cells that a spreadsheet would take
    for a formula begin with an apostrophe.

    Args:
        results: The submissions, in any order.

    Returns:
        The table with its header; write it as UTF-8. What UTF-8 cannot hold becomes "?".

    >>> print(grades_csv([Result("=rivera", "welcome", "a.py", "00", "timed out")]))
    student,exercise,outcome,points,max_points,mean_rating,misconceptions,reason
    '=rivera,00_welcome,timed out,0,1,,,
    """
    ordered = in_order(results)
    functions = list(dict.fromkeys(e.name for one in ordered for e in one.lesson.exercises))
    text = io.StringIO()
    # \n, as a file opened for text turns \r\n into \r\r\n on some systems
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, *functions, "misconceptions", "reason"])
    writer.writerows([harmless(cell) for cell in _row(one, functions)] for one in ordered)
    return text.getvalue()


def _row(result: Result, functions: Sequence[str]) -> list[str]:
    points = {report.function: str(report.points) for report in result.functions}
    resembled = [one.resemblance.name for one in result.functions if one.resemblance]
    return [
        result.student,
        result.stem,
        result.outcome,
        str(result.points),
        str(result.max_points),
        *(points.get(function, "") for function in functions),
        " ".join(resembled),
        result.reason,
    ]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and that keeps its row together.

    Args:
        cell: Any text.

    >>> harmless("=1+1")
    "'=1+1"
    """
    text = cell.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")
    # a carriage return alone would stand unquoted, and end the row
    return _FORMULA.sub(r"\1'", text.replace("\r\n", "\n").replace("\r", "\n"))


def grades_json(run: Run, results: Sequence[Result]) -> str:
    """The run and its results as JSON by ``grades.schema.json``.

    Args:
        run: What the run rested on.
        results: The submissions, in any order.

    Returns:
        JSON in ASCII that holds every id and text unchanged, a result a line; ``read_grades`` takes
        it apart.

    Raises:
        ValueError: If a number is nan or infinite.
    """
    lines = ",\n".join(json.dumps(_entry(one), allow_nan=False) for one in in_order(results))
    head = f'"version": {VERSION},\n"run": {json.dumps(asdict(run))}'
    return f'{{{head},\n"results": [\n{lines}\n]}}\n'


def _entry(result: Result) -> dict[str, Any]:
    """A result, with the sums that a reader would otherwise have to work out."""
    entry = result.to_json() | {"points": result.points, "max_points": result.max_points}
    for function, report in zip(entry["functions"], result.functions, strict=True):
        function["points"] = report.points
    return entry


def read_grades(text: str) -> tuple[Run, tuple[Result, ...]]:
    """What ``grades_json`` has written.

    Args:
        text: The contents of a ``grades.json``.

    Returns:
        The run, and its results in their order.

    Raises:
        ValueError: If it is no JSON, of another version, or does not keep to the schema.

    >>> read_grades('{"version": 2}')
    Traceback (most recent call last):
        ...
    ValueError: grades.json: the version is 2, and this course reads 1; grade the class again
    """
    try:
        grades = json.loads(text)
    except ValueError as error:
        raise ValueError(f"grades.json: this is no JSON ({error}); grade the class again") from None
    version = grades.get("version") if isinstance(grades, dict) else None
    if version != VERSION:
        raise ValueError(
            f"grades.json: the version is {str(version)[:40]}, and this course reads {VERSION}; "
            "grade the class again"
        )
    _validate(grades)
    run = Run(**(grades["run"] | {"warnings": tuple(grades["run"]["warnings"])}))
    sums = ("points", "max_points")
    entries = ({k: v for k, v in one.items() if k not in sums} for one in grades["results"])
    return run, tuple(Result.from_json(entry) for entry in entries)


def _validate(grades: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
    from jsonschema.exceptions import best_match  # type: ignore[import-untyped]

    fault = best_match(Draft202012Validator(schema()).iter_errors(grades))
    if fault is not None:
        raise ValueError(
            f"grades.json: {fault.json_path} is not as grades.schema.json says "
            f"({fault.message[:200]}); grade the class again"
        )


@functools.cache
def schema() -> dict[str, Any]:
    """The schema of ``grades.json``: JSON Schema 2020-12, with a description of every field."""
    described: dict[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return described


class Missed(NamedTuple):
    """A property that answers lacked; ``n_attempted`` counts those whose checks ran."""

    function: str
    sentence: str
    n_missed: int
    n_attempted: int


def most_missed(results: Sequence[Result]) -> list[Missed]:
    """The properties that answers lacked, the most missed first.

    Args:
        results: Submissions; a function that was not written or was cut off does not count.
    """
    ran = [one for r in results for one in r.functions if one.state in {"passed", "failed"}]
    attempts = Counter(report.function for report in ran)
    misses: Counter[tuple[str, str]] = Counter()
    for check in (check for report in ran for check in report.results):
        misses[check.function, check.name] += not check.passed
    # most_common leaves equals in the order in which the checks run
    return [
        Missed(function, _sentence(function, name), count, attempts[function])
        for (function, name), count in misses.most_common()
        if count
    ]


def _sentence(function: str, name: str) -> str:
    """What a check asks for, in the words of its author."""
    slug = load_syllabus().lesson_of(function).slug
    module = importlib.import_module(f"recsys_course.classroom.checks.{slug}.{function}")
    return inspect.getdoc(getattr(module, name, None)) or name


class Misconception(NamedTuple):
    """A misconception, and how many answers behave like it."""

    function: str
    idea: str
    look_at: str
    n_answers: int


def misconceptions(results: Sequence[Result]) -> list[Misconception]:
    """The misconceptions that answers behave like, the most frequent first."""
    found = Counter(
        (one.function, one.resemblance) for r in results for one in r.functions if one.resemblance
    )
    return [
        Misconception(function, resembled.idea, resembled.look_at, count)
        for (function, resembled), count in found.most_common()
    ]

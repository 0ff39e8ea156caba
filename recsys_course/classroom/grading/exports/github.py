"""GitHub: workflows that grade, and the words that stand in their summaries.

GitHub Classroom was retired on 28 August 2026 (GitHub Community, discussion 205975), so these are
plain workflows that need nothing of it.

Sources: GitHub Docs, "Workflow syntax for GitHub Actions", "Workflow commands" (job summaries in
GitHub-flavoured Markdown, at most 1 MiB a step; stop-commands) and "Secure use reference" (actions
pinned to a full commit, least permissions), 2026. Ubuntu 24.04 keeps bubblewrap from new user
namespaces by AppArmor (Ubuntu 24.04 release notes).
"""

from __future__ import annotations

import html
import itertools
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from recsys_course.classroom.cards import MARKS
from recsys_course.classroom.grading.exports.commands import grade_command
from recsys_course.classroom.grading.exports.requirements import DISTRIBUTION, distribution, extras
from recsys_course.classroom.grading.exports.words import (
    about_function,
    about_submission,
    one_line,
)
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.syllabus import load_syllabus

__all__ = [
    "class_markdown",
    "class_workflow",
    "for_students",
    "summary_markdown",
    "workflow",
]

_FOLDER = Path(__file__).parent
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~@:$])")
_PATH = re.compile(r"(?!/)(?!.*\.\./)[\w./ -]+\.(?:ipynb|py)")
_MOST_BYTES = 1_000_000  # GitHub drops a summary over 1 MiB as a whole


def workflow(slug: str, course: str | None = None, answers: str | None = None) -> str:
    """A workflow for a student's own repository: feedback at every push.

    The student can edit it, and whatever it reports; it is no grade. ``class_workflow`` grades.

    Args:
        slug: The lesson.
        course: What pip installs, such as a commit of your copy:
            ``recsys-course[grading] @ git+https://…@COMMIT``; if not given, this version by its
            name, which is safe only where the course's own authors have published it.
        answers: The notebook's path in the repository; ``exercises/NN_slug.ipynb`` if not given.

    Returns:
        The text of ``.github/workflows/grade.yml``.

    Raises:
        LookupError: If no lesson has that slug.
        ValueError: If ``course`` or ``answers`` cannot stand in a workflow.
    """
    return _filled("grade.yml", slug, course, answers)


def class_workflow(slug: str, course: str | None = None, answers: str | None = None) -> str:
    """A workflow for the instructor's repository: fetches every student's notebook and grades it.

    It reads ``repositories.txt`` there: one ``OWNER/REPOSITORY`` a line. Students write neither to
    this repository nor to this workflow, so its points are what the grader saw.

    Args:
        slug: The lesson.
        course: What pip installs; as for ``workflow``.
        answers: The notebook's path in each student's repository.

    Returns:
        The text of ``.github/workflows/grade-class.yml``.

    Raises:
        LookupError: If no lesson has that slug.
        ValueError: If ``course`` or ``answers`` cannot stand in a workflow.
    """
    return _filled("grade_class.yml", slug, course, answers)


def _filled(template: str, slug: str, course: str | None, answers: str | None) -> str:
    lesson = load_syllabus().lesson(slug)
    course = course or f"{DISTRIBUTION}[{','.join(extras(lesson))}]=={distribution().version}"
    answers = answers or f"exercises/{lesson.stem}.ipynb"
    if not course.isprintable() or "${{" in course or course.startswith("-"):
        raise ValueError(
            f"course is {course!r}; give one requirement for pip, such as recsys-course[grading]"
        )
    if not _PATH.fullmatch(answers):
        raise ValueError(
            f"answers is {answers!r}; give the path of a notebook or .py file inside the "
            "repository, of letters, digits, spaces, _, - and /"
        )
    grade = grade_command('"$FOUND"', slug, out='"$RUNNER_TEMP/results"', require_sandbox=True)
    filled = {
        "@STEM@": lesson.stem,
        "@COURSE@": json.dumps(course),  # a JSON string is a YAML string
        "@ANSWERS@": json.dumps(answers),
        "@GRADE@": grade,
    }
    text = (_FOLDER / template).read_text(encoding="utf-8")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def summary_markdown(result: Result) -> str:
    """Points and words for each function, for the summary of a workflow.

    Args:
        result: What the grader found out; only the course's own words about it are used.

    Returns:
        Markdown, in which nothing that stands in the words is markup.
    """
    reports = {function.function: function for function in result.functions}
    head, *why = about_submission(result)
    paragraph = _escaped(" ".join([head, *why]))
    if not result.slug:
        return f"### No lesson was found\n\n{paragraph}\n"
    rows = []
    for exercise in result.lesson.exercises:
        report = reports.get(exercise.name)
        state, points = (report.state, report.points) if report else ("failed", 0)
        said = _escaped(" ".join(about_function(report)))
        rows.append(f"| {MARKS[state]} {_escaped(exercise.name)} | {points}/1 | {said} |")
    title = f"### {_escaped(f'{result.lesson.stem}: {result.lesson.title}')}"
    table = ["| function | points | what the checks say |", "|---|---:|---|", *rows]
    return "\n\n".join([title, paragraph, "\n".join(table)]) + "\n"


def class_markdown(results: Sequence[Result]) -> str:
    """One row a submission, for the summary of the instructor's workflow.

    Args:
        results: What the grader found out about the class.

    Returns:
        Markdown; ids come from names of folders, so they are cut and escaped as well.
    """
    rows = [
        f"| {_escaped(one_line(result.student, 80))} "
        f"| {_escaped(result.lesson.stem) if result.slug else ''} "
        f"| {result.points}/{result.max_points} | {result.outcome} |\n"
        for result in sorted(results, key=lambda result: (result.slug, result.student))
    ]
    head = f"### {len(results)} submissions\n\n| student | lesson | points | outcome |\n"
    head += "|---|---|---:|---|\n"
    ends = itertools.accumulate((len(row.encode()) for row in rows), initial=len(head.encode()))
    fit = sum(end <= _MOST_BYTES for end in ends) - 1
    more = f"\n{len(rows) - fit} more stand in grades.json.\n" if fit < len(rows) else ""
    return head + "".join(rows[:fit]) + more


def for_students(result: Result) -> Result:
    """A result without anything that the checks passed in or that took its time.

    Args:
        result: What the grader found out.

    Returns:
        The same points and words; output, problems, time, memory and seed are emptied.
    """
    return replace(
        result, problems=(), output="", seconds=0.0, peak_mb=0.0, seed=0, fingerprints=()
    )


def _escaped(text: str) -> str:
    """A line of which neither HTML nor Markdown makes more than letters."""
    return _MARKDOWN.sub(r"\\\1", html.escape(text, quote=False))


def _main(arguments: Sequence[str]) -> None:
    """Write the summary of a grades.json to standard output.

    With a second path a student reads it: one table a submission, and a copy of grades.json there
    without what a student must not see.
    """
    grades = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    known = {field.name for field in fields(Result)}  # sums may stand beside them
    entries = [{name: entry[name] for name in known} for entry in grades["results"]]
    results = [Result.from_json(entry) for entry in entries]
    if len(arguments) == 1:
        sys.stdout.write(class_markdown(results))
        return
    sys.stdout.write("\n".join(map(summary_markdown, results)))
    shown = [for_students(result).to_json() for result in results]
    grades["results"] = [old | new for old, new in zip(grades["results"], shown, strict=True)]
    grades["run"] = grades.get("run", {}) | {"seed": 0}
    Path(arguments[1]).write_text(json.dumps(grades, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1:])

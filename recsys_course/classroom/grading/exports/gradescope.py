"""Gradescope: the results.json of one submission, and a zip that grades in its container.

Source: Gradescope, "Autograder Specifications", "Base Images" and "Code Autograder Best Practices"
(gradescope-autograders.readthedocs.io, 2024). The image is Ubuntu 22.04 unless the instructor
chooses another; the zip's files lie in ``/autograder/source``, the submission in
``/autograder/submission``; scripts run as root; what ``run_autograder`` prints is for instructors.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import recsys_course
from recsys_course.classroom.grading.exports.commands import grade_command
from recsys_course.classroom.grading.exports.requirements import distribution, extras, requirements
from recsys_course.classroom.grading.exports.words import about_function, about_submission
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.reports import FunctionReport
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = [
    "GRADER_FAILED",
    "NOTHING_FOUND",
    "autograder_zip",
    "failed_json",
    "results_json",
    "submission_json",
]

GRADER_FAILED = (
    "The grader did not come to an end, so there are no points yet. This need not be your fault: "
    "submit again, and tell your instructor if it says so twice."
)
NOTHING_FOUND = (
    "There is no notebook (.ipynb) and no Python file (.py) in your submission. Submit the "
    "notebook of the exercise."
)
_FOLDER = Path(__file__).parent
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip
# Gradescope stops a container after 10 minutes unless the instructor allows more
_SECONDS = 570


def submission_json(results: Sequence[Result], slug: str) -> str:
    """What Gradescope shows about one student, who may have handed in several files.

    Args:
        results: What the grader found out about each file.
        slug: The lesson that is graded.

    Returns:
        The text of results.json for the file with the most points, the first of equals; the
        sentence of ``NOTHING_FOUND`` and 0 points where there is none.
    """
    if not results:
        return failed_json(NOTHING_FOUND)
    ordered = sorted(results, key=lambda result: (-result.points, result.source))
    # where nothing says which lesson it answers, it could not be read, and has no points
    return results_json(replace(ordered[0], slug=slug))


def results_json(result: Result) -> str:
    """What Gradescope shows to the student about a submission.

    Only the course's own words go in. What the submission printed, its problems, times and the
    seed go nowhere, not even into ``extra_data``: Gradescope hands earlier results to later runs,
    where a submission could read them.

    Args:
        result: What the grader found out; a function that was not checked counts 0.

    Returns:
        The text of results.json: one test a function, all visible, standard output hidden.
    """
    reports = {function.function: function for function in result.functions}
    tests = [
        _test(number, exercise.name, reports.get(exercise.name))
        for number, exercise in enumerate(result.lesson.exercises, 1)
    ]
    return _text({"output": "\n".join(about_submission(result)), "tests": tests})


def failed_json(sentence: str = GRADER_FAILED) -> str:
    """The results.json of a submission about which nothing is known: 0 points and a sentence.

    Args:
        sentence: What the student reads.

    Returns:
        The text of results.json.
    """
    return _text({"score": 0.0, "output": sentence})


def _test(number: int, name: str, report: FunctionReport | None) -> dict[str, Any]:
    points = report.points if report else 0
    return {
        "number": str(number),
        "name": name,
        "score": float(points),
        "max_score": 1.0,
        "status": "passed" if points else "failed",
        "output": "\n".join(about_function(report)),
        "visibility": "visible",
    }


def _text(entry: dict[str, Any]) -> str:
    shown = {"output_format": "text", "visibility": "visible", "stdout_visibility": "hidden"}
    return json.dumps(entry | shown, indent=2) + "\n"


def autograder_zip(target: Path, slug: str, lock: Path | None = None) -> Path:
    """Write the zip that an instructor uploads as the autograder of a lesson.

    It holds ``setup.sh``, ``run_autograder``, pinned requirements and the course's package with its
    checks; no solutions and no tests. In the container ``setup.sh`` closes ``source/`` and
    ``results/`` to everybody but root, because the submission runs as another user there.

    Args:
        target: The zip to write.
        slug: The lesson that is graded.
        lock: The lock with hashes; found beside the package if not given.

    Returns:
        The path of the zip.

    Raises:
        LookupError: If no lesson has that slug, or the lock misses a package.
        ModuleNotFoundError: If the course is not installed.
        OSError: If the zip cannot be written.
    """
    lesson = load_syllabus().lesson(slug)
    members = {
        "setup.sh": (_FOLDER / "setup.sh").read_bytes(),
        "run_autograder": _run_autograder(lesson).encode(),
        "requirements.txt": requirements(extras(lesson), lock).encode(),
        **_course(),
    }
    waiting = target.with_name(target.name + ".part")  # never half a zip under its name
    with zipfile.ZipFile(waiting, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            executable = name in {"setup.sh", "run_autograder"}
            member.external_attr = (0o100755 if executable else 0o100644) << 16
            archive.writestr(member, content)
    return waiting.replace(target)


def _run_autograder(lesson: Lesson) -> str:
    graded = grade_command('"$base/submission"', lesson.slug, gradescope='"$results/graded.json"')
    script = (_FOLDER / "run_autograder").read_text(encoding="utf-8")
    filled = {"@FAILED@\n": failed_json(), "@GRADE@": graded, "@SECONDS@": str(_SECONDS)}
    for mark, text in filled.items():
        script = script.replace(mark, text)
    return script


def _course() -> dict[str, bytes]:
    """The package as files, and what ``importlib.metadata`` reads about it."""
    package = Path(recsys_course.__file__).resolve().parent
    files = {
        f"course/{path.relative_to(package.parent).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    installed = distribution()
    folder = f"course/recsys_course-{installed.version}.dist-info"
    for name in ("METADATA", "entry_points.txt"):
        files[f"{folder}/{name}"] = (installed.read_text(name) or "").encode()
    return files

"""nbgrader, otter-grader and plain pytest, set up as their documentation says.

Each gets the notebook of the exercise without the course's own ``check`` cells, and one test a
function in its own format. nbgrader: released with ``generate_assignment``, graded with one
``autograde`` for the whole class; its documentation says that it does not grade in parallel
(user guide, "Does nbgrader support parallel autograding of assignments?"). otter: tests in its
exception-based format, ``otter generate``, one ``otter run`` a submission: its parallel command,
``otter grade``, needs Docker. pytest: one start a submission, in the process of the answers.

Three peers, each with its own files and commands, make this module longer than others.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from graders.running import Finished, run
from graders.submissions import ROOT, Submission, fill, notebook, stub, without_checks

__all__ = ["Graded", "Nbgrader", "Otter", "Pytest", "course_tests"]

_COURSE_TEST = """\
from types import SimpleNamespace
from recsys_course.classroom.checking import check_names, run_check
for name in check_names("{function}"):
    result = run_check(SimpleNamespace({function}={function}), "{function}", name, {seed})
    assert result is not None and result.passed, name
"""


def course_tests(functions: Sequence[str], seed: int) -> dict[str, str]:
    """The course's own checks as a test of each function: a point if every property holds."""
    return {name: _COURSE_TEST.format(function=name, seed=seed) for name in functions}


@dataclass(frozen=True)
class Graded:
    """Points by student, None where there is no result, and what the grading took."""

    points: dict[str, int | None]
    seconds: float
    cpu: float | None


@dataclass
class Nbgrader:
    """A course of nbgrader with one assignment."""

    python: Path
    folder: Path
    slug: str
    tests: Mapping[str, str]
    course: Path = ROOT
    limits: dict[str, Any] = field(default_factory=dict)

    def prepare(self, submissions: Sequence[Submission]) -> None:
        """Release the assignment and let the class hand it in."""
        self.folder.mkdir(parents=True)
        settings = 'c = get_config()\nc.CourseDirectory.course_id = "recsys"\n'
        (self.folder / "nbgrader_config.py").write_text(settings, encoding="utf-8")
        source = self.folder / "source" / self.slug / f"{self.slug}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_text(json.dumps(self._source()), encoding="utf-8")
        self._nbgrader("generate_assignment", self.slug).checked("nbgrader generate_assignment")
        released = self.folder / "release" / self.slug / source.name
        handed_out = json.loads(released.read_text(encoding="utf-8"))
        for submission in submissions:
            path = self.folder / "submitted" / submission.student / self.slug / source.name
            path.parent.mkdir(parents=True)
            path.write_text(fill(handed_out, submission), encoding="utf-8")
        shutil.copy(self.folder / "gradebook.db", self.folder / "gradebook.fresh")

    def grade(self) -> Graded:
        """Grade the whole class with one command, from an empty gradebook."""
        shutil.copy(self.folder / "gradebook.fresh", self.folder / "gradebook.db")
        shutil.rmtree(self.folder / "autograded", ignore_errors=True)
        done = self._nbgrader("autograde", self.slug)
        return Graded(self._points(), done.seconds, done.cpu)

    def _points(self) -> dict[str, int | None]:
        """The scores that its own export gives; only submissions that were graded have any."""
        self._nbgrader("export", "--to", "grades.csv").checked("nbgrader export")
        with (self.folder / "grades.csv").open(encoding="utf-8") as file:
            scores = {row["student_id"]: row["raw_score"] for row in csv.DictReader(file)}
        graded = self.folder / "autograded"
        return {
            path.name: int(float(scores[path.name]))
            if (graded / path.name / self.slug).is_dir()
            else None
            for path in sorted((self.folder / "submitted").iterdir())
        }

    def _nbgrader(self, *arguments: str) -> Finished:
        command = [self.python, "-m", "nbgrader", *arguments]
        return run(command, self.folder, _activated(self.python, self.course), **self.limits)

    def _source(self) -> dict[str, Any]:
        """The instructor's notebook: each answer is a solution cell, each test a locked one."""
        source = without_checks(notebook(self.slug, "solutions"))
        cells = []
        for cell in source["cells"]:
            cells.append(cell)
            function = next((one for one in self.tests if cell is stub(source, one)), None)
            if function is None:
                continue
            cell["metadata"]["nbgrader"] = _marks(function, solution=True)
            test = f"### BEGIN HIDDEN TESTS\n{self.tests[function]}### END HIDDEN TESTS\n"
            metadata = {"nbgrader": _marks(f"test-{function}", grade=True, points=1)}
            cells.append(_code(f"test-{function}", test, metadata))
        return source | {"cells": cells}


def _marks(name: str, solution: bool = False, grade: bool = False, **more: Any) -> dict[str, Any]:
    """The metadata that nbgrader wants of a cell, version 3 of its schema."""
    kind = {"grade": grade, "solution": solution, "locked": grade, "task": False}
    return {"grade_id": name, "schema_version": 3, **kind, **more}


def _code(name: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    cell = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {**cell, "id": name.replace("_", "-"), "metadata": metadata, "source": lines}


_OTTER_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = "{function}"
points = 1

@test_case(points=1, hidden=True)
def test_{function}(env):
{body}
"""


@dataclass
class Otter:
    """An assignment of otter-grader, graded without Docker."""

    python: Path
    folder: Path
    slug: str
    tests: Mapping[str, str]
    course: Path = ROOT
    limits: dict[str, Any] = field(default_factory=dict)

    def prepare(self, submissions: Sequence[Submission]) -> None:
        """Write the tests and the zip that holds them, and let the class hand in.

        The solution lies beside them, as in the example of the documentation.
        """
        tests = self.folder / "tests"
        tests.mkdir(parents=True)
        solution = json.dumps(without_checks(notebook(self.slug, "solutions")))
        (self.folder / f"{self.slug}-sol.ipynb").write_text(solution, encoding="utf-8")
        for function, test in self.tests.items():
            text = f"{function} = env.get({function!r})\n{test}"
            body = "".join(f"    {line}" for line in text.splitlines(keepends=True))
            test = _OTTER_TEST.format(function=function, body=body)
            (tests / f"{function}.py").write_text(test, encoding="utf-8")
        self._otter(self.folder, "generate").checked("otter generate")
        handed_out = without_checks(notebook(self.slug))
        for submission in submissions:
            path = self.folder / "submitted" / submission.student / f"{self.slug}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(fill(handed_out, submission), encoding="utf-8")

    def grade(self, students: Sequence[str], jobs: int = 1) -> Graded:
        """Grade some of the class, one command a submission.

        Args:
            students: Whose submissions.
            jobs: How many commands run at once.
        """
        return _grade_each(self._one, students, jobs)

    def _one(self, student: str) -> tuple[int | None, Finished]:
        folder = self.folder / "submitted" / student
        results = folder / "results.json"
        results.unlink(missing_ok=True)
        zipped = self.folder / "autograder.zip"
        done = self._otter(folder, "run", "-a", str(zipped), "-o", ".", f"{self.slug}.ipynb")
        if done.code != 0 or not results.exists():
            return None, done
        tests = json.loads(results.read_text(encoding="utf-8"))["tests"]
        return int(sum(float(test.get("score", 0)) for test in tests)), done

    def _otter(self, folder: Path, *arguments: str) -> Finished:
        command = [self.python, "-m", "otter", *arguments]
        return run(command, folder, _activated(self.python, self.course), **self.limits)


@dataclass
class Pytest:
    """Plain pytest: the answers are a module that the tests import."""

    python: Path
    folder: Path
    slug: str
    tests: Mapping[str, str]
    course: Path = ROOT

    def prepare(self, submissions: Sequence[Submission]) -> None:
        """Write each student's answers beside the tests.

        Without the last cell, which shows them at work: where they are wrong it may raise an error,
        and with a module, other than with a notebook, that would cost everything.
        """
        text = "import answers\n"
        for function, test in self.tests.items():
            body = f"{function} = answers.{function}\n{test}".splitlines(keepends=True)
            text += f"\ndef test_{function}():\n" + "".join(f"    {line}" for line in body)
        handed_out = without_checks(notebook(self.slug))
        for submission in submissions:
            folder = self.folder / submission.student
            folder.mkdir(parents=True)
            cells = json.loads(fill(handed_out, submission))["cells"]
            code = [
                "".join(cell["source"])
                for cell in cells
                if cell["cell_type"] == "code" and cell["id"] != "together"
            ]
            (folder / "answers.py").write_text("\n\n".join(code), encoding="utf-8")
            (folder / "test_answers.py").write_text(text, encoding="utf-8")

    def grade(self, students: Sequence[str], jobs: int = 1) -> Graded:
        """Grade some of the class, one command a submission.

        Args:
            students: Whose submissions.
            jobs: How many commands run at once.
        """
        return _grade_each(self._one, students, jobs)

    def _one(self, student: str) -> tuple[int | None, Finished]:
        folder = self.folder / student
        command = [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        # searching a large environment for plugins takes longer than the tests
        extra = {"PYTHONPATH": str(self.course), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        report = folder / "report.xml"
        report.unlink(missing_ok=True)
        done = run([*command, f"--junit-xml={report}", "test_answers.py"], folder, extra)
        if not report.exists():
            return None, done
        return sum(len(case) == 0 for case in ET.parse(report).iter("testcase")), done


def _activated(python: Path, course: Path) -> dict[str, str]:
    """What activating a virtual environment changes, and where the course is."""
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    return {"PATH": path, "PYTHONPATH": str(course)}


def _grade_each(
    one: Callable[[str], tuple[int | None, Finished]], students: Sequence[str], jobs: int
) -> Graded:
    """Grade students one by one, or several at once."""
    start = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        each = dict(zip(students, pool.map(one, students), strict=True))
    seconds = time.perf_counter() - start
    used = [done.cpu for _, done in each.values() if done.cpu is not None]
    points = {student: given for student, (given, _) in each.items()}
    return Graded(points, seconds, sum(used) if len(used) == len(each) else None)

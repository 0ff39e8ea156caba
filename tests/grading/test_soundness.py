"""Through the grader too: stubs get nothing, solutions everything, changed solutions less.

What named wrong answers get is in test_agreement.py, what hostile ones get in test_zoo.py.
"""

from __future__ import annotations

import ast
import functools
import itertools
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from recsys_course.classroom.grading.crew import Crew
from recsys_course.classroom.grading.gathering import gather
from recsys_course.classroom.grading.limits import Limits
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.walls import bubblewrap
from recsys_course.classroom.grading.workers import Job, Settings, grade_all
from recsys_course.classroom.mutants import mutants
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
LESSONS = load_syllabus().lessons
COMMAND = [sys.executable, "-m", "recsys_course.cli"]
# TensorFlow's own work, a second and more each, is mutated in process only: recsys-course mutants
SLOW = {"train_step", "repair_the_loop"}
# these loop for ever, and so need no more time than it takes to see that
ENDLESS = {
    (
        "interactions",
        "k_core",
        "line 15: `while keep.sum() != n_before:` → `while keep.mean() != n_before:`",
    ),
    (
        "interactions",
        "k_core",
        "line 16: `n_before = keep.sum()` → `n_before = keep.mean()`",
    ),
}
Change = tuple[str, str, str, str]  # a lesson, its function, the label and the source of a change


def jobs(folder: Path, seeds: Iterable[int]) -> list[Job]:
    """Every submission in a folder on every seed."""
    return [Job(one, seed) for seed in seeds for one in gather([folder]).found]


def graded(jobs: Iterable[Job], n_workers: int = 2, time_factor: float = 2) -> list[Result]:
    """All of them; those of one lesson share a sandbox."""
    settings = Settings(Limits(time_factor=time_factor), bubblewrap())
    jobs = sorted(jobs, key=lambda job: job.submission.slug)
    with Crew() as crew:
        return list(grade_all(jobs, n_workers, settings, crew))


def handed_in(notebook: Path, folder: Path) -> None:
    """A notebook of the course, as a student hands it in."""
    content = json.loads(notebook.read_text("utf-8"))
    content["metadata"]["recsys_course"]["kind"] = "exercise"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / notebook.name).write_text(json.dumps(content), encoding="utf-8")


@functools.cache
def changed_solutions(slug: str) -> dict[str, list[tuple[str, str]]]:
    """By function, the label and the source of each small change of its solution."""
    lesson = load_syllabus().lesson(slug)
    answers = read_answers(ROOT / "solutions" / f"{lesson.stem}.ipynb")
    trees = {
        statement.name: statement
        for cell in answers.cells
        if "def " in cell
        for statement in ast.parse(cell).body
        if isinstance(statement, ast.FunctionDef)
    }
    return {
        exercise.name: [(label, ast.unparse(tree)) for label, tree in mutants(trees[exercise.name])]
        for exercise in lesson.exercises
        if exercise.name not in SLOW
    }


def equivalent(slug: str) -> set[tuple[str, str]]:
    path = ROOT / "tests" / "solution_mutants" / f"{slug}.toml"
    if not path.is_file():
        return set()
    entries = tomllib.loads(path.read_text("utf-8"))["survivors"]
    return {(entry["function"], entry["mutant"]) for entry in entries}


def submissions(
    alive: Sequence[Change],
) -> dict[str, dict[str, Change]]:
    """By student, the changed functions that one hands in: at most one of each function."""
    rows: dict[str, dict[str, Change]] = {}
    for lesson in LESSONS:
        by_function: dict[str, list[Change]] = {}
        for one in alive:
            if one[0] == lesson.slug:
                by_function.setdefault(one[1], []).append(one)
        for number, row in enumerate(itertools.zip_longest(*by_function.values())):
            rows[f"{lesson.slug}{number:03d}"] = {one[1]: one for one in row if one is not None}
    return rows


def hand_in_rows(folder: Path, rows: dict[str, dict[str, Change]]) -> None:
    for student, row in rows.items():
        slug = next(iter(row.values()))[0]
        source = "import numpy as np\n" + "\n\n".join(one[3] for one in row.values())
        place = folder / student / f"{load_syllabus().lesson(slug).stem}.py"
        place.parent.mkdir(parents=True)
        place.write_text(source, encoding="utf-8")


def with_full_marks(results: Iterable[Result], rows: dict[str, dict[str, Change]]) -> set[Change]:
    """Those of the changed functions that get their point on every seed."""
    marks: dict[Change, bool] = {}
    for result in results:
        for function in result.functions:
            if function.function in rows[result.student]:
                one = rows[result.student][function.function]
                marks[one] = marks.get(one, True) and function.state == "passed"
    return {one for one, passed in marks.items() if passed}


class Graded(NamedTuple):
    """What came of the notebooks of the course, and which changes get their point."""

    notebooks: list[Result]
    survivors: set[Change]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All that can be graded side by side in one run, as TensorFlow takes long to start.

    The notebooks on ten seeds, and the changes on one; those that pass on two more.
    """
    own, one, two = (tmp_path_factory.mktemp(name) for name in ("own", "one", "two"))
    for kind in ("exercises", "solutions"):
        for lesson in LESSONS:
            handed_in(ROOT / kind / f"{lesson.stem}.ipynb", own / kind / lesson.slug)
    rows = submissions(
        [
            (lesson.slug, function, label, source)
            for lesson in LESSONS
            for function, changes in changed_solutions(lesson.slug).items()
            for label, source in changes
            if (lesson.slug, function, label) not in ENDLESS
        ]
    )
    hand_in_rows(one, rows)
    results = graded([*jobs(own, range(100, 110)), *jobs(one, [0])])
    of_notebooks = [result for result in results if result.source.startswith(f"{own}/")]
    of_changes = [result for result in results if result.source.startswith(f"{one}/")]
    assert len(of_notebooks) + len(of_changes) == len(results)
    assert len(of_changes) == len(rows)
    rows = submissions(sorted(with_full_marks(of_changes, rows)))
    hand_in_rows(two, rows)
    survivors = with_full_marks(graded(jobs(two, [1, 2]), n_workers=1), rows)
    return Graded(of_notebooks, survivors)


def test_a_stub_is_not_attempted_and_a_solution_gets_full_marks_on_ten_seeds(
    everything: Graded,
) -> None:
    assert len(everything.notebooks) == 2 * 10 * len(LESSONS)
    for one in everything.notebooks:
        said = {function.function: function.message for function in one.functions}
        expected = ("not attempted", 0)
        if "solutions" in one.source:
            expected = ("graded", one.max_points)
        assert (one.outcome, one.points) == expected, (one.slug, one.seed, said)


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_a_changed_solution_gets_no_point(slug: str, everything: Graded) -> None:
    """Each change that a check can tell fails on one of three seeds."""
    assert sum(map(len, changed_solutions(slug).values())) > 5
    passed = {(function, label) for of, function, label, _ in everything.survivors if of == slug}
    assert passed <= equivalent(slug)


def test_a_changed_solution_that_never_ends_is_stopped_and_gets_no_point(tmp_path: Path) -> None:
    rows = {}
    for number, (slug, function, label) in enumerate(sorted(ENDLESS)):
        source = dict(changed_solutions(slug)[function])[label]
        rows[f"{slug}{number:03d}"] = {function: (slug, function, label, source)}
    hand_in_rows(tmp_path, rows)
    results = graded(jobs(tmp_path, [0]), time_factor=0.1)
    states = {
        rows[one.student][function.function][:3]: function.state
        for one in results
        for function in one.functions
        if function.function in rows[one.student]
    }
    assert states == dict.fromkeys(ENDLESS, "timed out")


def test_without_the_solutions_on_the_machine_the_grades_are_the_same(tmp_path: Path) -> None:
    """The grader compares with no solution: not even its own process needs one."""
    for number, lesson in enumerate(LESSONS[:4]):
        folder = tmp_path / "class" / f"s{number}"
        handed_in(ROOT / "solutions" / f"{lesson.stem}.ipynb", folder)
        wrong = sorted(
            (ROOT / "recsys_course/classroom/wrong_answers" / lesson.slug).glob("[a-m]*")
        )
        folder = tmp_path / "class" / f"w{number}"
        folder.mkdir()
        shutil.copy(wrong[0], folder / f"{lesson.stem}.py")
    alone = tmp_path / "alone"
    shutil.copytree(ROOT / "recsys_course", alone / "recsys_course")
    grades = []
    for place in (ROOT, alone):
        out = tmp_path / place.name
        done = subprocess.run(
            [*COMMAND, "grade", str(tmp_path / "class"), "--seed", "3", "--out", str(out)],
            env=os.environ | {"PYTHONPATH": str(place)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        grades.append((out / "grades.csv").read_text("utf-8"))
    assert grades[0] == grades[1]
    assert grades[0].count("graded") == 8

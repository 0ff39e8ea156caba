"""Through the grader too: stubs get nothing, solutions everything, changed solutions less.

What named wrong answers get is in test_agreement.py, what hostile ones get in test_zoo.py.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

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


def graded(folder: Path, seeds: Sequence[int]) -> list[Result]:
    """Every submission on every seed; those of one lesson share a sandbox."""
    found = sorted(gather([folder]).found, key=lambda one: one.slug)
    jobs = [Job(one, seed) for one in found for seed in seeds]
    settings = Settings(Limits(time_factor=2), bubblewrap())
    return list(grade_all(jobs, 2, settings))


def handed_in(notebook: Path, folder: Path) -> None:
    """A notebook of the course, as a student hands it in."""
    content = json.loads(notebook.read_text("utf-8"))
    content["metadata"]["recsys_course"]["kind"] = "exercise"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / notebook.name).write_text(json.dumps(content), encoding="utf-8")


def test_a_stub_is_not_attempted_and_a_solution_gets_full_marks_on_ten_seeds(
    tmp_path: Path,
) -> None:
    for kind in ("exercises", "solutions"):
        for lesson in LESSONS:
            handed_in(ROOT / kind / f"{lesson.stem}.ipynb", tmp_path / kind / lesson.slug)
    results = graded(tmp_path, range(100, 110))
    assert len(results) == 2 * 10 * len(LESSONS)
    for one in results:
        said = {function.function: function.message for function in one.functions}
        expected = ("not attempted", 0)
        if "solutions" in one.source:
            expected = ("graded", one.max_points)
        assert (one.outcome, one.points) == expected, (one.slug, one.seed, said)


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
    alive: Sequence[tuple[str, str, str, str]],
) -> dict[str, dict[str, tuple[str, str, str, str]]]:
    """By student, the changed functions that one hands in: at most one of each function."""
    rows: dict[str, dict[str, tuple[str, str, str, str]]] = {}
    for lesson in LESSONS:
        by_function: dict[str, list[tuple[str, str, str, str]]] = {}
        for one in alive:
            if one[0] == lesson.slug:
                by_function.setdefault(one[1], []).append(one)
        for number, row in enumerate(itertools.zip_longest(*by_function.values())):
            rows[f"{lesson.slug}{number:03d}"] = {one[1]: one for one in row if one is not None}
    return rows


def with_full_marks(
    folder: Path, alive: Sequence[tuple[str, str, str, str]], seed: int
) -> set[tuple[str, str, str, str]]:
    """Those of the changed functions that get their point."""
    rows = submissions(alive)
    for student, row in rows.items():
        slug = student[:-3]
        source = "import numpy as np\n" + "\n\n".join(one[3] for one in row.values())
        place = folder / student / f"{load_syllabus().lesson(slug).stem}.py"
        place.parent.mkdir(parents=True)
        place.write_text(source, encoding="utf-8")
    return {
        rows[result.student][function.function]
        for result in graded(folder, [seed])
        for function in result.functions
        if function.state == "passed"
    }


@pytest.fixture(scope="module")
def survivors(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str, str]]:
    """The changes that get their point on each of three seeds, all lessons graded together."""
    alive = {
        (lesson.slug, function, label, source)
        for lesson in LESSONS
        for function, changes in changed_solutions(lesson.slug).items()
        for label, source in changes
    }
    for seed in (0, 1, 2):
        alive = with_full_marks(tmp_path_factory.mktemp("class"), sorted(alive), seed)
    return alive


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_a_changed_solution_gets_no_point(
    slug: str, survivors: set[tuple[str, str, str, str]]
) -> None:
    """Each change that a check can tell fails on one of three seeds."""
    assert sum(map(len, changed_solutions(slug).values())) > 5
    passed = {(function, label) for of, function, label, _ in survivors if of == slug}
    assert passed <= equivalent(slug)


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

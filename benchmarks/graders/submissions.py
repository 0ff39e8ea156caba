"""The submissions that every grader gets: right, partly wrong, wrong and unfinished ones.

They answer the five NumPy functions of exercise 03, or the exercise that trains in TensorFlow. A
right answer is that of the solution, a wrong one is a misconception that the course has a name for.
"""

from __future__ import annotations

import ast
import compileall
import copy
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np

from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.syllabus import load_syllabus

__all__ = [
    "Submission",
    "class_of",
    "fill",
    "functions_of",
    "notebook",
    "one_test_each",
    "stub",
    "without_checks",
    "wrong_everywhere",
]

ROOT = Path(__file__).resolve().parents[2]
# of ten: how many functions of each are wrong, and how many are still to be written
_MIX = ((0, 0), (1, 0), (0, 0), (2, 0), (0, 0), (1, 0), (5, 0), (0, 0), (3, 0), (0, 2))


@dataclass(frozen=True)
class Submission:
    """What one student hands in; a function that is not in ``answers`` is left as it was."""

    student: str
    answers: dict[str, str]
    points: int
    first: str = field(default="")  # code that runs before the answers


def functions_of(slug: str) -> tuple[str, ...]:
    """The functions that an exercise asks for."""
    return tuple(exercise.name for exercise in load_syllabus().lesson(slug).exercises)


def class_of(
    n_students: int, seed: int, slug: str = "mf_loss", wrong: bool = True
) -> list[Submission]:
    """A class of students whose submissions all differ.

    Args:
        n_students: How many there are.
        seed: Which wrong answers they give.
        slug: The exercise that they answer.
        wrong: Whether some answers are wrong or missing.
    """
    rng = np.random.default_rng(seed)
    functions, right = functions_of(slug), _solution(slug)
    students = []
    for number in range(n_students):
        n_wrong, n_missing = _MIX[number % len(_MIX)] if wrong else (0, 0)
        order = [str(name) for name in rng.permutation(functions)]
        answers = {name: right[name] for name in order[n_wrong + n_missing :]}
        for name in order[:n_wrong]:
            known = wrong_answers(name)
            answers[name] = _definition(known[rng.integers(len(known))].path, name)
        student = f"student{number:04d}"
        signed = {name: f"# {student}\n{source}" for name, source in answers.items()}
        students.append(Submission(student, signed, len(functions) - n_wrong - n_missing))
    return students


def one_test_each(folder: Path, slug: str) -> Path:
    """A copy of the course in which one test of each function is left: that of its worked example.

    Args:
        folder: Where to.
        slug: The exercise.
    """
    for name in ("recsys_course", "exercises"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for function in functions_of(slug):
        path = folder / "recsys_course" / "classroom" / "checks" / slug / f"{function}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tests = [one for one in tree.body if _is_test(one)]
        (kept,) = [one for one in tests if one.name == f"test_{function}_hand_example"]
        tree.body = [one for one in tree.body if one is kept or one not in tests]
        path.write_text(ast.unparse(tree), encoding="utf-8")
    compileall.compile_dir(folder / "recsys_course", quiet=1)
    return folder


def _is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def notebook(slug: str, kind: str = "exercises") -> dict[str, Any]:
    """The notebook of an exercise, as it is handed out, or of its solution.

    Args:
        slug: The exercise.
        kind: The folder of the course that holds it.
    """
    stem = load_syllabus().lesson(slug).stem
    text = (ROOT / kind / f"{stem}.ipynb").read_text(encoding="utf-8")
    return dict(json.loads(text))


def fill(handed_out: dict[str, Any], submission: Submission) -> str:
    """The notebook that a student hands in.

    Args:
        handed_out: The notebook that the student got.
        submission: What the student writes into it.
    """
    filled = copy.deepcopy(handed_out)
    for cell in filled["cells"]:
        name = _defined(cell)
        if name in submission.answers:
            cell["source"] = submission.answers[name].splitlines(keepends=True)
        elif submission.first and cell.get("id") == "setup":
            cell["source"] = [*cell["source"], "\n", *submission.first.splitlines(keepends=True)]
    return json.dumps(filled)


def stub(handed_out: dict[str, Any], function: str) -> dict[str, Any]:
    """The cell of a notebook in which a function is to be written."""
    return next(cell for cell in handed_out["cells"] if _defined(cell) == function)


def without_checks(handed_out: dict[str, Any]) -> dict[str, Any]:
    """The notebook without the course's own ``check`` cells: another grader has its own tests."""
    plain = copy.deepcopy(handed_out)
    plain["cells"] = [one for one in plain["cells"] if not str(one.get("id")).startswith("check-")]
    for cell in plain["cells"]:
        cell["source"] = [one for one in cell["source"] if "import check" not in one]
    return plain


def _defined(cell: dict[str, Any]) -> str | None:
    """The function that a cell is there for."""
    if "exercise" not in cell.get("metadata", {}).get("tags", ()):
        return None
    tree = ast.parse("".join(cell["source"]))
    return next(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def _solution(slug: str) -> dict[str, str]:
    """The solution's text of each function."""
    cells = notebook(slug, "solutions")["cells"]
    answers = {name: cell["source"] for cell in cells if (name := _defined(cell))}
    return {
        name: "".join(line for line in lines if not line.lstrip().startswith("### "))
        for name, lines in answers.items()
    }


def _definition(path: Path, function: str) -> str:
    """The text of a wrong answer, with the imports that it needs."""
    text = path.read_text(encoding="utf-8")
    kept = [
        one
        for one in ast.parse(text).body[1:]  # without its docstring, which says what is wrong
        if not (isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "FUNCTION")
    ]
    assert any(isinstance(one, ast.FunctionDef) and one.name == function for one in kept), path
    return "\n\n".join(str(ast.get_source_segment(text, one)) for one in kept)


def wrong_everywhere() -> dict[str, str]:
    """Five answers with the right shapes and wrong values."""
    chosen = {
        "predict_ratings": "clipped_to_the_scale",
        "observed_squared_error": "half_the_loss",
        "mf_gradients": "factor_two_lost",
        "sgd_step": "step_without_its_two",
        "als_user_update": "l2_subtracted",
    }
    known = {one.resemblance.name: one.path for name in chosen for one in wrong_answers(name)}
    return {name: _definition(known[idea], name) for name, idea in chosen.items()}

"""A stub gets 0, a solution full marks, a wrong answer none, and nothing raises its own grade.

tests/grading has the whole of it: every exercise, every wrong answer, and a zoo of attacks.
"""

import json

import pytest

from recsys_course.classroom.grading.grading import Options, grade

RIGHT = """
def observed_squared_error(ratings, observed, predictions):
    errors = (ratings - predictions)[observed]
    return float((errors * errors).sum())
"""
WRONG = """
def observed_squared_error(ratings, observed, predictions):
    return float(((ratings - predictions) ** 2).sum())
"""
CHEATS = {
    "overwrites what it is compared with": """
def observed_squared_error(ratings, observed, predictions):
    ratings[:] = predictions
    return 0.0
""",
    "is equal to everything": """
class Anything(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __array__(self, dtype=None, copy=None): raise SystemExit(0)
def observed_squared_error(ratings, observed, predictions):
    return Anything(1.0)
""",
    "patches the comparison": """
import numpy as np
np.isclose = np.allclose = np.array_equal = lambda *a, **o: True
def observed_squared_error(ratings, observed, predictions):
    return 1.0
""",
    "looks the answer up": """
def observed_squared_error(ratings, observed, predictions):
    from recsys_course.formulas.losses import squared_error
    return squared_error(ratings, observed, predictions)[0]
""",
    "ends the process with success": """
import os
def observed_squared_error(ratings, observed, predictions):
    os._exit(0)
""",
}


@pytest.fixture(scope="module")
def results(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for name, source in {"right": RIGHT, "wrong": WRONG, **CHEATS}.items():
        (folder / name).mkdir()
        (folder / name / "03_mf_loss.py").write_text(source, encoding="utf-8")
    for name, kind in (("stub", "exercises"), ("solution", "solutions")):
        notebook = json.loads((root / kind / "03_mf_loss.ipynb").read_text("utf-8"))
        notebook["metadata"]["recsys_course"]["kind"] = "exercise"
        (folder / name).mkdir()
        (folder / name / "03_mf_loss.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    found = grade([folder], Options(jobs=2, sandbox="required")).results
    return {result.student: result for result in found}


def test_a_stub_gets_nothing_and_a_solution_everything(results):
    assert (results["stub"].outcome, results["stub"].points) == ("not attempted", 0)
    assert (results["solution"].outcome, results["solution"].points) == ("graded", 5)
    assert results["right"].points == 1


def test_a_wrong_answer_gets_nothing_and_is_diagnosed(results):
    function = results["wrong"].functions[1]
    assert (function.function, function.state) == ("observed_squared_error", "failed")
    assert function.resemblance is not None


@pytest.mark.parametrize("name", CHEATS)
def test_no_submission_raises_its_own_grade(results, name):
    assert results[name].points == 0

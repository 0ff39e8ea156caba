"""Plain pytest on a file of answers, started as a learner starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = """import numpy as np

def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T

def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions) ** 2).sum()
"""


def run(*arguments, cwd=ROOT):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *map(str, arguments)]
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=120, env=environment, check=False
    )


def test_the_solution_passes():
    done = run("solutions/03_mf_loss.ipynb")
    assert done.returncode == 0, done.stdout
    assert "45 passed" in done.stdout


def test_the_untouched_exercise_fails_as_not_attempted():
    done = run("exercises/03_mf_loss.ipynb")
    assert done.returncode == 1
    assert "45 failed" in done.stdout
    assert "Not attempted yet: predict_ratings still raises NotImplementedError." in done.stdout


def test_a_script_is_checked_and_told_what_it_resembles_but_not_what_was_expected(tmp_path):
    (tmp_path / "03_mf_loss.py").write_text(ANSWERS)
    done = run("03_mf_loss.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "test_predict_ratings" not in done.stdout  # those passed
    assert "unobserved" in done.stdout
    assert "Traceback" not in done.stdout
    assert "expect(" not in done.stdout  # no line of a check


def test_notebooks_are_left_to_nbval_where_it_runs():
    done = run("--nbval-lax", "--nbval-current-env", "--collect-only", "exercises/03_mf_loss.ipynb")
    assert "test_predict_ratings" not in done.stdout
    assert "Cell 0" in done.stdout


def test_lessons_and_sources_are_not_answers():
    done = run("--collect-only", "lessons/03_mf_loss.ipynb", "solutions/source/03_mf_loss.py")
    assert "test_predict_ratings" not in done.stdout


@pytest.mark.parametrize("content", ["", "{", '{"cells": []}'])
def test_a_broken_notebook_is_no_crash(tmp_path, content):
    (tmp_path / "03_mf_loss.ipynb").write_text(content)
    done = run("03_mf_loss.ipynb", cwd=tmp_path)
    assert "INTERNALERROR" not in done.stdout + done.stderr

"""Notebooks that are a mess, and what a fair human would give for each.

A human opens the notebook, restarts it, runs what runs, and gives a point for each function that
does what is asked for. ``DISPUTED`` holds the cases in which the grader decides otherwise, with
the reason; in all others it agrees.
"""

import json
from textwrap import indent

import pytest

from recsys_course.classroom.grading.grading import Options, grade
from recsys_course.classroom.grading.limits import Limits

IMPORT = "import numpy as np"
PREDICT = """\
def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T
"""
LOSS = """\
def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions)[observed] ** 2).sum()
"""
GRADIENTS = """\
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    e = np.where(observed, user_factors @ item_factors.T - ratings, 0)
    by_users = 2 * (e @ item_factors + l2 * user_factors)
    return by_users, 2 * (e.T @ user_factors + l2 * item_factors)
"""
SGD = """\
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    u, v = user_factors[user], item_factors[item]
    e, U, V = rating - u @ v, user_factors.copy(), item_factors.copy()
    U[user] += 2 * learning_rate * (e * v - l2 * u)
    V[item] += 2 * learning_rate * (e * u - l2 * v)
    return U, V
"""
ALS = """\
def als_user_update(ratings, observed, item_factors, l2):
    V, n = item_factors[observed], item_factors.shape[1]
    if len(V) == 0:
        return np.zeros(n)
    return np.linalg.solve(V.T @ V + l2 * np.eye(n), V.T @ ratings[observed])
"""
REST = (LOSS, GRADIENTS, SGD, ALS)
RIGHT = (PREDICT, *REST)
STUB = """\
def {}(*args):
    raise NotImplementedError  # YOUR CODE HERE
"""
FUNCTIONS = (
    "predict_ratings",
    "observed_squared_error",
    "mf_gradients",
    "sgd_step",
    "als_user_update",
)


def code(source):
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
            "source": source}  # fmt: skip


def notebook(*cells, **others):
    """A notebook of cells, each a source or an entry of its own."""
    entries = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    found = {"cells": entries, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(found | others).encode()


def text_cell(kind, source):
    return {"cell_type": kind, "metadata": {}, "source": source}


def after(*cells):
    """All five right, and then these cells."""
    return notebook(IMPORT, *RIGHT, *cells)


def before(*cells):
    """These cells, and then all five right."""
    return notebook(IMPORT, *cells, *RIGHT)


def instead(predict, *cells):
    """Another first function, or what stands in its place, and the other four right."""
    return notebook(IMPORT, *cells, predict, *REST)


PASSED = ("passed",) * 5
FIRST_FAILED = ("failed", *["passed"] * 4)
FIRST_MISSING = ("not attempted", *["passed"] * 4)
NOTHING = ("not attempted",) * 5

READABLE = {
    # how far somebody came
    "as it was handed out": (notebook(IMPORT, *map(STUB.format, FUNCTIONS)), NOTHING),
    "two are missing": (
        notebook(IMPORT, *RIGHT[:3], *map(STUB.format, FUNCTIONS[3:])),
        ("passed", "passed", "passed", "not attempted", "not attempted"),
    ),
    "the marker is still above the code": (
        instead(PREDICT.replace("    return", "    raise NotImplementedError\n    return")),
        FIRST_MISSING,
    ),
    "the marker is still below the code": (
        instead(PREDICT + "    raise NotImplementedError  # YOUR CODE HERE\n"),
        PASSED,
    ),
    "no cells": (notebook(), NOTHING),
    "a cell without a source": (
        before({"cell_type": "code", "metadata": {}}, {"cell_type": "code", "source": None}),
        PASSED,
    ),
    "code in a text cell": (instead(text_cell("markdown", PREDICT)), FIRST_MISSING),
    "code in a raw cell": (instead(text_cell("raw", PREDICT)), FIRST_MISSING),
    "a text cell after every cell": (
        notebook(*[c for cell in (IMPORT, *RIGHT) for c in (cell, text_cell("markdown", "# ok"))]),
        PASSED,
    ),
    # what is not Python
    "a syntax error in a scratch cell": (before("for i in range("), PASSED),
    "a syntax error in a function's cell": (instead(PREDICT.replace("):", ")")), FIRST_MISSING),
    "a syntax error below two functions": (
        notebook(IMPORT, PREDICT + LOSS + "x = = 1", GRADIENTS, SGD, ALS),
        ("not attempted", "not attempted", "passed", "passed", "passed"),
    ),
    "tabs and spaces in one function": (
        instead("def predict_ratings(U, V):\n\tif True:\n        return U @ V.T\n"),
        FIRST_MISSING,
    ),
    "curly quotes from a word processor": (before("print(“hello”)"), PASSED),
    "print as in Python 2": (after('print "loss:", 3'), PASSED),
    "magics and shell lines above the function": (
        instead(f"%matplotlib inline\n!pip install numpy\n%load_ext autoreload\n{PREDICT}"),
        PASSED,
    ),
    "a magic above the cell": (instead(f"%%time\n{PREDICT}"), PASSED),
    "captured output": (instead(f"%%capture out --no-stderr\n{PREDICT}"), PASSED),
    "timed inside the cell": (instead(f"{PREDICT}\n%timeit predict_ratings(U, V)"), PASSED),
    "a cell of another language": (before("%%bash\nfor f in *; do echo $f; done"), PASSED),
    "written to a file instead": (instead(f"%%writefile mf.py\n{PREDICT}"), FIRST_MISSING),
    "help with question marks": (after("np.einsum?", "np.einsum??", "?np.dot"), PASSED),
    "output of the shell in a variable": (
        instead(PREDICT.replace("return ", "return one * "), "files = !ls\none = 1"),
        PASSED,
    ),
    "forms of Colab": (
        before('#@title Settings { display-mode: "form" }\nk = 3 #@param {type:"slider"}'),
        PASSED,
    ),
    # what fails, and what stands around it
    "a failing line above the function": (instead(f"1 / 0\n{PREDICT}"), PASSED),
    "a failing line above the import": (notebook(f"print(x)\n{IMPORT}", *RIGHT), PASSED),
    "NumPy is never imported": (
        notebook(*RIGHT),
        ("passed", "passed", "failed", "passed", "failed"),
    ),
    "the import comes last": (notebook(*RIGHT, IMPORT), PASSED),
    "a package that is not there": (
        before("import torch_geometric as pyg", "pyg.seed_everything(1)"),
        PASSED,
    ),
    "a data file that is not there": (
        before("import pandas as pd", "df = pd.read_csv('../data/u.data')", "df.head()"),
        PASSED,
    ),
    "a module of one's own that is not there": (
        instead(
            "def predict_ratings(U, V):\n    from my_helpers import product\n"
            "    return product(U, V.T)\n"
        ),
        FIRST_FAILED,
    ),
    "a folder that is not there": (
        before("import os\nos.chdir('/content/drive/MyDrive')"),
        PASSED,
    ),
    "own tests that fail": (after("assert False", "def test_me():\n    assert 1 == 2"), PASSED),
    "an exit in between": (before("import sys\nsys.exit(0)", "exit()", "quit()"), PASSED),
    "the process is ended at the top": (after("import os", "os._exit(0)"), PASSED),
    "a window is asked for": (
        before("import matplotlib\nmatplotlib.use('TkAgg')", "import tkinter\ntkinter.Tk()"),
        PASSED,
    ),
    # what takes its time
    "an endless loop at the top": (before("while True:\n    pass"), PASSED),
    "a long wait at the top": (before("import time\ntime.sleep(600)"), PASSED),
    "a question at the top": (before("n = int(input('How many factors? ') or 2)"), PASSED),
    "nested loops that train for hours": (
        after(
            "U, V = np.ones((9, 2)), np.ones((9, 2))",
            "for epoch in range(10 ** 9):\n    for i in range(9):\n"
            "        U, V = sgd_step(U, V, i, i, 3.0, 1e-9, 0.0)",
        ),
        PASSED,
    ),
    "an endless loop in a function": (
        instead("def predict_ratings(U, V):\n    while True:\n        pass\n"),
        ("timed out", *["passed"] * 4),
    ),
    "a question in a function": (
        instead("def predict_ratings(U, V):\n    return float(input('?')) * U @ V.T\n"),
        FIRST_FAILED,
    ),
    "an exit in a function": (
        instead("import sys\ndef predict_ratings(U, V):\n    sys.exit(1)\n"),
        FIRST_FAILED,
    ),
    "recursion without an end": (
        instead("def predict_ratings(U, V):\n    return predict_ratings(U, V)\n"),
        FIRST_FAILED,
    ),
    # names
    "defined twice, right the second time": (
        instead(PREDICT, "def predict_ratings(U, V):\n    return U @ V\n"),
        PASSED,
    ),
    "defined twice, wrong the second time": (
        after("def predict_ratings(U, V):\n    return U @ V\n"),
        FIRST_FAILED,
    ),
    "the result takes the function's name": (
        after("predict_ratings = predict_ratings(np.eye(2), np.eye(2))"),
        PASSED,
    ),
    "a number had the function's name": (before("predict_ratings = None"), PASSED),
    "another name": (instead(PREDICT.replace("predict_ratings", "predict_rating")), FIRST_MISSING),
    "inside a class": (
        instead("class Model:\n" + indent(PREDICT, "    ")),
        FIRST_MISSING,
    ),
    "inside a function that nobody calls": (
        instead("def main():\n" + indent(PREDICT, "    ")),
        FIRST_MISSING,
    ),
    "other names of arguments": (
        instead("def predict_ratings(a, b):\n    return a @ b.T\n"),
        PASSED,
    ),
    "one argument more, with a default": (
        instead("def predict_ratings(U, V, plot=False):\n    return U @ V.T\n"),
        PASSED,
    ),
    "an argument is missing": (
        instead("def predict_ratings(U):\n    return U @ item_factors.T\n"),
        FIRST_FAILED,
    ),
    "it prints and returns nothing": (
        instead("def predict_ratings(U, V):\n    print(U @ V.T)\n"),
        FIRST_FAILED,
    ),
    "it yields row by row": (
        instead("def predict_ratings(U, V):\n    for u in U:\n        yield V @ u\n"),
        FIRST_FAILED,
    ),
    "an async function": (instead("async " + PREDICT), FIRST_FAILED),
    "a table of functions, filled in a loop": (
        instead(
            "predict_ratings = table['0']",
            "table = {}\nfor n in range(3):\n    table[str(n)] = lambda U, V, n=n: U @ V.T + n",
        ),
        PASSED,
    ),
    "a global that is computed": (
        instead(
            "def predict_ratings(U, V):\n    return SCALE * U @ V.T\n", "SCALE = np.sqrt(4.0) / 2"
        ),
        PASSED,
    ),
    # how the file was saved
    "a byte order mark": (b"\xef\xbb\xbf" + after(), PASSED),
    "thirty megabytes of plots": (
        before({**code(""), "outputs": [{"output_type": "display_data", "metadata": {},
                                         "data": {"image/png": "iVBOR" * 6_000_000}}]}),
        PASSED,
    ),
    "outputs that are errors": (
        before({**code("1 / 0"), "outputs": [{"output_type": "error", "ename": "ZeroDivisionError",
                                              "evalue": "", "traceback": ["\x1b[31m"]}]}),
        PASSED,
    ),
    "ids that are all alike": (
        notebook(*[{**code(cell), "id": "a"} for cell in (IMPORT, *RIGHT)], nbformat_minor=5),
        PASSED,
    ),
    "a kind of cell that does not exist": (
        before({"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Title"]}),
        PASSED,
    ),
}  # fmt: skip
UNREADABLE = {
    "an empty file": (b"", "It is empty"),
    "cut off in the middle": (after()[:400], "is it cut off?"),
    "an unsettled merge": (
        b"<<<<<<< HEAD\n" + after() + b"\n=======\n" + after() + b"\n>>>>>>> mine\n",
        "an unsettled merge",
    ),
    "JSON that is no notebook": (b'{"name": "package.json"}', "it has no cells"),
    "format 3": (
        json.dumps({"nbformat": 3, "worksheets": [{"cells": []}]}).encode(),
        "notebook format 3 is too old",
    ),
    "UTF-16": (after().decode().encode("utf-16"), "save it as UTF-8"),
    "a web page": (b"<!DOCTYPE html><html>Sign in</html>", "this is not a notebook"),
}
DISPUTED = {
    # the name is gone for the student, too, as soon as the notebook has run to its end
    "a name deleted at the end": (
        after("np = None; del np"), PASSED, ("passed", "passed", "failed", "passed", "failed"),
    ),
    # the guard holds what a script does when it is run, such as reading its arguments
    "defined under the main guard": (
        instead('if __name__ == "__main__":\n' + indent(PREDICT, "    ")), PASSED, FIRST_MISSING,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The result of each notebook by its name here, which is the student's in the class."""
    folder = tmp_path_factory.mktemp("class")
    for name, (content, *_) in (READABLE | UNREADABLE | DISPUTED).items():
        place = folder / name / "03_mf_loss.ipynb"
        place.parent.mkdir()
        place.write_bytes(content)
    options = Options(jobs=2, seed=1, limits=Limits(time_factor=0.5))
    return {one.student: one for one in grade([folder], options).results}


def states(result):
    return tuple(function.state for function in result.functions)


@pytest.mark.parametrize("name", READABLE)
def test_the_grader_gives_what_a_human_would(name, results):
    _, human = READABLE[name]
    assert states(results[name]) == human
    assert results[name].points == human.count("passed")


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_says_why(name, results):
    _, why = UNREADABLE[name]
    assert results[name].outcome == "could not be read"
    assert why in results[name].reason
    assert results[name].points == 0


@pytest.mark.parametrize("name", DISPUTED)
def test_where_a_human_would_decide_otherwise(name, results):
    _, human, grader = DISPUTED[name]
    assert states(results[name]) == grader != human


def test_one_function_that_never_ends_marks_the_submission(results):
    result = results["an endless loop in a function"]
    assert (result.outcome, result.points) == ("timed out", 4)

"""Answers as people hand them in: messy, and none of it may be lost or crash the reader."""

import json

import pytest

from recsys_course.classroom.submissions import UnreadableAnswersError, check_file

RIGHT = "def predict_ratings(U, V):\n    return np.asarray(U) @ np.asarray(V).T\n"


def notebook(*cells):
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": source,
                 "outputs": [], "execution_count": None}
                for n, source in enumerate(cells)
            ],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        }
    )  # fmt: skip


def states(path, **options):
    report = check_file(path, seed=1, functions=["predict_ratings"], **options)
    return report.functions[0].state, report


MESSY = {
    "a syntax error in another cell": ("import numpy as np", "def broken(:", RIGHT),
    "a failing cell first": ("import numpy as np", "1 / 0", RIGHT),
    "an import in the same cell as an error": ("1 / 0\nimport numpy as np", RIGHT),
    "magics and shell lines": ("%matplotlib inline\nimport numpy as np\n!ls", RIGHT),
    "a cell of another language": ("%%bash\nrm -rf nothing", "import numpy as np", RIGHT),
    "check calls": (
        "import numpy as np\nfrom recsys_course.classroom import check", RIGHT,
        "check(predict_ratings)",
    ),
    "a slow statement": ("import numpy as np\nimport time", "time.sleep(30)", RIGHT),
    "sys.exit at the top": ("import numpy as np, sys", "sys.exit(1)", RIGHT),
    "a helper in a cell of its own": (
        "import numpy as np", "def helper(U, V):\n    return np.inner(U, V)",
        "def predict_ratings(U, V):\n    return helper(U, V)",
    ),
    "defined twice, right the second time": (
        "import numpy as np", "def predict_ratings(U, V):\n    return U @ V", RIGHT,
    ),
    "a constant of an earlier cell": (
        "import numpy as np", "ONE = 1.0",
        "def predict_ratings(U, V):\n    return ONE * (np.asarray(U) @ np.asarray(V).T)",
    ),
    "get_ipython and display": ("import numpy as np\nget_ipython().run_line_magic('x', '')",
                                "display(1)", RIGHT),
    "a module-level endless loop": ("import numpy as np", RIGHT, "while True:\n    pass"),
    "os._exit at the top": ("import numpy as np, os", RIGHT, "os._exit(0)"),
}  # fmt: skip


@pytest.mark.parametrize("cells", MESSY.values(), ids=MESSY.keys())
def test_a_right_answer_survives(tmp_path, cells):
    path = tmp_path / "03_mf_loss.ipynb"
    path.write_text(notebook(*cells))
    assert states(path)[0] == "passed"


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "03_mf_loss.py"
    path.write_bytes(
        b"\xef\xbb\xbf" + f"import numpy as np\n{RIGHT}".replace("\n", "\r\n").encode()
    )
    assert states(path)[0] == "passed"


def test_a_syntax_error_is_reported_with_cell_and_line(tmp_path):
    path = tmp_path / "03_mf_loss.ipynb"
    path.write_text(notebook("import numpy as np", "x = 1\ndef broken(:", RIGHT))
    _, report = states(path)
    assert any("cell 2, line 2" in problem for problem in report.problems)


def test_an_endless_function_times_out_and_the_others_are_checked(tmp_path):
    path = tmp_path / "03_mf_loss.py"
    path.write_text(
        f"import numpy as np\n{RIGHT}\ndef sgd_step(*a):\n    while True:\n        pass\n"
    )
    functions = ["sgd_step", "predict_ratings"]
    report = check_file(path, seed=1, functions=functions, seconds=2.0)
    assert [function.state for function in report.functions] == ["timed out", "passed"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("03_mf_loss.ipynb", b"", "is empty"),
        ("03_mf_loss.ipynb", b'{"cells": [', "not a notebook"),
        ("03_mf_loss.ipynb", b"<<<<<<< HEAD\n{}\n=======\n>>>>>>> x\n", "unsettled merge"),
        ("03_mf_loss.ipynb", b'{"worksheets": [], "nbformat": 3}', "format 3"),
        ("03_mf_loss.ipynb", b"[1, 2]", "no cells"),
        ("03_mf_loss.py", b"\xff\xfe\x00", "UTF-8"),
        ("03_mf_loss.txt", b"x", "notebook"),
        ("holiday.py", b"x = 1", "names no lesson"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableAnswersError, match=message) as caught:
        check_file(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(UnreadableAnswersError, match="no such file"):
        check_file(tmp_path / "03_mf_loss.ipynb")

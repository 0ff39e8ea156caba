"""The wheel carries the solutions; what a submission sees of it in the sandbox has none.

The submission is right where it finds nothing, and wrong where it finds something: full marks prove
that it has looked and that there is nothing.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
# Looks at each name that it can reach, and into each file that may be of the course.
SPY = """
import os

def _finds(marks, names):
    for folder, folders, files in os.walk("/"):
        if folder == "/proc":
            folders.clear()
        inside = "recsys" in folder
        for name in folders + files:
            path = os.path.join(folder, name)
            if any(word in path for word in names):
                return path
            if not (inside or name.endswith((".ipynb", ".whl"))) or not os.path.isfile(path):
                continue
            try:
                with open(path, "rb") as file:
                    content = file.read()
            except OSError:
                continue
            if any(mark in content for mark in marks):
                return path
    return None

_found = _finds(%(marks)r, %(names)r)

def mean_rating(ratings):
    if _found is not None:
        raise RuntimeError(_found)
    rated = [one for one in ratings if one > 0]
    return sum(rated) / len(rated) if rated else float("nan")
"""
NAMES = (
    "recsys_course/classroom/course",
    "recsys_course/classroom/checks",
    "recsys_course/classroom/wrong_answers",
    "recsys_course/classroom/syllabus",
    "recsys_course-",
    "recsys-course",
)


def marks() -> list[bytes]:
    """Two long lines of each solution that stand in no exercise and nowhere in the library."""
    library = "".join(path.read_text("utf-8") for path in ROOT.glob("recsys_course/**/*.py"))
    found: list[bytes] = []
    for source in sorted(ROOT.glob("solutions/source/*.py")):
        blocks = re.findall(
            "### BEGIN SOLUTION\n(.*?)### END SOLUTION", source.read_text("utf-8"), re.DOTALL
        )
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        own = [line for line in lines if len(line) > 20 and line not in library]
        assert own, source
        found += [line.encode() for line in sorted(own, key=len)[-2:]]
    return [*found, b"BEGIN SOLUTION"]


def as_json(text: bytes) -> bytes:
    """As it stands in a notebook."""
    return json.dumps(text.decode(), ensure_ascii=False)[1:-1].encode()


def test_the_wheel_has_what_the_spy_looks_for(installed: Any) -> None:
    course = installed.site / "recsys_course" / "classroom" / "course"
    text = b"".join(path.read_bytes() for path in course.glob("solutions/*.ipynb"))
    assert [mark for mark in marks() if as_json(mark) not in text] == []


def test_a_submission_finds_no_solution_and_no_check(installed: Any, tmp_path: Path) -> None:
    looked_for = [form for mark in marks() for form in (mark, as_json(mark))]
    spies = {
        "spy": (looked_for, NAMES),
        # what the sandbox does show costs the point; else the first would prove nothing
        "finds a name": ([], ("numpy/linalg",)),
        "finds a text": ([b"class Answers"], ()),
    }
    for student, (texts, names) in spies.items():
        path = tmp_path / "class" / student / "00_welcome.py"
        path.parent.mkdir(parents=True)
        path.write_text(SPY % {"marks": texts, "names": names}, encoding="utf-8")
    command = [installed.python, "-m", "recsys_course.cli", "grade", "class", "--seed", "3"]
    done = subprocess.run(
        [*command, "--require-sandbox", "--time-factor", "60", "--jobs", "2", "--out", "out"],
        cwd=tmp_path,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {student: (row["outcome"], row["points"]) for student, row in rows.items()} == {
        "spy": ("graded", "1"),
        "finds a name": ("graded", "0"),
        "finds a text": ("graded", "0"),
    }

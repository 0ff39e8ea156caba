"""In the sandbox an answer is judged as it is in a notebook.

Every wrong answer, every other right answer and every solution is graded. ``tests/test_exercises``
holds that in one process, with the same seed, a wrong answer fails with its own diagnosis and all
others pass. Many answers share a submission, one for each function.
"""

import json
import re
import runpy
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.grading.grading import Options, grade
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
LESSONS = load_syllabus().lessons
# a wrong answer may borrow steps from a module beside it, which no submission can import
BORROWED = re.compile(
    r"^from recsys_course\.classroom\.wrong_answers\.\w+\.(\w+) import (?:\([^)]*\)|.*)\n", re.M
)
# on a busy machine it takes more than the second of a statement that calls
PANDAS = "import pandas\n"
HEAD = '''\
def made(expression, *texts):
    """The value of an expression, where some texts have run before it."""
    names = {"__name__": "texts"}
    for text in texts:
        exec(text, names)
    return eval(expression, names)
'''


class Answer(NamedTuple):
    """One answer to one function, what it resembles, and how a submission comes by it."""

    function: str
    name: str
    resembles: str | None
    source: str


def wrong(function):
    for one in wrong_answers(function):
        text, name = one.path.read_text("utf-8"), one.resemblance.name
        borrowed = [one.path.parent / f"{module}.py" for module in BORROWED.findall(text)]
        texts = [*(path.read_text("utf-8") for path in borrowed), BORROWED.sub("", text)]
        yield Answer(function, name, name, f"made({function!r}, {', '.join(map(repr, texts))})")


def right(lesson, function):
    path = ROOT / "tests" / "right_answers" / f"{lesson.slug}.py"
    for n in range(len(runpy.run_path(str(path))["ANSWERS"][function])):
        expression = f"ANSWERS[{function!r}][{n}]"
        source = f"made({expression!r}, {path.read_text('utf-8')!r})"
        yield Answer(function, f"right answer {n}", None, source)


def hand_in(lesson, folder):
    """Write submissions with all answers of a lesson; yields student and answers of each."""
    columns = [[*wrong(one.name), *right(lesson, one.name)] for one in lesson.exercises]
    for n, row in enumerate(zip_longest(*columns)):
        answers = [one for one in row if one is not None]
        lines = [f"{one.function} = {one.source}" for one in answers]
        first = PANDAS if any("import pandas" in line for line in lines) else ""
        place = folder / f"student-{lesson.number}-{n}" / f"{lesson.stem}.py"
        place.parent.mkdir()
        place.write_text("\n".join([first, HEAD, *lines, ""]), "utf-8")
        yield place.parent.name, answers


def hand_in_solution(lesson, folder):
    notebook = json.loads((ROOT / "solutions" / f"{lesson.stem}.ipynb").read_text("utf-8"))
    del notebook["metadata"]["recsys_course"]  # which says that this is the solution
    place = folder / f"student-{lesson.number}-solution" / f"{lesson.stem}.ipynb"
    place.parent.mkdir()
    place.write_text(json.dumps(notebook), "utf-8")
    return place.parent.name, [Answer(e.name, "solution", None, "") for e in lesson.exercises]


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    found = [one for lesson in LESSONS for one in hand_in(lesson, folder)]
    return folder, dict(found + [hand_in_solution(lesson, folder) for lesson in LESSONS])


def test_nothing_is_left_out(handed_in):
    answers = [one for answers in handed_in[1].values() for one in answers]
    n_wrong = len(list((ROOT / "recsys_course/classroom/wrong_answers").glob("*/[a-z]*.py")))
    assert n_wrong >= 475
    assert sum(one.resembles is not None for one in answers) == n_wrong
    assert sum(one.name == "solution" for one in answers) == 30
    assert sum(one.name.startswith("right answer") for one in answers) >= 2 * 30


def test_every_answer_is_judged_as_in_a_notebook(handed_in):
    folder, answers_of = handed_in
    results = {one.student: one for one in grade([folder], Options(jobs=2, seed=1)).results}
    apart = {}
    for student, answers in answers_of.items():
        reports = {one.function: one for one in results[student].functions}
        for one in answers:
            report = reports[one.function]
            likeness = report.resemblance.name if report.resemblance else None
            expected = ("failed" if one.resembles else "passed", one.resembles)
            if (report.state, likeness) != expected:
                apart[one.function, one.name] = report.state, likeness, report.message
    assert apart == {}

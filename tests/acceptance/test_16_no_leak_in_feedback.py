"""A failing check shows no hidden test, expected array or solution."""

import copy
import inspect
import re
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from recsys_course.classroom.cards import Card
from recsys_course.classroom.checking import run_checks
from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.loading import load
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.cli import app

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = [e.name for lesson in load_syllabus().lessons for e in lesson.exercises]
WRONG = [wrong for name in EXERCISES for wrong in wrong_answers(name)]
SOURCE = (ROOT / "solutions/source/03_mf_loss.py").read_text(encoding="utf-8")
SOLUTION_LINES = {
    line.split("#")[0].strip()
    for block in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", SOURCE, re.DOTALL)
    for line in block.splitlines()
    if len(line.split("#")[0].strip()) > 12
}
# A hidden number is random and so has many digits; the text of a card has numbers of few.
HIDDEN = re.compile(r"\d\.\d{4,}")
ARRAY = re.compile(r"array\(|\[\s*-?\d")


def squeezed(text):
    """Text without blanks and table borders, so that a broken line hides nothing."""
    return re.sub(r"[\s│┃]+", "", text)


def told(report):
    card = Card(report)
    messages = [result.message for result in report.results]
    return "\n".join([repr(card), card._repr_html_(), *messages])


@pytest.fixture(scope="module")
def solutions():
    return vars(load(read_answers(ROOT / "solutions" / "03_mf_loss.ipynb")).functions)


def numbers(values):
    """The odd numbers among nested arrays, as text with 3 digits and more behind the point."""
    if isinstance(values, tuple | list):
        return set().union(*map(numbers, values)) if values else set()
    flat = np.ravel(np.asarray(values, dtype=float))
    odd = flat[np.isfinite(flat) & (np.abs(flat * 8 - np.round(flat * 8)) > 1e-6)]
    # 0.1 and 0.05 are settings that the exercise prints itself
    odd = odd[np.abs(odd * 100 - np.round(odd * 100)) > 1e-6]
    return {f"{abs(number):.3f}" for number in odd} | {repr(float(abs(n))) for n in odd}


def hidden_numbers(wrong, solution, seed):
    """What the checks pass in, and what they expect for it."""
    found = set()

    def recording(*arguments):
        found.update(numbers(list(arguments)), numbers(solution(*copy.deepcopy(arguments))))
        return wrong.answer(*arguments)

    run_checks(SimpleNamespace(**{wrong.function: recording}), [wrong.function], seed)
    return found


def assert_no_leak(text, hidden, own_code=""):
    assert HIDDEN.search(text) is None, text
    assert ARRAY.search(text) is None, text
    bare = squeezed(text)
    assert sorted(number for number in hidden if number in bare) == []
    for line in filter(None, map(squeezed, own_code.splitlines())):
        bare = bare.replace(f"`{line}`", "")  # where the learner's own code stopped is quoted
    assert [line for line in SOLUTION_LINES if squeezed(line) in bare] == []


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.resemblance.name)
def test_a_card_tells_neither_numbers_nor_code(wrong, solutions):
    student = SimpleNamespace(**{wrong.function: wrong.answer})
    own_code = inspect.getsource(wrong.answer)
    for seed in (1, 2):
        report = run_checks(student, [wrong.function], seed).functions[0]
        assert report.state == "failed"
        hidden = hidden_numbers(wrong, solutions[wrong.function], seed)
        assert len(hidden) > 20  # there was something to tell
        assert_no_leak(told(report), hidden, own_code)


# One wrong answer to each function a file, so that a file checks five of them.
FILES = list(zip_longest(*map(wrong_answers, EXERCISES)))


@pytest.mark.parametrize(
    "answers", FILES, ids=lambda answers: answers[0].resemblance.name if answers[0] else "rest"
)
def test_the_command_line_tells_neither_numbers_nor_code(answers, tmp_path, solutions):
    given = [wrong for wrong in answers if wrong is not None]
    code = "\n\n".join(wrong.path.read_text(encoding="utf-8") for wrong in given)
    path = tmp_path / "03_mf_loss.py"
    path.write_text(code, encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(path), "--seed", "3"])
    assert result.exit_code == 1
    assert "0 of 5 points" in result.output
    for wrong in given:
        assert squeezed(wrong.resemblance.idea) in columns_of(result.output)
    hidden = set().union(*(hidden_numbers(wrong, solutions[wrong.function], 3) for wrong in given))
    shown = columns_of(result.output)
    assert_no_leak(shown, hidden, code)


def columns_of(output):
    """The cells of a table read column by column: first what the checks say, then the rest."""
    rows = [line.split("│") for line in output.splitlines() if line.count("│") >= 3]
    said = "\n".join(row[-2] for row in rows)
    return squeezed(said) + "\n" + output


@pytest.mark.parametrize("function", EXERCISES)
def test_an_answer_that_returns_its_inputs_is_not_shown_them(function, solutions):
    student = SimpleNamespace(**{function: lambda *arguments: arguments[0]})
    wrong = SimpleNamespace(function=function, answer=student.__dict__[function])
    report = run_checks(student, [function], 5).functions[0]
    assert report.state == "failed"
    assert_no_leak(told(report), hidden_numbers(wrong, solutions[function], 5))


def test_the_lines_and_numbers_that_are_looked_for_exist():
    assert len(SOLUTION_LINES) >= 10
    number = np.random.default_rng(0).normal()
    assert HIDDEN.search(str(number))
    assert numbers([np.array([number, 0.5, 3.0, 0.1])]) == {f"{number:.3f}", repr(float(number))}

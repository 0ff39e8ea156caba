"""A failing check shows no hidden test, expected array or solution."""

import functools
import inspect
import re
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
LESSONS = load_syllabus().lessons
EXERCISES = [e.name for lesson in LESSONS for e in lesson.exercises]
WRONG = [wrong for name in EXERCISES for wrong in wrong_answers(name)]


def squeezed(text):
    """Text without blanks, so that a broken line hides nothing."""
    return re.sub(r"\s+", "", text)


@functools.cache
def solution_lines(slug):
    """The lines between the marks of a solution that tell more than the exercise does."""
    stem = load_syllabus().lesson(slug).stem
    source = (ROOT / f"solutions/source/{stem}.py").read_text(encoding="utf-8")
    marked = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
    handed_out = squeezed(marked.sub("", source))
    lines = {
        line.split("#")[0].strip()
        for block in marked.findall(source)
        for line in block.splitlines()
    }
    return {line for line in lines if len(line) > 12 and squeezed(line) not in handed_out}


# A hidden number is random and so has many digits; the text of a card has numbers of few.
HIDDEN = re.compile(r"\d\.\d{4,}")
ARRAY = re.compile(r"array\(|\[\s*-?\d")


def told(report):
    card = Card(report)
    messages = [result.message for result in report.results]
    return "\n".join([repr(card), card._repr_html_(), *messages])


@functools.cache
def solution(function):
    lesson = load_syllabus().lesson_of(function)
    answers = read_answers(ROOT / "solutions" / f"{lesson.stem}.ipynb")
    return vars(load(answers, definitions_only=True).functions)[function]


def numbers(values):
    """The odd numbers among nested arrays, as text with 3 digits and more behind the point."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, tuple | list):
        return set().union(*map(numbers, values)) if values else set()
    try:
        flat = np.ravel(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        return set()  # words, functions, objects
    odd = flat[np.isfinite(flat) & (np.abs(flat * 8 - np.round(flat * 8)) > 1e-6)]
    # 0.1 and 0.05 are settings that the exercise prints itself
    odd = odd[np.abs(odd * 100 - np.round(odd * 100)) > 1e-6]
    return {f"{abs(number):.3f}" for number in odd} | {repr(float(abs(n))) for n in odd}


@functools.cache
def hidden_numbers(function, seed):
    """The numbers that the checks of a function pass in or expect with a seed."""
    hidden, right = set(), solution(function)

    def recording(*arguments):
        hidden.update(numbers(list(arguments)))
        expected = right(*arguments)
        hidden.update(numbers(expected))
        return expected

    report = run_checks(SimpleNamespace(**{function: recording}), [function], seed).functions[0]
    assert report.state == "passed"  # so that no check has been left out
    return frozenset(hidden)


def checked(function, answer, seed):
    """The report on a wrong answer."""
    report = run_checks(SimpleNamespace(**{function: answer}), [function], seed).functions[0]
    assert report.state == "failed"
    return report


def assert_no_leak(function, text, seed, own_code=""):
    lines = solution_lines(load_syllabus().lesson_of(function).slug)
    assert HIDDEN.search(text) is None, text
    assert ARRAY.search(text) is None, text
    bare = squeezed(text)
    assert sorted(number for number in hidden_numbers(function, seed) if number in bare) == []
    for line in filter(None, map(squeezed, own_code.splitlines())):
        bare = bare.replace(f"`{line}`", "")  # where the learner's own code stopped is quoted
    assert [line for line in lines if squeezed(line) in bare] == []


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.resemblance.name)
def test_a_card_tells_neither_numbers_nor_code(wrong):
    report = checked(wrong.function, wrong.answer, 1)
    assert_no_leak(wrong.function, told(report), 1, inspect.getsource(wrong.answer))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_there_is_something_that_a_card_could_tell(lesson):
    hidden = [hidden_numbers(exercise.name, 1) for exercise in lesson.exercises]
    assert len(frozenset().union(*hidden)) > 10
    assert len(solution_lines(lesson.slug)) >= 2


# One wrong answer to each function a file, so that a file checks all of them.
FILES = [
    pytest.param(lesson, answers, id=f"{lesson.stem}-{n}")
    for lesson in LESSONS
    for n, answers in enumerate(
        zip(*(wrong_answers(e.name)[:2] for e in lesson.exercises), strict=True)
    )
]


@pytest.mark.parametrize(("lesson", "answers"), FILES)
def test_the_command_line_tells_neither_numbers_nor_code(lesson, answers, tmp_path):
    code = "\n\n".join(wrong.path.read_text(encoding="utf-8") for wrong in answers)
    path = tmp_path / f"{lesson.stem}.py"
    path.write_text(code, encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(path), "--seed", "3"])
    assert result.exit_code == 1
    assert f"0 of {len(lesson.exercises)} points" in result.output
    shown = squeezed(result.output)
    for wrong in answers:
        assert squeezed(wrong.resemblance.idea) in shown
        assert_no_leak(wrong.function, result.output, 3, code)


@pytest.mark.parametrize("function", EXERCISES)
def test_an_answer_that_returns_its_inputs_is_not_shown_them(function):
    report = checked(function, lambda *arguments: arguments[0], 5)
    assert_no_leak(function, told(report), 5)


def test_an_error_that_quotes_its_inputs_is_cut():
    def predict_ratings(user_factors, item_factors):
        raise ValueError(f"cannot multiply {user_factors!r} by {item_factors.max()!r}")

    report = checked("predict_ratings", predict_ratings, 1)
    assert "ValueError: cannot multiply …" in told(report)
    assert_no_leak("predict_ratings", told(report), 1)


def test_the_numbers_that_are_looked_for_exist():
    number = np.random.default_rng(0).normal()
    assert HIDDEN.search(str(number))
    assert numbers([np.array([number, 0.5, 3.0, 0.1])]) == {f"{number:.3f}", repr(float(number))}

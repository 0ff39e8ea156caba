"""A failing check shows no hidden test, expected array or solution."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from recsys_course.classroom.cards import Card
from recsys_course.classroom.checking import run_checks
from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = [e.name for lesson in load_syllabus().lessons for e in lesson.exercises]
WRONG = [wrong for name in EXERCISES for wrong in wrong_answers(name)]
SOURCE = (ROOT / "solutions/source/03_mf_loss.py").read_text(encoding="utf-8")
SOLUTION_LINES = {
    line.strip()
    for block in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", SOURCE, re.DOTALL)
    for line in block.splitlines()
    if len(line.strip()) > 12
}
# A hidden number is random and so has many digits; the text of a card has numbers of few.
HIDDEN = re.compile(r"\d\.\d{4,}")


def told(report):
    card = Card(report)
    messages = [result.message for result in report.results]
    return "\n".join([repr(card), card._repr_html_(), *messages])


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.resemblance.name)
def test_a_wrong_answer_is_told_neither_numbers_nor_code(wrong):
    student = SimpleNamespace(**{wrong.function: wrong.answer})
    for seed in (1, 2):
        report = run_checks(student, [wrong.function], seed).functions[0]
        text = told(report)
        assert HIDDEN.search(text) is None, text
        assert "array(" not in text
        assert [line for line in SOLUTION_LINES if line in text] == []


def test_an_answer_that_returns_its_inputs_is_not_shown_them():
    student = SimpleNamespace(predict_ratings=lambda user_factors, item_factors: user_factors)
    report = run_checks(student, ["predict_ratings"], 5).functions[0]
    assert report.state == "failed"
    assert HIDDEN.search(told(report)) is None


def test_the_lines_and_numbers_that_are_looked_for_exist():
    assert len(SOLUTION_LINES) >= 10
    assert HIDDEN.search(str(np.random.default_rng(0).normal()))

"""The answer of check in its plain form, and a file's report in a terminal."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from recsys_course.classroom import asked
from recsys_course.classroom.cards import Card, render
from recsys_course.classroom.reports import CheckResult, FileReport, FunctionReport, Resemblance

ROOT = Path(__file__).resolve().parents[2]
GAP = "The loss changes when an unobserved cell changes: over which cells does the sum run?"
ZEROS = Resemblance("zeros", "It resembles counting gaps as 0.", "What does a 0 mean there?")


@pytest.fixture(autouse=True)
def no_hint_given(monkeypatch):
    monkeypatch.setattr(asked, "_reached", {})


def report(function, state, n_passed=0, message="", resemblance=None):
    results = [CheckResult(f"test_{n}", function, True) for n in range(n_passed)]
    results += [CheckResult(f"test_{n}", function, False, message) for n in range(n_passed, 3)]
    return FunctionReport(function, state, tuple(results), resemblance)


FAILED = report("observed_squared_error", "failed", 1, GAP, ZEROS)
PASSED = report("predict_ratings", "passed", 3)
STUB = report(
    "sgd_step", "not attempted", 0, "Not attempted yet: sgd_step still raises NotImplementedError."
)


def test_a_failed_card_says_what_is_missing_what_it_resembles_and_where_to_look():
    card = Card(FAILED)
    assert not card
    assert card.text() == (
        "✘ observed_squared_error: not yet, 1 of 3 checks passed\n"
        "  Missing: The loss changes when an unobserved cell changes: over which cells does the "
        "sum run?\n"
        "  Diagnosis: It resembles counting gaps as 0.\n"
        "  Look at: What does a 0 mean there?\n"
        "  Next: Change the function, run its cell, then check again.\n"
        "  Stuck? hint(observed_squared_error) has a question for you."
    )


def test_a_failed_card_without_a_diagnosis_does_not_speak_of_one():
    said = Card(report("observed_squared_error", "failed", 1, GAP)).text()
    assert "Diagnosis" not in said
    assert "Look at" not in said


def test_a_passed_card_says_what_was_learned_and_what_is_next():
    card = Card(PASSED)
    assert card
    assert card.text() == (
        "✔ predict_ratings: passed, 3 of 3 checks\n"
        "  Learned: A table of predictions is one matrix product of user factors and item "
        "factors.\n"
        "  Next: Go on to observed_squared_error: how far are these predictions from the known "
        "ratings?"
    )
    assert "<details" not in card._repr_html_()


def test_a_card_before_the_first_attempt_says_what_is_missing_and_the_effort():
    card = Card(STUB)
    assert not card
    assert card.text() == (
        "○ sgd_step: not attempted\n"
        "  Missing: sgd_step still raises NotImplementedError.\n"
        "  Effort: Medium, about 12 minutes.\n"
        "  Next: Write it in the cell above, run that cell, then check again."
    )


@pytest.mark.parametrize("state", ["timed out", "out of memory", "crashed", "tried to cheat"])
def test_every_state_of_a_report_has_a_card(state):
    card = Card(report("sgd_step", state, 0, "It was stopped."))
    assert card.text().splitlines()[:2] == [f"✘ sgd_step: {state}", "  Missing: It was stopped."]
    assert f'data-state="{state}"' in card._repr_html_()


def test_the_folded_hint_is_the_one_that_hint_gives_next():
    from recsys_course.classroom.hints import hint_notice

    seen = []
    for _ in range(4):
        card = Card(FAILED)
        folded = card._repr_html_().split("<details")[1]
        given = hint_notice("observed_squared_error")
        summary = re.search(r"<summary[^>]*>([^<]*)<", folded)[1]
        seen.append((summary, card.text().split("error) ")[-1]))
        # what stands between backticks is shown as code
        assert given.text().split("Hint: ")[1][:40] in folded
    assert seen == [
        ("Stuck? Hint 1 of 3, a question", "has a question for you."),
        ("Stuck? Hint 2 of 3, a pointer", "has a pointer for you."),
        ("Stuck? Hint 3 of 3, a plan", "has a plan for you."),
        ("Stuck? Hint 3 of 3, a plan", "has a plan for you."),
    ]


FILE = FileReport(
    1,
    (PASSED, FAILED, STUB, report("mf_gradients", "failed", 0, "Your code stopped with [bold]λ.")),
    "my [red]λ/03_mf_loss.ipynb",
    "mf_loss",
    ("a statement ended the file",),
)
AT_60 = """\
my [red]λ/03_mf_loss.ipynb (mf_loss)
✔ predict_ratings: passed, 3 of 3 checks
✘ observed_squared_error: not yet, 1 of 3 checks passed
  Missing: The loss changes when an unobserved cell changes:
    over which cells does the sum run?
  Diagnosis: It resembles counting gaps as 0.
  Look at: What does a 0 mean there?
○ sgd_step: not attempted
  Missing: sgd_step still raises NotImplementedError.
✘ mf_gradients: not yet, 0 of 3 checks passed
  Missing: Your code stopped with [bold]λ.
note: a statement ended the file
1 of 4 points
Stuck? recsys-course hint observed_squared_error
"""
AT_80 = AT_60.replace("changes:\n    over which cells does", "changes: over which cells\n    does")
AT_120 = AT_80.replace("cells\n    does", "cells does")


def printed(width, terminal=False, encoding="utf-8", **environment):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    console = Console(
        file=stream, width=width, force_terminal=terminal, _environ=environment, soft_wrap=False
    )
    console.print(render(FILE))
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(("width", "expected"), [(60, AT_60), (80, AT_80), (120, AT_120)])
def test_a_report_on_a_file_is_a_list_that_wraps_to_the_terminal(width, expected):
    assert printed(width) == expected
    assert max(map(len, expected.splitlines())) <= min(width, 96)


def test_a_terminal_gets_colours_unless_it_asks_for_none():
    coloured = printed(60, True, TERM="xterm")
    assert "\x1b[1;32m✔ predict_ratings: passed, 3 of 3 checks\x1b[0m" in coloured
    assert "\x1b[1;31m✘ mf_gradients" in coloured
    assert "\x1b[1;34m○ sgd_step" in coloured
    assert "\x1b[3" not in printed(60, True, TERM="xterm", NO_COLOR="1").replace("\x1b[1m", "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
def test_a_terminal_with_few_signs_gets_every_word(encoding):
    said = printed(60, encoding=encoding)
    assert said.startswith("my [red]lambda/03_mf_loss.ipynb")
    for words in ("+ predict_ratings", "x mf_gradients", "o sgd_step", "[bold]lambda."):
        assert words in said
    assert "?" not in said.replace("run?", "").replace("there?", "").replace("Stuck?", "")


SCRIPT = """
from recsys_course.classroom import check, compare_guess, hint, quiz
def sgd_step(*_):
    raise ValueError("λ ☃ " + chr(0xD800))
def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T
check(sgd_step, seed=1); hint(predict_ratings); quiz("mf_loss", "bdacc")
compare_guess(1, 2, "stars²")
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_script_shows_every_answer_whatever_its_output_can_hold(encoding):
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=False
    )
    said = process.stdout.decode(encoding)
    assert process.stderr.decode() == ""
    mark = "✘" if encoding == "utf-8" else "x"
    unit = "stars^2" if encoding == "ascii" else "stars²"
    assert said.startswith(f"{mark} sgd_step: not yet, 0 of 10 checks passed")
    assert "predict_ratings: hint 1 of 3, a question" in said
    assert "quiz mf_loss: passed, 5 of 5 right" in said
    assert said.count("not yet, 0 of 10") == 1
    assert said.endswith(f"You guessed 1, it is 2 {unit}: off by 1.{os.linesep}")

"""The box itself: what it escapes, its colours, where it is shown, and how a wrong call is told."""

import contextlib
import io
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from recsys_course.classroom import asked, notices
from recsys_course.classroom.nesting import without_nested_checks
from recsys_course.classroom.notices import Folded, Notice, deliver, kindly
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.classroom.terminals import legible

FOLDED = Folded("Stuck? <i>", ("Use `a < b`.",), "Stuck? Ask.")


def test_a_notice_has_two_forms_and_escapes_what_it_says():
    notice = Notice("hint", "a < b", [("<u>", "<script>`x<y` & `"), ("Next", "go")], FOLDED)
    bundle = notice._repr_mimebundle_()
    assert bundle["text/plain"] == "? a < b\n  <u>: <script>`x<y` & `\n  Next: go\n  Stuck? Ask."
    page = bundle["text/html"]
    assert "<b>a &lt; b</b>" in page
    assert "<b>&lt;u&gt;.</b> &lt;script&gt;<code>x&lt;y</code> &amp; `</p>" in page
    assert ">Stuck? &lt;i&gt;</summary>" in page
    assert ">Use <code>a &lt; b</code>.</p></details>" in page
    assert page.count("<script") == page.count("<i>") == 0


def test_orders_to_a_terminal_and_half_characters_are_taken_out():
    notice = Notice("failed", "a\x1b[31mb", [("Missing", "one\ntwo\u202e\ud800\xa0three")])
    for form in notice._repr_mimebundle_().values():
        form.encode("utf-8")  # a half character would raise
        assert "\x1b" not in form
        assert "\u202e" not in form
    assert notice.text() == "✘ a\ufffd[31mb\n  Missing: one two\ufffd\ufffd three"


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("state", notices.MARKS)
def test_the_colour_of_a_state_is_seen_on_white_and_on_black_and_letters_on_it(state):
    page = Notice(state, "x", [])._repr_html_()
    colour = page.split("border-left:5px solid ")[1][:7]
    assert f"color:#ffffff;background-color:{colour}" in page
    assert contrast("#ffffff", colour) >= 4.5  # WCAG 1.4.3, text
    for paper in ("#ffffff", "#111111", "#1f1f1f", "#1e1e1e"):  # JupyterLab's and VS Code's
        assert contrast(paper, colour) >= 3  # WCAG 1.4.11, what is no text
    # the text itself takes the page's own colour, and nothing hangs on a theme's variables
    assert page.replace("color:#ffffff;background-color:", "").count("color:") == 0
    assert "var(" not in page


def test_contrast_is_what_wcag_says_it_is():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("width", [30, 60, 96, 300])
def test_lines_are_no_longer_than_the_terminal_or_than_can_be_read(width):
    notice = Notice("failed", "word " * 30, [("Missing", "word " * 60)], FOLDED)
    lines = notice.text(width).splitlines()
    assert max(map(len, lines)) <= min(width, 96)
    assert max(map(len, lines)) >= min(width, 96) - 10
    assert lines[-1] == "  Stuck? Ask."


class Terminal(io.StringIO):
    encoding = "ascii"

    def isatty(self):
        return True


def test_a_terminal_gets_lines_of_its_width_in_signs_that_it_has(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert repr(Notice("failed", "λ", [("Missing", "word " * 10)])) == (
        "x lambda\n  Missing: word word word word word word\n    word word word word"
    )


def test_a_file_gets_lines_that_do_not_depend_on_the_window(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert repr(Notice("failed", "λ " + "word " * 15, [])).count("\n") == 0


def test_a_script_shows_a_notice_and_an_answer_that_is_being_read_does_not(capsys):
    notice = Notice("passed", "f: passed", [])
    deliver(notice)
    assert capsys.readouterr().out == "✔ f: passed\n"
    with without_nested_checks():
        deliver(notice)
    assert capsys.readouterr().out == ""


@pytest.fixture
def shell(monkeypatch, tmp_path):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another one IPython would warn
    monkeypatch.setattr(asked, "_reached", {})
    for prompt in ("ps1", "ps2", "ps3"):  # it sets them, and never takes them back
        monkeypatch.setattr(sys, prompt, "", raising=False)
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


def run(shell, source):
    """What a cell shows."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        shell.run_cell(source)
    return shown.getvalue()


def test_a_notice_shows_once_wherever_it_stands_in_its_cell(shell):
    run(
        shell,
        "from recsys_course.classroom.hints import hint\nfrom recsys_course.classroom import quiz",
    )
    last = run(shell, "hint('rmse', 1)")
    first = run(shell, "hint('rmse', 1)\nnumber = 3")
    assert last.count("rmse: hint 1 of 3") == first.count("rmse: hint 1 of 3") == 1
    assert run(shell, "quiz('mf_loss'); number").count("quiz mf_loss") == 1


def test_a_wrong_call_ends_the_cell_with_one_sentence(shell):
    run(shell, "from recsys_course.classroom import check, quiz, hint")
    for call, said in {
        'quiz("mf_los")': "✘ no lesson has the slug 'mf_los'; did you mean 'mf_loss'?\n",
        'quiz("mf_loss", 3)': "✘ the answers are of type int; write them as one word",
        'hint("rmse", 9)': "✘ level is 9; rmse has the hints 1 to 3\n",
        "check(None)": "✘ check() got a NoneType; give it the function itself",
        "check(print)": "✘ 'print' is no exercise function",
        "hint(3.0)": "✘ check() got a float; give it the function itself, without brackets",
    }.items():
        shown = run(shell, f"{call}\nprint('went on')")
        assert shown.startswith(said)
        assert "Traceback" not in shown
        assert "went on" not in shown
        assert max(map(len, shown.splitlines())) <= 72


def test_kindly_changes_neither_the_error_nor_another_one():
    with pytest.raises(LookupError, match=r"^it is not there$") as caught, kindly():
        raise LookupError("it is not there")
    assert caught.value._render_traceback_() == ["✘ it is not there"]
    with pytest.raises(ZeroDivisionError) as caught, kindly():
        _ = 1 / 0
    assert not hasattr(caught.value, "_render_traceback_")


ROOT = Path(notices.__file__).parent
TEXTS = [
    *(path.read_text("utf-8") for path in sorted((ROOT / "syllabus").glob("*.toml"))),
    *(path.read_text("utf-8") for path in sorted((ROOT / "wrong_answers").rglob("*.py"))),
    *(path.read_text("utf-8") for path in sorted((ROOT / "checks").rglob("*.py"))),
]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "no such encoding"])
def test_every_sign_of_the_course_can_be_spelt(encoding):
    assert len(TEXTS) > 200
    assert not all(text.isascii() for text in TEXTS)
    for text in TEXTS:
        spelt = legible(text, encoding)
        assert spelt.count("?") == text.count("?")
        spelt.encode("cp1252" if encoding == "cp1252" else "ascii")


def test_signs_are_spelt_only_where_they_must_be():
    assert legible("✔ λΩ½é☃", "utf-8") == "✔ λΩ½é☃"
    assert legible("✔ λΩ½é☃", "cp1252") == "+ lambdaOmega½é?"
    assert legible("✔ λΩ½é☃", "ascii") == "+ lambdaOmega1/2e?"
    assert legible("n\u0303", "ascii") == "n"
    assert load_syllabus().lessons  # the texts above are those that a learner meets

"""The line of long work: its words, and the three places where it is drawn."""

import contextlib
import re
from types import SimpleNamespace

import IPython
import pytest

from recsys_course.data import bars
from recsys_course.data.bars import Bar

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(bars, "time", SimpleNamespace(monotonic=lambda: self.now))

    def passes(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


class Notebook:
    """Takes what a kernel would be sent."""

    def __init__(self, monkeypatch):
        self.sent = []
        self.n_displays = 0
        monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))
        monkeypatch.setattr("IPython.display.display", self.display)

    def display(self, shown, *, raw, display_id):
        assert raw
        assert display_id is True
        self.n_displays += 1
        self.sent.append(shown)
        return self

    def update(self, shown, *, raw):
        assert raw
        self.sent.append(shown)

    @property
    def text(self):
        return self.sent[-1]["text/plain"]

    @property
    def html(self):
        return self.sent[-1]["text/html"]


@pytest.fixture
def notebook(monkeypatch, clock):
    return Notebook(monkeypatch)


def show(bar, notebook, clock, done, note=""):
    """The words after an update that is not too soon to be shown."""
    clock.passes(1)
    bar.update(done, note)
    return notebook.text


def test_the_time_left_follows_from_the_pace(notebook, clock):
    with Bar("training", 12, "epochs") as bar:
        assert notebook.sent == []
        bar.update(0)
        assert notebook.text == "training: 0 of 12 epochs, 0 s"
        clock.passes(5)
        assert show(bar, notebook, clock, 3, "loss 0.8") == (
            "training: 3 of 12 epochs, about 18 s left, loss 0.8"  # 6 s for 3, so 2 s for each
        )
        clock.passes(233)
        assert show(bar, notebook, clock, 6) == "training: 6 of 12 epochs, about 4 min 0 s left"
    assert notebook.text == "training: 6 of 12 epochs in 4 min 0 s"


def test_what_an_earlier_run_did_took_no_time_here(notebook, clock):
    with Bar("training", 12, "epochs") as bar:
        bar.update(8)
        clock.passes(9)
        assert "about 10 s left" in show(bar, notebook, clock, 10)  # 10 s for 2, and 2 to go


def test_time_that_passes_before_the_first_step_says_nothing_about_the_others(notebook, clock):
    with Bar("training", 4, "epochs") as bar:
        assert (
            show(bar, notebook, clock, 0, "compiling") == "training: 0 of 4 epochs, 1 s, compiling"
        )
        clock.passes(99)
        bar.update(0)
        clock.passes(9)
        assert "about 30 s left" in show(bar, notebook, clock, 1)


def test_the_first_ones_can_be_no_guide(notebook, clock):
    with Bar("compare", 5, "models", skip=3) as bar:
        for done in range(4):
            assert "left" not in show(bar, notebook, clock, done)
        clock.passes(19)
        assert "about 20 s left" in show(bar, notebook, clock, 4)  # the fourth took 20 s


@pytest.mark.parametrize(("seconds", "done"), [(0.5, 6.0), (3.0, 0.11)])
def test_a_moment_or_next_to_nothing_is_no_pace(notebook, clock, seconds, done):
    with Bar("training", 12, "epochs") as bar:
        bar.update(0)
        clock.passes(seconds)
        bar.update(done)
        assert "left" not in notebook.text


def test_nobody_knows_how_much_there_is(notebook, clock):
    with Bar("ratings.zip", None, "MB", digits=1) as bar:
        assert show(bar, notebook, clock, 2.56) == "ratings.zip: 2.5 MB, 1 s"
        assert "value=" not in notebook.html  # the bar moves to and fro
    assert notebook.text == "ratings.zip: 2.5 MB in 1 s"


def test_what_is_not_whole_is_not_done(notebook, clock):
    with Bar("training", 12_000, "epochs") as bar:
        assert show(bar, notebook, clock, 1999.99).startswith("training: 1,999 of 12,000 epochs")
        assert 'max="12000" value="1999.99"' in notebook.html


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (9.9, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (7290, "2 h 1 min"),
    ],
)
def test_seconds_are_said_as_people_say_them(notebook, clock, seconds, words):
    with Bar("waiting", 1):
        clock.passes(seconds)
    assert notebook.text == f"waiting: 0 of 1 in {words}"


def stopped(error, what, total, unit, done, note, meanwhile=lambda: None):
    """Work that an error ends in the middle."""
    with contextlib.suppress(error), Bar(what, total, unit) as bar:
        bar.update(done, note)
        meanwhile()
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_last_line_says_where_the_work_was_stopped(notebook, clock, error):
    stopped(error, "training", 12, "epochs", 3.4, "loss 0.8", lambda: clock.passes(5))
    assert notebook.text == "training: stopped at 3 of 12 epochs after 5 s, loss 0.8"


def test_a_notebook_gets_one_line_that_is_replaced(notebook, clock):
    with Bar("training", 100, "epochs") as bar:
        for done in range(100):
            clock.passes(0.1)
            bar.update(done)
        bar.update(100, "loss 0.5")
    assert notebook.n_displays == 1
    assert 30 <= len(notebook.sent) <= 40  # 10 s, four times a second
    assert notebook.text == "training: 100 of 100 epochs in 10 s, loss 0.5"
    assert 'max="100" value="100"' in notebook.html


def test_a_notebook_shows_names_as_they_are(notebook, clock):
    with Bar("<b>me</b>", 2) as bar:
        show(bar, notebook, clock, 1, "ALS & <i>more</i>")
        assert "&lt;b&gt;me&lt;/b&gt;" in notebook.html
        assert "ALS &amp; &lt;i&gt;more&lt;/i&gt;" in notebook.html
        assert '<progress aria-label="&lt;b&gt;me&lt;/b&gt;" max="2" value="1"' in notebook.html


def test_a_log_gets_the_last_line_alone(capsys, clock):
    with Bar("training", 3, "epochs") as bar:
        for done in (0, 1, 2, 3):
            clock.passes(2)
            bar.update(done, f"a loss of {1 / (done + 1)} [stars²]")
    captured = capsys.readouterr()
    assert captured.err == "training: 3 of 3 epochs in 8 s, a loss of 0.25 [stars²]\n"
    assert captured.out == ""


def test_nothing_is_drawn_unless_it_is_asked_for(capsys, notebook):
    with Bar("training", 3, show=False) as bar:
        bar.update(1)
    assert capsys.readouterr() == ("", "")
    assert notebook.sent == []


@pytest.fixture
def terminal(monkeypatch, capsys):
    """What a terminal of 60 columns was sent so far."""
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "60", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return lambda: capsys.readouterr().err


def test_a_terminal_gets_a_bar_on_one_line(terminal):
    with Bar("training", 12, "epochs") as bar:
        bar.update(6, "loss 0.8123")
    drawn = terminal()
    assert COLOURS.search(drawn)
    lines = [ESCAPES.sub("", part) for part in re.split(r"[\r\n]+", drawn)]
    assert max(map(len, lines)) <= 60
    assert drawn.count("\n") == 1  # each state is written over the last one
    assert re.fullmatch(r"training [━╺╸]+ 6 of 12 epochs in .+ s, loss 0\.8123", lines[-2].strip())


def test_a_long_note_is_cut_and_not_the_name(terminal):
    note = "item neighbours, choices, and so on and so on and so on"
    stopped(KeyboardInterrupt, "compare", 9, "models", 3, note)
    last = ESCAPES.sub("", re.split(r"[\r\n]+", terminal())[-2])
    assert last.startswith("compare stopped at 3 of 9 models after ")
    assert len(last) == 60


def test_a_terminal_without_colours(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    with Bar("training", 12, "epochs") as bar:
        bar.update(6)
    assert not COLOURS.search(terminal())


def test_a_terminal_has_one_bar_at_a_time(terminal):
    with Bar("compare", 9, "models") as outer:
        outer.update(1)
        with Bar("training", 12, "epochs") as inner:
            inner.update(6)
    assert "training" not in terminal()
    with Bar("training", 12, "epochs") as bar:
        bar.update(6)
    assert "training" in terminal()


def test_a_terminal_gets_its_cursor_back_after_an_interrupt(terminal):
    stopped(KeyboardInterrupt, "training", 12, "epochs", 6, "")
    drawn = terminal()
    assert drawn.rindex("\x1b[?25h") > drawn.rindex("\x1b[?25l")

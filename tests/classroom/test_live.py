"""Curves that are redrawn while a model trains: in a notebook in place, elsewhere once."""

import base64
from itertools import pairwise
from types import SimpleNamespace

import IPython
import pytest
from matplotlib import pyplot as plt

from recsys_course.classroom import live, live_curves


def epochs(n):
    """A history whose validation is lowest in epoch 4."""
    return [
        SimpleNamespace(epoch=epoch, loss=4 / epoch, validation=1 + abs(epoch - 4))
        for epoch in range(1, n + 1)
    ]


class Kernel:
    """Takes what a notebook would be sent; its clock goes on when the test says so."""

    def __init__(self, monkeypatch):
        self.n_displays, self.sent, self.now = 0, [], 100.0
        monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()))
        monkeypatch.setattr("IPython.display.DisplayHandle", lambda: self)
        monkeypatch.setattr(live.time, "perf_counter", lambda: self.now)

    def display(self, shown, *, metadata, raw):
        self.n_displays += 1
        self.update(shown, metadata=metadata, raw=raw)

    def update(self, shown, *, metadata, raw):
        assert raw
        self.sent.append((shown, metadata))


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    """What pyplot holds is shown a second time when a cell ends."""
    plt.close("all")
    yield
    plt.close("all")


def test_a_notebook_gets_one_figure_that_is_replaced(monkeypatch):
    kernel = Kernel(monkeypatch)
    with live_curves(unit="stars²") as curves:
        for n in range(1, 31):
            curves(epochs(n))
            kernel.now += 0.1  # 3 s in all
    assert kernel.n_displays == 1
    assert 5 <= len(kernel.sent) <= 8  # twice a second, and at the end
    for shown, _ in kernel.sent:
        assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG\r\n")
    assert plt.get_fignums() == []


def test_who_stops_the_run_at_first_sight_gets_no_second_figure(monkeypatch):
    kernel = Kernel(monkeypatch)

    def stop(*shown, **how):
        Kernel.display(kernel, *shown, **how)
        raise KeyboardInterrupt

    kernel.display = stop
    with pytest.raises(KeyboardInterrupt), live_curves() as curves:
        curves(epochs(2))
    assert (kernel.n_displays, len(kernel.sent)) == (1, 2)


def test_the_figure_has_words_for_whoever_cannot_see_it(monkeypatch):
    kernel = Kernel(monkeypatch)
    with live_curves(unit="stars²") as curves:
        curves(epochs(9))
    shown, about = kernel.sent[-1]
    assert shown["text/plain"].startswith(
        "Validation is lowest in epoch 4 of 9: 1; after that only"
    )
    assert "mean loss per example (stars²)" in shown["text/plain"]
    assert about == {"image/png": {"alt": shown["text/plain"]}}


@pytest.mark.parametrize(("drawing_seconds", "between"), [(0.0, 0.5), (0.15, 1.5), (9.0, 2.0)])
def test_drawing_takes_a_tenth_of_the_time_at_most_twice_a_second(
    monkeypatch, drawing_seconds, between
):
    """And however slow it is, something is shown now and then."""
    kernel, drawn = Kernel(monkeypatch), []

    def draw(_curves, last=False):
        kernel.now += drawing_seconds
        drawn.append(kernel.now)

    monkeypatch.setattr(live_curves, "_draw", draw)
    with live_curves() as curves:
        for n in range(2, 301):
            curves(epochs(n))
            kernel.now += 0.1
    pauses = [later - drawing_seconds - sooner for sooner, later in pairwise(drawn[:-1])]
    assert len(pauses) > 10
    assert pauses == pytest.approx([between] * len(pauses), abs=0.11)  # an epoch takes 0.1


def test_one_epoch_is_no_curve_yet(monkeypatch):
    kernel = Kernel(monkeypatch)
    with live_curves() as curves:
        curves(epochs(1))
        assert kernel.sent == []
        curves(epochs(2))
        assert len(kernel.sent) == 1


def test_the_axis_has_room_for_the_epochs_to_come_and_in_the_end_for_those_that_came(monkeypatch):
    Kernel(monkeypatch)
    with live_curves(epochs=40) as curves:
        curves(epochs(5))
        assert curves.ax.get_xlim() == (0.5, 40.5)
    assert curves.ax.get_xlim()[1] < 6


def test_an_interrupted_run_leaves_its_last_state(monkeypatch):
    kernel = Kernel(monkeypatch)

    def interrupted():
        with live_curves() as curves:
            for n in range(1, 8):
                curves(epochs(n))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "in epoch 4 of 7" in kernel.sent[-1][0]["text/plain"]


def test_a_history_that_grows_later_is_drawn_as_it_was_told(monkeypatch):
    kernel = Kernel(monkeypatch)
    history = epochs(3)
    with live_curves() as curves:
        curves(history)
        history.append(epochs(4)[-1])
    assert kernel.sent[-1][0]["text/plain"].startswith("Validation is lowest in the last epoch, 3")


def test_outside_a_notebook_the_figure_is_drawn_once_at_the_end():
    with live_curves(unit="stars²") as curves:
        for n in range(1, 10):
            curves(epochs(n))
            assert curves.ax is None
            assert plt.get_fignums() == []
    assert len(plt.get_fignums()) == 1
    assert curves.ax.get_title(loc="left").startswith("Validation is lowest in epoch 4 of 9")
    assert curves.ax.get_ylabel() == "mean loss per example (stars²)"


@pytest.mark.parametrize("in_kernel", [True, False])
def test_a_run_without_an_epoch_draws_nothing(monkeypatch, in_kernel):
    kernel = Kernel(monkeypatch) if in_kernel else None
    with live_curves() as curves:
        pass
    assert curves.ax is None
    assert plt.get_fignums() == []
    assert kernel is None or kernel.sent == []

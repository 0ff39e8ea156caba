"""A line that says how far long work is: a bar, what is done, and the time that is left.

It is drawn in place on the standard error of a terminal, and in the output of a notebook's cell.
Where neither is there, in a log for instance, only its last state is written, as one line. One bar
for three fronts, each with its own way of drawing, makes this module longer than others.
"""

from __future__ import annotations

import html
import math
import sys
import time
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from recsys_course.data.interrupts import undisturbed

__all__ = ["Bar", "in_notebook"]

_NOTEBOOK_SECONDS = 0.25  # between two states that a notebook is sent
_TELLING_SECONDS = 1.0  # before a time left is said


@dataclass(frozen=True)
class _State:
    """What a line says at one moment; `at` and `left` are seconds, of the clock and to go."""

    what: str
    total: float | None
    unit: str
    digits: int
    start: float
    at: float
    done: float = 0.0
    note: str = ""
    left: float | None = None
    end: str = ""  # "done" or "stopped" when it is over

    def number(self, value: float) -> str:
        """A count, rounded down: what is not whole is not done."""
        step = 10**self.digits
        return f"{math.floor(value * step) / step:,.{self.digits}f}"

    def words(self, now: float) -> str:
        """All but the name and the bar."""
        whole = "" if self.total is None else f" of {self.number(self.total)}"
        counted = f"{self.number(self.done)}{whole} {self.unit}".rstrip()
        spent = _duration(now - self.start)
        if self.end:
            where = f"stopped at {counted} after" if self.end == "stopped" else f"{counted} in"
            return ", ".join(filter(None, [f"{where} {spent}", self.note]))
        if self.left is None:
            return ", ".join(filter(None, [counted, spent, self.note]))
        left = _duration(max(1, round(self.left - (now - self.at))))
        return ", ".join(filter(None, [counted, f"about {left} left", self.note]))


class Bar:
    """Long work, and how much of it is done.

    The time left follows from the pace so far: from the first `update` on (what was done before,
    in an interrupted run for instance, took no time here) and without the first `skip`.

    Args:
        what: What is at work, in a word or two.
        total: How much there is to do; None if nobody knows.
        unit: What is counted, in the plural.
        digits: How many decimal places of the count are shown.
        skip: So many of the first are no guide to the time that the others take.
        show: False draws nothing at all.

    >>> with Bar("reading", total=3, unit="files", show=False) as bar:
    ...     for number in range(3):
    ...         bar.update(number + 1, note="the last file's name")
    """

    def __init__(
        self,
        what: str,
        total: float | None,
        unit: str = "",
        *,
        digits: int = 0,
        skip: int = 0,
        show: bool = True,
    ) -> None:
        """Start the clock; the first `update` draws."""
        now = time.monotonic()
        self._state = _State(what, total, unit, digits, now, now)
        self._skip, self._base = skip, (0.0, now)
        self._began = False
        self._screen = _screen(what) if show else None

    def update(self, done: float, note: str = "") -> None:
        """Say how far the work is.

        Args:
            done: How much is done, counted as `total` is.
            note: What else there is to say, such as the loss or what is at work now.
        """
        now = time.monotonic()
        if not self._began or done <= self._base[0]:
            self._base = max(done, float(self._skip)), now
            self._began = True
        left = self._left(done, now)
        self._state = replace(self._state, done=done, note=note, left=left, at=now)
        if self._screen is not None:
            with undisturbed():
                self._screen.draw(self._state)

    def _left(self, done: float, now: float) -> float | None:
        """Seconds that the rest takes at the pace so far; None if that is not known."""
        first, begin = self._base
        total = self._state.total
        # A pace that was measured for a moment, or on next to nothing, says little about the rest.
        if total is None or now - begin < _TELLING_SECONDS or done - first < total / 100:
            return None
        return (now - begin) / (done - first) * max(0.0, total - done)

    def __enter__(self) -> Self:
        """Nothing is drawn yet: an interrupt in here would leave it drawn for ever."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Leave a last line: that the work is done, or where it was stopped."""
        self._state = replace(self._state, end="stopped" if kind else "done")
        if self._screen is not None:
            with undisturbed():  # else a key held down would leave the terminal without a cursor
                self._screen.close(self._state)


class _Screen(Protocol):
    """Where a line is drawn."""

    def draw(self, state: _State) -> None:
        """Show the state."""

    def close(self, state: _State) -> None:
        """Show the last state, which stays."""


def _screen(what: str) -> _Screen | None:
    if in_notebook():
        return _Notebook()
    # Never rich's own drawing in a notebook: it wants ipywidgets, and warns where they are not.
    console = Console(stderr=True, force_jupyter=False)
    if not console.is_terminal:
        return _Log(console)
    return None if _Terminal.taken else _Terminal(console, what)


def in_notebook() -> bool:
    """Whether this program is the kernel of a notebook.

    Returns:
        False in a terminal, also in IPython's.

    >>> in_notebook()
    False
    """
    ipython = sys.modules.get("IPython")  # a kernel has imported it
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _Log:
    """A last line, for a file or a pipe."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def draw(self, state: _State) -> None:
        """Nothing: each state would be a line of its own."""

    def close(self, state: _State) -> None:
        line = f"{state.what}: {state.words(time.monotonic())}"
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


class _Words(ProgressColumn):
    """What the line says, with a clock that runs between two updates."""

    def render(self, task: Task) -> Text:
        state = task.fields["state"]
        return Text(state.words(time.monotonic()), no_wrap=True, overflow="ellipsis")


class _Terminal:
    """A line that is drawn ten times a second; one at a time, since two would overwrite another."""

    taken: ClassVar[bool] = False

    def __init__(self, console: Console, what: str) -> None:
        self._progress = Progress(
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(no_wrap=True, min_width=min(len(what), 24)),
            ),
            BarColumn(20),
            _Words(table_column=Column(no_wrap=True)),
            console=console,
        )
        self._task = self._progress.add_task(what, total=None)

    def draw(self, state: _State) -> None:
        self._show(state)
        if not self._progress.live.is_started:
            _Terminal.taken = True
            self._progress.start()

    def close(self, state: _State) -> None:
        try:
            self._show(state)
            self._progress.stop()
        finally:
            _Terminal.taken = False

    def _show(self, state: _State) -> None:
        done, total = state.done, state.total
        self._progress.update(self._task, completed=done, total=total, state=state)


class _Notebook:
    """An element of the page that is replaced in place, and its words for whoever shows no HTML."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn = 0.0

    def draw(self, state: _State) -> None:
        if time.monotonic() - self._drawn >= _NOTEBOOK_SECONDS:
            self.close(state)

    def close(self, state: _State) -> None:
        from IPython.display import display

        words = state.words(time.monotonic())
        shown = {"text/plain": f"{state.what}: {words}", "text/html": _html(state, words)}
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(shown, raw=True)
        self._drawn = time.monotonic()


def _html(state: _State, words: str) -> str:
    """The line for a page; it takes the colours of its surroundings, light or dark."""
    name = html.escape(state.what)
    # Without a value the browser draws a bar that moves to and fro: how much is left is unknown.
    share = "" if state.total is None else f' max="{state.total:g}" value="{state.done:g}"'
    return (
        '<div class="recsys-progress" style="display:flex;flex-wrap:wrap;gap:0 0.8em;'
        'align-items:center;font-variant-numeric:tabular-nums">'
        f'<span>{name}</span><progress aria-label="{name}"{share} style="width:12em;'
        'accent-color:var(--jp-brand-color1,#1976d2)"></progress>'
        f"<span>{html.escape(words)}</span></div>"
    )


def _duration(seconds: float) -> str:
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds != int(seconds) else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60} h {minutes % 60} min"

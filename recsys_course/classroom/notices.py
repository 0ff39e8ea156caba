"""A few words for the learner: a small box in a notebook, the same words as plain text elsewhere.

No text of the box has a colour of its own, so it is as readable as the page around it, in any
theme. The colour of a state is fixed, not the theme's: JupyterLab cleans the output of a notebook
that it does not trust, and lets no ``var(--…)`` through; its own green is too pale on white (2.8 to
1). State is said in words as well, and a code host that strips every style keeps the order.
"""

from __future__ import annotations

import contextlib
import html
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recsys_course.classroom.nesting import is_nested
from recsys_course.classroom.terminals import legible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["MARKS", "Folded", "Notice", "deliver", "kindly", "say"]

MARKS = {"passed": "✔", "not attempted": "○", "hint": "?"} | dict.fromkeys(
    ("failed", "timed out", "out of memory", "crashed", "tried to cheat"), "✘"
)
# each at least 4.5 to 1 under white letters, and 3 to 1 beside white, #111111 and #1f1f1f
_GREEN, _RED, _BLUE = "#1a7f37", "#d1242f", "#0969da"
_COLOURS = {"passed": _GREEN, "not attempted": _BLUE, "hint": _BLUE}
_STYLES = {"passed": "bold green", "not attempted": "bold blue", "hint": "bold blue"}
_WIDTH = 96

_BOX = (
    "border:1px solid rgba(128,128,128,0.4);border-left:5px solid {};border-radius:4px;"
    "padding:8px 14px;max-width:44em;line-height:1.5;overflow-wrap:break-word"
)
_BADGE = (
    "display:inline-block;width:1.6em;margin-right:8px;border-radius:4px;text-align:center;"
    "font-weight:bold;color:#ffffff;background-color:{}"
)
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Folded:
    """What a box offers without forcing it: a line to click, what it hides, and the plain form."""

    summary: str
    paragraphs: tuple[str, ...]
    plain: str


class Notice:
    """A headline and a few paragraphs, each with a lead, in the form that the front can show."""

    label = "Notice"  # what a screen reader calls the box

    def __init__(
        self,
        state: str,
        headline: str,
        paragraphs: Sequence[tuple[str, str]],
        folded: Folded | None = None,
    ) -> None:
        """Hold what is said; whatever a terminal or a page could take for an order is taken out."""
        self.state = state
        self._headline = _printable(headline)
        self._paragraphs = [(_printable(lead), _printable(text)) for lead, text in paragraphs]
        self._folded = folded
        self._shown = False

    def text(self, width: int = _WIDTH, encoding: str = "utf-8") -> str:
        """The notice as plain text.

        Args:
            width: Longest line in characters; more than 96 is hard to read and not used.
            encoding: What the terminal or file can hold; other signs are spelt out.
        """
        return "\n".join(self._lines(width, encoding))

    def _lines(self, width: int, encoding: str) -> list[str]:
        width = max(20, min(width, _WIDTH))
        told = [(f"{MARKS[self.state]} {self._headline}", "")]
        told += [(f"{lead}: {text}", "  ") for lead, text in self._paragraphs]
        if self._folded:
            told.append((self._folded.plain, "  "))
        lines: list[str] = []
        for text, indent in told:
            lines += textwrap.wrap(
                legible(text, encoding),
                width,
                initial_indent=indent,
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
        return lines

    def __repr__(self) -> str:
        """The notice as plain text, as wide and in such signs as the terminal can show."""
        return self.text(_columns(), _encoding())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The notice for a terminal: its headline in colour where there is colour."""
        from rich.text import Text  # a check in a notebook must not pay for it

        first, *rest = self._lines(options.max_width, options.encoding)
        # Text, not markup: a learner's error message may hold square brackets
        return [Text(first, _STYLES.get(self.state, "bold red")), *map(Text, rest)]

    def _repr_html_(self) -> str:
        """The notice for a notebook; everything that a learner's code can say is escaped."""
        colour = _COLOURS.get(self.state, _RED)
        rows = "".join(
            f'<p style="margin:6px 0 0 0"><b>{html.escape(lead)}.</b> {_inline(text)}</p>'
            for lead, text in self._paragraphs
        )
        return (
            f'<div class="recsys-check" data-state="{self.state}" role="group" '
            f'aria-label="{self.label}" style="{_BOX.format(colour)}">'
            f'<p style="margin:0"><span aria-hidden="true" style="{_BADGE.format(colour)}">'
            f"{MARKS[self.state]}</span> <b>{html.escape(self._headline)}</b></p>"
            f"{rows}{self._details()}</div>"
        )

    def _details(self) -> str:
        """A native fold: it needs no kernel and no script, and a saved notebook keeps it."""
        if self._folded is None:
            return ""
        rows = "".join(
            f'<p style="margin:6px 0 0 0">{_inline(text)}</p>' for text in self._folded.paragraphs
        )
        return (
            '<details style="margin:6px 0 0 0"><summary style="cursor:pointer">'
            f"{html.escape(self._folded.summary)}</summary>{rows}</details>"
        )

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """Both forms, for IPython; from here on the notice counts as shown."""
        self._shown = True
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def show(self) -> None:
        """Show the notice, unless it was shown."""
        if not self._shown:
            from IPython.display import display

            display(self)  # type: ignore[no-untyped-call]


def deliver(notice: Notice) -> None:
    """Show a notice that is not the last expression of its cell, too, or that a script asked for.

    Inside a check, or while a file of answers is read, it stays silent.
    """
    if is_nested():
        return
    shell = _shell()
    if shell is None:
        if not hasattr(sys, "ps1"):  # a script: nothing else would show it
            say(repr(notice))
        return

    def show(_result: Any) -> None:
        shell.events.unregister("post_run_cell", show)
        notice.show()

    shell.events.register("post_run_cell", show)


def say(text: str) -> None:
    """Write a line to standard output; signs that it cannot hold are spelt out."""
    sys.stdout.write(legible(text, _encoding()) + "\n")


@contextlib.contextmanager
def kindly() -> Iterator[None]:
    """Let a notebook show a wrong call as one sentence instead of a traceback.

    The error stays an error: a cell that raises it ends, and a caller can catch it.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError) as error:
        sentence = f"✘ {_printable(str(error.args[0] if error.args else error))}"
        # IPython asks an error for its own form; setattr, as no built-in error declares one
        setattr(error, "_render_traceback_", lambda: textwrap.wrap(sentence, 72))  # noqa: B010
        raise


def _shell() -> Any:
    """The IPython that runs this code, if one does."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def _columns() -> int:
    """The width of the terminal; what goes to a notebook, a file or a pipe is not narrowed."""
    if not sys.stdout.isatty():
        return _WIDTH
    return shutil.get_terminal_size((_WIDTH, 24)).columns


def _encoding() -> str:
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def _printable(text: str) -> str:
    """Text on one line without control signs, half characters and turns of direction."""
    return "".join(
        " " if sign.isspace() else sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for sign in text
    )


def _inline(text: str) -> str:
    """Text as HTML, with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text))

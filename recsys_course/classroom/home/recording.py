"""What happens in a learner's notebook is written down in their progress.json.

Outside a learner's folder nothing is. A progress that cannot be written never stops a check: it is
said once, on stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from recsys_course.classroom.home.place import enclosing
from recsys_course.classroom.home.records import Progress, change, recall
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["hints_read", "record_check", "record_hint", "record_quiz"]

_said: set[str] = set()


def record_check(function: str, state: str) -> None:
    """Write down the state of an exercise function that was checked where it is being written."""

    def step(before: Progress) -> Progress:
        earlier = before.function(function)
        if state == "not attempted" and not earlier.attempts:
            return before
        # What the file holds is looked at again: what was checked may not have been saved.
        stem = load_syllabus().lesson_of(function).stem
        for suffix in (".ipynb", ".py"):
            before = before.with_file(f"exercises/{stem}{suffix}", "")
        attempt = int(state != "not attempted")
        return before.with_function(function, earlier.checked_as(state, attempt))

    _record(step)


def record_hint(function: str, level: int) -> None:
    """Write down that hints up to a level were read."""

    def step(before: Progress) -> Progress:
        return before.with_function(function, before.function(function).with_hints(level))

    _record(step)


def record_quiz(slug: str, state: str) -> None:
    """Write down how a quiz was answered."""
    _record(lambda before: before.with_quiz(slug, state))


def hints_read(function: str) -> int:
    """How many hints of a function the learner has read, as far as is known."""
    home = enclosing(Path.cwd())
    return recall(home).function(function).hints if home else 0


def _record(step: Callable[[Progress], Progress]) -> None:
    try:
        home = enclosing(Path.cwd())
        if home is not None:
            change(home, step)
    except OSError as error:
        if str(error) not in _said:
            _said.add(str(error))
            sys.stderr.write(f"note: your progress was not written down: {error}\n")

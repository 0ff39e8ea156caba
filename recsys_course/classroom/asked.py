"""How far a learner has gone through the three hints of an exercise, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass

from recsys_course.classroom.home.recording import hints_read, record_hint
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["Hint", "hint_of", "level_reached", "record_level"]

_KINDS = ("a question", "a pointer", "a plan")
_reached: dict[str, int] = {}


@dataclass(frozen=True)
class Hint:
    """One hint of an exercise function; ``level`` counts from 1."""

    function: str
    level: int
    n_levels: int
    text: str

    @property
    def kind(self) -> str:
        """What it is: a question, a pointer or a plan."""
        return _KINDS[self.level - 1]

    @property
    def next_kind(self) -> str | None:
        """What the next one is; None after the last."""
        return _KINDS[self.level] if self.level < self.n_levels else None


def level_reached(function: str) -> int:
    """The highest hint that this learner was given for a function; 0 for none.

    Outside a learner's folder only this process knows of it.
    """
    return max(_reached.get(function, 0), hints_read(function))


def record_level(function: str, level: int) -> None:
    """Keep that a learner was given a hint; an earlier one takes nothing back."""
    _reached[function] = max(level, _reached.get(function, 0))
    record_hint(function, level)


def hint_of(function: str, level: int | None = None) -> Hint:
    """A hint for an exercise function.

    Args:
        function: Its name.
        level: 1, 2 or 3; if left out, the one after the highest that was given, or the last.

    Raises:
        LookupError: If no exercise asks for a function of this name.
        ValueError: If there is no such level.
    """
    hints = load_syllabus().lesson_of(function).exercise(function).hints
    if level is None:
        level = min(level_reached(function) + 1, len(hints))
    if not 1 <= level <= len(hints):
        raise ValueError(f"level is {level}; {function} has the hints 1 to {len(hints)}")
    return Hint(function, level, len(hints), hints[level - 1])

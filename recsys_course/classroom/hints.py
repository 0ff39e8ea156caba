"""Three hints for each exercise: a question, a pointer, a plan; never code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from recsys_course.classroom.cards import Notice
from recsys_course.classroom.checking import exercise_name
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["hint"]

_KINDS = ("a question", "a pointer", "a plan")
_asked: Counter[str] = Counter()


def hint(function: Callable[..., Any] | str, level: int | None = None) -> Notice:
    """The next hint for an exercise: first a question, then a pointer, then a plan.

    Args:
        function: Your function itself, or its name.
        level: 1, 2 or 3 for a certain hint; the next one if left out.

    Returns:
        A notice that the notebook shows.

    Raises:
        TypeError: If it is neither a function nor a name.
        LookupError: If no exercise asks for a function of this name.
        ValueError: If there is no such level.

    >>> hint("predict_ratings", 1).state
    'hint'
    """
    name = function if isinstance(function, str) else exercise_name(function, {})
    hints = load_syllabus().lesson_of(name).exercise(name).hints
    if level is None:
        _asked[name] += 1
        level = min(_asked[name], len(hints))
    if not 1 <= level <= len(hints):
        raise ValueError(f"level is {level}; {name} has the hints 1 to {len(hints)}")
    after = "Ask again for " + _KINDS[level] if level < len(hints) else "This is the last hint"
    return Notice(
        "hint",
        f"? {name}: hint {level} of {len(hints)}, {_KINDS[level - 1]}",
        [("Hint", hints[level - 1]), ("Next", f"Try it, and run check({name}). {after}.")],
    )

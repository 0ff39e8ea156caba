"""Three hints for each exercise: a question, a pointer, a plan; never code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recsys_course.classroom.asked import hint_of, record_level
from recsys_course.classroom.checking import exercise_name
from recsys_course.classroom.nesting import is_nested
from recsys_course.classroom.notices import Notice, deliver, kindly

__all__ = ["HintNotice", "hint", "hint_notice"]


class HintNotice(Notice):
    """The answer of ``hint``."""

    label = "Hint"


def hint(function: Callable[..., Any] | str, level: int | None = None) -> HintNotice:
    """The next hint for an exercise: first a question, then a pointer, then a plan.

    Args:
        function: Your function itself, or its name.
        level: 1, 2 or 3 for a certain hint; the next one if left out.

    Returns:
        A notice that the notebook shows once.

    Raises:
        TypeError: If it is neither a function nor a name.
        LookupError: If no exercise asks for a function of this name.
        ValueError: If there is no such level.
    """
    with kindly():
        name = function if isinstance(function, str) else exercise_name(function, {})
        notice = hint_notice(name, level)
    deliver(notice)
    return notice


def hint_notice(function: str, level: int | None = None) -> HintNotice:
    """A hint in the form in which it is shown; it counts as given.

    Args:
        function: Name of an exercise function.
        level: 1, 2 or 3 for a certain hint; the next one if left out.

    Raises:
        LookupError: If no exercise asks for a function of this name.
        ValueError: If there is no such level.

    >>> print(hint_notice("rmse", 1).text(60).splitlines()[0])
    ? rmse: hint 1 of 3, a question
    """
    given = hint_of(function, level)
    if not is_nested():
        record_level(function, given.level)
    after = f"Ask again for {given.next_kind}." if given.next_kind else "This is the last hint."
    return HintNotice(
        "hint",
        f"{function}: hint {given.level} of {given.n_levels}, {given.kind}",
        [("Hint", given.text), ("Next", f"Try it, and run check({function}). {after}")],
    )

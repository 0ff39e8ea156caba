"""Exercises: what a learner is asked, how the answer is checked, and what it resembles.

In a notebook: ``from recsys_course.classroom import check``, then ``check(predict_ratings)``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recsys_course.classroom.checking import check
    from recsys_course.classroom.guesses import compare_guess
    from recsys_course.classroom.hints import hint
    from recsys_course.classroom.live import live_curves
    from recsys_course.classroom.quizzes import quiz

__all__ = ["check", "compare_guess", "hint", "live_curves", "quiz"]

_HOMES = {
    "check": "checking",
    "compare_guess": "guesses",
    "hint": "hints",
    "live_curves": "live",
    "quiz": "quizzes",
}


def __getattr__(name: str) -> Any:
    # every pytest run imports this package for its plug-in, and must not pay for NumPy
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

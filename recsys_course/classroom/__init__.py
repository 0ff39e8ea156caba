"""Exercises: what a learner is asked, how the answer is checked, and what it resembles.

In a notebook: ``from recsys_course.classroom import check``, then ``check(predict_ratings)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recsys_course.classroom.checking import check

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    # every pytest run imports this package for its plug-in, and must not pay for NumPy
    if name == "check":
        from recsys_course.classroom.checking import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

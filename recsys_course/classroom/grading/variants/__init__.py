"""Numbers of a student's own: small arguments for an exercise function, drawn by a generator.

A module a lesson, named by its slug, holds ``example_<function>(rng)`` for each function whose
arguments are plain data; its docstring names the functions that it leaves out. An example can be
worked out with a pencil, and most wrong answers get something else out of it.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from types import ModuleType
from typing import TYPE_CHECKING, Any

from recsys_course.classroom.syllabus import load_syllabus

if TYPE_CHECKING:
    import numpy as np

__all__ = ["example", "functions_with_examples"]


def functions_with_examples(slug: str) -> tuple[str, ...]:
    """The functions of a lesson for which there are examples, in the syllabus' order.

    Args:
        slug: The lesson.

    Raises:
        LookupError: If no lesson has that slug.
    """
    module = _module(load_syllabus().lesson(slug).slug)
    names = [exercise.name for exercise in load_syllabus().lesson(slug).exercises]
    return tuple(name for name in names if hasattr(module, f"example_{name}"))


def example(function: str, rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw arguments for an exercise function.

    Args:
        function: Its name.
        rng: Draws everything.

    Returns:
        Arrays, numbers and lists, in the order of the function's arguments.

    Raises:
        LookupError: If no exercise has that name, or there are no examples of it.
    """
    slug = load_syllabus().lesson_of(function).slug
    draw = getattr(_module(slug), f"example_{function}", None)
    if draw is None:
        raise LookupError(
            f"{function} has no examples; see recsys_course.classroom.grading.variants"
        )
    arguments: tuple[Any, ...] = draw(rng)
    return arguments


@functools.cache
def _module(slug: str) -> ModuleType | None:
    """The lesson's examples; None for a lesson without any."""
    name = f"{__name__}.{slug}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None

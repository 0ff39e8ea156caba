"""Which named misconception an answer behaves like.

A wrong answer is a module of ``wrong_answers/<slug>/``. Its docstring opens with the idea and goes
on with what to look at; ``FUNCTION`` names the function that it defines. The package itself holds
``probe_<function>(rng, square)``, which draws arguments that tell the wrong answers apart, or
``behaviour_<function>(answer, rng, square)``, which calls the answer itself and says what it did.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from recsys_course.classroom.reports import Resemblance
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["WrongAnswer", "agree", "outcomes", "resemblance", "wrong_answers"]

_FOLDER = Path(__file__).with_name("wrong_answers")
_PACKAGE = "recsys_course.classroom.wrong_answers"
# square probes as well: a product without its transpose gives numbers there, and an error elsewhere
_PROBES = tuple((seed, square) for seed in (11, 12, 13) for square in (False, True))


@dataclass(frozen=True)
class WrongAnswer:
    """A misconception and the definition that follows from it."""

    function: str
    resemblance: Resemblance
    answer: Callable[..., Any]
    path: Path


@dataclass(frozen=True)
class Outcome:
    """What one call did: the values it returned and left in its inputs, or how it stopped."""

    error: str | None
    values: tuple[Any, ...] = ()


@functools.cache
def wrong_answers(function: str) -> tuple[WrongAnswer, ...]:
    """The named misconceptions about a function, in the order of their names.

    Raises:
        LookupError: If the syllabus does not know the function.
    """
    slug = load_syllabus().lesson_of(function).slug
    found = []
    for path in sorted((_FOLDER / slug).glob("[a-z]*.py")):
        # most files are about other functions, and importing all of them would be felt
        if f'FUNCTION = "{function}"' in path.read_text(encoding="utf-8"):
            module = importlib.import_module(f"{_PACKAGE}.{slug}.{path.stem}")
            found.append(_wrong_answer(module, path))
    return tuple(found)


def _wrong_answer(module: ModuleType, path: Path) -> WrongAnswer:
    idea, _, look_at = (module.__doc__ or "").strip().partition("\n\n")
    words = Resemblance(path.stem, " ".join(idea.split()), " ".join(look_at.split()))
    return WrongAnswer(module.FUNCTION, words, getattr(module, module.FUNCTION), path)


def resemblance(function: str, answer: Callable[..., Any]) -> Resemblance | None:
    """The misconception that agrees with an answer on every probe, if there is one.

    Args:
        function: Name of the exercise function.
        answer: What the learner wrote.

    Raises:
        LookupError: If the syllabus does not know the function.
    """
    alike = wrong_answers(function)
    returned = False
    for probe in _PROBES:
        found = _outcome(function, answer, *probe)
        returned = returned or found.error is None
        alike = tuple(one for one in alike if _same(found, _known(function, one.answer, *probe)))
        if not alike:  # most answers and most misconceptions part on the first probe
            return None
    return alike[0].resemblance if returned else None


@functools.cache
def _known(function: str, answer: Callable[..., Any], seed: int, square: bool) -> Outcome:
    """What a misconception does on one probe; the same at every check."""
    return _outcome(function, answer, seed, square)


def outcomes(function: str, answer: Callable[..., Any]) -> tuple[Outcome, ...]:
    """What an answer does on every probe of its function.

    Raises:
        LookupError: If the syllabus does not know the function.
    """
    return tuple(_outcome(function, answer, *probe) for probe in _PROBES)


def agree(first: tuple[Outcome, ...], second: tuple[Outcome, ...]) -> bool:
    """Whether two answers do the same on all probes, and return something on at least one."""
    pairs = list(zip(first, second, strict=True))
    return all(_same(*pair) for pair in pairs) and any(pair[0].error is None for pair in pairs)


def _outcome(function: str, answer: Callable[..., Any], seed: int, square: bool) -> Outcome:
    """What an answer does on one probe of its function."""
    behaviour, rng = _behaviour(function), np.random.default_rng(seed)
    with _quiet():
        try:
            return Outcome(None, tuple(_values(behaviour(answer, rng, square))))
        except (Exception, SystemExit) as error:
            return Outcome(type(error).__name__)


@functools.cache
def _behaviour(function: str) -> Callable[..., Any]:
    """What calls an answer on a probe, and says what it did."""
    slug = load_syllabus().lesson_of(function).slug
    probes = importlib.import_module(f"{_PACKAGE}.{slug}")
    behaviour: Callable[..., Any] | None = getattr(probes, f"behaviour_{function}", None)
    if behaviour is not None:
        return behaviour
    probe = getattr(probes, f"probe_{function}")

    def call(answer: Callable[..., Any], rng: np.random.Generator, square: bool) -> Any:
        arguments = copy.deepcopy(probe(rng, square))
        returned = answer(*arguments)
        return returned, [one for one in arguments if isinstance(one, np.ndarray)]

    return call


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The learner has seen the answer's output once, from the checks."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _values(value: Any) -> list[Any]:
    """The arrays and words in a returned value, however they are nested."""
    if value is None or isinstance(value, str | bytes):
        return [value]
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: repr(pair[0]))
        return [part for key, one in pairs for part in (repr(key), *_values(one))]
    if isinstance(value, set | frozenset):
        return [repr(one) for one in sorted(value, key=repr)]
    if isinstance(value, Iterator):
        value = list(value)
    try:
        return [np.asarray(value, dtype=np.float64)]
    except (TypeError, ValueError):
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if not isinstance(value, tuple | list):
            raise
        return [part for one in value for part in _values(one)]


def _same(first: Outcome, second: Outcome) -> bool:
    return (
        first.error == second.error
        and len(first.values) == len(second.values)
        and all(_alike(*pair) for pair in zip(first.values, second.values, strict=True))
    )


def _alike(one: Any, other: Any) -> bool:
    if not (isinstance(one, np.ndarray) and isinstance(other, np.ndarray)):
        return type(one) is type(other) and bool(one == other)
    # float32 answers agree to some 5 digits; two misconceptions differ in the first or second
    return one.shape == other.shape and np.allclose(
        one, other, rtol=1e-3, atol=1e-4, equal_nan=True
    )

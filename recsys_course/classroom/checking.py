"""Run the checks of an exercise on a learner's functions, and answer in the notebook."""

from __future__ import annotations

import functools
import importlib
import inspect
import linecache
import re
import secrets
import sysconfig
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from recsys_course.classroom.cards import Card
from recsys_course.classroom.diagnosis import resemblance
from recsys_course.classroom.expectations import UnmetError
from recsys_course.classroom.home.recording import record_check
from recsys_course.classroom.nesting import is_nested, without_nested_checks
from recsys_course.classroom.notices import deliver, kindly
from recsys_course.classroom.reports import CheckResult, FunctionReport, Report, State
from recsys_course.classroom.syllabus import load_syllabus

__all__ = [
    "check",
    "check_names",
    "exercise_name",
    "report_of",
    "run_check",
    "run_checks",
    "undefined",
]

_NOT_ATTEMPTED = "Not attempted yet: {} still raises NotImplementedError."
_LIBRARIES = tuple(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib"))
_COURSE = str(Path(__file__).parents[1])
_VALUES = re.compile(r"(?:\w+= ?)?array\(.*|\[\s*-?\d.*|-?\d+\.\d{4,}\S*")


def check(function: Callable[..., Any], *, seed: int | None = None) -> Card:
    """Check your answer to an exercise, and see which property it still lacks.

    Args:
        function: Your function itself, without brackets: ``check(predict_ratings)``.
        seed: Seed of the random tables; a fresh one for every call if not given.

    Returns:
        A card that the notebook shows once; it is true when every property holds.

    Raises:
        TypeError: If it is not a function.
        LookupError: If no exercise asks for a function of this name.
    """
    caller = inspect.currentframe()
    scope = caller.f_back.f_globals if caller and caller.f_back else {}
    with kindly():
        name = exercise_name(function, scope)
    if is_nested():  # inside a check, or while a file of answers is read
        return Card(FunctionReport(name, "not attempted", ()), shown=True)
    seed = secrets.randbits(32) if seed is None else seed
    report = run_checks(SimpleNamespace(**{name: function}), [name], seed)
    record_check(name, report.functions[0].state)
    card = Card(report.functions[0])
    deliver(card)
    return card


def exercise_name(function: Callable[..., Any], scope: dict[str, Any]) -> str:
    """Which exercise function this is: by its name, else by the variable that holds it.

    Args:
        function: What the learner wrote.
        scope: The caller's variables.

    Returns:
        The name by which the syllabus knows it.

    Raises:
        TypeError: If it is not a function.
        LookupError: If no exercise asks for a function of this name.
    """
    if not callable(function):
        raise TypeError(
            f"check() got a {type(function).__name__}; give it the function itself, without "
            "brackets, as in check(predict_ratings)"
        )
    syllabus = load_syllabus()
    known = {exercise.name for lesson in syllabus.lessons for exercise in lesson.exercises}
    name: str = getattr(function, "__name__", type(function).__name__)
    if name in known:
        return name
    bound = [other for other in known if scope.get(other) is function]
    return bound[0] if bound else syllabus.lesson_of(name).exercise(name).name


def check_names(function: str) -> tuple[str, ...]:
    """The names of a function's checks, in the order in which they run.

    Raises:
        LookupError: If the syllabus does not know the function.
    """
    return tuple(name for name in vars(_check_module(function)) if name.startswith("test_"))


@functools.cache
def _check_module(function: str) -> ModuleType:
    slug = load_syllabus().lesson_of(function).slug
    return importlib.import_module(f"recsys_course.classroom.checks.{slug}.{function}")


def run_checks(student: Any, functions: Sequence[str], seed: int) -> Report:
    """Run every check of some functions on a learner's answers, in this process.

    Args:
        student: An object with the learner's functions as attributes.
        functions: Names of the exercise functions to check.
        seed: Seed of the random tables; each check draws from a stream of its own.

    Returns:
        One result a check. An interrupt from the keyboard is not caught.

    Raises:
        LookupError: If the syllabus does not know a function.
    """
    # a warning is the learner's to see, and never stops an answer, whatever the front's filters
    with warnings.catch_warnings(), without_nested_checks():
        warnings.simplefilter("default")
        return Report(seed, tuple(_run_function(student, name, seed) for name in functions))


def _run_function(student: Any, function: str, seed: int) -> FunctionReport:
    answer = getattr(student, function, None)
    if not callable(answer):
        return undefined(function)
    report = report_of(
        function,
        ((name, run_check(student, function, name, seed)) for name in check_names(function)),
    )
    if report.state != "failed":
        return report
    return replace(report, resemblance=resemblance(function, answer))


def undefined(function: str) -> FunctionReport:
    """The report on a function that nothing defines."""
    message = f"Not attempted yet: nothing defines the function {function}."
    return FunctionReport.of_all(function, "not attempted", check_names(function), message)


def report_of(function: str, outcomes: Iterable[tuple[str, CheckResult | None]]) -> FunctionReport:
    """The report on a function, before anybody asks what it resembles.

    Args:
        function: Its name.
        outcomes: By the name of each check what came of it, None where the function stopped as the
            stub of the exercise does; where the first did so, no other is asked for.
    """
    message = _NOT_ATTEMPTED.format(function)
    results: list[CheckResult] = []
    for name, result in outcomes:
        if result is None and not results:
            names = check_names(function)
            return FunctionReport.of_all(function, "not attempted", names, message)
        results.append(result or CheckResult(name, function, False, message))
    state: State = "passed" if all(result.passed for result in results) else "failed"
    return FunctionReport(function, state, tuple(results))


def run_check(
    student: Any,
    function: str,
    name: str,
    seed: int,
    explain: Callable[[BaseException, str], str] | None = None,
) -> CheckResult | None:
    """Run one check on an answer; the check itself runs in this process.

    Args:
        student: An object with the learner's function as attribute.
        function: Name of the exercise function.
        name: Name of the check.
        seed: Seed of the random tables; the check draws from a stream of its own.
        explain: Says how an answer stopped, from the error and what is asked for.

    Returns:
        The result; None when the function is still the stub of the exercise.
    """
    test = getattr(_check_module(function), name)
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    try:
        test(student, rng)
    except UnmetError as unmet:
        return CheckResult(name, function, False, str(unmet))
    except NotImplementedError:
        return None
    except (Exception, SystemExit) as error:
        sentence = (explain or _stopped)(error, inspect.getdoc(test) or name)
        return CheckResult(name, function, False, sentence)
    return CheckResult(name, function, True)


def _stopped(error: BaseException, wanted: str) -> str:
    """How the learner's code ended before it returned, and where."""
    # the text of an error can hold what the check passed in: a table, a number of many digits
    text = _VALUES.sub("…", " ".join(str(error).split()))
    kind = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"Your code stopped with {kind[:300]}{_place(error)} What is asked for: {wanted}"


def _place(error: BaseException) -> str:
    """The last line of the learner's own code in a traceback."""
    place = "."
    for frame, number in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        if path.startswith((_COURSE, *_LIBRARIES, "<frozen", "<__array")):
            continue
        line = linecache.getline(path, number, frame.f_globals).strip()
        where = f", line {number}" if "ipykernel" in path or path.startswith("<") else ""
        where = where or f", {Path(path).name}, line {number}"
        place = f"{where}" + (f": `{line}`." if line else ".")
    return place

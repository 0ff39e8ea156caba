"""One pytest session that grades one submission after the other.

Every check of every function is an item of its own, which pytest runs and reports; a point is given
for what pytest reported as passed, and for nothing else. The answers run in the sandbox.
"""

from __future__ import annotations

import functools
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from recsys_course.classroom.checking import (
    check_names,
    not_attempted,
    run_check,
    stub_result,
)
from recsys_course.classroom.diagnosis import resemblance
from recsys_course.classroom.grading.likeness import fingerprints
from recsys_course.classroom.grading.process import Ended, Process
from recsys_course.classroom.grading.results import Result, outcome_of
from recsys_course.classroom.grading.sandbox import Sandbox
from recsys_course.classroom.grading.student import Student
from recsys_course.classroom.grading.variants.ledger import OwnNumbers, Recognition
from recsys_course.classroom.grading.variants.recognition import read_variant, variant_results
from recsys_course.classroom.nesting import without_nested_checks
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.reports import CheckResult, FunctionReport, State
from recsys_course.classroom.syllabus import Lesson

__all__ = ["Task", "run_session"]

_SECONDS_TO_LOAD = 20.0
_SECONDS_TO_LOAD_TENSORFLOW = 60.0
_STOPPED = (
    "Your code stopped with an error before it returned; recsys-course check shows which. "
    "What is asked for: {}"
)
_DEFINITIONS_ONLY = "a statement held the file up or ended it; only its definitions were read"
_ARGUMENTS = (
    "-s", "-c", os.devnull, "--rootdir", os.sep, "-p", "no:terminal", "-p", "no:cacheprovider",
    "-p", "no:warnings", "-p", "no:logging", "-p", "no:faulthandler", "-p", "no:doctest",
    "-p", "no:unittest", "-p", "no:junitxml", "-p", "no:stepwise", "-p", "no:threadexception",
    "-p", "no:unraisableexception",
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """One submission to be graded."""

    student: str
    source: str
    digest: str
    name: str
    content: bytes
    seed: int
    variant: Recognition | None = None

    @property
    def numbers(self) -> Mapping[str, OwnNumbers]:
        """The student's own numbers for some of the functions."""
        own = self.variant and self.variant.variant
        return own.functions if own else {}


def run_session(tasks: Iterator[tuple[Task, Sandbox]], report: Callable[[Result], None]) -> None:
    """Grade submissions as they come, in this process.

    Args:
        tasks: Each submission, and the sandbox of its lesson.
        report: Gets each result.
    """
    session = _Session(tasks, report)
    # a plug-in of the instructor's must not slow the grader down, or decide
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with warnings.catch_warnings(), without_nested_checks():
        pytest.main([*_ARGUMENTS], plugins=[session])
    if session.error is not None:
        raise session.error


class _CheckItem(pytest.Item):
    """One check of one function of one submission."""

    run: Callable[[], CheckResult | None]

    def runtest(self) -> None:
        """Pass if the answer has the property.

        Raises:
            _FailedError: If it has not.
        """
        result = self.run()
        if result is None or not result.passed:
            raise _FailedError

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """Nothing: what is said about a failure stands in the result."""
        return ""


class _FailedError(Exception):
    """An answer lacks a property."""


class _Session:
    """The plug-in: it gives pytest the items, and takes the reports."""

    def __init__(
        self, tasks: Iterator[tuple[Task, Sandbox]], report: Callable[[Result], None]
    ) -> None:
        self.tasks, self.report = tasks, report
        self.passed: set[str] = set()
        self.error: BaseException | None = None
        self.session: Any = None

    def pytest_collection(self, session: Any) -> bool:
        """There is nothing on the disk to collect."""
        session.items, session.testscollected = [], 1
        return True

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run the items of each submission as it comes."""
        self.session = session
        try:
            for task, sandbox in self.tasks:
                self.report(_Grading(self, task, sandbox).result())
        except BaseException as error:  # pytest would keep it to itself
            self.error = error
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember what has passed."""
        if report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def decide(self, name: str, run: Callable[[], CheckResult | None]) -> bool:
        """Let pytest run one item; whether it passed."""
        self.passed.clear()
        item = _CheckItem.from_parent(self.session, name=name)
        item.run = run
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return item.nodeid in self.passed


class _Grading:
    """One submission on its way from bytes to a result."""

    def __init__(self, session: _Session, task: Task, sandbox: Sandbox) -> None:
        self.session, self.task, self.sandbox = session, task, sandbox
        self.names = [exercise.name for exercise in sandbox.lesson.exercises]
        self.began = time.monotonic()
        self.problems: tuple[str, ...] = ()
        self.output, self.peak_mb = "", 0.0
        self.definitions_only = False
        self.defined = frozenset[str]()
        self.process: Process | None = None
        self.cut_off: Ended | None = None
        self.source = ""

    def result(self) -> Result:
        """Grade it."""
        try:
            functions = self.functions()
        except ValueError as unreadable:
            reason = str(unreadable).removeprefix(f"{self.task.name}: ")
            return self.made("could not be read", reason, ())
        finally:
            self.end()
        outcome = outcome_of(functions)
        reason = next((one.message for one in functions if one.state == outcome), "")
        return self.made(outcome, reason if outcome != "not attempted" else "", functions)

    def made(self, outcome: Any, reason: str, functions: tuple[FunctionReport, ...]) -> Result:
        return Result(
            student=self.task.student,
            slug=self.sandbox.lesson.slug,
            source=self.task.source,
            digest=self.task.digest,
            outcome=outcome,
            reason=reason,
            functions=functions,
            problems=(*self.remarks(), *self.problems),
            output=self.output,
            seconds=round(time.monotonic() - self.began, 3),
            peak_mb=round(self.peak_mb, 1),
            seed=self.task.seed,
            variant=read_variant(self.task.content),
            fingerprints=fingerprints(self.source, starter_of(self.sandbox.lesson)),
        )

    def remarks(self) -> tuple[str, ...]:
        """What the instructor should know about whose notebook it is."""
        sentence = self.task.variant.sentence if self.task.variant else ""
        return (sentence,) if sentence else ()

    def functions(self) -> tuple[FunctionReport, ...]:
        """Check every function; one that ends the process costs itself alone."""
        try:
            self.ready()
        except Ended as ended:
            return tuple(self.ended(name, ended) for name in self.names)
        return tuple(self.function(name) for name in self.names)

    def function(self, function: str) -> FunctionReport:
        """Check one function."""
        if function not in self.defined:
            message = f"Not attempted yet: nothing defines the function {function}."
            return FunctionReport.of_all(function, "not attempted", check_names(function), message)
        exercise = self.sandbox.lesson.exercise(function)
        try:
            process = self.ready()
            process.allow(exercise.seconds * self.sandbox.limits.time_factor)
            report = self.checked(function, process)
            if report.state == "failed":
                process.allow(exercise.seconds * self.sandbox.limits.time_factor)
                report = replace(report, resemblance=self.resemblance(function, process))
            return report
        except Ended as ended:
            return self.ended(function, ended)

    def checked(self, function: str, process: Process) -> FunctionReport:
        """Let pytest decide about each check."""
        names = check_names(function)
        # arrays that a check hands out must stay as they are where one of the checks says so
        untouched = any(name.endswith("_inputs") for name in names)
        student = Student(process, self.defined, "missing" if untouched else "ignored")
        results: list[CheckResult] = []
        for name, check in self.checks(function, student):
            found: list[CheckResult | None] = []

            def run(
                check: Callable[[], CheckResult | None] = check,
                found: list[CheckResult | None] = found,
            ) -> CheckResult | None:
                try:
                    found.append(check())
                except Ended as ended:  # pytest would keep it to itself
                    self.cut_off = ended
                    raise
                return found[0]

            passed = self.session.decide(name, run)
            if self.cut_off is not None:
                cut_off, self.cut_off = self.cut_off, None
                raise cut_off
            if found == [None] and not results:
                return not_attempted(function)
            result = (found and found[0]) or stub_result(function, name)
            results.append(replace(result, passed=passed and result.passed))
        state: State = "passed" if all(result.passed for result in results) else "failed"
        return FunctionReport(function, state, tuple(results))

    def checks(
        self, function: str, student: Student
    ) -> Iterator[tuple[str, Callable[[], CheckResult | None]]]:
        """The checks of a function, and whether the student's own numbers come out.

        Yields:
            Their names, and what runs them.
        """
        for name in check_names(function):
            yield (
                name,
                functools.partial(run_check, student, function, name, self.task.seed, _stopped),
            )
        numbers = self.task.numbers.get(function)
        if numbers is not None:
            yield (
                f"test_{function}_own_numbers",
                functools.partial(variant_results, student, function, numbers),
            )

    def resemblance(self, function: str, process: Process) -> Any:
        """The misconception that it behaves like; none where it does not come to an end."""
        student = Student(process, self.defined, "applied")
        try:
            return resemblance(function, getattr(student, function))
        except Ended:
            return None

    def ended(self, function: str, ended: Ended) -> FunctionReport:
        names = check_names(function)
        return FunctionReport.of_all(function, ended.state, names, ended.sentence)

    def ready(self) -> Process:
        """A process that has loaded the submission; a new one where the last has ended."""
        if self.process is not None and self.process.ending is None:
            return self.process
        self.end()
        self.process = self.sandbox.open()
        self.source = self.process.read(self.task.name, self.task.content)
        try:
            return self.loaded(self.process)
        except Ended:
            if self.definitions_only:
                raise
        self.definitions_only = True  # the two ways seldom fail on the same file
        return self.ready()

    def loaded(self, process: Process) -> Process:
        heavy = self.sandbox.tensorflow
        process.allow(_SECONDS_TO_LOAD_TENSORFLOW if heavy else _SECONDS_TO_LOAD)
        self.defined, problems = process.load(self.names, self.definitions_only)
        self.problems = (*problems, *([_DEFINITIONS_ONLY] if self.definitions_only else []))
        return process

    def end(self) -> None:
        """End the process, and keep what its supervisor saw."""
        if self.process is not None:
            ending = self.process.close()
            self.output = self.output or ending.output
            self.peak_mb = max(self.peak_mb, ending.peak_mb)
            self.process = None


def _stopped(error: BaseException, wanted: str) -> str:
    """How an answer stopped, without its words: an error's text and name can carry an input.

    Raises:
        Ended: If it ran out of memory.
    """
    if isinstance(error, MemoryError):
        raise Ended("out of memory")
    return _STOPPED.format(wanted)


@functools.cache
def starter_of(lesson: Lesson) -> str:
    """The code of the exercise as it is handed out; nothing where there is no exercise here."""
    path = Path(__file__).parents[3] / "exercises" / f"{lesson.stem}.ipynb"
    return "\n".join(read_answers(path).cells) if path.is_file() else ""

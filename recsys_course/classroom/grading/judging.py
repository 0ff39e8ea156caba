"""One submission on its way from bytes to a result.

Its code runs in the sandbox. Every check runs here, and counts as passed only if the session's
``decide`` says so. The module is longer than most, as all ways in which a submission can end
have their place in one story.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from recsys_course.classroom.checking import check_names, report_of, run_check, undefined
from recsys_course.classroom.diagnosis import resemblance
from recsys_course.classroom.grading.likeness import fingerprints
from recsys_course.classroom.grading.opening import Opener
from recsys_course.classroom.grading.process import Ended, Process
from recsys_course.classroom.grading.results import Result, outcome_of
from recsys_course.classroom.grading.student import Student
from recsys_course.classroom.grading.variants.ledger import OwnNumbers, Recognition
from recsys_course.classroom.grading.variants.own_numbers import variant_results
from recsys_course.classroom.grading.variants.recognition import read_variant
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.reports import CheckResult, FunctionReport
from recsys_course.classroom.syllabus import Lesson

__all__ = ["Check", "Decide", "Grading", "Task"]

Check = Callable[[], CheckResult | None]
Decide = Callable[[str, Check], bool]

_SECONDS_TO_LOAD = 20.0
_SECONDS_TO_LOAD_TENSORFLOW = 60.0
_STOPPED = (
    "Your code stopped with an error before it returned; recsys-course check shows which. "
    "What is asked for: {}"
)
_NOT_RUN = "The grader could not run this check; grade the submission again."
_DEFINITIONS_ONLY = "a statement held the file up or ended it; only its definitions were read"


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


class Grading:
    """One submission, and the process that holds it.

    Args:
        decide: Runs a check, and says whether it passed.
        task: The submission.
        sandbox: The sandbox of its lesson.
    """

    def __init__(self, decide: Decide, task: Task, sandbox: Opener) -> None:
        """Begin; no process is started yet."""
        self.decide, self.task, self.sandbox = decide, task, sandbox
        self.names = [exercise.name for exercise in sandbox.lesson.exercises]
        self.began = time.monotonic()
        self.problems: tuple[str, ...] = ()
        self.output, self.peak_mb = "", 0.0
        self.definitions_only = False
        self.defined = frozenset[str]()
        self.process: Process | None = None
        self.cut_off: Ended | None = None
        self.accused = ""  # of what it did while it was loaded for the first time
        self.source = ""

    def result(self) -> Result:
        """Grade it."""
        try:
            functions = self._functions()
        except ValueError as unreadable:
            reason = str(unreadable).removeprefix(f"{self.task.name}: ")
            return self._made("could not be read", reason, ())
        finally:
            self._end()
        if self.accused:
            return self._made("tried to cheat", self.accused, functions)
        outcome = outcome_of(functions)
        reason = next((one.message for one in functions if one.state == outcome), "")
        return self._made(outcome, reason if outcome != "not attempted" else "", functions)

    def _made(self, outcome: Any, reason: str, functions: tuple[FunctionReport, ...]) -> Result:
        return Result(
            student=self.task.student,
            slug=self.sandbox.lesson.slug,
            source=self.task.source,
            digest=self.task.digest,
            outcome=outcome,
            reason=reason,
            functions=functions,
            problems=(*self._remarks(), *self.problems),
            output=self.output,
            seconds=round(time.monotonic() - self.began, 3),
            peak_mb=round(self.peak_mb, 1),
            seed=self.task.seed,
            variant=read_variant(self.task.content),
            fingerprints=fingerprints(self.source, starter_of(self.sandbox.lesson)),
        )

    def _remarks(self) -> tuple[str, ...]:
        """What the instructor should know about whose notebook it is."""
        sentence = self.task.variant.sentence if self.task.variant else ""
        return (sentence,) if sentence else ()

    def _functions(self) -> tuple[FunctionReport, ...]:
        """Check every function; one that ends the process costs itself alone."""
        try:
            self._ready()
        except Ended as ended:
            return tuple(self._ended(name, ended) for name in self.names)
        return tuple(self._function(name) for name in self.names)

    def _function(self, function: str) -> FunctionReport:
        """Check one function."""
        if function not in self.defined:
            return undefined(function)
        exercise = self.sandbox.lesson.exercise(function)
        try:
            process = self._ready()
            process.allow(exercise.seconds * self.sandbox.limits.time_factor)
            report = self._checked(function, process)
            if report.state == "failed":
                process.allow(exercise.seconds * self.sandbox.limits.time_factor)
                report = replace(report, resemblance=self._resemblance(function, process))
            return report
        except Ended as ended:
            return self._ended(function, ended)

    def _checked(self, function: str, process: Process) -> FunctionReport:
        """Let pytest decide about each check."""
        names = check_names(function)
        # arrays that a check hands out must stay as they are where one of the checks says so
        untouched = any(name.endswith("_inputs") for name in names)
        student = Student(process, self.defined, "missing" if untouched else "ignored")
        return report_of(function, self._decided(function, student))

    def _decided(self, function: str, student: Student) -> Iterator[tuple[str, CheckResult | None]]:
        """What came of each check.

        Yields:
            Its name and result; None where the function stopped as a stub does.
        """
        for name, check in self._checks(function, student):
            found: list[CheckResult | None] = []

            def run(
                check: Check = check,
                found: list[CheckResult | None] = found,
            ) -> CheckResult | None:
                try:
                    found.append(check())
                except Ended as ended:  # pytest would keep it to itself
                    self.cut_off = ended
                    raise
                return found[0]

            passed = self.decide(name, run)
            if self.cut_off is not None:
                cut_off, self.cut_off = self.cut_off, None
                raise cut_off
            result = found[0] if found else CheckResult(name, function, False, _NOT_RUN)
            yield name, result and replace(result, passed=passed and result.passed)

    def _checks(self, function: str, student: Student) -> Iterator[tuple[str, Check]]:
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

    def _resemblance(self, function: str, process: Process) -> Any:
        """The misconception that it behaves like; none where it does not come to an end."""
        student = Student(process, self.defined, "applied")
        try:
            return resemblance(function, getattr(student, function))
        except Ended:
            return None

    def _ended(self, function: str, ended: Ended) -> FunctionReport:
        names = check_names(function)
        return FunctionReport.of_all(function, ended.state, names, ended.sentence)

    def _ready(self) -> Process:
        """A process that has loaded the submission; a new one where the last has ended."""
        if self.process is not None and self.process.ending is None:
            return self.process
        self._end()
        self.process = self.sandbox.open()
        self.source = self.process.read(self.task.name, self.task.content)
        try:
            return self._loaded(self.process)
        except Ended as ended:
            if self.definitions_only:
                raise
            if ended.state == "tried to cheat":
                self.accused = ended.sentence
        self.definitions_only = True  # the two ways seldom fail on the same file
        return self._ready()

    def _loaded(self, process: Process) -> Process:
        heavy = self.sandbox.tensorflow
        seconds = _SECONDS_TO_LOAD_TENSORFLOW if heavy else _SECONDS_TO_LOAD
        process.allow(seconds * self.sandbox.limits.time_factor)
        self.defined, problems = process.load(self.names, self.definitions_only)
        self.problems = (*problems, *([_DEFINITIONS_ONLY] if self.definitions_only else []))
        return process

    def _end(self) -> None:
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

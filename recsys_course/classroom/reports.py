"""What the checks found out, in a form that every front shows and that travels as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from recsys_course.classroom.syllabus import Exercise, load_syllabus

__all__ = ["CheckResult", "FileReport", "FunctionReport", "Report", "Resemblance", "State"]

State = Literal[
    "passed",
    "failed",
    "not attempted",
    "timed out",
    "out of memory",
    "crashed",
    "tried to cheat",
]


@dataclass(frozen=True)
class CheckResult:
    """One property: whether the answer has it, and what to tell the learner if not."""

    name: str
    function: str
    passed: bool
    message: str = ""


@dataclass(frozen=True)
class Resemblance:
    """A named misconception that behaves like the answer, and what to look at."""

    name: str
    idea: str
    look_at: str


@dataclass(frozen=True)
class FunctionReport:
    """All checks of one function."""

    function: str
    state: State
    results: tuple[CheckResult, ...]
    resemblance: Resemblance | None = None

    @property
    def exercise(self) -> Exercise:
        """What the syllabus says about the function."""
        return load_syllabus().lesson_of(self.function).exercise(self.function)

    @property
    def n_passed(self) -> int:
        """How many properties the answer has."""
        return sum(result.passed for result in self.results)

    @property
    def points(self) -> int:
        """1 for a function with every property, else 0: half a gradient descends nowhere."""
        return int(self.state == "passed")

    @property
    def message(self) -> str:
        """The first missing property, in words; empty when there is none."""
        return next((result.message for result in self.results if not result.passed), "")

    @classmethod
    def of_all(
        cls, function: str, state: State, names: tuple[str, ...], message: str
    ) -> FunctionReport:
        """A report in which one reason stands for every check."""
        results = tuple(CheckResult(name, function, False, message) for name in names)
        return cls(function, state, results)

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> FunctionReport:
        """The report that ``to_json`` has taken apart."""
        resemblance = entry["resemblance"]
        return cls(
            entry["function"],
            entry["state"],
            tuple(CheckResult(**result) for result in entry["results"]),
            Resemblance(**resemblance) if resemblance else None,
        )

    def to_json(self) -> dict[str, Any]:
        """The report as plain dictionaries and lists."""
        return vars(self) | {
            "results": [dict(vars(result)) for result in self.results],
            "resemblance": self.resemblance and dict(vars(self.resemblance)),
        }


@dataclass(frozen=True)
class Report:
    """What the checks found out about several functions."""

    seed: int
    functions: tuple[FunctionReport, ...]

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """One result a check, in order."""
        return tuple(result for function in self.functions for result in function.results)

    @property
    def passed(self) -> bool:
        """Whether every function has every property."""
        return all(function.state == "passed" for function in self.functions)


@dataclass(frozen=True)
class FileReport(Report):
    """What the checks found out about the answers in a file."""

    path: str = ""
    slug: str = ""
    problems: tuple[str, ...] = field(default=())

    @property
    def points(self) -> int:
        """Points of all functions."""
        return sum(function.points for function in self.functions)

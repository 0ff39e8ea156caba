"""What the grader found out about one submission, in a form that travels as JSON.

``output`` and ``problems`` hold text that the submission chose; only the instructor may see them,
because a hidden input could be written into them. Everything else is the course's own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from recsys_course.classroom.reports import FunctionReport
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["OUTCOMES", "Outcome", "Result", "outcome_of"]

Outcome = Literal[
    "graded",
    "not attempted",
    "could not be read",
    "timed out",
    "out of memory",
    "crashed",
    "tried to cheat",
]
OUTCOMES: tuple[Outcome, ...] = (
    "graded",
    "not attempted",
    "could not be read",
    "timed out",
    "out of memory",
    "crashed",
    "tried to cheat",
)
_NO_LESSON = Lesson(999, "", "Answers to no known lesson", 0, ())
# one function that was cut off marks the whole submission, so that an instructor sees it
_WORST_FIRST: tuple[Outcome, ...] = ("tried to cheat", "out of memory", "timed out", "crashed")


@dataclass(frozen=True)
class Result:
    """One submission: whose it is, what came of it, and why.

    Args:
        student: The student's id, from the name of a folder or file.
        slug: The lesson that it answers; empty where nothing says which.
        source: Where it was found, such as ``class.zip/rivera/03_mf_loss.ipynb``.
        digest: SHA-256 of its bytes, in hex.
        outcome: What came of it.
        reason: Why it is not simply graded, and where; a sentence of ours, empty when graded.
        functions: One report for each function of the exercise.
        problems: Statements that failed while it was loaded; for the instructor alone.
        output: What it printed, cut; for the instructor alone.
        seconds: Wall-clock time of loading and checking.
        peak_mb: The most memory that its processes held, in MB.
        seed: Seed of the random tables that it was checked on.
        variant: The variant of the exercise that it carries, where the class got variants.
        fingerprints: Hashes of its token sequences, to find submissions that are alike.
    """

    student: str
    slug: str
    source: str
    digest: str
    outcome: Outcome
    reason: str = ""
    functions: tuple[FunctionReport, ...] = ()
    problems: tuple[str, ...] = ()
    output: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0
    seed: int = 0
    variant: str | None = None
    fingerprints: tuple[int, ...] = ()

    @property
    def lesson(self) -> Lesson:
        """The lesson that it answers; one without exercises where nothing says which."""
        return load_syllabus().lesson(self.slug) if self.slug else _NO_LESSON

    @property
    def stem(self) -> str:
        """What its notebook is called, without suffix; empty where nothing says it."""
        return self.lesson.stem if self.slug else ""

    @property
    def points(self) -> int:
        """Points of all functions."""
        return sum(function.points for function in self.functions)

    @property
    def max_points(self) -> int:
        """Points that the exercise can bring."""
        return len(self.lesson.exercises)

    def to_json(self) -> dict[str, Any]:
        """The result as plain dictionaries, lists, words and numbers."""
        return vars(self) | {"functions": [function.to_json() for function in self.functions]}

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Result:
        """The result that ``to_json`` has taken apart."""
        functions = tuple(FunctionReport.from_json(one) for one in entry["functions"])
        lists = {name: tuple(entry[name]) for name in ("problems", "fingerprints")}
        return cls(**(entry | lists | {"functions": functions}))


def outcome_of(functions: tuple[FunctionReport, ...]) -> Outcome:
    """What came of a submission, by the states of its functions."""
    states = {function.state for function in functions}
    if states <= {"not attempted"}:
        return "not attempted"
    return next((outcome for outcome in _WORST_FIRST if outcome in states), "graded")

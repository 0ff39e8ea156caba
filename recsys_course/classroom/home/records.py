"""progress.json: what a learner has tried, and what has passed, as plain text of their own.

It may be read, edited, merged and deleted; deleted, it is made again from the exercises. README.md
of the learner's folder describes its fields.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recsys_course.classroom.home.place import Home
from recsys_course.classroom.whole_files import keep_copy, write_whole

__all__ = ["Attempts", "Progress", "change", "merge", "moment", "now", "read", "recall"]

_FORMAT = 1
_ABOUT = "How far you are in the course. Yours: README.md says what it holds."
_NONE = "not attempted"


@dataclass(frozen=True)
class Attempts:
    """What is known about one exercise function, or about one quiz.

    Attributes:
        state: That of the last check.
        attempts: How often it was checked.
        hints: How many of its hints were read.
        checked: When it was last checked, in UTC; empty if never.
        passed: When it first passed; empty if it never did.
    """

    state: str = _NONE
    attempts: int = 0
    hints: int = 0
    checked: str = ""
    passed: str = ""

    def checked_as(self, state: str, attempt: int = 1) -> Attempts:
        """The same after one more check, which need not count as an attempt."""
        checked = now()
        passed = self.passed or (checked if state == "passed" else "")
        attempts = self.attempts + attempt
        return replace(self, state=state, attempts=attempts, checked=checked, passed=passed)

    def with_hints(self, n_read: int) -> Attempts:
        """The same after that many hints were read."""
        return replace(self, hints=max(self.hints, n_read))

    def merged(self, other: Attempts) -> Attempts:
        """What both know together; it does not matter which comes first."""
        last = max(self, other, key=lambda one: (one.checked, one.state))
        return Attempts(
            last.state,
            max(self.attempts, other.attempts),
            max(self.hints, other.hints),
            last.checked,
            min((one.passed for one in (self, other) if one.passed), default=""),
        )


@dataclass(frozen=True)
class Progress:
    """All that progress.json holds.

    Attributes:
        functions: By the name of the exercise function.
        quizzes: By the slug of the lesson.
        files: By the path of an exercise, a mark of what was checked there last as a whole.
    """

    functions: Mapping[str, Attempts] = field(default_factory=dict)
    quizzes: Mapping[str, Attempts] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def function(self, name: str) -> Attempts:
        """What is known about a function."""
        return self.functions.get(name, Attempts())

    def with_function(self, name: str, known: Attempts) -> Progress:
        """The same, but for one function."""
        return replace(self, functions={**self.functions, name: known})

    def with_file(self, path: str, mark: str) -> Progress:
        """The same, but for the mark of one file; an empty mark takes it away."""
        others = {name: known for name, known in self.files.items() if name != path}
        return replace(self, files={**others, path: mark} if mark else others)

    def with_quiz(self, slug: str, state: str) -> Progress:
        """The same after one more try at a quiz."""
        known = self.quizzes.get(slug, Attempts()).checked_as(state)
        return replace(self, quizzes={**self.quizzes, slug: known})

    def to_json(self) -> str:
        """As text, one line a function, so that two versions can be merged line by line."""

        def block(entries: Mapping[str, Any]) -> str:
            lines = [f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in entries.items()]
            return "{\n" + ",\n".join(lines) + "\n }" if lines else "{}"

        parts = {
            "format": json.dumps(_FORMAT),
            "about": json.dumps(_ABOUT),
            "functions": block({n: asdict(one) for n, one in sorted(self.functions.items())}),
            "quizzes": block({n: asdict(one) for n, one in sorted(self.quizzes.items())}),
            "files": block(dict(sorted(self.files.items()))),
        }
        return "{\n" + ",\n".join(f' "{name}": {text}' for name, text in parts.items()) + "\n}\n"


def now() -> str:
    """This moment in UTC, to the second."""
    return moment(time.time())


def moment(seconds: float) -> str:
    """A moment that a clock gives, such as ``time.time()``, in UTC and to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def merge(first: Progress, second: Progress) -> Progress:
    """What two files of progress know together, of two machines for instance.

    Of two checks the later one counts; what passed once has passed; numbers are the larger ones.
    """

    def both(one: Mapping[str, Attempts], other: Mapping[str, Attempts]) -> dict[str, Attempts]:
        return {
            name: one[name].merged(other[name]) if name in one and name in other else known
            for name, known in {**one, **other}.items()
        }

    agreed = {name: mark for name, mark in first.files.items() if second.files.get(name) == mark}
    return Progress(
        both(first.functions, second.functions), both(first.quizzes, second.quizzes), agreed
    )


def read(path: Path) -> Progress:
    """The progress in a file; both sides of one in which a merge left its marks.

    Raises:
        ValueError: If it is neither there for reading as text nor as progress; the message says
            what to do.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Progress()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read ({error}); delete it: {_REBUILT}") from None
    sides = [_parsed(path, side) for side in _sides(text)]
    return sides[0] if len(sides) == 1 else merge(*sides)


def recall(home: Home) -> Progress:
    """The progress of a learner; nothing where its file is gone or spoilt."""
    try:
        return read(home.progress)
    except ValueError:
        return Progress()


def change(home: Home, step: Callable[[Progress], Progress]) -> Progress:
    """Read the progress, take a step, write it; nobody else writes meanwhile.

    A file that cannot be read is kept beside the new one, as progress.spoilt.json.

    Raises:
        OSError: If it cannot be written.
    """
    with home.alone():
        try:
            before = read(home.progress)
        except ValueError:
            keep_copy(home.progress, home.progress.with_name("progress.spoilt.json"))
            before = Progress()
        after = step(before)
        if after != before or not home.progress.is_file():
            write_whole(home.progress, after.to_json())
    return after


_REBUILT = "`recsys-course status` makes it again from your exercises"
_MARKS = re.compile(
    r"^<{7}.*\n((?:.*\n)*?)(?:\|{7}.*\n(?:.*\n)*?)?={7}\n((?:.*\n)*?)>{7}.*\n?", re.MULTILINE
)


def _sides(text: str) -> list[str]:
    """The text, or the two texts between which a merge was undecided."""
    text = text.replace("\r\n", "\n")
    if not _MARKS.search(text):
        return [text]
    return [_MARKS.sub(rf"\{side}", text) for side in (1, 2)]


def _parsed(path: Path, text: str) -> Progress:
    try:
        # a merge by lines leaves a comma too many or too few at the end of a block
        text = re.sub(r",(\s*\})", r"\1", re.sub(r'\}\n(\s*")', r"},\n\1", text))
        told = json.loads(text)
        if told["format"] != _FORMAT:
            raise ValueError(f"its format is {told['format']}, this course knows {_FORMAT}")
        return Progress(
            {name: _attempts(one) for name, one in told.get("functions", {}).items()},
            {name: _attempts(one) for name, one in told.get("quizzes", {}).items()},
            {str(name): str(mark) for name, mark in told.get("files", {}).items()},
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{path} is no progress of this course ({error}); mend it, or delete it: {_REBUILT}"
        ) from None


def _attempts(told: Mapping[str, Any]) -> Attempts:
    """An entry, with what somebody left out at its default, and what is unknown left out."""
    known = Attempts()
    values = {name: told.get(name, value) for name, value in asdict(known).items()}
    for name, value in values.items():
        if type(value) is not type(getattr(known, name)):
            raise TypeError(f"{name} is {value!r}")
    return Attempts(**values)

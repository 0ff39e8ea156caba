"""The ledger of a release: who has which variant, and what their own numbers come to.

``ledger.json`` is the instructor's alone. It holds

- ``format``: 1; a later version of the course that writes it differently counts up;
- ``course_version``, ``slug``: of which exercise the variants are;
- ``secret``: 64 hex digits, from which every variant follows; who knows it knows all of them;
- ``students``: by id, the ``variant``, the ``folder`` below ``release/``, the SHA-256 of the
  ``notebook`` that was handed out, and ``functions``: by name the ``arguments`` and what is
  ``expected``. An array is written as ``{"dtype": …, "shape": …, "data": […]}`` with null for nan,
  a list as ``{"list": […]}``, a tuple as ``{"tuple": […]}``; numbers and words as they are.
"""

from __future__ import annotations

import functools
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from recsys_course.classroom.grading.variants.recognition import ID_DIGITS
from recsys_course.classroom.grading.variants.roster import folder_name, same_student
from recsys_course.classroom.grading.variants.values import as_json, from_json

__all__ = [
    "Ledger",
    "LedgerError",
    "OwnNumbers",
    "Recognition",
    "Variant",
]

_FORMAT = 1


class LedgerError(ValueError):
    """A ledger that cannot be used; the message is one sentence."""


@dataclass(frozen=True)
class OwnNumbers:
    """One function's example for one student; both parts as JSON, see the module."""

    function: str
    arguments: list[Any]
    expected: Any

    @classmethod
    def of(cls, function: str, arguments: tuple[Any, ...], expected: Any) -> Self:
        """The example with these arguments and this result."""
        return cls(function, [as_json(one) for one in arguments], as_json(expected))

    def fresh_arguments(self) -> tuple[Any, ...]:
        """New arrays, numbers and lists at every call, which an answer may spoil."""
        return tuple(from_json(one) for one in self.arguments)

    def result(self) -> Any:
        """What the reference solution returned."""
        return from_json(self.expected)


@dataclass(frozen=True)
class Variant:
    """What one student was handed out."""

    student: str
    variant: str
    folder: str
    notebook: str
    functions: Mapping[str, OwnNumbers] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognition:
    """Which variant a student should have, and what is odd about the one that was handed in.

    Args:
        variant: What the student was handed out; None for somebody who is not in the ledger.
        sentence: For the instructor, where the submission carries something else; empty if not.
    """

    variant: Variant | None
    sentence: str = ""


@dataclass(frozen=True)
class Ledger:
    """Everything about one release; the order of the students is that of the lists."""

    course_version: str
    slug: str
    secret: str
    variants: Mapping[str, Variant] = field(default_factory=dict)

    def variant_of(self, student: str) -> str:
        """The id of a student's variant; it says nothing to who does not know the secret."""
        return self.stream("variant", student).hex()[:ID_DIGITS]

    def stream(self, *words: str) -> bytes:
        """Bytes that depend on the secret, the exercise and some words."""
        message = json.dumps([self.slug, *words]).encode()
        return hmac.digest(bytes.fromhex(self.secret), message, "sha256")

    @functools.cached_property
    def _by_name(self) -> dict[str, Variant]:
        folders = {same_student(one.folder): one for one in self.variants.values()}
        return folders | {same_student(one.student): one for one in self.variants.values()}

    def find(self, student: str) -> Variant | None:
        """What a student was handed out, by their id or the name of their folder."""
        return self._by_name.get(same_student(student))

    def check(self, variant: str | None, student: str) -> Recognition:
        """Compare the variant that a submission carries with the one that its student has.

        Args:
            variant: What ``read_variant`` found.
            student: Whose submission it is.

        Returns:
            The student's own variant, and a sentence for the instructor. What it says is a place to
            look, not a proof: the mark can be taken from one notebook to another by hand.
        """
        own = self.find(student)
        owner = next((one for one in self.variants.values() if one.variant == variant), None)
        if own is None:
            whose = f", and it carries the variant of {owner.student}" if owner else ""
            return Recognition(
                None, f"nobody of this name is in the ledger{whose}: is the name that of the list?"
            )
        if owner is own:
            return Recognition(own)
        if owner:
            return Recognition(
                own, f"it carries the variant of {owner.student}: a place to look, not a proof"
            )
        if variant:
            return Recognition(
                own, "it carries a variant that is not in the ledger: another class?"
            )
        return Recognition(
            own,
            "it carries no variant: begun from another notebook, or saved without its metadata?",
        )

    def to_json(self) -> str:
        """The ledger as the text of its file."""
        students = {
            one.student: {
                "variant": one.variant,
                "folder": one.folder,
                "notebook": one.notebook,
                "functions": {
                    name: {"arguments": numbers.arguments, "expected": numbers.expected}
                    for name, numbers in one.functions.items()
                },
            }
            for one in self.variants.values()
        }
        head = {
            "format": _FORMAT,
            "course_version": self.course_version,
            "slug": self.slug,
            "secret": self.secret,
        }
        lines = [f" {_line(name)}: {_line(value)},\n" for name, value in head.items()]
        entries = [f"  {_line(name)}: {_line(entry)}" for name, entry in students.items()]
        whole = ",\n".join(entries)
        return f'{{\n{"".join(lines)} "students": {{\n{whole}\n }}\n}}\n'

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """Read a ledger.

        Raises:
            LedgerError: If there is none, or it is not one that this version can read.
        """
        try:
            whole = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise LedgerError(f"{path}: the ledger cannot be read ({reason})") from None
        except (ValueError, RecursionError):
            raise LedgerError(f"{path}: this is no JSON; take the ledger from a backup") from None
        number = whole.get("format") if isinstance(whole, dict) else None
        if number != _FORMAT:
            raise LedgerError(
                f"{path}: the format of the ledger is {str(number)[:20]}, and this version of the "
                f"course reads format {_FORMAT}; use the version that wrote it"
            )
        try:
            return _ledger(whole)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise LedgerError(
                f"{path}: the ledger was changed by hand ({type(error).__name__}: {error}); take "
                "it from a backup"
            ) from None


def _ledger(whole: dict[str, Any]) -> Ledger:
    variants = {}
    for student, entry in whole["students"].items():
        functions = {
            name: OwnNumbers(name, list(one["arguments"]), one["expected"])
            for name, one in entry["functions"].items()
        }
        for numbers in functions.values():  # an entry that cannot be read must not wait for a grade
            numbers.fresh_arguments()
            numbers.result()
        variants[student] = Variant(
            student, entry["variant"], entry["folder"], entry["notebook"], functions
        )
    ledger = Ledger(whole["course_version"], whole["slug"], whole["secret"], variants)
    for one in variants.values():
        if one.folder != folder_name(one.student):
            raise ValueError(f"the folder of {one.student!r} is not {one.folder!r}")
        if one.variant != ledger.variant_of(one.student):
            raise ValueError(f"the variant of {one.student!r} does not follow from the secret")
    return ledger


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

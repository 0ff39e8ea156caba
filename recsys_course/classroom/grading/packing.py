"""Hand out an exercise with numbers of each student's own, and know them again when it comes back.

``release/<student>/NN_slug.ipynb`` is what students get, all of them as ``release.zip``;
``ledger.json`` beside it is the instructor's alone.
"""

from __future__ import annotations

import copy
import dataclasses
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recsys_course import __version__
from recsys_course.classroom.authoring import to_notebook
from recsys_course.classroom.grading.variants import example, functions_with_examples
from recsys_course.classroom.grading.variants.ledger import (
    Ledger,
    LedgerError,
    OwnNumbers,
    Recognition,
    Variant,
)
from recsys_course.classroom.grading.variants.notebooks import personal_notebook
from recsys_course.classroom.grading.variants.releases import PackingError, write
from recsys_course.classroom.grading.variants.roster import (
    RosterError,
    checked,
    folder_name,
    read_students,
    same_student,
)
from recsys_course.classroom.loading import load
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.syllabus import Lesson, load_syllabus
from recsys_course.classroom.whole_files import sha256

__all__ = [
    "Ledger",
    "LedgerError",
    "OwnNumbers",
    "Pack",
    "PackingError",
    "Recognition",
    "RosterError",
    "Variant",
    "pack",
    "read_students",
]

_FEWEST_BYTES = 16  # of a secret


@dataclass(frozen=True)
class Pack:
    """What came of packing.

    Args:
        folder: Where ``release/``, ``release.zip`` and ``ledger.json`` are.
        slug: The lesson.
        added: Students who are new in the ledger.
        kept: Students who were in it; their variants are as they were.
        functions: The functions with which everybody who is new got numbers of their own.
        older: Those of ``kept`` who have an earlier text of the exercise, and keep it.
    """

    folder: Path
    slug: str
    added: tuple[str, ...]
    kept: tuple[str, ...]
    functions: tuple[str, ...]
    older: tuple[str, ...] = ()

    @property
    def ledger(self) -> Path:
        """The ledger's path."""
        return self.folder / "ledger.json"

    @property
    def archive(self) -> Path:
        """The path of the zip that may be given away."""
        return self.folder / "release.zip"


def pack(
    root: Path, slug: str, students: Sequence[str], folder: Path, secret: bytes | None = None
) -> Pack:
    """Make a notebook for each student, the zip of all of them, and the ledger.

    Done again in the same folder it adds who is new, and leaves everybody else's bytes as they are.

    Args:
        root: The course's folder: its exercises, and the texts of its solutions.
        slug: The lesson.
        students: Their ids, see ``read_students``.
        folder: Where to write; a folder for each lesson.
        secret: At least 16 bytes, from which all variants follow; drawn if not given.

    Returns:
        Who was added, and who was there.

    Raises:
        PackingError: If something is missing, or would be overwritten by something else.
        RosterError: If an id stands twice or cannot name a folder.
        LedgerError: If the folder holds a ledger that cannot be read.
        LookupError: If no lesson has that slug.
    """
    lesson = load_syllabus().lesson(slug)
    names = checked(enumerate(students, 1), "the list of students")
    if not names:
        raise PackingError("the list of students is empty; give at least one id")
    exercise = _exercise(root, lesson)
    before = _ledger(folder / "ledger.json", slug, secret)
    new = _new(before, names)
    functions = functions_with_examples(slug)
    solutions = _solutions(root, lesson, functions) if new else {}
    added = {name: _variant(before, name, solutions) for name in new}
    older = []
    variants, files = {}, {}
    for name, variant in {**before.variants, **added}.items():
        path = f"{variant.folder}/{lesson.stem}.ipynb"
        made = personal_notebook(exercise, variant)
        if variant.notebook and sha256(made) != variant.notebook:
            made = _as_handed_out(folder / "release" / path, variant)
            older.append(name)
        variants[name] = dataclasses.replace(variant, notebook=sha256(made))
        files[path] = made
    write(folder, files, dataclasses.replace(before, variants=variants))
    return Pack(folder, slug, new, tuple(before.variants), functions, tuple(older))


def _exercise(root: Path, lesson: Lesson) -> str:
    """The exercise as it is built; never one in which somebody has worked."""
    path = root / "exercises" / f"{lesson.stem}.ipynb"
    source = root / "solutions" / "source" / f"{lesson.stem}.py"
    for needed in (path, source):
        if not needed.is_file():
            raise PackingError(
                f"there is no {needed}; packing needs the course's folder with its solutions, name "
                "it with --root"
            )
    exercise = path.read_text(encoding="utf-8")
    if exercise != to_notebook(source, "exercise"):
        raise PackingError(
            f"{path} is not what its text says: somebody has worked in it, or it is old; run "
            "recsys-course build (it keeps your work beside it), then pack again"
        )
    return exercise


def _solutions(
    root: Path, lesson: Lesson, functions: Sequence[str]
) -> dict[str, Callable[..., Any]]:
    """The reference solutions, from their text; it is the course's own, so it may run here."""
    if not functions:
        return {}
    path = root / "solutions" / "source" / f"{lesson.stem}.py"
    submission = load(read_answers(path), definitions_only=True)
    missing = [name for name in functions if not hasattr(submission.functions, name)]
    if missing:
        raise PackingError(f"{path} defines no {missing[0]}; " + " ".join(submission.problems[:1]))
    return {name: getattr(submission.functions, name) for name in functions}


def _ledger(path: Path, slug: str, secret: bytes | None) -> Ledger:
    """The ledger of a folder, or a new one."""
    if secret is not None and len(secret) < _FEWEST_BYTES:
        raise PackingError(f"the secret has {len(secret)} bytes; give at least {_FEWEST_BYTES}")
    if not path.exists():
        return Ledger(__version__, slug, (secret or secrets.token_bytes(32)).hex())
    ledger = Ledger.read(path)
    if ledger.slug != slug:
        raise PackingError(
            f"{path} is the ledger of {ledger.slug}; pack {slug} into a folder of its own"
        )
    if secret is not None and secret.hex() != ledger.secret:
        raise PackingError(f"{path} holds another secret; give none, and its own is used")
    return ledger


def _new(ledger: Ledger, names: Sequence[str]) -> tuple[str, ...]:
    """Who is not in the ledger yet."""
    known = {same_student(name) for name in ledger.variants}
    new = tuple(name for name in names if same_student(name) not in known)
    for name in new:
        other = ledger.find(folder_name(name))
        if other is not None:
            raise PackingError(
                f"the folder of {name!r} would be that of {other.student!r}, who is in the ledger; "
                "give one of them another id"
            )
    return new


def _variant(ledger: Ledger, name: str, solutions: Mapping[str, Callable[..., Any]]) -> Variant:
    numbers = {
        function: _own_numbers(ledger, name, function, solution)
        for function, solution in solutions.items()
    }
    return Variant(name, ledger.variant_of(name), folder_name(name), "", numbers)


def _own_numbers(
    ledger: Ledger, name: str, function: str, solution: Callable[..., Any]
) -> OwnNumbers:
    """Arguments that follow from the secret, and what the solution returns for them."""
    seed = int.from_bytes(ledger.stream("numbers", name, function), "big")
    arguments = example(function, np.random.default_rng(seed))
    expected = solution(*copy.deepcopy(arguments))
    parts = expected if isinstance(expected, tuple) else (expected,)
    if not all(np.isfinite(np.asarray(part, dtype=float)).all() for part in parts):
        raise PackingError(
            f"the solution of {function} gives nan or inf for the numbers of {name!r}; mend the "
            f"solution, or recsys_course.classroom.grading.variants.{ledger.slug}"
        )
    return OwnNumbers.of(function, arguments, expected)


def _as_handed_out(path: Path, variant: Variant) -> bytes:
    """The notebook that a student got before the exercise changed."""
    content = path.read_bytes() if path.is_file() else b""
    if sha256(content) != variant.notebook:
        raise PackingError(
            f"{path} is not what {variant.student!r} was handed out, and the exercise has changed "
            "since; put it back (release.zip holds it), or pack everybody into a new folder"
        )
    return content

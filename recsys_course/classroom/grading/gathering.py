"""Find the submissions of a class: whose each is, which lesson it answers, where its bytes are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recsys_course.classroom.grading.candidates import (
    NAMES_NO_LESSON,
    Candidate,
    candidates,
    examined,
)
from recsys_course.classroom.grading.places import Place, Reader, UnreadableSubmissionError
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.students import compiled, shown
from recsys_course.classroom.syllabus import load_syllabus

__all__ = [
    "Gathered",
    "LeftAside",
    "NothingFoundError",
    "Submission",
    "UnreadableSubmissionError",
    "gather",
]

_OLDER = "A later file of the same student answers this lesson; rename one if they are two people."
_SUSPECT = "Something else that this student handed in tries to cheat; nothing of it is graded."
_BARREN = "There is no notebook, Python file or zip in it."
_ANOTHER = "Another file of the same student is graded for this lesson. "


class NothingFoundError(ValueError):
    """There is no notebook and no Python file in what was given."""


@dataclass(frozen=True)
class Submission:
    """A file to be graded.

    Args:
        student: The student's id, fit to be shown.
        slug: The lesson that it answers.
        source: Where it was found, such as ``class.zip/rivera/03_mf_loss.ipynb``, fit to be shown.
        digest: SHA-256 of its bytes, in hex.
        size: How many bytes it has.
        suffix: How to read it: ".ipynb" or ".py".
        place: Where its bytes are.
    """

    student: str
    slug: str
    source: str
    digest: str
    size: int
    suffix: str
    place: Place

    def read(self) -> bytes:
        """Its bytes, from where they are now: with a thousand submissions memory stays small.

        Raises:
            UnreadableSubmissionError: If they are no longer those that were gathered: what is
                graded is always what the digest says.
        """
        content = Reader().read(self.place)
        if hashlib.sha256(content).hexdigest() != self.digest:
            raise UnreadableSubmissionError("It was changed since it was found; grade it again.")
        return content


@dataclass(frozen=True)
class LeftAside:
    """A file that is not graded, because another one is, or because it answers nothing."""

    source: str
    reason: str


@dataclass(frozen=True)
class Gathered:
    """What was found.

    Args:
        found: The submissions, one for each student and lesson, in the order of the students.
        refused: Results of what could not be read or should not be; ``slug`` is empty where no
            lesson is known.
        left_aside: Files that were not taken.
        remarks: Sentences on students whom their names do not tell apart with certainty.
    """

    found: tuple[Submission, ...]
    refused: tuple[Result, ...] = ()
    left_aside: tuple[LeftAside, ...] = ()
    remarks: tuple[str, ...] = ()


def gather(paths: Sequence[Path], slug: str | None = None, pattern: str | None = None) -> Gathered:
    """Find the submissions in notebooks, Python files, folders of them, and zips.

    The lesson is that of the notebook's metadata, else that of its name, else that of a folder
    around it. Metadata come first, as in ``recsys-course check``: they travel with the contents,
    while students, browsers and platforms rename files. So an answer is graded as what the student
    was told while working on it.

    Args:
        paths: What to look at. The names directly in a given folder or zip count as the
            instructor's or the platform's, and say who the student is; deeper ones do not.
        slug: The lesson that all of them answer, whatever their names say.
        pattern: A regular expression with a group ``student``, searched in the path below what was
            given, for names that are not recognised (see ``students``).

    Returns:
        The submissions, and all that was not taken with its reason.

    Raises:
        ValueError: If a path does not exist, nothing is found in any of them, the lesson is
            unknown, or the pattern has no group ``student``.
    """
    expression = None if pattern is None else compiled(pattern)
    if slug is not None:
        _require_lesson(slug)
    for path in paths:
        if not os.path.lexists(path):
            raise ValueError(f"{path}: there is no such file or folder; is the path right?")
    files, barren = candidates(paths, expression)
    if not files:
        raise NothingFoundError(_nothing(paths))
    files, remarks = _told_apart(examined(files, slug))
    gathered = _chosen(files, remarks)
    aside = tuple(LeftAside(shown(str(path), 300), _BARREN) for path in barren)
    return replace(gathered, left_aside=(*aside, *gathered.left_aside))


def _require_lesson(slug: str) -> None:
    try:
        load_syllabus().lesson(slug)
    except LookupError as error:
        raise ValueError(str(error.args[0])) from None


def _nothing(paths: Sequence[Path]) -> str:
    given = ", ".join(str(path) for path in paths) or "no path was given"
    return (
        f"{given}: there is nothing to grade; give notebooks (.ipynb), Python files (.py), "
        "folders of them, or zips"
    )


def _told_apart(files: Sequence[Candidate]) -> tuple[list[Candidate], list[str]]:
    """The files with one id a student, and a remark wherever one id stood in two places.

    Two places with answers to the same lesson are taken as two people, others as one.
    """
    homes: dict[str, dict[tuple[str, ...], list[Candidate]]] = {}
    for file in files:
        homes.setdefault(file.student, {}).setdefault(file.owner.home, []).append(file)
    taken = set(homes)
    ids: dict[tuple[str, tuple[str, ...]], str] = {}
    remarks: list[str] = []
    for student, places in sorted(homes.items()):
        lessons = [{file.slug for file in group if file.slug} for group in places.values()]
        where = ", ".join(group[0].source for group in list(places.values())[:3])
        if len(places) > 1 and sum(map(len, lessons)) > len(set().union(*lessons)):
            new = _new_ids(student, len(places), taken)
            ids |= {(student, home): one for home, one in zip(places, new, strict=True)}
            remarks.append(
                f"{student} stands in {len(places)} places ({where}) with answers to one lesson; "
                f"graded as different people: {', '.join(new)}."
            )
        elif len(places) > 1:
            remarks.append(f"{student} stands in {len(places)} places ({where}); taken as one.")
    return [
        replace(file, student=ids.get((file.student, file.owner.home), file.student))
        for file in files
    ], remarks


def _new_ids(student: str, n_ids: int, taken: set[str]) -> list[str]:
    """Different ids for people of one name: the name, and the name with a number."""
    ids, number = [student], 2
    while len(ids) < n_ids:
        new = f"{student[:70]} ({number})"
        number += 1
        if new not in taken:
            ids.append(new)
            taken.add(new)
    return ids


def _chosen(files: Sequence[Candidate], remarks: list[str]) -> Gathered:
    """The latest readable file for each student and lesson; the others with a reason."""
    found: dict[tuple[str, str], Candidate] = {}
    refused: dict[tuple[str, str, str], Candidate] = {}
    aside: list[LeftAside] = []
    suspect = {file.owner.home for file in files if file.outcome == "tried to cheat"}
    files = [
        replace(file, reason=_SUSPECT, aside=True)
        if file.owner.home in suspect and file.outcome != "tried to cheat"
        else file
        for file in files
    ]
    for file in sorted((file for file in files if not file.reason), key=lambda file: file.later):
        key = (file.student, file.slug)
        if key in found:
            aside.append(LeftAside(found[key].source, _OLDER))
        found[key] = file
    helped = {student for student, _ in found}
    for file in (file for file in files if file.reason):
        is_helper = file.suffix == ".py" and file.reason == NAMES_NO_LESSON
        key_of_refused = (file.student, file.slug, file.outcome)
        if file.aside or (is_helper and file.student in helped):
            aside.append(LeftAside(file.source, file.reason))
        elif file.outcome != "tried to cheat" and (file.student, file.slug) in found:
            aside.append(LeftAside(file.source, _ANOTHER + file.reason))
        elif key_of_refused in refused:
            aside.append(LeftAside(file.source, file.reason))
        else:
            refused[key_of_refused] = file
    return Gathered(
        tuple(_submission(found[key]) for key in sorted(found)),
        tuple(_result(refused[key]) for key in sorted(refused)),
        tuple(sorted(aside, key=lambda one: one.source)),
        tuple(remarks),
    )


def _submission(file: Candidate) -> Submission:
    return Submission(
        file.student,
        file.slug,
        file.source,
        file.digest,
        file.size,
        file.suffix,
        file.entry.place,
    )


def _result(file: Candidate) -> Result:
    return Result(
        file.student, file.slug, file.source, file.digest, file.outcome, reason=file.reason
    )

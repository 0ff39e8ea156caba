"""Look at every file of answers once: whose it is, which lesson it answers, if it can be read.

The module is longer than most: the three questions need each other's answers.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from recsys_course.classroom.grading.archives import Entry, walk
from recsys_course.classroom.grading.places import (
    MOST_BYTES,
    Place,
    Reader,
    UnreadableSubmissionError,
)
from recsys_course.classroom.grading.results import Outcome
from recsys_course.classroom.grading.students import (
    Owner,
    by_platform,
    lesson_named,
    n_wrappers,
    owner,
    shown,
)
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["NAMES_NO_LESSON", "Candidate", "candidates", "examined"]

_MOST_FILES = 200  # of one student
_MOST_STUDENT_BYTES = 400_000_000  # of all files of one student together
# Quotes inside a cell's text are escaped in JSON, so that no text of a cell can look like this. A
# whole submission is never parsed here: a hostile one could make that slow, or deep.
_METADATA = re.compile(rb'"recsys_course"\s*:\s*(\{[^{}]{0,500}\})')
NAMES_NO_LESSON = (
    "Neither its name nor its metadata names a lesson; name it like 03_mf_loss.ipynb, or grade it "
    "with --exercise SLUG."
)
_EMPTY = "It is empty; hand in the saved notebook."
_NO_STUDENT = "The pattern finds no student in its path; correct the pattern, or leave it out."
_TOO_MANY = f"There are more than {_MOST_FILES} files of answers; hand in the notebooks alone."
_TOO_MUCH = f"All its files are over {_MOST_STUDENT_BYTES // 10**6} MB together; clear outputs."
_NOT_ANSWERS = {
    "lesson": "It is the lesson's notebook, not the exercise.",
    "solution": "It is the course's solution, not an exercise.",
}


# the path of a file below what was given, where it stands, and that fit to be shown
_File = tuple[tuple[str, ...], Entry, str]


@dataclass(frozen=True)
class Candidate:
    """A file that may be a submission, and what came of looking at it.

    Args:
        entry: Where it stands.
        owner: Whose it is.
        source: Where it stands, fit to be shown.
        student: The id, which may have been told apart from another's since.
        slug: The lesson; empty if nothing names one.
        digest: SHA-256 of its bytes, if it was read.
        size: Its bytes.
        reason: Why it is not graded; empty if it is.
        outcome: What that makes of it.
        aside: Whether it is only mentioned.
        agrees: 2 if it names the lesson that was asked for, 0 if it names another.
    """

    entry: Entry
    owner: Owner
    source: str
    student: str
    slug: str = ""
    digest: str = ""
    size: int = 0
    reason: str = ""
    outcome: Outcome = "graded"
    aside: bool = False
    agrees: int = 1

    @property
    def suffix(self) -> str:
        """The ending of its name, in small letters."""
        return PurePosixPath(self.entry.parts[-1]).suffix.lower() if self.entry.parts else ""

    @property
    def later(self) -> tuple[int, int, float, bool, int, str]:
        """The larger, the later; where dates are equal a notebook comes after a script."""
        upload, copy = self.owner.serial
        is_notebook = self.suffix == ".ipynb"
        return self.agrees, upload, self.entry.date, is_notebook, copy, self.source


def candidates(
    paths: Sequence[Path], pattern: re.Pattern[str] | None
) -> tuple[list[Candidate], list[Path]]:
    """Every file of answers in the paths, once; and the paths in which there is none.

    Args:
        paths: They exist.
        pattern: The instructor's pattern for students.
    """
    barren: list[Path] = []
    several = sum(path.suffix.lower() == ".zip" for path in paths) > 1
    found: dict[tuple[str, Place], Candidate] = {}
    for path in paths:
        entries = tuple(walk(path))
        if not entries:
            barren.append(path)
        for group in _groups(path, entries, several):
            for one in group.candidates(pattern):
                file = one.entry.place.path
                folder = os.path.realpath(file.parent)  # a path given twice counts once
                place = replace(one.entry.place, path=Path(file.name))
                found.setdefault((folder, place), one)
    return list(found.values()), barren


@dataclass(frozen=True)
class _Group:
    """Files whose students are named at one level.

    Args:
        root: What was given, or the folder around it.
        before: Names of parts that are no students: a platform's zip in a folder.
        files: The path of each below root and before, its entry, and its source.
        is_of_one: Whether all are one student's, whom the first part names.
    """

    root: Path
    before: tuple[str, ...]
    files: Sequence[_File]
    is_of_one: bool = False

    def candidates(self, pattern: re.Pattern[str] | None) -> Iterator[Candidate]:
        """The files with their owners.

        Yields:
            One candidate a file, in their order.
        """
        usable = [parts for parts, entry, _ in self.files if not entry.reason and parts]
        level = 0 if self.is_of_one else n_wrappers(usable)
        around = usable[0][:level] if usable else ()
        for parts, entry, source in self.files:
            parts = parts or (self.root.name,)
            # what cannot be read may stand elsewhere
            shared = around if parts[:level] == around and len(parts) > level else ()
            home = (str(self.root), *self.before, *shared)
            fallback = PurePosixPath(home[-1]).name.removesuffix(".zip")
            who = owner(parts[len(shared) :], home, fallback, pattern)
            name = who.student or shown(parts[-1]) or "unnamed"
            yield Candidate(entry, who, source, name)


def _groups(path: Path, entries: Sequence[Entry], several: bool) -> list[_Group]:
    """The files in a path; the name of one student's folder or zip belongs to theirs.

    Args:
        path: What was given.
        entries: What stands in it.
        several: Whether several zips were given: each is then likely to be one student's.
    """
    given = path.absolute() if path.name not in {"", ".."} else path.resolve()
    is_folder = path.is_dir()
    is_zip = not is_folder and path.suffix.lower() == ".zip"
    files: list[_File] = []
    for entry in entries:
        parts = entry.parts[1:] if is_zip else entry.parts
        source = "/".join((str(path), *parts)) if is_folder or is_zip else str(path)
        files.append((parts, entry, shown(source, 300)))
    if not is_folder and not is_zip:
        return [_Group(given.parent, (), files)]
    if by_platform(given.name) or (several and is_zip and _is_of_one(files)):
        own = [((given.name, *parts), entry, source) for parts, entry, source in files]
        return [_Group(given.parent, (), own, is_of_one=True)]
    return _exports(given, files) if is_folder else [_Group(given, (), files)]


def _is_of_one(files: Sequence[_File]) -> bool:
    paths = [parts for parts, _, _ in files if parts]
    level = n_wrappers(paths)
    return len({parts[level] for parts in paths}) < 2


def _exports(root: Path, files: Sequence[_File]) -> list[_Group]:
    """The files in a folder, with those of each zip that a platform made in a group of their own.

    Any other zip in a folder is one student's, whatever names stand in it.
    """
    zips: dict[str, list[tuple[str, ...]]] = {}
    for parts, _, _ in files:
        if len(parts) > 1 and parts[0].lower().endswith(".zip"):
            zips.setdefault(parts[0], []).append(parts[1:])
    exports = []
    for name, inside in zips.items():
        level = n_wrappers(inside)
        if not by_platform(name) and all(by_platform(parts[level]) for parts in inside):
            exports.append(name)
    groups = [_Group(root, (), [file for file in files if not set(file[0][:1]) & set(exports)])]
    for name in exports:
        inside_it = [
            (parts[1:], entry, source) for parts, entry, source in files if parts[:1] == (name,)
        ]
        groups.append(_Group(root, (name,), inside_it))
    return groups


def examined(files: Sequence[Candidate], slug: str | None) -> list[Candidate]:
    """The files, read once: with lesson and digest, or with the reason why they are not graded.

    Args:
        files: From ``candidates``.
        slug: The lesson that all of them answer; else each says its own.
    """
    reader = Reader()
    n_files: Counter[tuple[str, ...]] = Counter()
    n_bytes: Counter[tuple[str, ...]] = Counter()
    seen: list[Candidate] = []
    for file in files:
        home = file.owner.home
        n_files[home] += 1
        n_bytes[home] += min(file.entry.place.size, MOST_BYTES)
        if n_files[home] > _MOST_FILES + 1:
            continue  # one sentence is enough
        if n_files[home] > _MOST_FILES:
            file = replace(file, reason=_TOO_MANY, outcome="could not be read")
        elif n_bytes[home] > _MOST_STUDENT_BYTES:
            file = replace(file, reason=_TOO_MUCH, outcome="could not be read")
        else:
            file = _looked_at(file, slug, reader)
        seen.append(file)
    return seen


def _looked_at(file: Candidate, slug: str | None, reader: Reader) -> Candidate:
    entry = file.entry
    named = _named(file)
    file = replace(file, slug=slug or named or "", outcome="could not be read")
    if not file.owner.student:
        return replace(file, reason=_NO_STUDENT)
    if entry.reason:
        outcome: Outcome = "tried to cheat" if entry.hostile else "could not be read"
        return replace(file, reason=entry.reason, outcome=outcome, aside=entry.aside)
    try:
        content = reader.read(entry.place)
    except UnreadableSubmissionError as error:
        return replace(file, reason=str(error))
    file = replace(file, digest=hashlib.sha256(content).hexdigest(), size=len(content))
    if not content or content.isspace():
        return replace(file, reason=_EMPTY)
    told = _metadata(content) if file.suffix == ".ipynb" else {}
    if told.get("kind") in _NOT_ANSWERS:
        return replace(file, reason=_NOT_ANSWERS[told["kind"]], aside=True)
    named = told.get("slug") or named
    if not slug and not named:
        return replace(file, reason=NAMES_NO_LESSON)
    agrees = 1 if not slug or not named else 2 * (named == slug)
    return replace(file, slug=slug or named or "", agrees=agrees, outcome="graded")


def _named(file: Candidate) -> str | None:
    """The lesson by the name of the file, else by that of the innermost folder that names one."""
    stem = PurePosixPath(file.entry.parts[-1]).stem if file.entry.parts else ""
    names = [stem, *reversed(file.entry.parts[:-1])]
    return next((slug for name in names if (slug := lesson_named(name))), None)


def _metadata(content: bytes) -> dict[str, str]:
    """What a notebook's metadata say of the course; nothing where they contradict each other."""
    slugs = {lesson.slug for lesson in load_syllabus().lessons}
    told: set[tuple[str, str]] = set()
    for match in _METADATA.finditer(content):
        try:
            entry = json.loads(match[1])
        except ValueError:
            continue
        if entry.get("slug") in slugs:
            told.add((entry["slug"], str(entry.get("kind"))))
    return dict(zip(("slug", "kind"), told.pop(), strict=True)) if len(told) == 1 else {}

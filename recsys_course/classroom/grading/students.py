"""Whose a file is, by the names of the folders, zips and files on the way to it.

Only what the learning platform or the instructor named decides: the first folder, zip or file below
what was given. What lies inside it was named by the student, who could write another's name there.

The platforms' names, from their sources in 2026:
- Moodle: ``Full Name_1234567_assignsubmission_file`` (older ones end in ``_``) is a folder, or with
  ``_name.ipynb`` a file; ``_`` in names becomes a space (``mod/assign/classes/downloader.php``).
- Canvas: ``lastfirst_LATE_USER_FILE_name.ipynb``, ``LATE`` only where it was, ``anon_ID`` for name
  and user where grading is anonymous; a later upload has a larger FILE (``lib/content_zipper.rb``).
- Gradescope: a folder ``submission_12345`` each, beside ``submission_metadata.yml``.
- nbgrader: ``submitted/STUDENT/ASSIGNMENT/name.ipynb`` (its guide, "The philosophy").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["Owner", "by_platform", "compiled", "lesson_named", "n_wrappers", "owner", "shown"]

_MOST_CHARACTERS = 80
_MOODLE = re.compile(r"(?P<name>[^_]+(?:_\d+)?)_assignsubmission_[a-z]+(?:_|$)")
# a file's number has at least three digits: in rivera_4711_03_mf_loss, 03 is the lesson
_CANVAS = re.compile(r"(?P<name>\w+?)(?:_LATE)?_(?P<user>\d+)_(?P<upload>\d{3,})_.")
_CANVAS_ANONYMOUS = re.compile(r"(?:LATE_)?(?P<name>anon_[0-9A-Za-z]+)_(?P<upload>\d{3,})_.")
_GRADESCOPE = re.compile(r"submission_\d+")
_COPY = re.compile(r"\s*\(\d+\)$|[\s_-]*-\s*(?:Copy|Kopie|Copie|Copia)\s*\d*$|-Copy\d*$", re.I)
_NUMBER_OF_COPY = re.compile(r"(\d+)\)?$")
_SAYS_NOTHING = re.compile(
    r"(?:final|finished|done|new|old|my|answers?|exercise|homework|hw|submission|submitted|"
    r"solution|assignment|version|v\d+|copy)",
    re.I,
)
_SEPARATORS = " \t_-.,+()[]"


@dataclass(frozen=True)
class Owner:
    """Whose a file is.

    Args:
        student: The id, fit to be shown; empty where the pattern finds none.
        home: Where the name was found; one id in two homes may be two people.
        serial: The platform's number of the upload, and that of the copy; the larger is the later.
    """

    student: str
    home: tuple[str, ...]
    serial: tuple[int, int] = (0, 0)


def shown(text: str, most: int = _MOST_CHARACTERS) -> str:
    r"""A name that somebody chose, fit for a table: one line, nothing invisible, cut.

    Args:
        text: Any text; halves of characters, as undecodable file names hold, are left out.
        most: Characters to keep.

    >>> shown("Zoe\u0308 \u202e\x1b[31m  Li\nna")
    'Zoë [31m Li na'
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    kept = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:most].strip()


def compiled(pattern: str) -> re.Pattern[str]:
    """The instructor's pattern for students.

    Raises:
        ValueError: If it is no regular expression, or has no group ``student``.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the pattern {pattern!r} is no regular expression: {error}") from None
    if "student" not in expression.groupindex:
        raise ValueError(
            f"the pattern {pattern!r} has no group named student; "
            r"write for instance (?P<student>[^/]+)/"
        )
    return expression


def lesson_named(name: str) -> str | None:
    """The slug of the lesson that a file's or folder's name holds, if it holds one.

    >>> lesson_named("03_mf_loss_rivera")
    'mf_loss'
    """
    try:
        return load_syllabus().lesson_of_file(name).slug
    except LookupError:  # with its number in front, a lesson is meant even if a "_" follows
        for lesson in load_syllabus().lessons:
            if re.search(rf"(?<!\d){lesson.stem}(?![a-z0-9])", name, re.I):
                return lesson.slug
    return None


def n_wrappers(paths: Collection[tuple[str, ...]]) -> int:
    """How many folders stand around all files and name no student, as ``class/`` in a zip.

    >>> n_wrappers([("class", "rivera", "a.ipynb"), ("class", "chen", "a.ipynb")])
    1
    """
    n_same = 0
    shortest = min(map(len, paths), default=1)
    while n_same < shortest - 1:
        names = {path[n_same] for path in paths}
        if len(names) > 1 or by_platform(names.pop()) or _is_submitted(paths, n_same):
            break
        files = {path[-1] for path in paths if len(path) == n_same + 2}
        if files and not _name_students(files):
            break  # it is the one student's folder
        n_same += 1
    return n_same


def _name_students(files: Collection[str]) -> bool:
    """Whether the names of the files in one folder are likely to be those of its students."""
    named = {_without_lesson(PurePosixPath(name).stem) for name in files}
    return ("" not in named and len(named) > 1) or all(map(by_platform, files))


def _is_submitted(paths: Collection[tuple[str, ...]], level: int) -> bool:
    """Whether nbgrader's folder stands there, with students and assignments below it."""
    return all(path[level] == "submitted" and len(path) > level + 2 for path in paths)


def owner(
    parts: tuple[str, ...],
    around: tuple[str, ...],
    fallback: str,
    pattern: re.Pattern[str] | None = None,
) -> Owner:
    """Whose a file is.

    Args:
        parts: Its path below what was given, without the folders around all files.
        around: What was given, and those folders.
        fallback: The name that counts where a file's own name says nothing.
        pattern: Searched in the whole path below what was given, instead of all other rules.

    >>> owner(("rivera 03_mf_loss (1).ipynb",), ("class",), "class").student
    'rivera'
    """
    serial = (0, _copy_number(parts[-1]))
    if pattern:
        path = "/".join((*around[1:], *parts))
        match = pattern.search(path)
        if not match or not match["student"]:
            return Owner("", (around[0], path), serial)
        student = shown(match["student"]) or "unnamed"
        return Owner(student, (around[0], path[: match.end("student")]), serial)
    level = _student_level(parts)
    name = parts[level]
    home = (*around, *parts[:level])
    if known := by_platform(name):
        student = shown(known[0]) or "unnamed"
        return Owner(student, (*home, known[0]), (known[1], serial[1]))
    is_file = level == len(parts) - 1
    if is_file or name.lower().endswith(".zip"):
        stem = PurePosixPath(name).stem
        named = _without_lesson(stem)
        if not named and is_file:  # the folder is the student's
            return Owner(shown(fallback) or shown(stem) or "unnamed", home, serial)
        name = named or stem
    return Owner(shown(name) or "unnamed", (*home, name), serial)


def _student_level(parts: tuple[str, ...]) -> int:
    """Which part names the student: the first, but for folders of lessons and nbgrader's."""
    level = 1 if parts[0] == "submitted" and len(parts) > 2 else 0
    while level < len(parts) - 1 and lesson_named(parts[level]) and not by_platform(parts[level]):
        if _without_lesson(PurePosixPath(parts[level]).stem):
            break
        level += 1
    return level


def by_platform(name: str) -> tuple[str, int] | None:
    """The student and the upload's number, where a learning platform made the name.

    The platform's number of the student stays in: two students may have the same name, and all have
    where grading is anonymous.

    >>> by_platform("riveraanna_LATE_4711_90210_answers-1.ipynb")
    ('riveraanna_4711', 90210)
    """
    if match := _MOODLE.match(name):
        return match["name"], 0
    if match := _CANVAS.match(name):
        return f"{match['name']}_{match['user']}", int(match["upload"][:18])
    if match := _CANVAS_ANONYMOUS.match(name):
        return match["name"], int(match["upload"][:18])
    return (name, 0) if _GRADESCOPE.fullmatch(name) else None


def _without_lesson(stem: str) -> str:
    """What a file name says beside the lesson, copy numbers and words such as "final"."""
    stem = _COPY.sub("", stem)
    longest_first = sorted((one.slug for one in load_syllabus().lessons), key=len, reverse=True)
    slugs = "|".join(longest_first)
    found = re.search(rf"(?:(?<!\d)\d\d?[\s_-]*|(?<![a-z0-9]))(?:{slugs})(?![a-z0-9])", stem, re.I)
    if not found:
        return stem.strip(_SEPARATORS)
    before, after = stem[: found.start()], stem[found.end() :]
    after = re.sub(r"\s*-\s*\d{1,2}$", "", _COPY.sub("", after))
    kept = [_meaningful(before), _meaningful(after)]
    return " ".join(filter(None, kept)).strip(_SEPARATORS)


def _meaningful(text: str) -> str:
    words = [word for word in re.split(r"[\s_.,-]+", text) if word]
    return "" if all(_SAYS_NOTHING.fullmatch(word) for word in words) else text.strip(_SEPARATORS)


def _copy_number(name: str) -> int:
    """3 for ``answers (3).ipynb`` and ``answers-3.ipynb``: copies are made later."""
    match = _NUMBER_OF_COPY.search(PurePosixPath(name).stem)
    return int(match[1]) if match and len(match[1]) < 4 else 0

"""Read a file of answers from the disk, and say which lesson it answers."""

from __future__ import annotations

from pathlib import Path

from recsys_course.classroom.cells import Answers, UnreadableAnswersError, parse_answers
from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["lesson_of_answers", "read_answers"]

_MOST_BYTES = 100_000_000  # saved plots make notebooks large, but not this large


def lesson_of_answers(answers: Answers, slug: str | None = None) -> Lesson:
    """Which lesson it answers: as given, else by its metadata, else by its file name.

    Raises:
        UnreadableAnswersError: If nothing names a lesson of the syllabus.
    """
    try:
        named = slug or answers.metadata.get("slug")
        if named:
            return load_syllabus().lesson(str(named))
        return load_syllabus().lesson_of_file(answers.path.stem)
    except LookupError as error:
        raise UnreadableAnswersError(f"{answers.path}: {error.args[0]}") from None


def read_answers(path: Path) -> Answers:
    """Read a notebook (.ipynb) or a Python file (.py) of answers.

    Args:
        path: The file; a UTF-8 byte order mark and Windows line ends are accepted.

    Raises:
        UnreadableAnswersError: If there is no such file, or it is neither; in one sentence.

    >>> read_answers(Path("nowhere.py"))
    Traceback (most recent call last):
        ...
    recsys_course.classroom.cells.UnreadableAnswersError: nowhere.py: there is no such file
    """
    if path.suffix not in {".ipynb", ".py"}:
        raise UnreadableAnswersError(f"{path}: give a notebook (.ipynb) or a Python file (.py)")
    if path.is_dir():
        raise UnreadableAnswersError(f"{path}: this is a folder; give one file in it")
    if not path.is_file():
        raise UnreadableAnswersError(f"{path}: there is no such file")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableAnswersError(
                f"{path}: over 100 MB; clear its outputs and save it again"
            )
        return parse_answers(path, path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableAnswersError(f"{path}: cannot be opened ({reason})") from None

"""Check an exercise whenever it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from recsys_course.classroom.cells import UnreadableAnswersError
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.rescue import explained
from recsys_course.classroom.home.survey import note
from recsys_course.classroom.reports import FileReport
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import Lesson

__all__ = ["watch"]


def watch(home: Home, lesson: Lesson) -> Iterator[FileReport | str]:
    """Check a learner's exercise now, and again after each change of its bytes, without end.

    Args:
        home: The learner's folder.
        lesson: Whose exercise.

    Yields:
        The report, or a sentence where the file cannot be read just now, such as half-saved, or
        progress.json cannot be written.

    Raises:
        ImportError: If what notices changes is not installed.
    """
    changes = _changes(home.exercise(lesson).parent)
    seen: list[bytes | None] = []  # nothing yet, which is not an empty file
    while True:
        path = home.exercise(lesson)
        content = path.read_bytes() if path.is_file() else None
        if [content] != seen:
            seen = [content]
            yield from _told(home, lesson, path, content or b"")
        next(changes)


def _told(home: Home, lesson: Lesson, path: Path, content: bytes) -> Iterator[FileReport | str]:
    try:
        report = check_file(path, slug=lesson.slug)
    except UnreadableAnswersError as error:
        yield explained(path, error)
        return
    hindrance = ""
    try:
        note(home, report, content)
    except OSError as error:
        hindrance = f"your progress was not written down: {error}"
    yield report
    if hindrance:
        yield hindrance


def _changes(folder: Path) -> Iterator[None]:
    """Comes to its next step when something in the folder changed.

    Yields:
        Nothing; the step itself is the news.
    """
    try:
        from watchfiles import watch as wait_for_changes
    except ImportError as error:
        raise ImportError(f"{error}; install it: pip install watchfiles") from None
    # Ctrl-C is raised as everywhere else; after half a second without news it looks again, so that
    # a change between two calls is not missed for long.
    for _ in wait_for_changes(
        folder, recursive=False, debounce=200, rust_timeout=500, yield_on_timeout=True
    ):
        yield None

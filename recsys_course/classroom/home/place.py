"""Where the learner's own folder is, and what stands where in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from recsys_course.classroom.syllabus import Lesson
from recsys_course.classroom.whole_files import clear_unfinished

__all__ = ["FOLDER", "Home", "enclosing", "find"]

FOLDER = "my-course"
_MARK = ".recsys-course"
_LOCK_SECONDS = 20


@dataclass(frozen=True)
class Home:
    """A learner's folder: lessons, exercises, solutions, progress.json, and a hidden folder."""

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether something was delivered here."""
        return (self.folder / _MARK).is_dir()

    @property
    def own(self) -> Path:
        """The hidden folder, in which the course keeps what it must remember."""
        return self.folder / _MARK

    @property
    def progress(self) -> Path:
        """The file that says how far its owner is."""
        return self.folder / "progress.json"

    @property
    def kept(self) -> Path:
        """Where files stay that were replaced on somebody's wish."""
        return self.folder / "kept"

    def lesson(self, lesson: Lesson) -> Path:
        """The lesson's notebook."""
        return self.folder / "lessons" / f"{lesson.stem}.ipynb"

    def notebook(self, lesson: Lesson) -> Path:
        """The exercise's notebook."""
        return self.folder / "exercises" / f"{lesson.stem}.ipynb"

    def exercise(self, lesson: Lesson) -> Path:
        """The learner's answers: a Python file, where there is one, else the notebook."""
        notebook = self.notebook(lesson)
        script = notebook.with_suffix(".py")
        return script if script.is_file() else notebook

    def short(self, path: Path) -> str:
        """A path as its owner would type it in this folder."""
        inside = path.is_relative_to(self.folder)
        return path.relative_to(self.folder).as_posix() if inside else str(path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this lasts, no other program of the course writes here.

        Raises:
            OSError: If the folder cannot be written.
            TimeoutError: If another one has been writing for 20 seconds.
        """
        from filelock import FileLock, Timeout  # large; who checks an answer seldom has a folder

        try:
            self.own.mkdir(parents=True, exist_ok=True)
            with FileLock(self.own / "lock", timeout=_LOCK_SECONDS):
                self._clear_unfinished()
                yield
        except Timeout:
            raise TimeoutError(
                f"another program of the course has been writing in {self.folder} for "
                f"{_LOCK_SECONDS} s; end it, then try again"
            ) from None
        except OSError as error:
            raise OSError(
                f"{error.filename or self.folder} cannot be read or written "
                f"({error.strerror or error}); nothing that was there is lost. Make room or leave "
                "to write, or choose another folder with --home, then run this again"
            ) from error

    def _clear_unfinished(self) -> None:
        """Remove what a program left that was killed while it wrote."""
        own = (_MARK, f"{_MARK}/originals")
        for name in (".", *own, "lessons", "exercises", "solutions", "kept"):
            clear_unfinished(self.folder / name)


def enclosing(start: Path) -> Home | None:
    """The learner's folder that a path lies in, if it lies in one."""
    homes = (Home(folder) for folder in (start, *start.parents))
    return next((home for home in homes if home.exists), None)


def find(start: Path, named: Path | None = None) -> Home:
    """The learner's folder to work with; it need not exist yet.

    Args:
        start: Where the learner stands, an absolute path.
        named: The folder that was asked for, if one was.

    Returns:
        The one that was asked for; else the one around, or beside, where the learner stands; else
        one to be made: in a clone of the course in its root, elsewhere right here.
    """
    if named is not None:
        return Home(start / named)
    if (around := enclosing(start)) is not None:
        return around
    above = [start, *start.parents]
    beside = next((Home(one / FOLDER) for one in above if Home(one / FOLDER).exists), None)
    clone = next((one for one in above if (one / "lessons" / "source").is_dir()), start)
    return beside or Home(clone / FOLDER)

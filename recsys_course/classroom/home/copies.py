"""Which files of a learner's are copies of the course's, under names of their own.

A file that is gone from its place was renamed if a copy has come since it was last seen there; if
not, it was deleted.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from recsys_course.classroom.home.changes import kind_and_slug
from recsys_course.classroom.home.ledger import CourseFile, Ledger
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.whole_files import sha256

__all__ = ["Other", "copies_of", "note_copies", "others_in"]


@dataclass(frozen=True)
class Other:
    """A file that lies beside those of the course."""

    path: str
    sha256: str
    kind_and_slug: tuple[str, str] | None

    def is_copy_of(self, known: CourseFile, new: bytes) -> bool:
        """Whether it is a file of the course: in its bytes, or by its metadata."""
        mine, its = PurePosixPath(self.path), PurePosixPath(known.path)
        if (mine.parent, mine.suffix) != (its.parent, its.suffix):
            return False
        named = self.kind_and_slug is not None and self.kind_and_slug == kind_and_slug(new)
        return named or self.sha256 in known.versions


def others_in(home: Home, contents: Mapping[str, bytes]) -> list[Other]:
    """What lies beside the files of the course and is of their kinds.

    Args:
        home: The learner's folder.
        contents: The course's files, by their paths in it.
    """
    found = []
    for parent, suffix in sorted({(Path(name).parent, Path(name).suffix) for name in contents}):
        for path in sorted((home.folder / parent).glob(f"*{suffix}")):
            name = home.short(path)
            if name not in contents and path.is_file():
                with contextlib.suppress(OSError):  # not readable: of no help, and of no harm
                    content = path.read_bytes()
                    found.append(Other(name, sha256(content), kind_and_slug(content)))
    return found


def copies_of(ledger: Ledger, others: Sequence[Other], origin: str, new: bytes) -> tuple[str, ...]:
    """The paths of the learner's copies of a file; no newer version that is untouched.

    Args:
        ledger: What was delivered.
        others: What ``others_in`` found.
        origin: The file's own path.
        new: Its newest version, by which a notebook is known.
    """
    known = ledger.course(origin)
    newer = {(entry.path, version) for entry in ledger.beside(origin) for version in known.versions}
    near = [one for one in others if (one.path, one.sha256) not in newer]
    return tuple(one.path for one in near if one.is_copy_of(known, new))


def note_copies(
    home: Home, ledger: Ledger, contents: Mapping[str, bytes], others: Sequence[Other]
) -> None:
    """Remember which copies lie beside a file, so that none is taken for it when it is gone.

    Raises:
        OSError: If the ledger cannot be written.
    """
    ledger.note_copies(
        {
            path: copies_of(ledger, others, path, content)
            for path, content in contents.items()
            if os.path.lexists(home.folder / path)
        }
    )

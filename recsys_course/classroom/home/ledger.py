"""What was delivered into a learner's folder: by its path, of which file, in which bytes.

A file is untouched while it holds bytes that the course has put there, now or earlier. Of what is
put there a copy is kept first, by which the next run understands one that was cut off, and the loss
of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from recsys_course.classroom.home.place import Home
from recsys_course.classroom.whole_files import replace_known, sha256, write_whole

__all__ = ["CourseFile", "Delivery", "Ledger"]

_FORMAT = 1


@dataclass(frozen=True)
class Delivery:
    """One file of the learner's folder that the course put there.

    Attributes:
        path: Where, from the learner's folder.
        of: The path of the course's file; another one where the new version lies beside.
        sha256: What it was delivered with.
    """

    path: str
    of: str
    sha256: str


@dataclass(frozen=True)
class CourseFile:
    """What is known of one file of the course, wherever it lies.

    Attributes:
        path: Its own path.
        versions: The SHA-256 of each version that was brought, or of which it was said that it
            stays away; the newest last.
        copies: The learner's copies of it, by the names that they had while it was in its place.
    """

    path: str
    versions: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()

    @property
    def newest(self) -> str:
        """The version that came last; empty if none did."""
        return self.versions[-1] if self.versions else ""


class Ledger:
    """All deliveries, on the disk after every change."""

    def __init__(self, home: Home) -> None:
        """Read what is known; a ledger that is gone or spoilt counts as empty."""
        self._home = home
        self._path = home.own / "delivered.json"
        self._originals = home.own / "originals"
        self._files, self._course = _read(self._path)

    def at(self, path: str) -> Delivery | None:
        """What was delivered to a path."""
        return self._files.get(path)

    def beside(self, origin: str) -> list[Delivery]:
        """Which newer versions were put beside a file of the course."""
        return [one for one in self._files.values() if one.of == origin != one.path]

    def all(self) -> list[Delivery]:
        """Every delivery."""
        return list(self._files.values())

    def course(self, origin: str) -> CourseFile:
        """What is known of a file of the course."""
        return self._course.get(origin, CourseFile(origin))

    def content(self, path: str) -> bytes | None:
        """What lies at a path now; None if no file does."""
        file = self._home.folder / path
        return file.read_bytes() if file.is_file() else None

    def is_ours(self, origin: str, content: bytes | None) -> bool:
        """Whether these bytes came from the course, so that they are nobody's work."""
        if content is None:
            return False
        digest = sha256(content)
        # the originals, too: the ledger may be lost, or a run have been cut off before it wrote it
        return digest in self.course(origin).versions or (self._originals / digest).is_file()

    def original(self, digest: str) -> bytes | None:
        """A version that was delivered; None if it is not kept any more."""
        path = self._originals / digest
        content = path.read_bytes() if path.is_file() else None
        return content if content is not None and sha256(content) == digest else None

    def put(self, path: str, origin: str, content: bytes, known: bytes | None) -> None:
        """Put a file into the learner's folder, in the place of what is known to lie there.

        Raises:
            OSError: If it cannot be written, or something else lies there now, which stays.
        """
        digest = self._keep_original(content)
        replace_known(self._home.folder / path, content, known)
        self._record([Delivery(path, origin, digest)], self._with(origin, digest))

    def adopt(self, origin: str, content: bytes) -> None:
        """Know a file that lies in its place already as delivered."""
        digest = self._keep_original(content)
        self._record([Delivery(origin, origin, digest)], self._with(origin, digest))

    def tell(self, origin: str, digest: str) -> None:
        """Know a version as dealt with, although it was brought nowhere."""
        self._record([], self._with(origin, digest))

    def note_copies(self, copies: Mapping[str, tuple[str, ...]]) -> None:
        """Remember which copies of files the learner has beside the one in its place."""
        known = {path: replace(self.course(path), copies=names) for path, names in copies.items()}
        self._write(self._files, self._course | known)

    def forget(self, entries: Sequence[Delivery]) -> None:
        """Know these deliveries no more."""
        gone = {entry.path for entry in entries}
        left = {path: one for path, one in self._files.items() if path not in gone}
        self._write(left, self._course)

    def forget_unused_originals(self) -> None:
        """Delete the copies of versions that were not delivered last to any path."""
        used = {entry.sha256 for entry in self._files.values()}
        for path in self._originals.glob("*"):
            if path.name not in used:
                path.unlink(missing_ok=True)

    def _keep_original(self, content: bytes) -> str:
        digest = sha256(content)
        if self.original(digest) is None:
            write_whole(self._originals / digest, content)
        return digest

    def _with(self, origin: str, digest: str) -> CourseFile:
        known = self.course(origin)
        earlier = [version for version in known.versions if version != digest]
        return replace(known, versions=(*earlier, digest))

    def _record(self, files: Sequence[Delivery], about: CourseFile) -> None:
        self._write(
            self._files | {entry.path: entry for entry in files},
            self._course | {about.path: about},
        )

    def _write(self, files: dict[str, Delivery], course: dict[str, CourseFile]) -> None:
        if (files, course) == (self._files, self._course):
            return
        told = {
            "format": _FORMAT,
            "files": [asdict(one) for _, one in sorted(files.items())],
            "course": [asdict(one) for _, one in sorted(course.items())],
        }
        write_whole(self._path, json.dumps(told, indent=1) + "\n")
        self._files, self._course = files, course


def _read(path: Path) -> tuple[dict[str, Delivery], dict[str, CourseFile]]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        files = [_delivery(one) for one in told["files"]]
        course = [_course_file(one) for one in told["course"]]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}, {}
    return {one.path: one for one in files}, {one.path: one for one in course}


def _delivery(told: Any) -> Delivery:
    entry = Delivery(**told)
    _refuse_odd([entry.path, entry.of, entry.sha256])
    return entry


def _course_file(told: Any) -> CourseFile:
    known = CourseFile(told["path"], tuple(told["versions"]), tuple(told["copies"]))
    _refuse_odd([known.path, *known.versions, *known.copies])
    return known


def _refuse_odd(values: Sequence[Any]) -> None:
    odd = [value for value in values if not isinstance(value, str)]
    if odd:
        raise ValueError(f"{odd[0]!r} is no text")

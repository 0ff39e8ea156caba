"""Bring the course's files into a learner's folder, and newer versions of them, losing nothing.

What the learner has not touched is replaced. What was touched stays, and the new version lies
beside it. What was deleted stays deleted. See ``deliver`` for every case.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from recsys_course.classroom.home.changes import is_only_run
from recsys_course.classroom.home.copies import copies_of, note_copies, others_in
from recsys_course.classroom.home.ledger import Ledger
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.whole_files import keep_copy, names_from, sha256

__all__ = ["Delivered", "dated", "deliver", "drop_newer", "keep"]

Verb = Literal["new", "replaced", "beside", "deleted", "renamed"]


@dataclass(frozen=True)
class Delivered:
    """What came of one file of the course.

    Attributes:
        verb: "new" where nothing was; "replaced" what was untouched; "beside" what was touched;
            "renamed" where the learner's copy has another name now; "deleted" where the learner
            deleted it, so that nothing was brought.
        path: Where it is (or was), from the learner's folder.
        touched: The learner's file that it lies beside, or was found under another name.
        kept: Where the file that was replaced is kept, if somebody had run it.
    """

    verb: Verb
    path: str
    touched: str = ""
    kept: str = ""


def deliver(
    home: Home, files: Mapping[str, Path], again: frozenset[str] = frozenset()
) -> list[Delivered]:
    """Bring files of the course into a learner's folder.

    One that was never delivered is put there. One that holds bytes of the course, of this or an
    earlier version, is replaced. One that was run, but not written in, is replaced and the old one
    kept in ``kept/``. One that was written in stays, and the new version lies beside it in the
    place of an older one, unless the learner wrote in that, too; nothing lies beside it any more
    when the course comes back to what it was written in. One that has another name now stays, and
    the new version takes the free name. One that was deleted is not brought back, which is said
    once.

    Args:
        home: The learner's folder; it is made if it does not exist.
        files: Where each file lies, by its path in the learner's folder.
        again: Paths that are brought back if they are not there.

    Returns:
        What was done, in the order of ``files``; nothing for what was left alone.

    Raises:
        OSError: If something cannot be read or written. What lay there still does, and the next run
            goes on.
    """
    contents = {path: source.read_bytes() for path, source in files.items()}
    with home.alone():
        ledger = Ledger(home)
        others = others_in(home, contents)
        steps = [
            _Step(home, ledger, path, content, copies_of(ledger, others, path, content))
            for path, content in contents.items()
        ]
        found = [step.brought_again() if step.origin in again else step.brought() for step in steps]
        note_copies(home, ledger, contents, others_in(home, contents))
        ledger.forget_unused_originals()
    return [one for one in found if one is not None]


def keep(home: Home, path: Path) -> Path:
    """Keep a dated copy of a file that is about to be replaced.

    Raises:
        OSError: If it cannot be written.
    """
    return keep_copy(path, dated(home, path))


def dated(home: Home, path: Path) -> Path:
    """Where the state that a file has at this moment is kept."""
    moment = f"{datetime.now():%Y-%m-%d-%H%M%S}"
    return home.kept / f"{path.stem}.{moment}{path.suffix}"


def drop_newer(home: Home, ledger: Ledger, origin: str, but: str = "") -> None:
    """Delete the newer versions that lie beside a file, but those that the learner wrote in.

    Raises:
        OSError: If one cannot be deleted.
    """
    for name in _newer_names(home, origin):
        if name != but and ledger.is_ours(origin, ledger.content(name)):
            (home.folder / name).unlink()
    ledger.forget([entry for entry in ledger.beside(origin) if entry.path != but])


@dataclass(frozen=True)
class _Step:
    """One file of the course on its way into the folder."""

    home: Home
    ledger: Ledger
    origin: str
    new: bytes
    copies: tuple[str, ...]

    def brought_again(self) -> Delivered | None:
        """Bring the file if it is not there, whatever was before."""
        if os.path.lexists(self.home.folder / self.origin):
            return self.brought()
        return self._in_its_place("new", None)

    def brought(self) -> Delivered | None:
        """Bring the file if that is needed."""
        own = self.home.folder / self.origin
        if not os.path.lexists(own):
            return self._brought_to_free_place()
        now = self.ledger.content(self.origin)
        if now == self.new:
            self.ledger.adopt(self.origin, self.new)
            drop_newer(self.home, self.ledger, self.origin)
            return None
        if self.ledger.is_ours(self.origin, now):
            return self._in_its_place("replaced", now)
        base = self.ledger.at(self.origin)
        if base is not None and base.sha256 == sha256(self.new):  # the course took a change back
            drop_newer(self.home, self.ledger, self.origin)
            self.ledger.tell(self.origin, base.sha256)
            return None
        if self._was_only_run(self.origin):
            kept = self.home.short(keep(self.home, own))
            return self._in_its_place("replaced", now, kept=kept)
        if any(entry.sha256 == sha256(self.new) for entry in self.ledger.beside(self.origin)):
            return None  # it lies there, or the learner has dealt with it
        return self._brought_beside()

    def _in_its_place(
        self, verb: Verb, known: bytes | None, touched: str = "", kept: str = ""
    ) -> Delivered:
        self.ledger.put(self.origin, self.origin, self.new, known)
        drop_newer(self.home, self.ledger, self.origin)
        return Delivered(verb, self.origin, touched, kept)

    def _brought_to_free_place(self) -> Delivered | None:
        before = self.ledger.course(self.origin)
        if not before.versions:
            return self._in_its_place("new", None)
        if before.newest == sha256(self.new):
            return None
        moved = [name for name in self.copies if name not in before.copies]
        if moved:
            return self._in_its_place("renamed", None, touched=moved[0])
        for name in _newer_names(self.home, self.origin):
            now = self.ledger.content(name)
            if self.ledger.is_ours(self.origin, now):
                self.ledger.put(name, self.origin, self.new, now)
                return Delivered("replaced", name)
        self.ledger.tell(self.origin, sha256(self.new))
        return Delivered("deleted", self.origin)

    def _brought_beside(self) -> Delivered:
        """Put it under the first of name.new, name.new-2, … that is free or holds what is ours."""
        path = PurePosixPath(self.origin)
        wanted = self.home.folder / path.with_name(f"{path.stem}.new{path.suffix}")
        for place in names_from(wanted):
            name, kept = self.home.short(place), ""
            now = self.ledger.content(name)
            if os.path.lexists(place) and not self.ledger.is_ours(self.origin, now):
                if not self._was_only_run(name):
                    continue
                kept = self.home.short(keep(self.home, place))
            self.ledger.put(name, self.origin, self.new, now)
            drop_newer(self.home, self.ledger, self.origin, but=name)
            return Delivered("beside", name, self.origin, kept)
        raise AssertionError("there is always a further name")

    def _was_only_run(self, name: str) -> bool:
        """Whether a file was run since it was delivered, but not written in."""
        entry, now = self.ledger.at(name), self.ledger.content(name)
        before = self.ledger.original(entry.sha256) if entry else None
        return before is not None and now is not None and is_only_run(before, now)


def _newer_names(home: Home, origin: str) -> list[str]:
    """The files that have the name of a newer version of a file, whoever made them."""
    path = PurePosixPath(origin)
    name = re.compile(rf"{re.escape(path.stem)}\.new(-\d+)?{re.escape(path.suffix)}")
    folder = (home.folder / origin).parent
    near = folder.iterdir() if folder.is_dir() else ()
    return sorted(home.short(one) for one in near if name.fullmatch(one.name) and one.is_file())

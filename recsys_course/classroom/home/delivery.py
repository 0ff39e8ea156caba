"""Bring the course's files into a learner's folder, and newer versions of them, losing nothing.

What the learner has not touched is replaced. What was touched stays, and the new version lies
beside it. What was deleted stays deleted. See ``deliver`` for every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Literal

from recsys_course.classroom.home.changes import is_only_run, kind_and_slug
from recsys_course.classroom.home.ledger import Delivery, Ledger
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.whole_files import keep_copy, names_from, sha256

__all__ = ["Delivered", "deliver", "stamp"]

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

    A file that lies there in these bytes, or was delivered in them before, is left alone. If not,
    one that was never delivered is put there, beside a file of the learner's that has its name;
    one that is as it was delivered is replaced; one that was run, but not written in, is replaced
    and the old one kept in ``kept/``; one that was written in stays, and the new version lies
    beside it, replacing an older version there that is untouched; one that has another name now
    stays, and the new version takes the free name; one that was deleted is not brought back.

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
        home.clear_unfinished()
        ledger = Ledger(home)
        steps = (
            _deliver_one(home, ledger, path, content, path in again)
            for path, content in contents.items()
        )
        done = [step for step in steps if step is not None]
        ledger.forget_unused_originals()
    return done


def stamp() -> str:
    """The moment as it stands in the name of a file that is kept."""
    return f"{datetime.now():%Y-%m-%d-%H%M%S}"


def _deliver_one(
    home: Home, ledger: Ledger, origin: str, new: bytes, again: bool
) -> Delivered | None:
    entries = ledger.of(origin)
    own = home.folder / origin
    put = partial(ledger.put, origin=origin, content=new)
    if again and not own.exists():
        put(origin)
        return Delivered("new", origin)
    if any(entry.sha256 == sha256(new) for entry in entries):
        return None
    if own.is_file() and own.read_bytes() == new:
        ledger.adopt(origin, origin, new)
        return None
    for entry in entries:  # itself first
        if ledger.is_untouched(entry):
            put(entry.path)
            verb: Verb = "replaced" if entry.path == origin else "beside"
            return Delivered(verb, entry.path, "" if entry.path == origin else origin)
    if not own.exists():
        return _deliver_to_free_name(home, ledger, origin, new)
    if _was_only_run(ledger, entries, origin):
        kept = keep_copy(own, home.kept / f"{own.stem}.{stamp()}{own.suffix}")
        put(origin)
        return Delivered("replaced", origin, kept=home.short(kept))
    beside = _free_name_beside(home, ledger, origin)
    put(beside)
    return Delivered("beside", beside, origin)


def _deliver_to_free_name(home: Home, ledger: Ledger, origin: str, new: bytes) -> Delivered:
    entries = [entry for entry in ledger.of(origin) if entry.path == origin]
    elsewhere = _renamed(home, ledger, origin, new) if entries else ""
    if entries and not elsewhere:
        return Delivered("deleted", origin)
    ledger.put(origin, origin, new)
    return Delivered("renamed" if elsewhere else "new", origin, elsewhere)


def _renamed(home: Home, ledger: Ledger, origin: str, new: bytes) -> str:
    """Where the learner's copy of a file that is not at its place is now; empty if nowhere."""
    wanted = kind_and_slug(new)
    others = {entry.path for entry in ledger.all() if entry.of != origin}
    folder = (home.folder / origin).parent
    for path in sorted(folder.glob(f"*{PurePosixPath(origin).suffix}")):
        name = home.short(path)
        if name in others or not path.is_file():
            continue
        content = path.read_bytes()
        same = any(sha256(content) == entry.sha256 for entry in ledger.of(origin))
        if same or (wanted is not None and kind_and_slug(content) == wanted):
            return name
    return ""


def _was_only_run(ledger: Ledger, entries: list[Delivery], origin: str) -> bool:
    """Whether the file at its own place was run since it was delivered, but not written in."""
    for entry in entries:
        if entry.path == origin:
            before, now = ledger.original(entry), ledger.content(entry)
            return before is not None and now is not None and is_only_run(before, now)
    return False


def _free_name_beside(home: Home, ledger: Ledger, origin: str) -> str:
    """The first of name.new, name.new-2, … that neither the learner nor the ledger has."""
    path = PurePosixPath(origin)
    known = {entry.path for entry in ledger.all()}
    wanted = home.folder / path.with_name(f"{path.stem}.new{path.suffix}")
    names = (name for name in names_from(wanted) if not name.exists())
    return next(short for name in names if (short := home.short(name)) not in known)

"""Find the files of answers in folders, in zips, and in zips inside those."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from recsys_course.classroom.grading.places import (
    MOST_ZIP_BYTES,
    Member,
    Place,
    Reader,
    UnreadableSubmissionError,
    opened,
)

__all__ = ["Entry", "walk"]

_MOST_DIRECTORY_BYTES = 8_000_000  # of a zip's table of contents: some 80,000 names
_MOST_END_BYTES = 66_000  # of what stands behind that table, with the longest comment
_MOST_DEPTH = 20
_ANSWERS = (".ipynb", ".py")
# two are full of Python that nobody handed in, the others are made by programs
_SKIPPED_FOLDERS = frozenset({"__pycache__", "__MACOSX", "site-packages", "node_modules"})


@dataclass(frozen=True)
class Entry:
    """A file that may hold answers, or the reason why it cannot be looked at.

    Args:
        parts: Its path below what was given; a zip on the way counts as a folder.
        place: Where its bytes are.
        date: When it was last changed, in seconds since 1970; 0 if nobody knows.
        reason: Why it is not read; empty if it can be tried.
        hostile: Whether nobody makes such a thing by accident.
        aside: Whether it is only mentioned: no submission is lost with it.
    """

    parts: tuple[str, ...]
    place: Place
    date: float = 0.0
    reason: str = ""
    hostile: bool = False
    aside: bool = False


def walk(path: Path) -> Iterator[Entry]:
    """Every file of answers at or below a path, in the order of the names.

    Hidden folders, files of other kinds and what programs leave behind are passed over.

    Args:
        path: A notebook, a Python file, a zip, or a folder; a link to a folder may be given here,
            but none is followed below it.

    Yields:
        One entry a file, and one for each zip or folder that cannot be looked into.
    """
    reader = Reader()
    if path.is_dir():
        yield from _folder(path, (), reader)
    else:
        yield from _file(path, (path.name,), reader)


def _folder(path: Path, parts: tuple[str, ...], reader: Reader) -> Iterator[Entry]:
    try:
        with os.scandir(path) as found:
            children = sorted(found, key=lambda child: child.name)
    except OSError as error:
        reason = f"This folder cannot be opened ({error.strerror}); look at who may read it."
        yield Entry(parts, Place(path), reason=reason)
        return
    for child in children:
        below, where = (*parts, child.name), path / child.name
        if _is_skipped(child.name):
            continue
        if child.name.lower().endswith(_ANSWERS) or not _is_folder(child):
            yield from _file(where, below, reader)
        elif child.is_symlink():
            reason = "A link to a folder is not followed."
            yield Entry(below, Place(where), reason=reason, aside=True)
        elif len(below) > _MOST_DEPTH:
            reason = f"Folders below the {_MOST_DEPTH}th level are not opened."
            yield Entry(below, Place(where), reason=reason, aside=True)
        else:
            yield from _folder(where, below, reader)


def _is_folder(child: os.DirEntry[str]) -> bool:
    try:
        return child.is_dir()
    except OSError:
        return False  # opening it will say why


def _is_skipped(name: str) -> bool:
    """Whether a file or folder is none that anybody hands in."""
    return name.startswith(".") or name in _SKIPPED_FOLDERS


def _file(path: Path, parts: tuple[str, ...], reader: Reader) -> Iterator[Entry]:
    suffix = path.suffix.lower()
    if suffix not in {*_ANSWERS, ".zip"}:
        return
    try:
        date = path.lstat().st_mtime
    except OSError:
        date = 0.0  # reading it will say why
    entry = Entry(parts, Place(path), date)
    if suffix == ".zip":
        yield from _zip(entry, reader)
    else:
        yield entry


def _zip(archive: Entry, reader: Reader) -> Iterator[Entry]:
    """The entries of a zip on disk, or of a zip inside it.

    Yields:
        As ``walk``; the zip itself where it cannot be read.
    """
    try:
        entries = _zip_entries(archive, reader)
    except UnreadableSubmissionError as error:
        yield replace(archive, reason=str(error))
        return
    for entry in sorted(entries, key=lambda entry: entry.parts):
        if entry.reason or not entry.parts[-1].lower().endswith(".zip"):
            yield entry
        elif archive.place.members:
            reason = "A zip inside a zip is not opened; hand in the notebook itself."
            yield Entry(entry.parts, entry.place, entry.date, reason)
        else:
            yield from _zip(entry, reader)


def _zip_entries(archive: Entry, reader: Reader) -> list[Entry]:
    if archive.place.members:
        stream: IO[bytes] = io.BytesIO(reader.read(archive.place, MOST_ZIP_BYTES))
    else:
        stream = opened(archive.place.path)
    with stream:
        contents = _contents(stream)
    found = (_zipped(archive, info, number) for number, info in enumerate(contents, 1))
    return [entry for entry in found if entry]


class _Guarded:
    """A stream that refuses to be read in one gulp: a zip decides how long its contents are."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, n_bytes: int = -1) -> bytes:
        if n_bytes > _MOST_DIRECTORY_BYTES:
            raise UnreadableSubmissionError(
                "It lists more files than anybody hands in; zip the notebooks alone."
            )
        return self._stream.read(n_bytes if n_bytes >= 0 else _MOST_END_BYTES)


def _contents(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(_Guarded(stream)) as archive:
            return archive.infolist()
    except UnreadableSubmissionError:
        raise
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError):
        raise UnreadableSubmissionError(
            "It is no zip that can be read, or it is cut off; ask for it again."
        ) from None


def _zipped(archive: Entry, info: zipfile.ZipInfo, number: int) -> Entry | None:
    """One member of a zip; None for a folder and for what is passed over."""
    name = _name(info)
    parts = tuple(part for part in name.split("/") if part not in {"", "."})
    member = Member(
        info.header_offset, info.compress_size, info.file_size, info.compress_type, info.CRC
    )
    place = Place(archive.place.path, (*archive.place.members, member))
    reason, hostile = "", False
    if ".." in parts or name.startswith("/") or name[1:2] == ":":
        reason, hostile = f"The name of file {number} in the zip leads outside it.", True
    elif name.endswith("/") or not _may_hold_answers(parts):
        return None
    elif stat.S_ISLNK(info.external_attr >> 16):
        reason, hostile = f"File {number} in the zip is a link, not a file.", True
    elif info.flag_bits & 0x1:
        reason = "It is encrypted; hand it in without a password."
    inside = tuple(part for part in parts if part != "..") or ("?",)
    return Entry((*archive.parts, *inside), place, _date(info), reason, hostile)


def _may_hold_answers(parts: tuple[str, ...]) -> bool:
    named = bool(parts) and parts[-1].lower().endswith((*_ANSWERS, ".zip"))
    return named and not any(_is_skipped(part) for part in parts)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member, with "/" between folders.

    Without its flag for UTF-8 a name is read as cp437, but many programs write UTF-8 all the same.
    """
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):  # it is cp437 indeed
            name = name.encode("cp437").decode()
    return name.replace("\\", "/")  # old programs on Windows


def _date(info: zipfile.ZipInfo) -> float:
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0

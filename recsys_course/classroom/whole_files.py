"""Write a file as a whole or not at all, and never over another one that somebody made."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = [
    "clear_unfinished",
    "keep_copy",
    "names_from",
    "replace_known",
    "sha256",
    "write_whole",
]

_UNFINISHED = re.compile(r"\..+\.\d+\.part")


def write_whole(path: Path, content: bytes | str, mode: int = 0o644) -> None:
    """Write a file so that it is there as a whole or not at all, whatever happens meanwhile.

    Args:
        path: The file; what was there is replaced in one step, and stays if the disk is full.
        content: Bytes, or text for UTF-8 (what UTF-8 cannot hold becomes a question mark).
        mode: Who may read a new file.

    Raises:
        OSError: If it cannot be written.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    _write(path, data, mode, lambda: None)


def replace_known(path: Path, content: bytes, known: bytes | None) -> None:
    """Write a file as a whole, but only in the place of what the caller has seen there.

    Who decides by what lies there takes a moment to write, in which another program may save.

    Args:
        path: The file.
        content: What it will hold.
        known: What lies there; None if nothing does.

    Raises:
        OSError: If something else lies there now, which stays, or it cannot be written.
    """

    def look() -> None:
        there = path.read_bytes() if os.path.lexists(path) else None
        if there != known:
            raise OSError(errno.EBUSY, "another program has saved it just now", str(path))

    _write(path, content, 0o644, look)


def keep_copy(path: Path, wanted: Path) -> Path:
    """Copy a file to a path that no other file has, such as one where it stays as it is.

    It is no second name of the same file: what is kept must not change when the first is saved.

    Args:
        path: The file.
        wanted: The copy; a number is added to its name if another file has it.

    Returns:
        The path that it got; one that holds the same bytes will do.

    Raises:
        OSError: If the copy cannot be written; nothing is changed then.
    """
    content = path.read_bytes()
    for name in names_from(wanted):
        if not os.path.lexists(name):
            replace_known(name, content, None)
            return name
        if name.is_file() and name.read_bytes() == content:
            return name
    raise AssertionError("there is always a further name")


def clear_unfinished(folder: Path) -> None:
    """Remove what was left in a folder by a process that was killed while it wrote there."""
    for path in folder.glob(".*.part"):
        if _UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)


def names_from(wanted: Path) -> Iterator[Path]:
    """The path, and then the path with -2, -3, … before its suffix.

    Yields:
        Paths, without end.
    """
    yield wanted
    number = 2
    while True:
        yield wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        number += 1


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, data: bytes, mode: int, look: Callable[[], None]) -> None:
    """Write beside, look once more, and put it in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)  # of a process that had the same number, long ago
    try:
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(opened, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the name on an empty file
        look()
        unfinished.replace(path)
    except BaseException:  # Ctrl-C, too
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise

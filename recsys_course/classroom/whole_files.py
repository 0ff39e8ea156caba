"""Write a file as a whole or not at all, and never over another one that somebody made."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

__all__ = ["free_name", "keep_copy", "names_from", "sha256", "write_whole"]


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
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)  # of a process that had the same number, long ago
    try:
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(opened, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the name on an empty file
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def keep_copy(path: Path, wanted: Path) -> Path:
    """Give a file a second name under which it stays when the first is written anew.

    Args:
        path: The file.
        wanted: The second name; a number is added if something has it.

    Returns:
        The name that it got.

    Raises:
        OSError: If the copy cannot be written; nothing is changed then.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for name in names_from(wanted):
        try:
            os.link(path, name)
        except FileExistsError:
            continue
        except OSError:  # a file system without links
            if name.exists():
                continue
            unfinished = name.with_name(f".{name.name}.part")
            shutil.copyfile(path, unfinished)
            unfinished.replace(name)
        return name
    raise AssertionError("there is always a further name")


def free_name(wanted: Path) -> Path:
    """The path itself, or the first with a number added that nothing has."""
    return next(name for name in names_from(wanted) if not name.exists())


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

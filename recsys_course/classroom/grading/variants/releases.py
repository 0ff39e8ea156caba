"""Write what is handed out, its zip and its ledger; never over something else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from recsys_course.classroom.grading.variants.ledger import Ledger
from recsys_course.classroom.whole_files import sha256, write_whole

__all__ = ["PackingError", "sha256", "write"]

_NEVER = (1980, 1, 1, 0, 0, 0)  # the date of everything in the zip: equal files, equal bytes


class PackingError(ValueError):
    """A release that cannot be made; the message is a sentence, and nothing was written."""


def write(folder: Path, files: Mapping[str, bytes], ledger: Ledger) -> None:
    """Write a release, unless a file would be replaced by something else.

    Args:
        folder: Where ``release/``, ``release.zip`` and ``ledger.json`` go.
        files: What students get, by its path below ``release/``.
        ledger: The instructor's own.

    Raises:
        PackingError: If something else is there; then nothing is written.
    """
    archive = folder / "release.zip"
    for name, content in files.items():
        path = folder / "release" / name
        if path.exists() and path.read_bytes() != content:
            raise PackingError(
                f"{path} is something else than would be packed; move it away, or pack into a new "
                "folder"
            )
    if archive.exists() and not _holds_only(archive, files):
        raise PackingError(
            f"{archive} holds something else than would be packed; move it away, or pack into a "
            "new folder"
        )
    # the ledger first: what was handed out must never be missing in it
    _replace(folder / "ledger.json", ledger.to_json().encode(), mode=0o600)
    for name, content in files.items():
        _replace(folder / "release" / name, content)
    _replace(archive, _zipped(files))


def _holds_only(archive: Path, files: Mapping[str, bytes]) -> bool:
    """Whether everything in a zip is among the files, so that nothing is lost with it."""
    try:
        with zipfile.ZipFile(archive) as old:
            # sizes first: a foreign zip may be a bomb
            return all(
                one.file_size == len(files.get(one.filename, b""))
                and old.read(one) == files.get(one.filename)
                for one in old.infolist()
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return False


def _zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _NEVER)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on Linux, everywhere
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _replace(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, unless it is so already."""
    if not (path.is_file() and path.read_bytes() == content):
        write_whole(path, content, mode)

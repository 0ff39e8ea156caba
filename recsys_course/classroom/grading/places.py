"""Where the bytes of a submission are, and how they are read without trusting them.

Nothing is unpacked to disk, no link is followed, and nothing is read beyond a limit. What is wrong
is said in a fixed sentence: names and contents are chosen by whoever handed the file in.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

__all__ = [
    "MOST_BYTES",
    "MOST_ZIP_BYTES",
    "Member",
    "Place",
    "Reader",
    "UnreadableSubmissionError",
    "opened",
]

MOST_BYTES = 50_000_000
MOST_ZIP_BYTES = 100_000_000  # of a zip inside a zip, which is held in memory
_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
}
_DAMAGED = "It is damaged or cut off inside the zip; ask for it again."
_TOO_LARGE = "It is over {:.0f} MB; clear its outputs, save it and hand it in again."


class UnreadableSubmissionError(ValueError):
    """A file that is not read; the message is one fixed sentence, for the student as well."""


@dataclass(frozen=True)
class Member:
    """Where the bytes of a file stand in a zip, as the zip's table of contents says."""

    offset: int
    packed: int
    size: int
    method: int
    checksum: int

    def unpack(self, stream: IO[bytes], limit: int) -> bytes:
        """Its bytes, out of the open zip.

        Raises:
            UnreadableSubmissionError: If it is over the limit, damaged, or not what it announces.
        """
        if self.size > limit:
            raise UnreadableSubmissionError(_TOO_LARGE.format(limit / 1e6))
        if self.method not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableSubmissionError(
                "It is packed by a rare method; zip it again in the usual way (deflate)."
            )
        raw = self._packed(stream, limit)
        if self.method == zipfile.ZIP_DEFLATED:
            try:  # one byte more than announced is enough to see that the size is a lie
                raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, self.size + 1)
            except zlib.error:
                raise UnreadableSubmissionError(_DAMAGED) from None
        if len(raw) != self.size or zlib.crc32(raw) != self.checksum:
            raise UnreadableSubmissionError(_DAMAGED)
        return raw

    def _packed(self, stream: IO[bytes], limit: int) -> bytes:
        stream.seek(max(self.offset, 0))
        header = stream.read(30)
        most = limit + limit // 1000 + 1000  # what cannot be compressed grows by this much at most
        if len(header) < 30 or header[:4] != b"PK\x03\x04" or self.packed > most:
            raise UnreadableSubmissionError(_DAMAGED)
        n_name, n_extra = struct.unpack("<HH", header[26:])
        stream.seek(n_name + n_extra, os.SEEK_CUR)
        return stream.read(self.packed)


@dataclass(frozen=True)
class Place:
    """Where the bytes of a file are: on disk, in a zip on disk, or in a zip inside that zip."""

    path: Path
    members: tuple[Member, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that it announces; 0 for a file on disk, which is measured when it is opened."""
        return self.members[-1].size if self.members else 0


@dataclass
class Reader:
    """Reads places; it keeps the last zip inside a zip, so that each is unpacked once."""

    _outer: Place | None = None
    _inside: bytes = field(default=b"", repr=False)

    def read(self, place: Place, limit: int = MOST_BYTES) -> bytes:
        """The bytes at a place.

        Args:
            place: From ``walk``.
            limit: Bytes beyond which it is refused.

        Raises:
            UnreadableSubmissionError: If it is no plain file, too large, damaged or not readable.
        """
        if len(place.members) > 1:
            outer = Place(place.path, place.members[:1])
            if outer != self._outer:
                self._inside = self.read(outer, MOST_ZIP_BYTES)
                self._outer = outer
            return place.members[1].unpack(io.BytesIO(self._inside), limit)
        with opened(place.path) as stream:
            if place.members:
                return place.members[0].unpack(stream, limit)
            size = os.fstat(stream.fileno()).st_size
            if size > limit:
                raise UnreadableSubmissionError(_TOO_LARGE.format(limit / 1e6))
            content = stream.read(size + 1)
        if len(content) != size:
            raise UnreadableSubmissionError("It changes while it is read; grade it again.")
        return content


def opened(path: Path) -> IO[bytes]:
    """A plain file, open; a link, a pipe or a device is never opened.

    Raises:
        UnreadableSubmissionError: If it is something else, or may not be read.
    """
    try:
        _require_plain(path.lstat().st_mode)
        # the file may have become a link or a pipe since: neither is followed, nor waited for
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableSubmissionError(
            f"It cannot be opened ({reason}); look at the file and at who may read it."
        ) from None
    stream = os.fdopen(descriptor, "rb")
    try:
        _require_plain(os.fstat(descriptor).st_mode)
    except UnreadableSubmissionError:
        stream.close()
        raise
    return stream


def _require_plain(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "a device")
        raise UnreadableSubmissionError(f"It is {kind}, not a file; hand in the file itself.")

"""What was delivered into a learner's folder: by its path, of which file, in which bytes.

A file is untouched while it holds the bytes that the course put there. The ledger says first what
it is about to put there, so that a run which is cut off in between is understood by the next.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from recsys_course.classroom.home.place import Home
from recsys_course.classroom.whole_files import sha256, write_whole

__all__ = ["Delivery", "Ledger"]

_FORMAT = 1


@dataclass(frozen=True)
class Delivery:
    """One file of the learner's folder that the course put there.

    Attributes:
        path: Where, from the learner's folder.
        of: The path of the course's file; another one where the new version lies beside.
        sha256: What it was delivered with.
        coming: What was about to be put there when this was written.
    """

    path: str
    of: str
    sha256: str
    coming: str = ""


class Ledger:
    """All deliveries, on the disk after every change."""

    def __init__(self, home: Home) -> None:
        """Read what is known; a ledger that is gone or spoilt counts as empty."""
        self._home = home
        self._path = home.own / "delivered.json"
        self._originals = home.own / "originals"
        self._entries = {entry.path: self._settled(entry) for entry in _read(self._path)}

    def of(self, origin: str) -> list[Delivery]:
        """Where a file of the course was delivered to, first itself, then beside."""
        return [entry for entry in self._entries.values() if entry.of == origin]

    def all(self) -> list[Delivery]:
        """Every delivery."""
        return list(self._entries.values())

    def content(self, entry: Delivery) -> bytes | None:
        """What lies there now; None if nothing does."""
        path = self._home.folder / entry.path
        return path.read_bytes() if path.is_file() else None

    def is_untouched(self, entry: Delivery) -> bool:
        """Whether the file is there and as it was delivered."""
        content = self.content(entry)
        return content is not None and sha256(content) == entry.sha256

    def original(self, entry: Delivery) -> bytes | None:
        """What was delivered there; None if that is not known any more."""
        path = self._originals / entry.sha256
        content = path.read_bytes() if path.is_file() else None
        return content if content is not None and sha256(content) == entry.sha256 else None

    def put(self, path: str, origin: str, content: bytes) -> None:
        """Put a file into the learner's folder, replacing what lies at its path.

        Raises:
            OSError: If it cannot be written; what lay there still does.
        """
        new = sha256(content)
        if not (self._originals / new).is_file():
            write_whole(self._originals / new, content)
        before = self._entries.get(path) or Delivery(path, origin, "")
        self._record(replace(before, coming=new))
        write_whole(self._home.folder / path, content)
        self._record(Delivery(path, origin, new))

    def adopt(self, path: str, origin: str, content: bytes) -> None:
        """Know a file that lies there already as delivered."""
        if not (self._originals / sha256(content)).is_file():
            write_whole(self._originals / sha256(content), content)
        self._record(Delivery(path, origin, sha256(content)))

    def forget_unused_originals(self) -> None:
        """Delete the copies of versions that lie nowhere in the folder any more."""
        used = {entry.sha256 for entry in self._entries.values()}
        for path in self._originals.glob("*"):
            if path.name not in used:
                path.unlink(missing_ok=True)

    def _record(self, entry: Delivery) -> None:
        entries = self._entries | {entry.path: entry}
        told = {"format": _FORMAT, "files": [asdict(one) for _, one in sorted(entries.items())]}
        write_whole(self._path, json.dumps(told, indent=1) + "\n")
        self._entries = entries

    def _settled(self, entry: Delivery) -> Delivery:
        """An entry after a run that was cut off: was the file put there, or was it not?"""
        if not entry.coming:
            return entry
        content = self.content(entry)
        arrived = content is not None and sha256(content) == entry.coming
        return replace(entry, sha256=entry.coming if arrived else entry.sha256, coming="")


def _read(path: Path) -> list[Delivery]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return [Delivery(**one) for one in told["files"]]
    except (OSError, ValueError, LookupError, TypeError):
        return []

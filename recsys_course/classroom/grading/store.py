"""What has been graded already: one file a submission, so that a run that was cut off goes on.

A result is used again while nothing that it depends on has changed: the submission, the seed where
one was asked for, the checks and everything else of the course, the limits, the protection.
"""

from __future__ import annotations

import functools
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any

from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.whole_files import write_whole

__all__ = ["Store", "course_fingerprint"]

_FORMAT = 1
_COURSE = Path(__file__).parents[2]


class Store:
    """The results in a folder.

    Args:
        folder: Where; it is made if it does not exist.
        settings: What every result of this run depends on, as JSON.
        seed: The seed that was asked for; without one, an unfinished run goes on with its own, and
            a new run draws a new one.

    Attributes:
        seed: The seed of this run.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], seed: int | None) -> None:
        """Open the folder."""
        self._results = folder / "results"
        self._results.mkdir(parents=True, exist_ok=True)
        self._run = folder / "run.json"
        self._asked = seed
        self._settings = settings | {"format": _FORMAT}
        before = _read(self._run)
        unfinished = before.get("finished") is False and isinstance(before.get("seed"), int)
        drawn = before["seed"] if unfinished else secrets.randbits(32)
        self.seed: int = drawn if seed is None else seed
        self._note(finished=False)

    def get(self, source: str, digest: str) -> Result | None:
        """The result of a submission, if it still holds."""
        entry = _read(self._path(source))
        if not entry or entry.get("key") != self._key(digest, self._asked):
            return None
        result = Result.from_json(entry["result"])
        return result if result.source == source else None

    def put(self, result: Result) -> None:
        """Keep a result; a power cut leaves the whole of it or nothing."""
        key = self._key(result.digest, self._asked)
        text = json.dumps({"key": key, "result": result.to_json()}, ensure_ascii=False)
        write_whole(self._path(result.source), text)

    def finish(self) -> None:
        """Say that nothing is left to do, so that the next run draws another seed."""
        self._note(finished=True)

    def _note(self, finished: bool) -> None:
        write_whole(self._run, json.dumps({"seed": self.seed, "finished": finished}))

    def _path(self, source: str) -> Path:
        return self._results / f"{hashlib.sha256(source.encode()).hexdigest()[:24]}.json"

    def _key(self, digest: str, seed: int | None) -> str:
        settings = self._settings | {"course": course_fingerprint()}
        parts = json.dumps([settings, digest, seed], sort_keys=True)
        return hashlib.sha256(parts.encode()).hexdigest()


@functools.cache
def course_fingerprint() -> str:
    """A hash of everything that can decide about a grade."""
    total = hashlib.sha256()
    for path in sorted(_COURSE.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            total.update(str(path.relative_to(_COURSE)).encode() + path.read_bytes())
    return total.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    """What a file holds; nothing where it is missing or cut off."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entry if isinstance(entry, dict) else {}

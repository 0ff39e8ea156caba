"""The packages that an autograder installs: pinned, with the hashes of the lock where there is one.

The lock is ``constraints.txt`` beside the package, made for every system and Python. An installed
package has none; then the versions that are installed here are pinned, without hashes.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import recsys_course
from recsys_course.classroom.syllabus import Lesson

__all__ = ["DISTRIBUTION", "distribution", "extras", "requirements"]

DISTRIBUTION = "recsys-course"
_PYTHONS = ("3.11", "3.12", "3.13")  # what the container may have; it is Linux in any case
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==")


def distribution() -> importlib.metadata.Distribution:
    """What is known about the installed course.

    Raises:
        ModuleNotFoundError: If it is not installed.
    """
    try:
        return importlib.metadata.distribution(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise ModuleNotFoundError(
            f"{DISTRIBUTION} is not installed, so nothing says which packages it needs; "
            "install it first: python bootstrap.py"
        ) from None


def extras(lesson: Lesson) -> list[str]:
    """The optional parts of the course that grading a lesson needs.

    Args:
        lesson: The lesson.

    Returns:
        Their names; TensorFlow, half a gigabyte, only where the exercise uses it.
    """
    return ["grading", *(["tensorflow"] if "tensorflow" in lesson.imports else [])]


def requirements(wanted: Sequence[str], lock: Path | None = None) -> str:
    """The text of a requirements file for the course on Linux.

    Args:
        wanted: Optional parts of the course that are wanted, such as ``grading``.
        lock: The lock; ``constraints.txt`` beside the package, where there is one, if not given.

    Returns:
        One pinned requirement a package, ordered by name.

    Raises:
        LookupError: If the course has no such part, or the lock misses a package that is needed.
    """
    needed = _closure(wanted)
    lock = lock or Path(recsys_course.__file__).resolve().parents[1] / "constraints.txt"
    if not lock.is_file():
        return "".join(f"{name}=={version}\n" for name, version in needed.items() if version)
    pins = _pins(lock)
    missing = sorted(set(needed) - set(pins))
    if missing:
        raise LookupError(
            f"{lock} does not pin {', '.join(missing)}; run: python bootstrap.py lock"
        )
    return "".join(pins[name] for name in needed)


def _closure(wanted: Sequence[str]) -> dict[str, str | None]:
    """Every package that is needed, and its version; None where it is not installed here."""
    unknown = set(wanted) - set(distribution().metadata.get_all("Provides-Extra") or [])
    if unknown:
        raise LookupError(
            f"the installed {DISTRIBUTION} has no part {', '.join(sorted(unknown))}; it is older "
            "than its source: run python bootstrap.py"
        )
    versions: dict[str, str | None] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [pair for extra in ("", *wanted) for pair in _needs(DISTRIBUTION, extra)]
    while waiting:
        name, extra = pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        try:
            versions[name] = importlib.metadata.version(name)
            waiting += _needs(name, extra)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return dict(sorted(versions.items()))


def _needs(name: str, extra: str) -> list[tuple[str, str]]:
    """What a package asks for on Linux, as pairs of a name and an extra of it."""
    asked = [Requirement(text) for text in importlib.metadata.requires(name) or []]
    return [
        (canonicalize_name(one.name), part)
        for one in asked
        if _applies(one, extra)
        for part in ("", *sorted(one.extras))
    ]


def _applies(requirement: Requirement, extra: str) -> bool:
    if requirement.marker is None:
        return not extra
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    versions = [{"python_version": one, "python_full_version": f"{one}.9"} for one in _PYTHONS]
    return any(requirement.marker.evaluate(linux | one | {"extra": extra}) for one in versions)


def _pins(lock: Path) -> dict[str, str]:
    """The lines of a lock that pin each package: versions for several Pythons, and hashes."""
    pins: dict[str, str] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines(keepends=True):
        match = _PIN.match(line)
        if match:
            name = canonicalize_name(match[1])
        if name and not line.lstrip().startswith("#"):
            pins[name] = pins.get(name, "") + line
    return pins

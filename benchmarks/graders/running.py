"""Run a grader's command: what time it took on the clock and on the CPU; leave nothing of it."""

from __future__ import annotations

import os
import resource
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["FailedError", "Finished", "run"]

_MARK = "RECSYS_BENCHMARK"  # every process that a command starts inherits it


class FailedError(RuntimeError):
    """A command that should have worked did not; the message ends with what it said."""


@dataclass(frozen=True)
class Finished:
    """How a command ended; ``code`` is None where it was cut off at the limit.

    ``cpu`` counts every process that it started, waited for or not; None where the kernel lets
    this user make no group of processes.
    """

    code: int | None
    seconds: float
    cpu: float | None
    said: str

    def checked(self, what: str) -> Finished:
        """The same, when the command succeeded.

        Raises:
            FailedError: If it did not.
        """
        if self.code != 0:
            raise FailedError(f"{what} ended with {self.code}: …{self.said[-2000:]}")
        return self


def run(
    command: Sequence[str | Path],
    folder: Path,
    extra: Mapping[str, str] | None = None,
    limit: float = 1800.0,
    hostile: bool = False,
) -> Finished:
    """Run a command to its end, or to a limit.

    Args:
        command: Program and arguments.
        folder: Where it starts; its home is there, so that no settings of the user reach it.
        extra: Variables of its environment besides those of this process.
        limit: Seconds on the clock, after which it and its children are killed.
        hostile: Look for processes that it left running, and give each at most 8 GB of memory.
    """
    mark = secrets.token_hex(8)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = os.environ | {"HOME": str(home), _MARK: mark} | dict(extra or {})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs are compiled, all of them
    log, group = folder / "said.txt", _group(mark)
    start = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_prepare(group, hostile),
        )
        code: int | None
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            seconds = time.perf_counter() - start
            if hostile or process.poll() is None:
                _end_marked(mark)
                process.wait()
    said = log.read_bytes().decode("utf-8", "replace")
    return Finished(code, seconds, _cpu(group), said)


def _group(name: str) -> Path | None:
    """A group of processes whose CPU time the kernel adds up (version 2 of cgroups)."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    own = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    inside = next((one.partition("::")[2] for one in own if one.startswith("0::")), "/")
    for mount in (one.split() for one in mounts):
        if mount[2] == "cgroup2":
            path = Path(mount[1] + inside) / f"grading-{name}"
            try:
                path.mkdir()
                (path / "cgroup.procs").open("wb").close()
            except OSError:
                return None
            return path
    return None


def _prepare(group: Path | None, hostile: bool) -> Callable[[], None]:
    """What the command's process does before it starts."""

    def prepare() -> None:
        if group is not None:
            (group / "cgroup.procs").write_text("0", encoding="ascii")
        if hostile:
            resource.setrlimit(resource.RLIMIT_AS, (8_000_000_000, 8_000_000_000))

    return prepare


def _cpu(group: Path | None) -> float | None:
    """The CPU seconds of a group of processes, which is then removed."""
    if group is None:
        return None
    end = time.monotonic() + 5
    while (group / "cgroup.procs").read_text(encoding="ascii") and time.monotonic() < end:
        time.sleep(0.01)  # the last of them are on their way out
    lines = (group / "cpu.stat").read_text(encoding="ascii").splitlines()
    while time.monotonic() < end:
        try:
            group.rmdir()
            break
        except OSError:
            time.sleep(0.01)
    return next(int(one.split()[1]) for one in lines if one.startswith("usage_usec")) / 1e6


def _end_marked(mark: str) -> None:
    """Kill what a command has left running, wherever it went."""
    for _ in range(20):  # a process may fork while the list is read
        left = [one for one in psutil.process_iter() if _marked(one, mark)]
        if not left:
            return
        for one in left:
            try:
                os.kill(one.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        psutil.wait_procs(left, timeout=1)


def _marked(process: psutil.Process, mark: str) -> bool:
    try:
        return bool(process.environ().get(_MARK) == mark and process.status() != "zombie")
    except psutil.Error:
        return False

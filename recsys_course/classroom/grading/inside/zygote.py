"""Imports what answers need, once, then forks one process for each submission.

Of TensorFlow it runs nothing: where that has but listed its devices, forked children hang. For
each submission it gets two sockets. A forked supervisor keeps one of them, enters new
namespaces and forks the submission's process, which gets the other. The supervisor watches memory
and output, and kills the process, with all that descends from it, when either socket closes. The
module is longer than most, as the three kinds of process that come of one belong together.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from recsys_course.classroom.grading.inside import isolation, rehearsal, serving
from recsys_course.classroom.grading.inside.channel import Channel

__all__ = ["run"]

_MOST_THREADS = 2
_POLL_SECONDS = 0.05
_MOST_OUTPUT = 20_000
_SECONDS_TO_END = 5.0
_SECONDS_TO_FORK = 25.0
_CHANNEL = 3
_KINDS = (b"RssAnon:", b"RssShmem:", b"VmSwap:")  # a process can have itself swapped out
_SHARES = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")


def run(control: int, preload: list[str], nobody: bool) -> None:
    """Import, report, and fork on request until the grader hangs up.

    Args:
        control: File descriptor of a Unix socket.
        preload: Modules to import.
        nobody: Whether root becomes the user nobody.
    """
    with socket.socket(fileno=control) as grader:
        isolation.leave_root(nobody)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
        missing = []
        gc.disable()  # of what is imported nothing is thrown away
        for name in preload:
            try:
                importlib.import_module(name)
            except ImportError as error:
                missing.append(f"{name}: {error}")
        rehearsal.rehearse()
        isolation.call_filter()
        threads = len(list(Path("/proc/self/task").iterdir()))
        if threads > _MOST_THREADS:
            missing.append(f"{threads} threads before the first fork; forking needs at most 2")
        grader.sendall(json.dumps({"missing": missing}).encode())
        gc.freeze()  # what is imported is not looked at again, so that forks go on sharing it
        gc.enable()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel takes the ended away
        while True:
            request, descriptors, _, _ = socket.recv_fds(grader, 65536, 2)
            if not request:
                return
            if _fork() == 0:
                grader.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _supervise(json.loads(request), *descriptors)
                os._exit(0)
            for descriptor in descriptors:
                os.close(descriptor)


def _fork() -> int:
    """Fork, and wait where a neighbour has taken all the processes that there may be."""
    end = time.monotonic() + _SECONDS_TO_FORK
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(_POLL_SECONDS)


def _supervise(request: dict[str, Any], channel: int, watch: int) -> None:
    """Fork the process of the submission, watch it, and say how it ended."""
    os.sched_setaffinity(0, request["processors"])
    reached = isolation.unshare()
    isolation.become_subreaper()
    reading, writing = os.pipe()
    child = _fork()
    if child == 0:
        os.close(watch)
        os.close(reading)
        _become_the_submission(request, reached, channel, writing)
    os.close(writing)
    os.close(channel)
    with socket.socket(fileno=watch) as grader:
        watcher = _Watcher(child, grader, reading, request["limits"])
        report = watcher.watch()
        with contextlib.suppress(OSError):
            grader.sendall(json.dumps(report).encode())


def _become_the_submission(
    request: dict[str, Any], reached: list[str], channel: int, output: int
) -> None:
    """Shut this process in, then serve; it never returns."""
    try:
        try:
            _shut_in(request, reached, channel, output)
        except Exception as error:  # the grader says it, whatever it is
            grader = Channel(socket.socket(fileno=_CHANNEL))
            grader.send({"broken": f"{type(error).__name__}: {error}"})
        serving.serve(Channel(socket.socket(fileno=_CHANNEL)))
    finally:
        os._exit(1)


def _shut_in(request: dict[str, Any], reached: list[str], channel: int, output: int) -> None:
    os.setsid()
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(channel, _CHANNEL)
    os.closerange(_CHANNEL + 1, 65536)
    isolation.limit(request["limits"], alone=bool(reached))
    if reached and request["folders"]:
        isolation.private_files(request["folders"], request["limits"]["disk_mb"])
    os.chdir(request["home"])
    isolation.forbid_system_calls()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


class _Watcher:
    """Looks after one process from outside its namespaces."""

    def __init__(
        self, child: int, grader: socket.socket, output: int, limits: dict[str, int]
    ) -> None:
        self.child, self.grader, self.output = child, grader, output
        self.said = bytearray()
        self.peak = _memory(child)
        self.most = self.peak + limits["memory_of_all"]
        self.most_processes = 2 * limits["processes"]  # where the kernel does not hold the limit
        # a full socket or pipe holds up to 400 kB of memory that the kernel counts as nobody's
        self.files, self.most_files = limits["files"], 4 * limits["files"]
        self.next_look = time.monotonic() + _POLL_SECONDS
        self.reason = ""

    def watch(self) -> dict[str, Any]:
        """Wait for the end, or make it, and say what there was to see."""
        process = os.pidfd_open(self.child)
        poll = select.poll()
        for descriptor in (process, self.grader.fileno(), self.output):
            poll.register(descriptor, select.POLLIN)
        while not self.reason:
            ready = {descriptor for descriptor, _ in poll.poll(_POLL_SECONDS * 1000)}
            if self.output in ready and not self._take_output():
                poll.unregister(self.output)
            self._look_at_memory()
            if process in ready or self.grader.fileno() in ready:
                break  # it has ended, or the grader is done with it, or gone
        status, usage = self._end()
        while self._take_output():
            pass
        return {
            "status": status,
            "reason": self.reason,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak_kb": max(self.peak // 1024, usage.ru_maxrss),
            "output": self.said.decode("utf-8", "replace"),
        }

    def _take_output(self) -> bool:
        """Keep the beginning of what was printed; false when there will be no more."""
        if not select.select([self.output], [], [], 0)[0]:
            return False
        part = os.read(self.output, 1 << 16)
        self.said += part[: max(0, _MOST_OUTPUT - len(self.said))]
        return bool(part)

    def _look_at_memory(self) -> None:
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + _POLL_SECONDS
        processes = _descendants(self.child)
        now = sum(_memory(process) for process in processes)
        if now > self.most:  # forked processes share much of it, which is slower to find out
            now = sum(_memory(process, shared=True) for process in processes)
            self.reason = "memory" if now > self.most else ""
        self.peak = max(self.peak, now)
        self.reason = "processes" if len(processes) > self.most_processes else self.reason
        if sum(_files(process, self.files) for process in processes) > self.most_files:
            self.reason = "files"

    def _end(self) -> tuple[int, Any]:
        """Kill the process and all that descends from it; how it ended, and what it used."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        _, status, usage = os.wait4(self.child, 0)
        end = time.monotonic() + _SECONDS_TO_END
        while time.monotonic() < end:  # without a namespace of processes, others may be left
            for process in _descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                break
            time.sleep(0.001)
        return status, usage


def _memory(process: int, shared: bool = False) -> int:
    """Bytes that a process holds beside its files; 0 when it has ended.

    Args:
        process: Its number.
        shared: Whether to divide what several processes share among them.
    """
    try:
        if shared:
            with contextlib.suppress(OSError):
                return _sum_of_kb(_read(f"/proc/{process}/smaps_rollup"), _SHARES)
        return _sum_of_kb(_read(f"/proc/{process}/status"), _KINDS)
    except OSError:
        return 0


def _sum_of_kb(table: bytes, names: tuple[bytes, ...]) -> int:
    """Bytes in those lines of a table that begin with one of the names."""
    lines = (line for line in table.split(b"\n") if line.startswith(names))
    return sum(int(line.split()[1]) * 1024 for line in lines)


def _read(path: str) -> bytes:
    """A small file of the kernel; many times a second, where pathlib would be felt."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)


def _files(process: int, most: int) -> int:
    """How many files, sockets and pipes a process holds open; ``most`` if it hides that."""
    try:
        return len(os.listdir(f"/proc/{process}/fd"))  # noqa: PTH208
    except PermissionError:
        return most
    except OSError:
        return 0  # it has ended


def _descendants(process: int) -> list[int]:
    """The process (if it is not this one) and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                stat = _read(f"/proc/{name}/stat")
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(b")")[2].split()[1]), []).append(int(name))
    found, waiting = [], [process]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += parents.get(one, [])
    return [one for one in found if one != os.getpid()]

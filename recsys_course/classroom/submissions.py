"""Check a file of answers in a process of its own, with a limit on the time of each function.

`work` is what that other process does. It keeps an endless loop or a crash away from the caller; it
is no sandbox.
"""

from __future__ import annotations

import json
import os
import queue
import secrets
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from recsys_course.classroom.cards import render
from recsys_course.classroom.cells import UnreadableAnswersError
from recsys_course.classroom.checking import check_names, run_checks
from recsys_course.classroom.loading import load
from recsys_course.classroom.reading import lesson_of_answers, read_answers
from recsys_course.classroom.reports import FileReport, FunctionReport

__all__ = ["UnreadableAnswersError", "check_file", "render", "work"]

_LOADING_SECONDS = 60.0  # a learner's imports may include TensorFlow on a cold disk
_LOOK_SECONDS = 0.2  # how long it may take until somebody who wants to stop is heard
# Ctrl-C reaches every program of the terminal. The caller ends this one; it has nothing to say.
_START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "from recsys_course.classroom.submissions import work; work(sys.argv[1])"
)
_TIMED_OUT = "It was stopped after {:g} seconds: does every loop come to an end?"
_ONLY_DEFINITIONS = "a statement held the file up or ended it; only its definitions were read"
_ENDED = "Its process ended before it returned anything (exit code {}): does it call exit()?"


def check_file(
    path: Path,
    seed: int | None = None,
    slug: str | None = None,
    functions: Sequence[str] | None = None,
    seconds: float | None = None,
    stop: threading.Event | None = None,
    quiet: bool = False,
) -> FileReport:
    """Check the answers in a notebook or Python file.

    Args:
        path: The file; it is only read.
        seed: Seed of the random tables; a fresh one if not given.
        slug: The lesson it answers, where neither its metadata nor its name says so.
        functions: The functions to check; all of the lesson if not given.
        seconds: Wall-clock limit for each function; that of the syllabus if not given.
        stop: Set by another thread, it ends the check at once.
        quiet: Whether what the answers print is left out; it goes to stderr otherwise.

    Returns:
        The report; a function that ran out of time is "timed out".

    Raises:
        CancelledError: If `stop` was set.
        UnreadableAnswersError: If the file cannot be read, or no lesson is named.
    """
    path, stop = Path(path), stop or threading.Event()
    lesson = lesson_of_answers(read_answers(path), slug)
    waiting = list(functions or (exercise.name for exercise in lesson.exercises))
    limits = {name: seconds or lesson.exercise(name).seconds for name in waiting}
    seed = secrets.randbits(32) if seed is None else seed
    done: list[FunctionReport] = []
    problems: list[str] = []
    definitions_only = False
    while waiting:
        with _Worker(path, seed, waiting, definitions_only, stop, quiet) as worker:
            loaded = worker.next(_LOADING_SECONDS)
            while loaded and waiting and (entry := worker.next(limits[waiting[0]])):
                done.append(FunctionReport.from_json(entry))
                waiting.pop(0)
            code = worker.end()
        if loaded:
            problems = [*loaded["problems"], *([_ONLY_DEFINITIONS] if definitions_only else [])]
            stopped, waiting = waiting[:1], waiting[1:]
        else:  # a statement ended the process or held it up: once more, with definitions alone
            stopped, waiting = (waiting, []) if definitions_only else ([], waiting)
            definitions_only = True
        done += [_unfinished(function, code, limits[function]) for function in stopped]
    return FileReport(seed, tuple(done), str(path), lesson.slug, tuple(problems))


def _unfinished(function: str, code: int | None, seconds: float) -> FunctionReport:
    names = check_names(function)
    if code is None:
        return FunctionReport.of_all(function, "timed out", names, _TIMED_OUT.format(seconds))
    return FunctionReport.of_all(function, "failed", names, _ENDED.format(code))


@dataclass
class _Worker:
    """The other process; it says one line of JSON after loading, and one after each function."""

    path: Path
    seed: int
    functions: Sequence[str]
    definitions_only: bool
    stop: threading.Event
    quiet: bool
    lines: queue.Queue[str] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        course = str(Path(__file__).resolve().parents[2])
        paths = [course, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONUNBUFFERED": "1",  # what was printed before an endless loop is not lost
            "MPLBACKEND": "Agg",  # no window opens
        }
        job = {
            "path": str(self.path.resolve()),
            "seed": self.seed,
            "functions": list(self.functions),
            "definitions_only": self.definitions_only,
        }
        # -P: a learner's random.py beside the answers must not stand in for Python's own
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, json.dumps(job)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if self.quiet else None,
            env=environment,
            cwd=self.path.resolve().parent,
            encoding="utf-8",
            errors="replace",
        )
        self.ended = False
        self.stream: IO[str] = self.process.stdout  # type: ignore[assignment]  # it is a pipe
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.stream:
            self.lines.put(line)
        self.lines.put("")  # it has ended

    def next(self, seconds: float) -> dict[str, Any] | None:
        """What it says next; None when it has ended or the time is up."""
        line = self._line(time.monotonic() + seconds)
        if line is None:
            return None
        self.ended = not line
        entry: dict[str, Any] | None = json.loads(line) if line else None
        return entry

    def _line(self, end: float) -> str | None:
        while not self.stop.is_set():
            left = max(0.0, end - time.monotonic())
            try:
                return self.lines.get(timeout=min(left, _LOOK_SECONDS))
            except queue.Empty:
                if not left:
                    return None
        raise CancelledError

    def end(self) -> int | None:
        """Its exit code; None when it was still at work and had to be killed."""
        if not self.ended:
            self.process.kill()
        code = self.process.wait()
        return code if self.ended else None

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave no process behind, also when the caller is interrupted."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.stream.close()


def work(argument: str) -> None:
    """Load a file and check it, in this process; a line of JSON on stdout for each step.

    Args:
        argument: The path, the functions and the seed, as JSON.
    """
    job = json.loads(argument)
    # what the learner prints goes to stderr: stdout carries the reports
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_end_when_nobody_reads, args=[channel], daemon=True).start()
    path = Path(job["path"])
    sys.path.insert(0, str(path.parent))
    functions = job["functions"]
    submission = load(read_answers(path), frozenset(functions), job["definitions_only"])
    _say(channel, {"problems": submission.problems})
    for function in functions:
        report = run_checks(submission.functions, [function], job["seed"])
        _say(channel, report.functions[0].to_json())


def _end_when_nobody_reads(channel: IO[str]) -> None:
    """End this process when its starter was killed: an endless loop would never notice."""
    if sys.platform != "win32":
        poll = select.poll()
        poll.register(channel, 0)  # for nothing but the error that the other end is closed
        poll.poll()
        os._exit(1)


def _say(channel: IO[str], entry: dict[str, Any]) -> None:
    channel.write(json.dumps(entry) + "\n")
    channel.flush()

"""Processes of the grader that work side by side; each has a sandbox of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import PurePosixPath
from typing import Any, Self

from recsys_course.classroom.grading.gathering import Submission, UnreadableSubmissionError
from recsys_course.classroom.grading.judging import Task
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.sandbox import Limits, Sandbox
from recsys_course.classroom.grading.session import run_session
from recsys_course.classroom.grading.variants.ledger import Recognition
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["Job", "Settings", "grade_all"]

_SECONDS_TO_END = 10.0
_LOST = "the grader itself ended while it graded this submission; grade it again"


@dataclass(frozen=True)
class Job:
    """A submission that waits for its turn."""

    submission: Submission
    seed: int
    variant: Recognition | None = None


@dataclass(frozen=True)
class Settings:
    """How submissions are graded.

    Args:
        limits: What each may use.
        bubblewrap: The path of bubblewrap; None does without.
    """

    limits: Limits
    bubblewrap: str | None


def grade_all(jobs: Iterable[Job], n_workers: int, settings: Settings) -> Iterator[Result]:
    """Grade submissions side by side.

    Args:
        jobs: In the order in which they are begun; those of one lesson should stand together, as
            each worker has the sandbox of one lesson at a time.
        n_workers: How many at a time.
        settings: How.

    Yields:
        Each result as it comes, in any order.

    Raises:
        OSError: If a sandbox cannot be started.
    """
    waiting = iter(jobs)
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_Worker(settings)) for _ in range(n_workers)]
        while True:
            for worker in workers:
                if worker.job is None and (job := next(waiting, None)) is not None:
                    worker.begin(job)
            busy = [worker for worker in workers if worker.job is not None]
            if not busy:
                return
            ready = multiprocessing.connection.wait([worker.connection for worker in busy])
            yield from (worker.finish() for worker in busy if worker.connection in ready)


class _Worker:
    """One process, and the submission that it is at."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.job: Job | None = None
        self.process: Any = None
        self.connection: Connection

    def start(self) -> None:
        # spawned, not forked: a fork would hold the sockets of the other workers open
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, self.settings), daemon=True)
        self.process.start()
        theirs.close()

    def begin(self, job: Job) -> None:
        if self.process is None:
            self.start()
        self.job = job
        self.connection.send(job)

    def finish(self) -> Result:
        """What came of the submission.

        Raises:
            OSError: What the worker could not do.
        """
        assert self.job is not None
        job, self.job = self.job, None
        try:
            result = self.connection.recv()
        except (EOFError, OSError):
            self.stop()
            submission = job.submission
            return Result(
                submission.student,
                submission.slug,
                submission.source,
                submission.digest,
                "crashed",
                _LOST,
                seed=job.seed,
            )
        if isinstance(result, BaseException):
            raise result
        assert isinstance(result, Result)
        return result

    def stop(self) -> None:
        """Let it close its sandbox, and end it if it does not."""
        if self.process is None:
            return
        with contextlib.suppress(OSError):
            self.connection.send(None)
        self.connection.close()
        self.process.join(_SECONDS_TO_END if self.job is None else 0)
        self.process.terminate()
        self.process.join(_SECONDS_TO_END)
        self.process.close()
        self.process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def _work(connection: Connection, settings: Settings) -> None:
    """Grade what comes until nothing more does, or the main process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process' to handle
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))  # what it started dies with it
    threading.Thread(target=_end_with_the_main_process, daemon=True).start()
    with contextlib.ExitStack() as stack:
        try:
            run_session(_tasks(connection, settings, stack), connection.send)
        except OSError as error:
            with contextlib.suppress(OSError):
                connection.send(error)


def _end_with_the_main_process() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _tasks(
    connection: Connection, settings: Settings, stack: contextlib.ExitStack
) -> Iterator[tuple[Task, Sandbox]]:
    """What the main process sends.

    Yields:
        Each submission, and the sandbox of its lesson.
    """
    sandbox: Sandbox | None = None
    while True:
        try:
            job: Job | None = connection.recv()
        except (EOFError, OSError):
            return
        if job is None:
            return
        submission = job.submission
        try:
            content = submission.read()
        except UnreadableSubmissionError as error:
            connection.send(_unreadable(job, str(error)))
            continue
        if sandbox is None or sandbox.lesson.slug != submission.slug:
            stack.close()
            lesson = load_syllabus().lesson(submission.slug)
            sandbox = stack.enter_context(Sandbox(lesson, settings.limits, settings.bubblewrap))
        name = PurePosixPath(submission.source).with_suffix(submission.suffix).name
        yield (
            Task(
                submission.student,
                submission.source,
                submission.digest,
                name,
                content,
                job.seed,
                job.variant,
            ),
            sandbox,
        )


def _unreadable(job: Job, reason: str) -> Result:
    submission = job.submission
    return Result(
        submission.student,
        submission.slug,
        submission.source,
        submission.digest,
        "could not be read",
        reason,
        seed=job.seed,
    )

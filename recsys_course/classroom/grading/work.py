"""What the grader's workers do: forked from a process of this module, they grade what comes."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath
from typing import Any

from recsys_course.classroom.checking import check_names
from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.grading.gathering import UnreadableSubmissionError
from recsys_course.classroom.grading.judging import Task
from recsys_course.classroom.grading.opening import Opener
from recsys_course.classroom.grading.session import run_session
from recsys_course.classroom.grading.walls import environment
from recsys_course.classroom.grading.workers import Entrance, result_without_checks
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["lead"]


def lead(control: int) -> None:
    """Fork a worker on each request, until the grader hangs up; then every worker ends.

    Args:
        control: File descriptor of a Unix socket. A request says what the worker will need, and
            carries its end of a connection; nothing of TensorFlow runs here, as a fork would break
            it.
    """
    with socket.socket(fileno=control) as grader:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel takes the ended away
        while True:
            request, descriptors, _, _ = socket.recv_fds(grader, 65536, 1)
            if not request:
                os.killpg(0, signal.SIGKILL)
            needed = json.loads(request)
            _import_silently(needed["modules"])
            for function in needed["functions"]:
                check_names(function)
                wrong_answers(function)
            gc.freeze()  # what is imported is not looked at again, so that forks go on sharing it
            if os.fork() == 0:
                grader.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _work(Connection(descriptors[0]))
                os._exit(0)
            os.close(descriptors[0])


def _import_silently(names: list[str]) -> None:
    """Import what there is of some modules, in spite of what their native code writes."""
    for name in ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS"):
        os.environ.setdefault(name, environment("")[name])
    said = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        for name in names:
            with contextlib.suppress(ImportError):  # a check says what is missing
                importlib.import_module(name)
    finally:  # any other error is told
        os.dup2(said, 2)
        os.close(said)


def _work(connection: Connection) -> None:
    """Grade what comes until nothing more does."""
    try:
        run_session(_tasks(connection), connection.send)
    except OSError as error:
        with contextlib.suppress(OSError):
            connection.send(error)


def _tasks(connection: Connection) -> Iterator[tuple[Task, Opener]]:
    """What the main process sends.

    Yields:
        Each submission, and what opens a process for it.
    """
    opener: Opener | None = None
    while (received := _received(connection)) is not None:
        if isinstance(received, Entrance):
            if opener is not None:
                opener.control.close()
            control = socket.socket(fileno=reduction.recv_handle(connection))
            # a submission runs where its worker runs, as one waits while the other works
            os.sched_setaffinity(0, received.processors)
            lesson = load_syllabus().lesson(received.slug)
            opener = Opener(lesson, received.limits, control, received.walled, received.home)
            continue
        assert opener is not None
        submission = received.submission
        try:
            content = submission.read()
        except UnreadableSubmissionError as error:
            connection.send(result_without_checks(received, "could not be read", str(error)))
            continue
        name = PurePosixPath(submission.source).with_suffix(submission.suffix).name
        task = Task(
            submission.student,
            submission.source,
            submission.digest,
            name,
            content,
            received.seed,
            received.variant,
        )
        yield task, opener


def _received(connection: Connection) -> Any:
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None

"""The processes in which submissions are graded, forked from one that has imported what they need.

It is not the grader's own process: a fork of that would hold the sockets of the others open, and
break what ran in it before, such as TensorFlow.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing.connection
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Self

__all__ = ["Crew"]

_WORK = "recsys_course.classroom.grading.work"


class Crew:
    """Starts the leading process, which imports while the grader finds out what there is to grade.

    When the block is left, or this process has ended, all of them end.
    """

    def __init__(self) -> None:
        """Start it."""
        self._leaders: list[subprocess.Popen[bytes]] = []
        self._lead()

    def _lead(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            start = f"from {_WORK} import lead; lead({theirs.fileno()})"
            self._leaders.append(
                subprocess.Popen(
                    [sys.executable, "-P", "-c", start],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is the grader's to handle
                )
            )

    def hire(self, preload: Sequence[str] = ()) -> Connection:
        """A new process; it reads what it has to do from the connection, and ends with it.

        Args:
            preload: What is slow to import, and shared with all that follow.
        """
        ours, theirs = multiprocessing.connection.Pipe()
        with theirs:
            try:
                self._ask(preload, theirs)
            except OSError:  # the leading process has been ended, by whomever
                self._control.close()
                self._lead()
                self._ask(preload, theirs)
        return ours

    def _ask(self, preload: Sequence[str], theirs: Connection) -> None:
        socket.send_fds(self._control, [json.dumps(list(preload)).encode()], [theirs.fileno()])

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End every process."""
        self._control.close()
        for leader in self._leaders:
            with leader, contextlib.suppress(ProcessLookupError):
                os.killpg(leader.pid, signal.SIGKILL)

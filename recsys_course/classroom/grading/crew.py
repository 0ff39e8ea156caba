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
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Self

__all__ = ["Crew", "Needed"]

_WORK = "recsys_course.classroom.grading.work"


@dataclass(frozen=True)
class Needed:
    """What is imported before the processes part.

    Args:
        modules: Modules by name; one that is missing is missed later.
        functions: Exercise functions, whose checks and wrong answers are imported.
    """

    modules: list[str]
    functions: list[str]


class Crew:
    """Starts the leading process, which imports while the grader finds out what there is to grade.

    When the block is left, or this process has ended, all of them end.
    """

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: Where there is no Linux.
        """
        if sys.platform != "linux":
            raise OSError(
                f"submissions are shut in by the Linux kernel, and this is {sys.platform}; grade "
                "them in WSL on Windows, elsewhere in a container or a virtual machine"
            )
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

    def hire(self, needed: Needed) -> Connection:
        """A new process; it reads what it has to do from the connection, and ends with it.

        Args:
            needed: What is imported before, once for all that follow.
        """
        ours, theirs = multiprocessing.connection.Pipe()
        with theirs:
            try:
                self._ask(needed, theirs)
            except OSError:  # the leading process has been ended, by whomever
                self._control.close()
                self._lead()
                self._ask(needed, theirs)
        return ours

    def _ask(self, needed: Needed, theirs: Connection) -> None:
        socket.send_fds(self._control, [json.dumps(vars(needed)).encode()], [theirs.fileno()])

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End every process."""
        self._control.close()
        while self._leaders:
            with (leader := self._leaders.pop()), contextlib.suppress(ProcessLookupError):
                os.killpg(leader.pid, signal.SIGKILL)

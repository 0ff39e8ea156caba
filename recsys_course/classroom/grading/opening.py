"""Open a process for each submission, in a sandbox that is ready."""

from __future__ import annotations

import json
import os
import socket

from recsys_course.classroom.grading.limits import Limits
from recsys_course.classroom.grading.process import Process
from recsys_course.classroom.grading.walls import SandboxError
from recsys_course.classroom.syllabus import Lesson

__all__ = ["Opener"]


class Opener:
    """Opens processes in a sandbox that is ready.

    Args:
        lesson: Whose exercise is graded.
        limits: What a submission may use.
        control: The socket to the process of which others are forked.
        walled: Whether bubblewrap stands around it.
        home: The folder of a submission, as it sees it.
    """

    def __init__(
        self, lesson: Lesson, limits: Limits, control: socket.socket, walled: bool, home: str
    ) -> None:
        """Hold the socket."""
        self.lesson, self.limits = lesson, limits
        self.control, self.walled, self.home = control, walled, home
        self.tensorflow = "tensorflow" in lesson.imports
        self.processors = sorted(os.sched_getaffinity(0))

    def open(self) -> Process:
        """A new process, in which nothing has run yet.

        Raises:
            SandboxError: If the sandbox itself has ended.
        """
        seconds = sum(exercise.seconds for exercise in self.lesson.exercises)
        cpu = int(2 * seconds * self.limits.time_factor) + 30
        memory = self.limits.memory_mb << 20
        megabytes = self.limits.disk_mb
        request = {
            "folders": ["/tmp", "/dev/shm"] if self.walled else [self.home],
            "home": self.home,
            "processors": self.processors,
            "limits": {
                # addresses are not memory: TensorFlow maps much more than it uses
                "memory": memory * (6 if self.tensorflow else 2),
                "memory_of_all": memory * (3 if self.tensorflow else 1),
                "cpu": cpu,
                "file": megabytes << 20,
                "files": 256,
                "processes": self.limits.processes * (2 if self.tensorflow else 1),
                "disk_mb": megabytes,
            },
        }
        channel, theirs = socket.socketpair()
        watch, supervisor = socket.socketpair()
        try:
            with theirs, supervisor:
                descriptors = [theirs.fileno(), supervisor.fileno()]
                socket.send_fds(self.control, [json.dumps(request).encode()], descriptors)
        except OSError:
            channel.close()
            watch.close()
            raise SandboxError("the sandbox has ended; grade again") from None
        return Process(channel, watch, cpu)

"""The grader's end of a submission's process: what is asked, how long it may take, how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from recsys_course.classroom.grading.inside.channel import Channel
from recsys_course.classroom.grading.inside.wire import WireError
from recsys_course.classroom.grading.walls import SandboxError
from recsys_course.classroom.reports import State

__all__ = ["Ended", "Ending", "Process"]

_SECONDS_TO_START = 30.0
_SECONDS_TO_END = 10.0
_SENTENCES: dict[State, str] = {
    "timed out": "It was stopped, as it took too long: does every loop come to an end?",
    "out of memory": "It was stopped, as it took too much memory: how large does an array become?",
    "crashed": "Its process ended before it returned anything: does it call exit()?",
}
_FORBIDDEN = "It made a call of the system that no answer needs."
_NONSENSE = "It wrote to the grader's own channel."


class Ended(BaseException):
    """The process of a submission has ended, or was ended."""

    def __init__(self, state: State, sentence: str = "") -> None:
        """Say how, in a word, and in a sentence that holds nothing of the submission."""
        super().__init__(state)
        self.state: State = state
        self.sentence = sentence or _SENTENCES[state]


@dataclass(frozen=True)
class Ending:
    """What the supervisor saw: how the process ended, what it printed, what it used."""

    state: State | None
    output: str
    peak_mb: float


class Process:
    """One submission's process, from its start to its end.

    Args:
        channel: Socket to the process itself.
        watch: Socket to its supervisor; closing it ends everything.
        cpu_seconds: The limit on CPU time, to tell how it ended.
    """

    def __init__(self, channel: socket.socket, watch: socket.socket, cpu_seconds: int) -> None:
        """Hold both sockets."""
        self._channel, self._watch, self._cpu_seconds = Channel(channel), watch, cpu_seconds
        self._turn = 0
        self.state: State = "crashed"  # how it ended, once it has
        self.sentence = _SENTENCES["crashed"]
        self._left = _SECONDS_TO_START
        self.ending: Ending | None = None

    def allow(self, seconds: float) -> None:
        """Give it this much time for all its answers; what the grader itself takes is no part."""
        self._left = seconds

    def read(self, name: str, content: bytes) -> str:
        """Let it read a file of answers; nothing of the submission runs yet.

        Returns:
            The source of its cells.

        Raises:
            ValueError: If it cannot be read; the message is one sentence.
        """
        reply, _ = self._exchange({"do": "read", "name": name}, [content])
        if "broken" in reply:
            raise SandboxError(f"the sandbox cannot shut a submission in: {reply['broken']}")
        if "unreadable" in reply:
            raise ValueError(_text(reply["unreadable"])[:400])
        return _text(reply["source"])

    def load(self, keep: list[str], definitions_only: bool) -> tuple[frozenset[str], list[str]]:
        """Let it run the statements of the file.

        Returns:
            Which of the functions are defined then, and what failed (text of the submission).
        """
        message = {"do": "load", "keep": keep, "definitions_only": definitions_only}
        reply, _ = self._exchange(message, [])
        with self.no_nonsense():
            defined = frozenset(name for name in keep if name in reply["defined"])
            return defined, [_text(problem)[:400] for problem in reply["problems"][:50]]

    def ask(
        self, message: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send a call, or the answer to what it asked; receive what it says.

        Raises:
            Ended: If it does not answer, in time and in turn.
        """
        if "call" in message:
            self._turn += 1
            message |= {"do": "call", "turn": self._turn}
        reply, reply_buffers = self._exchange(message, buffers)
        if reply.get("turn") != self._turn:
            self.end("tried to cheat", _NONSENSE)
        return reply, reply_buffers

    def _exchange(
        self, message: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        if self.ending is not None:
            raise Ended(self.state, self.sentence)
        end = time.monotonic() + self._left
        try:
            self._channel.send(message, buffers, self._left)
            return self._channel.receive(end - time.monotonic())
        except TimeoutError:
            self.end("timed out")
        except (EOFError, OSError):
            self.end(None)
        except WireError:
            self.end("tried to cheat", _NONSENSE)
        finally:
            self._left = end - time.monotonic()
        raise AssertionError("end() always raises")

    @contextlib.contextmanager
    def no_nonsense(self) -> Iterator[None]:
        """Whatever cannot be made sense of inside the block was not sent by an honest end."""
        try:
            yield
        except (WireError, TypeError, ValueError, KeyError, IndexError, AttributeError):
            self.end("tried to cheat", _NONSENSE)

    def end(self, state: State | None, sentence: str = "") -> None:
        """End it.

        Args:
            state: Why; None where it ended by itself, and the supervisor says how.
            sentence: What it did.

        Raises:
            Ended: Always.
        """
        self.close()
        assert self.ending is not None
        if state is None:
            state = self.ending.state or "crashed"
            sentence = _FORBIDDEN if state == "tried to cheat" else ""
        self.state, self.sentence = state, sentence or _SENTENCES[state]
        raise Ended(state, sentence)

    def close(self) -> Ending:
        """End it if it has not ended, and say what the supervisor saw."""
        if self.ending is None:
            self._channel.close()
            with self._watch:
                self.ending = self._last_words()
        return self.ending

    def _last_words(self) -> Ending:
        nothing = Ending("crashed", "", 0.0)
        try:
            self._watch.settimeout(_SECONDS_TO_END)
            with contextlib.suppress(OSError):
                self._watch.shutdown(socket.SHUT_WR)
            content = bytearray()
            while part := self._watch.recv(1 << 16):
                content += part
            report = json.loads(content)
        except (OSError, ValueError):
            return nothing
        return Ending(
            self._state(report),
            str(report["output"]),
            report["peak_kb"] / 1024,
        )

    def _state(self, report: dict[str, Any]) -> State | None:
        """How it ended, if it ended by itself."""
        if report["reason"] == "memory":
            return "out of memory"
        status = report["status"]
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSYS:
            return "tried to cheat"
        if os.WIFSIGNALED(status) and report["cpu"] >= self._cpu_seconds:
            return "timed out"
        return "crashed"

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave no process behind."""
        self.close()


def _text(value: Any) -> str:
    """Text that every file can hold: JSON carries halves of characters, UTF-8 does not."""
    return str(value).encode("utf-8", "replace").decode("utf-8")

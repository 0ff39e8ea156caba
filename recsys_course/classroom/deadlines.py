"""End code that has used its time, at a place where it can be ended.

An exception that falls into TensorFlow's own Python, called from its native code, can end the whole
process with a segmentation fault; one that falls into the import of a native module may be dropped;
one that falls into the end of a block leaves the block open. So the code is ended between two lines
of what called them. Like nesting.py, this module needs nothing else of the course.
"""

from __future__ import annotations

import collections
import dis
import itertools
import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Deadline", "OutOfTimeError"]

_FRAGILE = {"tensorflow", "importlib", "_frozen_importlib"}  # the first part of a module's name
_AGAIN = 0.05  # seconds until the code is looked at again where it could not be ended
_PATIENCE = 10.0  # seconds after which it is ended wherever it is


class OutOfTimeError(BaseException):
    """The code has used its time; not an Exception, so that a handler in it lets this pass."""


class Deadline:
    """Ends the code that its block calls once a time is over, with an OutOfTimeError.

    Where Python has no alarms (Windows, any thread but the main one) nothing is ended; there the
    process that waits for this one has the limit.

    Args:
        wall: Seconds by the clock on the wall.
        processor: Seconds of the processor, of all threads together; any number if not given.

    >>> try:
    ...     with Deadline(wall=0.1):
    ...         exec("while True: pass")
    ... except OutOfTimeError:
    ...     print("ended")
    ended
    """

    def __init__(self, wall: float, processor: float | None = None) -> None:
        self._limits = [("SIGALRM", "ITIMER_REAL", wall)]
        if processor is not None:
            self._limits.append(("SIGPROF", "ITIMER_PROF", processor))
        self._clocks: list[tuple[int, Any]] = []
        self._before: list[tuple[int, Any]] = []
        self._traced: list[tuple[FrameType, Any]] = []
        self._tracer: Any = None
        self._over: float | None = None  # since when, by the monotonic clock
        self._owner: FrameType | None = None

    def __enter__(self) -> Deadline:
        """Set the alarms."""
        self._owner = sys._getframe(1)
        main = threading.current_thread() is threading.main_thread()
        if main and hasattr(signal, "setitimer"):
            for name, clock, seconds in self._limits:
                number = getattr(signal, name)
                self._before.append((number, signal.signal(number, self._end)))
                self._clocks.append((getattr(signal, clock), seconds))
            for timer, seconds in self._clocks:
                signal.setitimer(timer, seconds, _AGAIN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the alarms back, and what was traced for them."""
        for timer, _ in self._clocks:
            signal.setitimer(timer, 0)
        for number, handler in self._before:
            signal.signal(number, handler)
        if self._traced:
            sys.settrace(self._tracer)
        for frame, tracer in reversed(self._traced):
            frame.f_trace = tracer
        self._traced.clear()
        self._owner = None

    def _end(self, _number: int, frame: FrameType | None) -> None:
        """Answer an alarm: end the code here, or at the next line of what called TensorFlow."""
        called = self._called(frame)
        own = self._end.__code__.co_filename
        if not called or any(one.f_code.co_filename == own for one in called):
            return  # the block itself runs, or this module; another alarm follows
        if self._over is None:
            self._over = time.monotonic()
        sound = list(itertools.takewhile(_is_sound, called))
        if sound == called or time.monotonic() - self._over > _PATIENCE:
            raise OutOfTimeError
        self._trace(sound)

    def _called(self, frame: FrameType | None) -> list[FrameType]:
        """The frames that the block has called, the innermost last; none after the block."""
        inwards: collections.deque[FrameType] = collections.deque()
        while frame is not self._owner:
            if frame is None:
                return []
            inwards.appendleft(frame)
            frame = frame.f_back
        return list(inwards)

    def _trace(self, frames: list[FrameType]) -> None:
        """End the code at the next line of any of some frames."""
        if not self._traced:
            self._tracer = sys.gettrace()
        for frame in frames:
            self._traced.append((frame, frame.f_trace))
            frame.f_trace = self._at_a_line
        sys.settrace(_follow_nothing)

    def _at_a_line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and not _leaves_a_block(frame):
            raise OutOfTimeError
        return self._at_a_line


def _follow_nothing(_frame: FrameType, _event: str, _argument: Any) -> None:
    """Trace no other function; frames that have a tracer are traced only while Python has one."""


def _leaves_a_block(frame: FrameType) -> bool:
    """Whether a `with` is about to call its __exit__, which would be left out: a tape would go on.

    It does so with three times None, behind the value that the block returns, if there is one; and
    after an error by an instruction of its own.
    """
    every = dis.get_instructions(frame.f_code)
    coming = itertools.dropwhile(lambda one: one.offset < frame.f_lasti, every)
    next_ones = [(one.opname, one.argval) for one in itertools.islice(coming, 4)]
    nones = [("LOAD_CONST", None)] * 3
    after_an_error = "WITH_EXCEPT_START" in dict(next_ones[:2])
    return nones in (next_ones[:3], next_ones[1:]) or after_an_error


def _is_sound(frame: FrameType) -> bool:
    name = frame.f_globals.get("__name__")
    fragile = isinstance(name, str) and name.partition(".")[0] in _FRAGILE
    return not fragile and frame.f_code.co_name not in {"__enter__", "__exit__"}

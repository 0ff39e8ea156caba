"""Ctrl-C at a moment that suits: what must not be torn is finished first."""

import contextlib
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["spare_imports", "undisturbed"]

_PATIENCE = 5.0  # seconds that Ctrl-C waits for an import; TensorFlow's may take longer
_AGAIN = 0.05  # seconds until an import is looked at again


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done, however often it is pressed.

    Only the main thread is ever interrupted by it; in others, nothing has to be done.

    Yields:
        Nothing.

    >>> with undisturbed():
    ...     pass
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    pressed: list[tuple[int, Any]] = []
    signal.signal(signal.SIGINT, lambda *what: pressed.append(what))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            before(*pressed[0])


def spare_imports() -> None:
    """Let Ctrl-C wait until what is being imported is imported, for five seconds at most.

    A native module that is being imported may take any exception that falls into it for its own,
    and drop it: NumPy's does, and the program went on as if nobody had pressed a key. Holds from
    here to the end of the program, where Ctrl-C means what it means to Python.
    """
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):
        signal.signal(signal.SIGINT, _Patient())


class _Patient:
    """What Ctrl-C does: it interrupts, or comes again while something is being imported."""

    def __init__(self) -> None:
        self._first: float | None = None  # when it was pressed, while it waits
        self._timer: threading.Timer | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now
        if _is_importing(frame) and now - self._first < _PATIENCE:
            if self._timer is None:  # else it was pressed once more
                self._timer = threading.Timer(_AGAIN, self._press)
                self._timer.daemon = True
                self._timer.start()
            return
        self._first = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        signal.default_int_handler(number, frame)

    def _press(self) -> None:
        self._timer = None
        if sys.platform == "win32":
            signal.raise_signal(signal.SIGINT)
        else:  # at the main thread, which may be asleep or wait for another program
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a frame runs because a module is being imported."""
    return any(
        one.f_code.co_filename == "<frozen importlib._bootstrap>"
        for one, _ in traceback.walk_stack(frame)
    )

"""Ctrl-C at a moment that suits: what must not be torn is finished first."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["undisturbed"]


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

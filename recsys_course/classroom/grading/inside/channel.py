"""Messages on a socket between the grader and a submission: a JSON header and raw buffers.

What arrives is believed to be hostile: every length has a limit, and a whole message one deadline.
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
import time
from typing import Any

from recsys_course.classroom.grading.inside.wire import (
    MOST_BUFFER_BYTES,
    MOST_HEADER_BYTES,
    WireError,
)

__all__ = ["Channel"]

_SIZES = struct.Struct("<II")
_SENT_AT_ONCE = 1_000_000


class Channel:
    """One end of a stream socket that carries messages.

    Args:
        end: The socket; it belongs to this object.
    """

    def __init__(self, end: socket.socket) -> None:
        """Hold the socket."""
        self._socket = end
        self._ahead = bytearray()  # of the next message

    def send(
        self,
        message: dict[str, Any],
        buffers: list[bytes] | None = None,
        seconds: float | None = None,
    ) -> None:
        """Send a message.

        Args:
            message: What JSON can hold.
            buffers: Raw bytes that the message refers to by their place.
            seconds: How long the other end may take to accept it all; for ever if not given.

        Raises:
            OSError: If the other end is gone or too slow.
        """
        buffers = buffers or []
        lengths = [len(buffer) for buffer in buffers]
        header = json.dumps({"message": message, "buffers": lengths}).encode()
        parts = [_SIZES.pack(len(header), sum(lengths)), header, *buffers]
        if sum(lengths) < _SENT_AT_ONCE:
            parts = [b"".join(parts)]
        end = None if seconds is None else time.monotonic() + seconds
        for part in parts:
            self._wait(end)
            self._socket.sendall(part)

    def receive(self, seconds: float | None = None) -> tuple[dict[str, Any], list[bytes]]:
        """Receive a message and its buffers.

        Args:
            seconds: How long the whole message may take; for ever if not given.

        Raises:
            EOFError: If the other end is gone.
            TimeoutError: If it took too long.
            WireError: If the message is malformed or too large.
        """
        end = None if seconds is None else time.monotonic() + seconds
        n_header, n_buffers = _SIZES.unpack(self._take(_SIZES.size, end))
        if n_header > MOST_HEADER_BYTES or n_buffers > MOST_BUFFER_BYTES:
            raise WireError("a message that is too large")
        content = self._take(n_header + n_buffers, end)
        try:
            header = json.loads(content[:n_header].decode("utf-8", "surrogatepass"))
            message, lengths = header["message"], header["buffers"]
            if type(message) is not dict or any(type(n) is not int or n < 0 for n in lengths):
                raise WireError("no message")
        except (ValueError, RecursionError, TypeError, KeyError) as error:
            raise WireError(f"no message: {type(error).__name__}") from None
        if sum(lengths) != n_buffers:
            raise WireError("buffers that do not add up")
        ends = list(itertools.accumulate(lengths, initial=n_header))
        return message, [content[first:last] for first, last in itertools.pairwise(ends)]

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _take(self, n_bytes: int, end: float | None) -> bytes:
        while len(self._ahead) < n_bytes:
            self._wait(end)
            try:
                part = self._socket.recv(1 << 18)
            except ConnectionResetError:
                part = b""
            if not part:
                raise EOFError("the other end is gone")
            self._ahead += part
        taken = bytes(self._ahead[:n_bytes])
        del self._ahead[:n_bytes]
        return taken

    def _wait(self, end: float | None) -> None:
        """Set how long the next operation may take.

        Raises:
            TimeoutError: If no time is left.
        """
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError("out of time")
        self._socket.settimeout(left)

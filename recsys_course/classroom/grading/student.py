"""A submission as the checks see it: functions whose calls run in the sandbox.

Arguments go as copies. What both ends share for the length of a call (a random generator, a
variable of TensorFlow, functions that are passed in) is kept alike. An array, a list or a
dictionary of the checks never takes on what a submission made of its copy: otherwise one that
overwrites what it is compared with would be right. The module is longer than most, as every kind of
thing that is shared has its rule here.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from recsys_course.classroom.expectations import UnmetError
from recsys_course.classroom.grading.inside.wire import (
    MOST_BUFFER_BYTES,
    Decoder,
    Encoder,
    Opaque,
    WireError,
    plain,
)
from recsys_course.classroom.grading.process import Process

__all__ = ["OnChange", "Student"]

OnChange = Literal["missing", "ignored", "applied"]

_INPUT_CHANGED = (
    "It changes an array or a list that belongs to the caller: which line assigns into an input?"
)
_BUILTIN_ERRORS = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception)
}
_DATA = frozenset({np.ndarray, np.float64, np.int64, np.bool_, list, tuple, dict, set})
_STEPS_AHEAD = 1 << 64
_MOST_QUESTIONS = 5_000  # in one call


class Student:
    """Holds the functions that a submission defines, as attributes.

    Args:
        process: The process of the submission.
        defined: Names of its functions.
        on_change: What it means when a call changed an array, list or dictionary that it was
            given: "missing" (the check fails), "ignored", or "applied" (as if both were in one
            process; only to find out what an answer resembles).
    """

    def __init__(
        self, process: Process, defined: frozenset[str], on_change: OnChange = "ignored"
    ) -> None:
        """Hold them. Every name but the functions' own begins with an underscore."""
        self._process = process
        self._defined = defined
        self._on_change = on_change

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The function of that name.

        Raises:
            AttributeError: If the submission does not define it.
        """
        if name.startswith("_") or name not in self._defined:
            raise AttributeError(name)

        def remote(*arguments: Any, **options: Any) -> Any:
            return _Call(self._process, self._on_change).run(name, arguments, options)

        remote.__name__ = name
        return remote


class _Call:
    """One call, and what both ends share while it lasts."""

    def __init__(self, process: Process, on_change: OnChange) -> None:
        self.process, self.on_change = process, on_change
        self.shared: list[Any] = []
        self.numbers: dict[int, int] = {}  # by identity; `shared` keeps the objects alive
        self.sent: dict[int, Any] = {}  # arrays and variables as the other end has them
        self.functions: dict[str, Callable[..., Any]] = {}
        self.moved_on: set[int] = set()  # generators
        self.input_changed = False
        self.n_questions = self.n_bytes = self.n_remembered = 0
        self.error: Exception | None = None  # of a function that was passed in

    def run(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Call, answer what is asked meanwhile, and give what is returned.

        Raises:
            UnmetError: If it changed an input that must stay as it is.
        """
        encode = Encoder(self.special, self.number)
        message = {"call": name, "arguments": encode(arguments), "options": encode(options)}
        self.remember()
        reply, buffers = self.process.ask(message, encode.buffers)
        while "ask" in reply:
            reply, buffers = self.process.ask(*self.answer(reply, buffers))
        with self.process.no_nonsense():
            decode = Decoder(buffers, self.revive)
            self.take(reply["changes"], decode)
            stopped = _error(reply["stopped"]) if "stopped" in reply else None
            result = decode(reply["returned"]) if stopped is None else None
        error = self.error or stopped
        if error is not None:
            raise error
        if self.input_changed and self.on_change == "missing":
            raise UnmetError(_INPUT_CHANGED)
        return result

    def answer(
        self, question: dict[str, Any], buffers: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Call one of the functions that were passed in."""
        self.n_questions += 1
        self.n_bytes += sum(map(len, buffers))
        # what a check remembers of them stays in the grader's memory
        if self.n_questions > _MOST_QUESTIONS:
            self.process.end("timed out")
        if self.n_bytes > MOST_BUFFER_BYTES:
            self.process.end("out of memory")
        with self.process.no_nonsense():
            decode = Decoder(buffers, self.revive)
            self.take(question["changes"], decode)
            arguments, options = decode(question["arguments"]), decode(question["options"])
            if isinstance(arguments, Opaque) or isinstance(options, Opaque):
                self.process.end("out of memory")  # they do not fit into a message
            if type(arguments) is not tuple or type(options) is not dict:
                raise WireError("no arguments")
            function = self.functions[question["ask"]]
        encode = Encoder(self.special, self.number)
        message: dict[str, Any] = {}
        try:
            message["returned"] = encode(function(*arguments, **options))
        except Exception as error:  # the check gets it when the call has ended
            self.error = self.error or error
            message["stopped"] = True
        message["changes"] = self.changes(encode)
        self.remember()
        return message, encode.buffers

    def number(self, value: Any) -> int:
        """The number by which both ends know a value from now on."""
        self.shared.append(value)
        number = self.numbers[id(value)] = len(self.shared) - 1
        return number

    def remember(self) -> None:
        """Keep what the other end now has, where a function that was passed in may change it."""
        if not self.functions:
            return
        for number in range(self.n_remembered, len(self.shared)):
            value = self.shared[number]
            if isinstance(value, np.ndarray):
                self.sent[number] = value.copy()
            elif _is_variable(value):
                self.sent[number] = value.numpy()
        self.n_remembered = len(self.shared)

    def special(self, value: Any, encode: Encoder) -> Any:
        """The encoding of what is shared already, or no data; None for everything else."""
        if id(value) in self.numbers:
            return {"ref": self.numbers[id(value)]}
        if type(value) in _DATA:
            return None
        if isinstance(value, np.random.Generator):
            made: dict[str, Any] = {"g": plain(value.bit_generator.state)}
        elif _is_variable(value):
            made = {"variable": encode.array(value.numpy())}
        elif _is_of("tensorflow", value) and hasattr(value, "numpy"):
            return {"tensor": encode.array(np.asarray(value))}
        elif _is_of("keras", value) and hasattr(value, "get_config"):
            return {"optimizer": [type(value).__name__, _numbers_of(value.get_config())]}
        elif hasattr(value, "remote_methods"):
            made = {"object": self.expose(value)}
        elif callable(value):
            path = self.path_of(value)
            made = {"call": [path, getattr(value, "__name__", type(value).__name__)]}
        else:
            return None
        return made | {"id": self.number(value)}

    def path_of(self, function: Callable[..., Any]) -> str:
        path = f"function {len(self.functions)}"
        self.functions[path] = function
        return path

    def expose(self, value: Any) -> dict[str, Any]:
        """An object of which a submission may call some methods and read some values."""
        return {
            "name": type(value).__name__,
            "methods": {name: self.path_of(getattr(value, name)) for name in value.remote_methods},
            "values": {name: getattr(value, name) for name in value.remote_values},
        }

    def revive(self, value: dict[str, Any], _decode: Decoder) -> Any:
        """What the submission says by its number."""
        if list(value) != ["ref"] or type(value["ref"]) is not int or value["ref"] < 0:
            raise WireError("an unknown tag")
        return self.shared[value["ref"]]

    def take(self, changes: Any, decode: Decoder) -> None:
        """What the submission's end says that it has changed."""
        for number, encoded in changes:
            now = self.revive({"ref": number}, decode)
            if isinstance(now, np.random.Generator):
                self.move_on(number, now, encoded)
                continue
            new = decode(encoded)
            if _is_variable(now):
                if type(new) is not np.ndarray or new.shape != tuple(now.shape):
                    raise WireError("no value of a variable")
                now.assign(new)
                self.sent[number] = now.numpy()
            elif self.on_change == "applied":
                _overwrite(now, new)
            else:
                self.input_changed = True

    def move_on(self, number: int, generator: np.random.Generator, encoded: Any) -> None:
        """Let a generator of the checks go on after a submission has drawn from its copy.

        What it draws next decides later inputs, so that the submission must not choose the state,
        nor go on as often as it likes: it knows the state, and could look for a kind one.
        """
        if self.on_change == "applied":
            generator.bit_generator.state = encoded["g"]
        elif number not in self.moved_on:
            self.moved_on.add(number)
            generator.bit_generator.advance(_STEPS_AHEAD)  # type: ignore[attr-defined]

    def changes(self, encode: Encoder) -> list[Any]:
        """What the functions that were passed in have changed."""
        changed = []
        for number, before in list(self.sent.items()):
            now = self.shared[number]
            content = now.numpy() if _is_variable(now) else now
            if content.tobytes() != before.tobytes():
                self.sent[number] = content.copy()
                changed.append([number, encode.array(content)])
        return changed


def _overwrite(now: Any, new: Any) -> None:
    """Give an array, list, dictionary or set of the caller another content."""
    if type(now) is not type(new):
        raise WireError("a change of type")
    if isinstance(now, np.ndarray):
        now[...] = new
    elif isinstance(now, list):
        now[:] = new
    else:
        now.clear()
        now.update(new)


def _error(stopped: Any) -> Exception:
    """An error of the same name and kind; its text is for diagnosis, and never shown."""
    kinds, text = [str(kind) for kind in stopped["kinds"]][:20], str(stopped["text"])[:2000]
    if "MemoryError" in kinds:
        return MemoryError()
    base = next((_BUILTIN_ERRORS[kind] for kind in kinds if kind in _BUILTIN_ERRORS), Exception)
    name = kinds[0] if kinds and kinds[0].isidentifier() else "Exception"
    if issubclass(base, UnicodeError | BaseExceptionGroup):
        return ValueError(text)  # these want other arguments
    if name == base.__name__:
        return base(text)
    return type(name[:80], (base,), {})(text)


def _is_of(package: str, value: Any) -> bool:
    """Whether a value is an object of a package, which need not be imported to know it."""
    return package in sys.modules and type(value).__module__.split(".")[0] == package


def _is_variable(value: Any) -> bool:
    return _is_of("tensorflow", value) and hasattr(value, "assign")


def _numbers_of(config: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in config.items()
        if value is None or isinstance(value, bool | int | float | str)
    }

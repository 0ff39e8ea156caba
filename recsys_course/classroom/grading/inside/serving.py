"""The process of a submission: it reads the answers, loads them, and is called by the grader.

The submission's own code runs here, so nothing that this process says is believed.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from recsys_course.classroom.cells import Answers, UnreadableAnswersError, parse_answers
from recsys_course.classroom.grading.inside.channel import Channel
from recsys_course.classroom.grading.inside.wire import Decoder, Encoder, plain
from recsys_course.classroom.loading import load

__all__ = ["call", "read", "serve"]

_MOST_SOURCE = 1_000_000


class _Shared:
    """What one call shares with the grader: arguments that either end may change.

    A call's functions and objects stay with the grader; here stands a stub that asks it.
    """

    def __init__(self, ask: Callable[[str, tuple[Any, ...], dict[str, Any]], Any]) -> None:
        self._ask = ask
        self._objects: dict[int, Any] = {}
        self._as_they_were: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # of variables and stubs, by identity
        self.over = False

    def revive(self, value: dict[str, Any], decode: Decoder) -> Any:
        """The object for an encoding that this end alone knows."""
        if "ref" in value:
            return self._objects[value["ref"]]
        tag = next(iter(value))
        made = _MAKERS[tag](self, value[tag], decode)
        if "id" in value:
            self.know(value["id"], made)
        return made

    def know(self, number: int, made: Any) -> None:
        """Remember which object has a number, and how it was."""
        self._objects[number] = made
        self._numbers[id(made)] = number
        self._remember(number, made)

    def _remember(self, number: int, made: Any) -> None:
        """Keep a copy, to see later whether it was changed."""
        if isinstance(made, np.ndarray):
            self._as_they_were[number] = made.tobytes(), made.shape
        elif isinstance(made, list | dict | set):
            self._as_they_were[number] = made.copy()
        elif isinstance(made, np.random.Generator):
            self._as_they_were[number] = str(made.bit_generator.state)
        elif hasattr(made, "assign"):
            self._as_they_were[number] = made.numpy().copy()

    def changes(self, encode: Encoder) -> list[Any]:
        """Everything that was changed since it was sent: numbers and new contents."""
        changed = []
        for number, before in list(self._as_they_were.items()):
            now = self._objects[number]
            if isinstance(now, np.random.Generator):
                if str(now.bit_generator.state) != before:
                    changed.append([number, {"g": plain(now.bit_generator.state)}])
            elif isinstance(now, np.ndarray):
                if (now.tobytes(), now.shape) == before:
                    continue
                changed.append([number, encode.array(now)])
            elif hasattr(now, "assign"):
                if now.numpy().tobytes() != before.tobytes():
                    changed.append([number, encode.array(now.numpy())])
            elif len(now) != len(before) or any(
                one is not other for one, other in zip(_parts(now), _parts(before), strict=True)
            ):
                changed.append([number, encode(now)])
            self._remember(number, now)
        return changed

    def apply(self, changes: list[Any], decode: Decoder) -> None:
        """What the grader's end has changed meanwhile."""
        for number, encoded in changes:
            now, new = self._objects[number], decode(encoded)
            if hasattr(now, "assign"):
                now.assign(new)
            else:
                now[...] = new
            self._remember(number, now)

    def refer(self, value: Any, encode: Encoder) -> Any:
        """How a value is said that the grader has given, and knows by its identity."""
        if type(value).__name__ == "IndexedSlices":  # the gradient of tf.gather
            value = sys.modules["tensorflow"].convert_to_tensor(value)
            return {"x": encode.array(np.asarray(value))}
        number = self._numbers.get(id(value))
        if number is None or isinstance(value, np.ndarray | list | dict | set):
            return None
        return {"ref": number} if self._objects[number] is value else None

    def stub(self, path: str, name: str) -> Callable[..., Any]:
        """A function that lets the grader's own do the work."""

        def remote(*arguments: Any, **options: Any) -> Any:
            if self.over:
                raise RuntimeError(f"{name} belongs to a call that is over")
            return self._ask(path, arguments, options)

        remote.__name__ = remote.__qualname__ = name
        return remote

    def stand_in(self, parts: dict[str, Any]) -> Any:
        """An object whose methods stay with the grader."""
        names = {
            name: staticmethod(self.stub(path, name)) for name, path in parts["methods"].items()
        }
        return type(parts["name"], (), names | parts["values"])()


def _parts(value: Any) -> list[Any]:
    """What is compared by identity: nothing can change inside the parts that the grader sends."""
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    return sorted(value, key=id) if isinstance(value, set) else list(value)


def _generator(_shared: _Shared, state: Any, _decode: Decoder) -> Any:
    generator = np.random.Generator(np.random.PCG64())
    generator.bit_generator.state = state
    return generator


def _variable(_shared: _Shared, value: Any, decode: Decoder) -> Any:
    return sys.modules["tensorflow"].Variable(decode(value))


def _tensor(_shared: _Shared, value: Any, decode: Decoder) -> Any:
    return sys.modules["tensorflow"].constant(decode(value))


def _optimizer(_shared: _Shared, parts: Any, _decode: Decoder) -> Any:
    name, config = parts
    return getattr(sys.modules["keras"].optimizers, name).from_config(config)


_MAKERS: dict[str, Callable[[_Shared, Any, Decoder], Any]] = {
    "g": _generator,
    "variable": _variable,
    "tensor": _tensor,
    "optimizer": _optimizer,
    "call": lambda shared, parts, _decode: shared.stub(*parts),
    "object": lambda shared, parts, _decode: shared.stand_in(parts),
}


def serve(channel: Channel) -> None:
    """Answer the grader's messages until it hangs up.

    Args:
        channel: The grader.
    """
    answers: Answers | None = None
    functions: Any = None
    while True:
        try:
            message, buffers = channel.receive()
        except EOFError:
            return
        if message["do"] == "read":
            answers, reply = read(message, buffers)
        elif message["do"] == "load" and answers is not None:
            loaded = load(answers, frozenset(message["keep"]), message["definitions_only"])
            functions = loaded.functions
            defined = [n for n in message["keep"] if callable(getattr(functions, n, None))]
            reply = {"defined": defined, "problems": [str(p)[:400] for p in loaded.problems[:50]]}
        else:
            call(channel, functions, message, buffers)
            continue
        channel.send(reply)


def read(message: dict[str, Any], buffers: list[bytes]) -> tuple[Answers | None, dict[str, Any]]:
    """The cells of a file of answers, and what the grader is told about them."""
    try:
        answers = parse_answers(Path(message["name"]), buffers[0])
    except UnreadableAnswersError as error:
        return None, {"unreadable": str(error)}
    except MemoryError:
        return None, {"unreadable": f"{message['name']}: it takes too much memory to read"}
    source = "\n".join(cell for cell in answers.cells if cell.strip())
    return answers, {"source": source[:_MOST_SOURCE]}


def call(channel: Channel, functions: Any, message: dict[str, Any], buffers: list[bytes]) -> None:
    """Call one function, and say what it returned, what it changed, or how it stopped."""
    turn = message["turn"]

    def ask(path: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        encode = Encoder(shared.refer)
        question = {
            "turn": turn,
            "ask": path,
            "arguments": encode(arguments),
            "options": encode(options),
            "changes": shared.changes(encode),
        }
        channel.send(question, encode.buffers)
        answer, answer_buffers = channel.receive()
        decode = Decoder(answer_buffers, shared.revive, shared.know)
        shared.apply(answer["changes"], decode)
        if "stopped" in answer:
            raise RuntimeError("a function that was passed in has stopped")
        return decode(answer["returned"])

    shared = _Shared(ask)
    decode = Decoder(buffers, shared.revive, shared.know)
    arguments, options = decode(message["arguments"]), decode(message["options"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            returned = getattr(functions, message["call"])(*arguments, **options)
            encode = Encoder(shared.refer)
            reply = {"turn": turn, "returned": encode(returned)}
    except BaseException as error:  # whatever an answer raises, it has stopped
        kinds = [kind.__name__ for kind in type(error).__mro__]
        encode = Encoder()
        reply = {"turn": turn, "stopped": {"kinds": kinds[:20], "text": str(error)[:2000]}}
    shared.over = True
    channel.send(reply | {"changes": shared.changes(encode)}, encode.buffers)

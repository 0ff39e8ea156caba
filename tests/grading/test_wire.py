"""What crosses between grader and submission: faithful for honest ends, harmless for others."""

import json
import math
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_course.classroom.grading.inside.channel import Channel
from recsys_course.classroom.grading.inside.wire import (
    ArrayLike,
    Decoder,
    Encoder,
    Opaque,
    WireError,
)


def crossed(value: Any) -> Any:
    encode = Encoder()
    encoded = json.loads(json.dumps(encode(value)))
    return Decoder(encode.buffers)(encoded)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False),
    lambda one: (
        st.lists(one)
        | st.lists(one).map(tuple)
        | st.dictionaries(st.text() | st.integers(), one)
        | st.frozensets(st.integers())
        | st.sets(st.text())
    ),
    max_leaves=20,
)


@given(values)
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    assert crossed(value) == value  # nan, which equals nothing, is among the arrays
    assert type(crossed(value)) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, math.nan], [-0.0, math.inf]]),
        np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3)),
        np.array([True, False]),
        np.array(["é", "日本", ""]),
        np.array([1 + 2j]),
        np.zeros((0, 3), np.float32),
        np.array(7, np.uint8),
        np.arange(10)[::3],
    ],
)
def test_arrays_arrive_with_type_shape_and_order(array: np.ndarray) -> None:
    arrived = crossed(array)
    assert type(arrived) is np.ndarray
    assert arrived.dtype == array.dtype
    assert arrived.shape == array.shape
    np.testing.assert_array_equal(arrived, array)
    assert arrived.flags.f_contiguous == (array.flags.f_contiguous or array.ndim < 2)
    assert arrived.flags.owndata or arrived.base is not None
    arrived[...] = arrived  # it can be written to


def test_a_read_only_array_stays_read_only() -> None:
    array = np.arange(3)
    array.flags.writeable = False
    assert not crossed(array).flags.writeable


def test_numpy_scalars_and_arrays_of_objects() -> None:
    assert type(crossed(np.float32(1.5))) is np.float32
    assert crossed(np.float32(1.5)) == 1.5
    objects = np.array([None, "a", 3, (1, 2)], dtype=object)
    arrived = crossed(objects)
    assert arrived.dtype == object
    assert arrived.tolist() == [None, "a", 3, (1, 2)]


class Liar(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


class Matrix(np.ndarray):
    pass


class Tensor:
    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array([1.0, 2.0])


def endless() -> Iterator[int]:
    while True:
        yield 1


def test_subclasses_lose_their_methods() -> None:
    arrived = crossed([Liar(2.0), np.zeros(2).view(Matrix)])
    assert [type(one) for one in arrived] == [float, np.ndarray]
    assert arrived[0] != 3.0


def test_what_is_like_an_array_is_not_taken_for_one() -> None:
    arrived = crossed(Tensor())
    assert type(arrived) is ArrayLike
    np.testing.assert_array_equal(np.asarray(arrived), [1.0, 2.0])


@pytest.mark.parametrize("value", [lambda: None, object(), math, endless(), 1 << 5000])
def test_what_is_no_data_or_has_no_end_is_opaque(value: Any) -> None:
    assert type(crossed(value)) is Opaque


def test_what_is_too_deep_is_opaque() -> None:
    value: Any = 1
    for _ in range(1000):
        value = [value]
    assert type(crossed(value)) is Opaque


TOO_LARGE = {
    "values": lambda: [0] * 300_000,
    "characters": lambda: ["é" * 1_000_000],
    "digits": lambda: [1 << 4000] * 10_000,
    "bytes": lambda: np.zeros(40_000_000),
}


@pytest.mark.parametrize("make", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_does_not_fit_into_a_message_is_opaque(make: Callable[[], Any]) -> None:
    """An honest end never sends a message that is refused, which would look like an attack."""
    encode = Encoder()
    encoded = encode(make())
    assert encoded == {"?": 1}
    assert encode.buffers == []


BAD_ARRAYS = {
    "a type that is not allowed": [0, "|O", [1], "C", True],
    "a structured type": [0, "f8,f8", [1], "C", True],
    "bytes that do not fill the shape": [0, "<f8", [3], "C", True],
    "a negative length": [0, "<f8", [-1], "C", True],
    "a length that is no number": [0, "<f8", ["1"], "C", True],
    "a huge shape of nothing": [1, "<f8", [0, 2**40], "C", True],
    "too many axes": [0, "<f8", [1] * 40, "C", True],
    "no buffer": [9, "<f8", [1], "C", True],
    "an order that is none": [0, "<f8", [1], "K", True],
    "characters that are none": [2, "<U2", [1], "C", True],
}


@pytest.mark.parametrize("parts", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_arrays_that_lie_are_refused(parts: list[Any]) -> None:
    with pytest.raises(WireError):
        Decoder([bytes(8), b"", b"\xff" * 8])({"a": parts})


BAD_VALUES = {
    "a list without a tag": [1],
    "an unknown tag": {"!": 1},
    "two tags": {"l": [], "t": []},
    "a set of lists": {"s": [{"l": []}]},
    "a pair of three": {"d": [[1, 2, 3]]},
    "no list": {"l": "abc"},
    "no complex number": {"c": ["x", 1]},
    "a reference that nobody gave": {"ref": 3},
    "a scalar that is none": {"n": {"l": []}},
    "an array of objects that does not fill its shape": {"o": [[3], [1]]},
}


@pytest.mark.parametrize("value", BAD_VALUES.values(), ids=BAD_VALUES)
def test_values_that_are_malformed_are_refused(value: Any) -> None:
    with pytest.raises(WireError):
        Decoder([])(value)


def test_a_bool_is_never_anything_else() -> None:
    assert Decoder([b"\x07\x00"])({"a": [0, "|b1", [2], "C", True]}).tolist() == [True, False]


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Channel]]:
    theirs, ours = socket.socketpair()
    with theirs, ours:
        yield theirs, Channel(ours)


def test_messages_follow_each_other(ends: tuple[socket.socket, Channel]) -> None:
    theirs, ours = Channel(ends[0]), ends[1]
    theirs.send({"a": 1}, [b"xy", b""])
    theirs.send({"b": 2})
    assert ours.receive(1) == ({"a": 1}, [b"xy", b""])
    assert ours.receive(1) == ({"b": 2}, [])


def frame(header: bytes, n_buffers: int = 0) -> bytes:
    return struct.pack("<II", len(header), n_buffers) + header


HOSTILE = {
    "four gigabytes announced": struct.pack("<II", 10, 2**32 - 1),
    "a header too long": struct.pack("<II", 2**31, 0),
    "no JSON": frame(b"{"),
    "no UTF-8": frame(b"\xff\xfe"),
    "deep JSON": frame(b"[" * 100_000),
    "a number of many digits": frame(b'{"message": {}, "buffers": [' + b"9" * 10_000 + b"]}"),
    "no dictionary": frame(b"[]"),
    "a message that is none": frame(b'{"message": 1, "buffers": []}'),
    "buffers that do not add up": frame(b'{"message": {}, "buffers": [3]}', 2),
    "a negative buffer": frame(b'{"message": {}, "buffers": [-1, 1]}'),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_are_refused(ends: tuple[socket.socket, Channel], content: bytes) -> None:
    theirs, ours = ends
    theirs.sendall(content[: 1 << 16])
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises((WireError, EOFError)):
        ours.receive(5)


def test_one_deadline_holds_for_a_whole_message(ends: tuple[socket.socket, Channel]) -> None:
    """An end that drips a byte at a time gets no new deadline with each."""
    theirs, ours = ends
    theirs.sendall(struct.pack("<II", 1000, 0))
    enough = threading.Event()

    def drip() -> None:
        while not enough.wait(0.01):
            theirs.sendall(b" ")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises(TimeoutError):
            ours.receive(0.2)
    finally:
        enough.set()
        dripping.join()


def test_an_end_that_hangs_up_is_told_from_a_slow_one(
    ends: tuple[socket.socket, Channel],
) -> None:
    theirs, ours = ends
    theirs.sendall(b"\x01")
    theirs.close()
    with pytest.raises(EOFError):
        ours.receive(5)

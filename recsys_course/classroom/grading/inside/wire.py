"""Values that cross between the grader and a submission: data, never code.

What arrives is believed to be hostile: depth, counts, types and shapes have limits, and every value
becomes an exact base type or a plain array. This module is longer than most: each kind of value
stands beside its opposite.

A value with a tag is a dictionary with one key of ``_TAGS``; the ends add tags for what they share.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["ArrayLike", "Decoder", "Encoder", "Opaque", "WireError", "plain"]

MOST_HEADER_BYTES = 8_000_000
MOST_BUFFER_BYTES = 64_000_000
MOST_NUMBERS = 4_000_000  # in all arrays together; as floats they take eight bytes each
MOST_KEYS = 4_000  # of sets and dictionaries: each may have the hash of all the others
MOST_VALUES = 200_000
MOST_DEPTH = 40
MOST_ITEMS_OF_AN_ITERATOR = 20_000
MOST_BITS = 4_096
_LONGEST_AXIS, _MOST_AXES = 2**31, 32
_PLAIN = frozenset({bool, int, float, str})
_CONTAINERS = (np.ndarray, list, dict, set)
_MALFORMED = (TypeError, ValueError, KeyError, IndexError, OverflowError, MemoryError)
_DTYPE = re.compile(r"[<>|](b1|[iu][1248]|f[248]|c8|c16|[US]\d{1,4})")
_CHARACTERS = 0x110000

Array = npt.NDArray[Any]
Special = Callable[[Any, Any], Any]
Number = Callable[[Any], int]
Numbered = Callable[[int, Any], None]


class WireError(ValueError):
    """A message that no honest end sends."""


class Opaque:
    """Stands for a value that is no data: a function, a module, an object of a class."""


Opaque.__name__ = "function or an object"  # as a check calls it: "It returns a …"


class ArrayLike:
    """Stands for what is no NumPy array but can be read as one, such as a tensor."""

    def __init__(self, array: Array) -> None:
        """Hold the array."""
        self._array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """The array."""
        return np.array(self._array, dtype=dtype)

    def numpy(self) -> Array:
        """The array, as a tensor gives it."""
        return self._array

    def __len__(self) -> int:
        """Length of the first axis."""
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        """Along the first axis."""
        return iter(self._array)

    def __getitem__(self, place: Any) -> Any:
        """A part of the array."""
        return self._array[place]

    def __float__(self) -> float:
        """The only number in it."""
        return float(self._array)


class _TooLargeError(Exception):
    """A value does not fit into a message."""


@functools.lru_cache(maxsize=256)
def _dtype(name: str) -> np.dtype[Any] | None:
    """The type of an array's elements, if it is one that crosses."""
    return np.dtype(name) if _DTYPE.fullmatch(name) else None


def plain(state: Any) -> Any:
    """The state of a random generator as JSON: its numbers may be NumPy's."""
    if isinstance(state, dict):
        return {str(key): plain(one) for key, one in state.items()}
    return state if isinstance(state, str) else int(state)


class Encoder:
    """Takes one message's values apart. A value that does not fit into it becomes opaque.

    Args:
        special: Gives the encoding of a value that is no data, or None for any other; it gets the
            value and this object.
        number: Gives the number by which both ends know an array, list, dictionary or set that
            either may change.
    """

    def __init__(self, special: Special | None = None, number: Number | None = None) -> None:
        """Begin a message."""
        self.buffers: list[bytes] = []
        self._special = special
        self._number_of = number
        self._values_left = MOST_VALUES
        self._characters_left = MOST_HEADER_BYTES // 2
        self._bytes_left = MOST_BUFFER_BYTES
        self._numbers_left = MOST_NUMBERS
        self._keys_left = MOST_KEYS

    def __call__(self, value: Any) -> Any:
        """The value as JSON."""
        before = len(self.buffers)
        try:
            return self._encoded(value, 0)
        except _TooLargeError:
            del self.buffers[before:]
            return {"?": 1}

    def _encoded(self, value: Any, depth: int) -> Any:
        self._values_left -= 1
        if depth > MOST_DEPTH or self._values_left < 0:
            raise _TooLargeError
        if value is None or value is True or value is False:
            return value
        if type(value) is int or type(value) is float:
            return self._number(value)
        if self._special is not None and type(value) is not str:
            special = self._special(value, self)
            if special is not None:
                return special
        if isinstance(value, np.generic):
            array = self.array(np.asarray(value))
            return array if "?" in array else {"n": array}
        return (
            self._number(value)
            if isinstance(value, int | float | complex)
            else self._other(value, depth)
        )

    def _number(self, value: Any) -> Any:
        if isinstance(value, int):
            value = int.__index__(value)
            self._characters_left -= value.bit_length() // 3 + 2
            if self._characters_left < 0 or value.bit_length() > MOST_BITS:
                raise _TooLargeError
            return value
        if isinstance(value, float):
            return float.__float__(value)
        value = complex.__complex__(value)
        return {"c": [value.real, value.imag]}

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, _CONTAINERS):
            number = {} if self._number_of is None else {"id": self._number_of(value)}
            return self._container(value, depth) | number
        if isinstance(value, str):
            text = str.__str__(value)
            self._characters_left -= 6 * len(text)  # what JSON makes of a character at most
            if self._characters_left < 0:
                raise _TooLargeError
            return text
        if isinstance(value, bytes | bytearray):
            return {"b": self._buffer(bytes(value))}
        if (
            isinstance(value, range)
            and len(value[: MOST_ITEMS_OF_AN_ITERATOR + 1]) <= MOST_ITEMS_OF_AN_ITERATOR
        ):
            return {"r": [value.start, value.stop, value.step]}
        for tag, kind in (("t", tuple), ("z", frozenset)):
            if isinstance(value, kind):
                self._count_keys(value)
                return {tag: [self._encoded(one, depth + 1) for one in value]}
        if hasattr(value, "__array__"):
            return {"x": self.array(np.array(np.asarray(value), subok=False), depth)}
        if isinstance(value, Iterator):
            return self._drained(value, depth)
        # Fraction and Decimal, which NumPy takes as numbers
        return float(value) if hasattr(type(value), "__float__") else {"?": 1}

    def _count_keys(self, value: Any) -> None:
        if isinstance(value, dict | set | frozenset):
            self._keys_left -= len(value)
            if self._keys_left < 0:
                raise _TooLargeError

    def _container(self, value: Any, depth: int) -> dict[str, Any]:
        self._count_keys(value)
        if isinstance(value, np.ndarray):
            whole = value if type(value) is np.ndarray else np.array(value, subok=False, order="K")
            return self.array(whole, depth, value.flags.writeable)
        if isinstance(value, dict):
            pairs = [
                [self._encoded(key, depth + 1), self._encoded(one, depth + 1)]
                for key, one in value.items()
            ]
            return {"d": pairs}
        tag = "l" if isinstance(value, list) else "s"
        return {tag: [self._encoded(one, depth + 1) for one in value]}

    def _drained(self, value: Iterator[Any], depth: int) -> Any:
        items: list[Any] = []
        for one in value:
            if len(items) == MOST_ITEMS_OF_AN_ITERATOR:
                raise _TooLargeError
            items.append(self._encoded(one, depth + 1))
        return {"i": items}

    def array(self, array: Array, depth: int = 0, writeable: bool = True) -> dict[str, Any]:
        """An array as its dtype, its shape and its bytes."""
        dtype = array.dtype
        if dtype.kind == "f" and dtype.itemsize > 8:
            array, dtype = array.astype(np.float64), np.dtype(np.float64)
        if dtype.kind == "O":
            return {
                "o": [list(array.shape), [self._encoded(one, depth + 1) for one in array.ravel()]]
            }
        if _dtype(dtype.str) is None:
            return {"?": 1}
        self._numbers_left -= array.size
        if self._numbers_left < 0:
            raise _TooLargeError
        flags = array.flags
        order: Literal["C", "F"] = "F" if flags.f_contiguous and not flags.c_contiguous else "C"
        buffer = self._buffer(array.tobytes(order))
        return {"a": [buffer, dtype.str, list(array.shape), order, writeable]}

    def _buffer(self, content: bytes) -> int:
        self._bytes_left -= len(content)
        if self._bytes_left < 0:
            raise _TooLargeError
        self.buffers.append(content)
        return len(self.buffers) - 1


class Decoder:
    """Puts the values of one message together again.

    Args:
        buffers: The message's buffers.
        special: Gives the value for an encoding with a tag that is not of this module; it gets the
            encoding and this object, and raises WireError for a tag that it does not know either.
        numbered: Is told the number and the value of what either end may change; where there is
            none, no value has a number.
    """

    def __init__(
        self,
        buffers: list[bytes],
        special: Special | None = None,
        numbered: Numbered | None = None,
    ) -> None:
        """Hold the buffers."""
        self._buffers = buffers
        self._special = special
        self._numbered = numbered
        self._left = 2 * MOST_VALUES  # of all values that one encoder took apart, and their tags
        self._bytes_left = MOST_BUFFER_BYTES  # one buffer may be meant many times
        self._numbers_left = MOST_NUMBERS
        self._keys_left = MOST_KEYS

    def __call__(self, value: Any, depth: int = 0) -> Any:
        """The value.

        Raises:
            WireError: If it is malformed.
        """
        self._left -= 1
        if depth > MOST_DEPTH + 2 or self._left < 0:
            raise WireError("too deep, or too many values")
        if value is None or type(value) in _PLAIN:
            return value
        if type(value) is not dict:
            raise WireError("a value without a tag")
        numbered = len(value) == 2 and self._numbered is not None and "id" in value
        tag = next(iter(value)) if numbered or len(value) == 1 else None
        put_together = _TAGS.get(tag)
        if put_together is None:
            if self._special is None:
                raise WireError("an unknown tag")
            return self._special(value, self)
        try:
            made = put_together(self, value[tag], depth + 1)
        except WireError:
            raise
        except _MALFORMED as error:
            raise WireError(f"malformed {tag}: {type(error).__name__}") from None
        if numbered and self._numbered is not None:
            self._numbered(value["id"], made)
        return made

    def items(self, values: Any, depth: int) -> list[Any]:
        """The values of a list."""
        if type(values) is not list:
            raise WireError("no list")
        return [self(one, depth) for one in values]

    def keys(self, values: Any, depth: int) -> list[Any]:
        """The values of a set."""
        self._keys_left -= len(values)
        if self._keys_left < 0:
            raise WireError("too many keys")
        return self.items(values, depth)

    def pairs(self, values: Any, depth: int) -> dict[Any, Any]:
        """The values of a dictionary."""
        self._keys_left -= len(values)
        if self._keys_left < 0:
            raise WireError("too many keys")
        return dict(tuple(self.items(pair, depth)) for pair in values)

    def short_range(self, parts: Any) -> range:
        """A range that can be counted."""
        found = range(int(parts[0]), int(parts[1]), int(parts[2]))
        if len(found) > MOST_ITEMS_OF_AN_ITERATOR:
            raise WireError("a range that is too long")
        return found

    def array(self, parts: Any) -> Array:
        """An array that owns its memory."""
        place, name, shape, order, writeable = parts
        dtype = _dtype(name) if type(name) is str else None
        if dtype is None or order not in {"C", "F"}:
            raise WireError("no dtype of an array")
        content = self.bytes(place)
        for n in shape:
            if type(n) is not int or not 0 <= n < _LONGEST_AXIS:
                raise WireError("no shape of an array")
        if len(shape) > _MOST_AXES:
            raise WireError("no shape of an array")
        size = math.prod(shape)
        if size * dtype.itemsize != len(content):
            raise WireError("the bytes of an array do not fill its shape")
        self._numbers_left -= size
        if self._numbers_left < 0:
            raise WireError("too many numbers")
        array = np.frombuffer(content, np.uint8 if dtype.kind == "b" else dtype)
        array = array != 0 if dtype.kind == "b" else array.copy()
        if dtype.kind == "U" and (array.view(dtype.byteorder + "u4") >= _CHARACTERS).any():
            raise WireError("no characters")
        array = array.reshape(shape, order=order)
        if not writeable:
            array.flags.writeable = False
        return array

    def bytes(self, place: Any) -> bytes:
        """One of the buffers."""
        if type(place) is not int or not 0 <= place < len(self._buffers):
            raise WireError("no such buffer")
        self._bytes_left -= len(self._buffers[place])
        if self._bytes_left < 0:
            raise WireError("too many bytes")
        return self._buffers[place]

    def objects(self, parts: Any, depth: int) -> Array:
        """An array of objects."""
        shape, values = parts
        array = np.empty(len(values), dtype=object)
        for place, one in enumerate(self.items(values, depth)):
            array[place] = one
        return array.reshape(shape)


_TAGS: dict[str | None, Callable[[Decoder, Any, int], Any]] = {
    "?": lambda _d, _v, _n: Opaque(),
    "a": lambda d, v, _n: d.array(v),
    "b": lambda d, v, _n: d.bytes(v),
    "c": lambda _d, v, _n: complex(float(v[0]), float(v[1])),
    "d": lambda d, v, n: d.pairs(v, n),
    "i": lambda d, v, n: iter(d.items(v, n)),
    "l": lambda d, v, n: d.items(v, n),
    "n": lambda d, v, n: d(v, n)[()],
    "o": lambda d, v, n: d.objects(v, n),
    "r": lambda d, v, _n: d.short_range(v),
    "s": lambda d, v, n: set(d.keys(v, n)),
    "t": lambda d, v, n: tuple(d.items(v, n)),
    "x": lambda d, v, n: ArrayLike(np.asarray(d(v, n))),
    "z": lambda d, v, n: frozenset(d.keys(v, n)),
}

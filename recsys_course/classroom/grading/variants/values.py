"""How arguments and results are kept in JSON, written in Python, and shown to people.

An array keeps its type and shape; nothing is pickled. JSON has no nan, so null stands for it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["as_json", "as_python", "as_text", "from_json"]

_DTYPES = ("bool", "int64", "float64")
_DIGITS = 4  # as many as the exercises print


def as_json(value: Any) -> Any:
    """A value as plain dictionaries, lists, words and numbers.

    Args:
        value: An array, a number, a word, or a list or tuple of such.

    Raises:
        TypeError: If it is something else.

    >>> as_json((np.array([[0.5, np.nan]]), 2))
    {'tuple': [{'dtype': 'float64', 'shape': [1, 2], 'data': [0.5, None]}, 2]}
    """
    if isinstance(value, np.ndarray) and value.dtype.name in _DTYPES:
        data = [None if number != number else number for number in value.ravel().tolist()]
        return {"dtype": value.dtype.name, "shape": list(value.shape), "data": data}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [as_json(one) for one in value]}
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and math.isnan(plain):
        return None
    if not isinstance(plain, bool | int | float | str):
        raise TypeError(
            f"a {type(value).__name__} cannot be kept; draw arrays of {', '.join(_DTYPES)}, "
            "numbers, words, and lists or tuples of them"
        )
    return plain


def from_json(entry: Any) -> Any:
    """The value that ``as_json`` has taken apart; every call makes new arrays.

    Raises:
        ValueError: If the entry is none of its forms.

    >>> from_json({"dtype": "float64", "shape": [1, 2], "data": [0.5, None]})
    array([[0.5, nan]])
    """
    if entry is None:
        return math.nan
    if isinstance(entry, bool | int | float | str):
        return entry
    names = set(entry) if isinstance(entry, dict) else set()
    if names == {"dtype", "shape", "data"} and entry["dtype"] in _DTYPES:
        data = [math.nan if number is None else number for number in entry["data"]]
        return np.array(data, dtype=entry["dtype"]).reshape(entry["shape"])
    if names in ({"list"}, {"tuple"}):
        ((kind, parts),) = entry.items()
        whole = [from_json(one) for one in parts]
        return tuple(whole) if kind == "tuple" else whole
    raise ValueError(f"{str(entry)[:60]!r} is no value that was kept by as_json")


def as_python(value: Any, indent: str = "") -> str:
    """A value as Python text, a row of a table on each line; ``np`` is NumPy there.

    Args:
        value: An array, a number, a word, or a list of such.
        indent: What stands before each further line.

    >>> print(as_python(np.array([[True, False], [False, True]])))
    np.array(
        [
            [True, False],
            [False, True],
        ]
    )
    """
    if not isinstance(value, np.ndarray):
        return repr(value)
    rows = _nested(value.tolist(), lambda one: "np.nan" if one != one else repr(one))
    if value.ndim < 2:
        return f"np.array({_joined(rows)})"
    inner = "".join(f"{indent}        {_joined(row)},\n" for row in rows)
    return f"np.array(\n{indent}    [\n{inner}{indent}    ]\n{indent})"


def as_text(value: Any) -> str:
    """A value as people read it, rounded; a row of a table is a line.

    >>> print(as_text((np.array([[1.0, 2 / 3], [-0.0, 3.0]]), 0.5)))
    first:
    [1, 0.6667]
    [0, 3]
    second:
    0.5
    """
    if isinstance(value, tuple):
        names = ("first", "second", "third")
        return "\n".join(
            f"{name}:\n{as_text(one)}" for name, one in zip(names, value, strict=False)
        )
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return "\n".join(as_text(row) for row in value)
    if isinstance(value, np.ndarray | list):
        return _joined([as_text(one) for one in value])
    if isinstance(value, bool | np.bool_ | str):
        return str(value)
    return f"{round(float(value), _DIGITS) + 0.0:.10g}"  # + 0.0 makes 0 of −0


def _nested(value: Any, write: Any) -> Any:
    """The leaves of nested lists as text; lists whose parts are lists stay lists."""
    if not isinstance(value, list):
        return write(value)
    return [_nested(one, write) for one in value]


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"[{', '.join(_joined(one) for one in value)}]"

"""The ids that people know, kept apart from the indices that arithmetic needs.

A file holds ids that are all whole numbers of 64 bits as such, and all others as JSON in which
what JSON does not know carries the name of its type: {"tuple": [1, "a"]}. That is lossless where
NumPy's text is not (it drops NULs at the end), and reading it runs no code, as a pickle would. The
few lines on each type make this module longer than others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import numpy as np
import numpy.typing as npt

__all__ = ["Vocabulary"]

_NUMPY_SCALARS = (np.integer, np.bool_, np.str_, np.bytes_, np.float16, np.float32, np.float64)
# How a file spells what JSON has no word for, and how it is read back.
_SPELLINGS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "int": (int, hex, lambda told: int(told, 16)),  # of any length; decimals end at 4300 digits
    "float": (float, float.hex, float.fromhex),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "tuple": (tuple, lambda ids: [*map(_spell, ids)], lambda told: tuple(map(_read, told))),
    "frozenset": (
        frozenset,
        lambda ids: sorted(map(_spell, ids), key=json.dumps),  # a set has no order of its own
        lambda told: frozenset(map(_read, told)),
    ),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "UUID": (UUID, str, UUID),
    "Decimal": (Decimal, str, Decimal),
}


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Maps ids to indices 0 … n−1 and back; ids never leak into arithmetic.

    Ids are told apart as the keys of a dictionary are: "007", "7" and 7 are three ids, but 1, True
    and 1.0 are one, because Python holds them equal. A NumPy number or text becomes the Python
    value that it equals.

    Args:
        ids: The ids in index order, each once; any hashable value that equals itself.
        labels: What to show to people instead of the id (a film's title), one for each id.

    Raises:
        ValueError: If an id stands twice or is nan, or there are not as many labels as ids.
        TypeError: If an id is not hashable.

    >>> films = Vocabulary(["tt01", "tt02"], labels=["Alien", "Brazil"])
    >>> films.index_of("tt02"), films.id_of(0), films.label_of(0)
    (1, 'tt01', 'Alien')
    """

    ids: Sequence[Hashable]
    labels: Sequence[str] | None = None
    _indices: dict[Hashable, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Number the ids and refuse what would be ambiguous."""
        object.__setattr__(self, "ids", tuple(map(_plain, self.ids)))
        object.__setattr__(self, "_indices", {})
        for n, known in enumerate(self.ids):
            first = self._indices.setdefault(_hashable(n, known), n)
            if first != n:
                raise ValueError(_twice(self.ids[first], known, first, n))
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(map(str, self.labels)))
            if len(self.labels) != len(self.ids):
                raise ValueError(
                    f"{len(self.ids)} ids but {len(self.labels)} labels; give one each"
                )

    def __len__(self) -> int:
        """Number of ids."""
        return len(self.ids)

    def __repr__(self) -> str:
        """Say how many ids there are and show the first."""
        shown = ", ".join(map(repr, self.ids[:3])) + (", …" if len(self.ids) > 3 else "")
        return f"Vocabulary({len(self.ids)} ids: {shown})"

    def index_of(self, known: Hashable) -> int:
        """The index of one id.

        Args:
            known: An id.

        Returns:
            Its index.

        Raises:
            KeyError: If the id is unknown; the message shows ids that are known.
        """
        try:
            return self._indices[known]
        except KeyError:
            raise KeyError(
                f"id {known!r} ({type(known).__name__}) is not among the {len(self)} known ids, "
                f"such as {', '.join(map(repr, self.ids[:3]))}; use one of them, or fold_in() "
                "somebody new"
            ) from None

    def indices_of(self, known: Iterable[Hashable]) -> npt.NDArray[np.int32]:
        """The indices of several ids.

        Args:
            known: Ids.

        Returns:
            Their indices, shape (n,).
        """
        return np.array([self.index_of(one) for one in known], dtype=np.int32)

    def id_of(self, index: int) -> Hashable:
        """The id at an index.

        Args:
            index: From 0 to n − 1.

        Returns:
            The id.

        Raises:
            IndexError: If the index is outside 0 … n − 1 (negative ones too).
        """
        if not 0 <= index < len(self.ids):
            raise IndexError(f"index {index} is outside 0 … {len(self.ids) - 1}")
        return self.ids[index]

    def label_of(self, index: int) -> str:
        """What to show to people for an index: its label, or else its id.

        Args:
            index: From 0 to n − 1.

        Returns:
            The label.
        """
        known = self.id_of(index)
        return str(known) if self.labels is None else self.labels[index]

    def as_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Ids and labels as arrays that a file can hold without pickling; `from_arrays` reads them.

        Returns:
            ``ids`` (int64, or the bytes of a JSON text) and, where there are labels, ``labels``
            (the bytes of a JSON text).

        Raises:
            TypeError: If a file cannot hold an id of that type.

        >>> Vocabulary([("ann", 7), "bo"]).as_arrays()["ids"].tobytes()
        b'[{"tuple": ["ann", 7]}, "bo"]'
        """
        whole = all(type(known) is int and _fits(known) for known in self.ids)
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "ids": np.array(self.ids, np.int64) if whole else _json([*map(_spell, self.ids)])
        }
        if self.labels is not None:
            arrays["labels"] = _json(self.labels)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Read what `as_arrays` gave.

        Args:
            arrays: ``ids`` and perhaps ``labels``; other keys are left alone. Arrays of text, which
                earlier versions wrote, are read too.

        Returns:
            The vocabulary.

        Raises:
            ValueError: If the arrays are not what `as_arrays` gives.

        >>> Vocabulary.from_arrays(Vocabulary([b"a", None]).as_arrays()).ids
        (b'a', None)
        """
        try:
            ids = [_read(told) for told in _content(arrays["ids"])]
            return cls(ids, _content(arrays["labels"]) if "labels" in arrays else None)
        except (LookupError, ValueError, TypeError, ArithmeticError, RecursionError) as odd:
            raise ValueError(f"the stored ids cannot be read ({odd}); save them anew") from None


def _plain(known: Hashable) -> Hashable:
    return known.item() if isinstance(known, _NUMPY_SCALARS) else known


def _hashable(position: int, known: Hashable) -> Hashable:
    """The id itself, refused where no dictionary would find it again."""
    try:
        hash(known)
        lost = isinstance(known, float | Decimal) and known != known
    except TypeError:
        raise TypeError(
            f"ids[{position}] is {known!r}, a {type(known).__name__}, which is not hashable; make "
            "it text or a tuple"
        ) from None
    if lost:
        raise ValueError(
            f"ids[{position}] is {known!r}, which equals nothing, not even itself; drop its rows "
            "or give it an id"
        )
    return known


def _twice(first: Hashable, second: Hashable, position: int, again: int) -> str:
    if type(first) is type(second):
        return f"id {second!r} stands twice, as ids[{position}] and ids[{again}]; list it once"
    return (
        f"ids[{position}] is {first!r} and ids[{again}] is {second!r}, which Python holds equal, "
        "so they would be one id; make all ids text, or all whole numbers"
    )


def _fits(number: int) -> bool:
    return -(2**63) <= number < 2**63


def _spell(known: Hashable) -> Any:
    """An id in words that JSON has; the reverse is `_read`."""
    known = _plain(known)
    if known is None or type(known) in (str, bool) or (type(known) is int and _fits(known)):
        return known
    aware = isinstance(known, datetime) and type(known.tzinfo) not in (type(None), timezone)
    lost = isinstance(known, float | Decimal) and known != known
    for tag, (kind, spell, _) in _SPELLINGS.items():
        if type(known) is kind and not aware and not lost:
            return {tag: spell(known)}
    raise TypeError(
        f"id {known!r} ({type(known).__name__}) cannot be saved; use None, bool, str or one of "
        f"{', '.join(_SPELLINGS)} (a datetime of UTC or a fixed offset; no nan)"
    )


def _read(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    ((tag, content),) = told.items()
    if tag not in _SPELLINGS:
        raise ValueError(f"{tag!r} is not a type of id")
    return _SPELLINGS[tag][2](content)


def _json(content: Sequence[Any]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(content).encode("ascii"), np.uint8)


def _content(stored: npt.NDArray[Any]) -> list[Any]:
    return json.loads(stored.tobytes()) if stored.dtype == np.uint8 else stored.tolist()

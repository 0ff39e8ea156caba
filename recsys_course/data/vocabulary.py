"""The ids that people know, kept apart from the indices that arithmetic needs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["Vocabulary"]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Maps ids to indices 0 … n−1 and back; ids never leak into arithmetic.

    Args:
        ids: The ids in index order, each once; any hashable value.
        labels: What to show to people instead of the id (a film's title), one for each id.

    Raises:
        ValueError: If an id stands twice, or there are not as many labels as ids.

    >>> films = Vocabulary(["tt01", "tt02"], labels=["Alien", "Brazil"])
    >>> films.index_of("tt02"), films.id_of(0), films.label_of(0)
    (1, 'tt01', 'Alien')
    """

    ids: Sequence[Hashable]
    labels: Sequence[str] | None = None
    _indices: dict[Hashable, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Number the ids and refuse what would be ambiguous."""
        object.__setattr__(self, "ids", tuple(self.ids))
        object.__setattr__(self, "_indices", {known: n for n, known in enumerate(self.ids)})
        if len(self._indices) != len(self.ids):
            twice = next(known for n, known in enumerate(self.ids) if self._indices[known] != n)
            raise ValueError(f"id {twice!r} stands twice in the vocabulary; list every id once")
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(self.labels))
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
        """Ids and labels as arrays that a file can hold without pickling.

        Returns:
            ``ids`` (int64 or text) and, where there are labels, ``labels``.

        Raises:
            TypeError: If the ids are not all whole numbers or all text.
        """
        whole = all(isinstance(known, int | np.integer) for known in self.ids)
        if not whole and not all(isinstance(known, str) for known in self.ids):
            odd = next(known for known in self.ids if not isinstance(known, str))
            raise TypeError(
                f"id {odd!r} ({type(odd).__name__}) cannot be saved beside the others; make all "
                "ids whole numbers or all text"
            )
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "ids": np.array(self.ids, dtype=np.int64 if whole else np.str_)
        }
        if self.labels is not None:
            arrays["labels"] = np.array(self.labels, dtype=np.str_)
        return arrays

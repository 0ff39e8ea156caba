"""Who rated what: the one table that every model, split and metric of the course takes.

Its ways in and out (a frame, a sparse table, arrays, a file), each with its contract, make this
module longer than others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from recsys_course.data.archive import read_arrays, write_arrays
from recsys_course.data.arguments import refuse_masked
from recsys_course.data.columns import (
    first_row,
    index_column,
    number_ids,
    rating_column,
    time_column,
)
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.formulas.inputs import describe

__all__ = ["Interactions", "check_interactions"]


@dataclass(frozen=True, eq=False)
class Interactions:
    """Parallel arrays of ratings, with the vocabularies that give the indices their meaning.

    Args:
        users: User index of each row, int32, shape (n,).
        items: Item index of each row, int32, shape (n,).
        ratings: Rating of each row, float32, shape (n,), in stars (1 where there are only events).
        timestamps: Seconds since 1970 of each row, int64, shape (n,), or None; dates are converted.
        user_vocabulary: The users; its length is n_users, also where somebody has no row.
        item_vocabulary: The items; its length is n_items.

    Raises:
        ValueError: If the rows are not what they should be; the message names the first bad row.
        TypeError: If a vocabulary is no Vocabulary.

    >>> table = Interactions([0, 1], [0, 0], [4.0, 3.5], None, Vocabulary(["ann", "bo"]),
    ...                      Vocabulary(["alien"]))
    >>> table
    Interactions(2 ratings, 2 users, 1 items, density 100.00 %)
    """

    users: npt.NDArray[np.int32]
    items: npt.NDArray[np.int32]
    ratings: npt.NDArray[np.float32]
    timestamps: npt.NDArray[np.int64] | None
    user_vocabulary: Vocabulary
    item_vocabulary: Vocabulary

    def __post_init__(self) -> None:
        """Copy the arrays into their types, make them read-only and check every row."""
        for name in ("user_vocabulary", "item_vocabulary"):
            known = getattr(self, name)
            if not isinstance(known, Vocabulary):
                raise TypeError(f"{name} is {describe(known)}; give Vocabulary(ids)")
        for name in ("users", "items", "ratings", "timestamps"):
            refuse_masked(name, getattr(self, name))
        columns: dict[str, npt.NDArray[Any]] = {
            "users": index_column("users", self.users, self.n_users),
            "items": index_column("items", self.items, self.n_items),
            "ratings": rating_column(self.ratings),
        }
        if self.timestamps is not None:
            columns["timestamps"] = time_column(self.timestamps)
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            described = ", ".join(f"{name} has {n}" for name, n in lengths.items())
            raise ValueError(f"{described} rows; give columns of one length")
        if not lengths["users"]:
            raise ValueError("there is no row; give at least one rating")
        for name, column in columns.items():
            column.setflags(write=False)
            object.__setattr__(self, name, column)
        self._refuse_duplicates()

    def _refuse_duplicates(self) -> None:
        pairs = self.users.astype(np.int64) * self.n_items + self.items
        order = np.argsort(pairs, kind="stable")
        again = np.flatnonzero(pairs[order][1:] == pairs[order][:-1])
        if len(again):
            second = order[again + 1].min()
            first = int(np.flatnonzero(pairs == pairs[second])[0])
            raise ValueError(
                f"rows {first} and {second} are the same pair: user "
                f"{self.user_vocabulary.id_of(int(self.users[second]))!r}, item "
                f"{self.item_vocabulary.id_of(int(self.items[second]))!r}; keep one, for instance "
                "frame.drop_duplicates([user, item], keep='last') after sorting by time"
            )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        user: str = "user",
        item: str = "item",
        rating: str | None = "rating",
        timestamp: str | None = None,
        label: str | None = None,
    ) -> Self:
        """Build from a data frame with one row a rating; ids of any hashable kind.

        Args:
            frame: The table.
            user: Column of user ids.
            item: Column of item ids.
            rating: Column of ratings, or None: every row then counts as 1.
            timestamp: Column of seconds since 1970 or of dates (UTC where they say nothing else),
                or None.
            label: Column of what to show for an item (a title), or None; an item's first one
                counts, and its id where it has none.

        Returns:
            The interactions; ids are numbered in sorted order, or as they come if unsortable.

        Raises:
            ValueError: If a column is missing or stands twice, or a value in it is not what it
                should be; the message names the row, counted from 0.
        """
        wanted = [name for name in (user, item, rating, timestamp, label) if name is not None]
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise ValueError(
                f"there is no column {missing[0]!r}; the columns are {', '.join(map(str, frame))}"
            )
        twice = [name for name in wanted if (frame.columns == name).sum() > 1]
        if twice:
            raise ValueError(f"the column {twice[0]!r} stands twice; rename one of them")
        user_codes, user_ids = number_ids(user, frame[user])
        item_codes, item_ids = number_ids(item, frame[item])
        labels = None
        if label is not None:
            titles = pd.Series(frame[label].to_numpy(dtype=object)).groupby(item_codes).first()
            shown = titles.reindex(range(len(item_ids))).tolist()
            labels = [
                str(known if pd.isna(one) else one)
                for known, one in zip(item_ids, shown, strict=True)
            ]
        return cls(
            user_codes.astype(np.int32),
            item_codes.astype(np.int32),
            np.ones(len(frame), np.float32) if rating is None else rating_column(frame[rating]),
            None if timestamp is None else time_column(frame[timestamp]),
            Vocabulary(user_ids),
            Vocabulary(item_ids, labels),
        )

    @property
    def n_users(self) -> int:
        """Number of users in the vocabulary."""
        return len(self.user_vocabulary)

    @property
    def n_items(self) -> int:
        """Number of items in the vocabulary."""
        return len(self.item_vocabulary)

    def __len__(self) -> int:
        """Number of ratings."""
        return len(self.users)

    def __repr__(self) -> str:
        """Say the sizes."""
        density = len(self) / (self.n_users * self.n_items)
        return (
            f"Interactions({len(self):,} ratings, {self.n_users:,} users, {self.n_items:,} items, "
            f"density {density:.2%})".replace("%", " %")
        )

    def to_csr(self) -> sparse.csr_array:
        """The ratings as a sparse table.

        Returns:
            Shape (n_users, n_items), float32; a rating of 0 is stored.
        """
        return sparse.csr_array(
            (self.ratings, (self.users, self.items)), shape=(self.n_users, self.n_items)
        )

    def subset(self, rows: npt.ArrayLike) -> Interactions:
        """Some of the rows, with the same vocabularies.

        Args:
            rows: A mask of length n or an array of row numbers; negative ones count from the end.

        Returns:
            The chosen rows.

        Raises:
            TypeError: If rows are neither truth values nor whole numbers, shape (n,).
            ValueError: If a mask has another length, no row is chosen, or one twice.
            IndexError: If there is no row of a number.
        """
        chosen = self._row_numbers(rows)
        times = None if self.timestamps is None else self.timestamps[chosen]
        return Interactions(
            self.users[chosen],
            self.items[chosen],
            self.ratings[chosen],
            times,
            self.user_vocabulary,
            self.item_vocabulary,
        )

    def _row_numbers(self, rows: npt.ArrayLike) -> npt.NDArray[Any]:
        """A mask or numbers of rows, refused where they are not of this table."""
        chosen = np.asarray(rows)
        if chosen.shape == (0,):  # an empty list has no type of its own
            chosen = chosen.astype(np.intp)
        if chosen.ndim != 1 or chosen.dtype.kind not in "biu":
            raise TypeError(
                f"rows has shape {chosen.shape} and type {chosen.dtype}; give a mask or row "
                "numbers, shape (n,)"
            )
        if chosen.dtype.kind == "b":
            if len(chosen) != len(self):
                raise ValueError(
                    f"rows is a mask of length {len(chosen)} for {len(self)} rows; give one truth "
                    "value a row"
                )
            return chosen
        outside = first_row((chosen >= len(self)) | (chosen < -len(self)))
        if outside is not None:
            raise IndexError(
                f"rows[{outside}] is {chosen[outside]}, but there are {len(self)} rows; give "
                f"numbers from 0 to {len(self) - 1}"
            )
        return chosen

    def fingerprint(self) -> str:
        """A short hash of the content; equal for equal rows in equal order.

        Returns:
            16 hexadecimal digits of SHA-256.
        """
        digest = hashlib.sha256()
        for column in (self.users, self.items, self.ratings, self.timestamps):
            digest.update(b"none" if column is None else column.tobytes())
        for vocabulary in (self.user_vocabulary, self.item_vocabulary):
            try:
                ids = vocabulary.as_arrays()["ids"].tobytes()  # the same whatever a set's order is
            except TypeError:
                ids = repr(vocabulary.ids).encode()
            digest.update(b"%d %d " % (len(vocabulary), len(ids)) + ids)
        return digest.hexdigest()[:16]

    def as_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything, ids included, as arrays that a file can hold; `from_arrays` reads them.

        Returns:
            ``users``, ``items``, ``ratings``, perhaps ``timestamps``, and what
            `Vocabulary.as_arrays` gives, named ``user_ids``, ``user_labels`` and so on.

        Raises:
            TypeError: If an id is of a type that a file cannot hold.
        """
        arrays: dict[str, npt.NDArray[Any]] = {
            "users": self.users,
            "items": self.items,
            "ratings": self.ratings,
        }
        if self.timestamps is not None:
            arrays["timestamps"] = self.timestamps
        for name in ("user", "item"):
            vocabulary: Vocabulary = getattr(self, f"{name}_vocabulary")
            arrays |= {f"{name}_{key}": value for key, value in vocabulary.as_arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Read what `as_arrays` gave.

        Args:
            arrays: The arrays by name; other names are left alone.

        Returns:
            The interactions.

        Raises:
            ValueError: If an array is missing, or they are not what they should be.
        """
        missing = {"users", "items", "ratings", "user_ids", "item_ids"} - arrays.keys()
        if missing:
            raise ValueError(f"{min(missing)!r} is missing: these are not saved interactions")
        vocabularies = [
            Vocabulary.from_arrays(
                {key.removeprefix(name): one for key, one in arrays.items() if name in key}
            )
            for name in ("user_", "item_")
        ]
        return cls(
            arrays["users"],
            arrays["items"],
            arrays["ratings"],
            arrays.get("timestamps"),
            *vocabularies,
        )

    def save(self, path: Path | str) -> None:
        """Write everything, ids included, to one compressed ``.npz``; no pickle.

        The file appears whole or not at all, readable by whom the umask allows.

        Args:
            path: Where to write.

        Raises:
            TypeError: If an id is of a type that a file cannot hold.
        """
        write_arrays(path, self.as_arrays())

    @classmethod
    def load(cls, path: Path | str) -> Interactions:
        """Read what `save` wrote.

        Args:
            path: The file.

        Returns:
            The interactions.

        Raises:
            ValueError: If the file is not one that `save` wrote, or is damaged.
        """
        arrays = read_arrays(path)
        try:
            return cls.from_arrays(arrays)
        except ValueError as odd:
            raise ValueError(f"{path} was not written by save(): {odd}") from None


def check_interactions(given: object, taker: str) -> None:
    """Refuse what is no Interactions, and say how it becomes one.

    Args:
        given: What was given.
        taker: Who was given it, such as ``Biases.fit``.

    Raises:
        TypeError: If it is something else.
    """
    if isinstance(given, Interactions):
        return
    advice = "a split's train, or Interactions.from_frame(frame)"
    if isinstance(given, pd.DataFrame):
        advice = "Interactions.from_frame(frame)"
    elif hasattr(given, "train"):
        advice = "its part, split.train"
    raise TypeError(f"{taker} takes Interactions, not {describe(given)}; give {advice}")

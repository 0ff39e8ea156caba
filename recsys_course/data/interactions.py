"""Who rated what: the one table that every model, split and metric of the course takes."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from recsys_course.data.columns import index_column, number_ids, rating_column, whole_column
from recsys_course.data.vocabulary import Vocabulary

__all__ = ["Interactions"]


@dataclass(frozen=True, eq=False)
class Interactions:
    """Parallel arrays of ratings, with the vocabularies that give the indices their meaning.

    Args:
        users: User index of each row, int32, shape (n,).
        items: Item index of each row, int32, shape (n,).
        ratings: Rating of each row, float32, shape (n,), in stars (1 where there are only events).
        timestamps: Seconds since 1970 of each row, int64, shape (n,), or None.
        user_vocabulary: The users; its length is n_users, also where somebody has no row.
        item_vocabulary: The items; its length is n_items.

    Raises:
        ValueError: If the rows are not what they should be; the message names the first bad row.

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
        columns: dict[str, npt.NDArray[Any]] = {
            "users": index_column("users", self.users, self.n_users),
            "items": index_column("items", self.items, self.n_items),
            "ratings": rating_column(self.ratings),
        }
        if self.timestamps is not None:
            columns["timestamps"] = whole_column("timestamps", self.timestamps).astype(np.int64)
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            described = ", ".join(f"{name} has {n}" for name, n in lengths.items())
            raise ValueError(f"{described} rows; the columns must be of one length")
        if not lengths["users"]:
            raise ValueError("there is no row; Interactions need at least one rating")
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
            timestamp: Column of seconds since 1970, or None.
            label: Column of what to show for an item (a title), or None.

        Returns:
            The interactions; ids are numbered in sorted order, or as they come if unsortable.

        Raises:
            ValueError: If a column is missing or an id is empty.
        """
        wanted = [name for name in (user, item, rating, timestamp, label) if name is not None]
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise ValueError(
                f"there is no column {missing[0]!r}; the columns are {', '.join(map(str, frame))}"
            )
        for name in (user, item):
            if frame[name].isna().any():
                raise ValueError(
                    f"row {int(frame[name].isna().to_numpy().argmax())}: {name} is "
                    "empty; fill or drop it"
                )
        user_codes, user_ids = number_ids(frame[user])
        item_codes, item_ids = number_ids(frame[item])
        labels = None
        if label is not None:
            first = pd.Series(frame[label].astype(str).to_numpy()).groupby(item_codes).first()
            labels = list(first.sort_index())
        return cls(
            user_codes.astype(np.int32),
            item_codes.astype(np.int32),
            np.ones(len(frame), np.float32) if rating is None else rating_column(frame[rating]),
            None if timestamp is None else frame[timestamp].to_numpy(),
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
            rows: A mask of length n or an array of row numbers.

        Returns:
            The chosen rows.
        """
        chosen = np.asarray(rows)
        times = None if self.timestamps is None else self.timestamps[chosen]
        return Interactions(
            self.users[chosen],
            self.items[chosen],
            self.ratings[chosen],
            times,
            self.user_vocabulary,
            self.item_vocabulary,
        )

    def fingerprint(self) -> str:
        """A short hash of the content; equal for equal rows in equal order.

        Returns:
            16 hexadecimal digits of SHA-256.
        """
        digest = hashlib.sha256()
        for column in (self.users, self.items, self.ratings, self.timestamps):
            digest.update(b"none" if column is None else column.tobytes())
        digest.update(repr((self.user_vocabulary.ids, self.item_vocabulary.ids)).encode())
        return digest.hexdigest()[:16]

    def save(self, path: Path | str) -> None:
        """Write everything, ids included, to one compressed ``.npz``; no pickle.

        The file appears whole or not at all.

        Args:
            path: Where to write.
        """
        arrays: dict[str, Any] = {"users": self.users, "items": self.items, "ratings": self.ratings}
        if self.timestamps is not None:
            arrays["timestamps"] = self.timestamps
        for name in ("user", "item"):
            vocabulary: Vocabulary = getattr(self, f"{name}_vocabulary")
            arrays |= {f"{name}_{key}": value for key, value in vocabulary.as_arrays().items()}
        path = Path(path)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez_compressed(file, allow_pickle=False, **arrays)
            Path(unfinished).replace(path)
        finally:
            Path(unfinished).unlink(missing_ok=True)

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
        try:
            with Path(path).open("rb") as file, zipfile.ZipFile(file) as archive:
                broken = archive.testzip()  # compares every member with its checksum
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as odd:
            broken = str(odd)
        if broken is not None:
            raise ValueError(f"{path} is damaged ({broken}); make it again with save()")
        with np.load(path, allow_pickle=False) as stored:
            content = dict(stored)
        missing = {"users", "items", "ratings", "user_ids", "item_ids"} - content.keys()
        if missing:
            raise ValueError(f"{path} lacks {min(missing)!r}; it was not written by save()")
        vocabularies = [
            Vocabulary(
                content[f"{name}_ids"].tolist(),
                content[f"{name}_labels"].tolist() if f"{name}_labels" in content else None,
            )
            for name in ("user", "item")
        ]
        return cls(
            content["users"],
            content["items"],
            content["ratings"],
            content.get("timestamps"),
            *vocabularies,
        )

"""What is wrong with a raw table of ratings, counted kind by kind, and the table without it.

Longer than 250 lines: `clean` is a list of steps whose order matters, and every step, its count in
the report and its reason are best read on one page.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys_course.data.columns import MILLISECONDS_FROM
from recsys_course.data.interactions import Interactions, check_interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.formulas.inputs import whole_number

Mask = npt.NDArray[np.bool_]

__all__ = ["CleaningReport", "clean", "k_core", "suspected_robots", "to_frame", "to_seconds"]

_MILLISECONDS_TO = 10**14  # in ms the year 5138


@dataclass(frozen=True)
class CleaningReport:
    """How many rows each step removed, in the order of the steps.

    A row that is wrong twice is gone after the first step that finds it, and counts there only.

    Args:
        rows_in: Rows before.
        missing: Without user, item, rating or (finite) time.
        outside_scale: With a rating outside the scale, or infinite.
        unknown_ids: With an item that the catalogue does not have.
        exact_duplicates: Equal in all columns to a row above.
        earlier_ratings: Of a pair that is rated again later.
        robot_rows: Of suspected robots, if they were to be dropped.
        rows_out: Rows after.
        milliseconds: Rows whose time was in ms and is in s now; removed by no step of its own.
        suspected_robots: Ids of the users who look like robots, dropped or not.
        removed_rows: The index labels of the rows that each step removed, by the name of its count.

    Raises:
        ValueError: If the counts do not add up.
    """

    rows_in: int
    missing: int
    outside_scale: int
    unknown_ids: int
    exact_duplicates: int
    earlier_ratings: int
    robot_rows: int
    rows_out: int
    milliseconds: int
    suspected_robots: tuple[Hashable, ...]
    removed_rows: Mapping[str, pd.Index[Any]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        if self.rows_in - self.removed != self.rows_out:
            raise ValueError(
                f"{self.rows_in} rows less {self.removed} removed are not {self.rows_out}; "
                "count every removed row once"
            )

    @property
    def removed(self) -> int:
        """Number of rows removed by all steps together."""
        return (
            self.missing + self.outside_scale + self.unknown_ids
            + self.exact_duplicates + self.earlier_ratings + self.robot_rows
        )  # fmt: skip

    def __str__(self) -> str:
        """One line a step."""
        lines = {
            "rows in": self.rows_in,
            "− without user, item, rating or time": self.missing,
            "− rating outside the scale": self.outside_scale,
            "− item not in the catalogue": self.unknown_ids,
            "− exact duplicate": self.exact_duplicates,
            "− rated again later": self.earlier_ratings,
            "− suspected robot": self.robot_rows,
            "rows out": self.rows_out,
            "times turned from ms into s": self.milliseconds,
            "users suspected of being robots": len(self.suspected_robots),
        }
        return "\n".join(f"{count:>12,}  {text}" for text, count in lines.items())


def clean(
    frame: pd.DataFrame,
    user: str = "user",
    item: str = "item",
    rating: str = "rating",
    timestamp: str | None = "timestamp",
    lowest: float = 0.5,
    highest: float = 5.0,
    known_items: Iterable[Hashable] | None = None,
    robot_moments: int = 20,
    drop_robots: bool = False,
) -> tuple[pd.DataFrame, CleaningReport]:
    """Remove the rows that are no ratings, and say how many of each kind there were.

    The steps, in the order of `CleaningReport`: missing values; ratings off the scale; unknown
    items; times in ms become s; exact duplicates; all but the last rating of a pair, by time and
    then by row; robots. A bad rating goes before the last one is chosen: it must not replace a
    good one. Times are put right before they are compared.

    Args:
        frame: One row a rating; it is not changed.
        user: Column of user ids.
        item: Column of item ids.
        rating: Column of ratings, in stars.
        timestamp: Column of times since 1970, in s or ms, or None: rows are in the order of time.
        lowest: Lowest rating of the scale, in stars.
        highest: Highest rating of the scale, in stars.
        known_items: Ids of the catalogue; None knows all.
        robot_moments: See `suspected_robots`.
        drop_robots: Remove suspected robots too, instead of reporting them only.

    Returns:
        The rows that are left, in their order and with their index, times in whole seconds; and the
        report.

    Raises:
        ValueError: If a column is missing or not of numbers, or no item at all is known.

    Source: the order of the steps is this course's own.

    >>> frame = pd.DataFrame({"user": ["ann", "ann", "bo", "bo"], "item": [1, 1, 1, 2],
    ...                       "rating": [3.0, 4.0, 9.0, None], "timestamp": [10, 20, 30, 40]})
    >>> cleaned, report = clean(frame)
    >>> cleaned["rating"].tolist(), report.earlier_ratings, report.outside_scale, report.missing
    ([4.0], 1, 1, 1)
    """
    columns = [name for name in (user, item, rating, timestamp) if name is not None]
    gone: dict[str, pd.Index[Any]] = {}
    left = _typed(frame, columns, rating, timestamp)
    left, gone["missing"] = _without(left, left[columns].isna().any(axis=1))
    left = left.assign(**{name: _plain_ids(left[name]) for name in (user, item)})
    left, gone["outside_scale"] = _without(left, ~left[rating].between(lowest, highest))
    left, gone["unknown_ids"] = _without(left, _unknown(left[item], known_items))
    milliseconds = 0
    if timestamp is not None:
        milliseconds = int((left[timestamp].abs() >= MILLISECONDS_FROM).sum())
        left = left.assign(**{timestamp: to_seconds(left[timestamp])})
    left, gone["exact_duplicates"] = _without(left, left.duplicated(columns))
    left, gone["earlier_ratings"] = _without(left, _superseded(left, [user, item], timestamp))
    robots = (
        () if timestamp is None else suspected_robots(left, user, item, timestamp, robot_moments)
    )
    left, gone["robot_rows"] = _without(left, left[user].isin(robots if drop_robots else ()))
    counts = {step: len(rows) for step, rows in gone.items()}
    return left, CleaningReport(
        rows_in=len(frame), rows_out=len(left), milliseconds=milliseconds,
        suspected_robots=robots, removed_rows=gone, **counts,
    )  # fmt: skip


def to_seconds(times: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Times in whole seconds, each of which may be given in seconds or in milliseconds.

    t / 1000 where |t| ≥ 10¹¹, as seconds the year 5138, and t elsewhere; both rounded down. Times
    in ms before March 1973 cannot be told from seconds.

    Args:
        times: Times since 1970, in s or ms, shape (n,).

    Returns:
        Times since 1970, in s, shape (n,).

    Raises:
        ValueError: If a time is not finite, or too large for ms; the message names the row.

    >>> to_seconds([1_500_000_000, 1_500_000_000_250]).tolist()
    [1500000000, 1500000000]
    """
    column = pd.Series(times)
    size = column.abs().to_numpy()
    bad = np.flatnonzero(~(size < _MILLISECONDS_TO))
    if len(bad):
        raise ValueError(
            f"row {column.index[bad[0]]}: time {column.iloc[bad[0]]} is neither in s nor in ms "
            "since 1970; mend it (times in µs or ns: divide them first)"
        )
    values = column.to_numpy()
    return np.floor(np.where(size >= MILLISECONDS_FROM, values / 1000, values)).astype(np.int64)


def suspected_robots(
    frame: pd.DataFrame,
    user: str = "user",
    item: str = "item",
    timestamp: str = "timestamp",
    at_least: int = 20,
) -> tuple[Hashable, ...]:
    """Users who went through the catalogue in the order of its ids.

    Every item of a user has a greater id than all the items of earlier moments, for at least so
    many moments. Items of one moment prove nothing: exported tables are often sorted by id. By
    chance, 20 moments stand in this order once in 20! = 2.4 · 10¹⁸ times.

    Args:
        frame: One row a rating, no value missing.
        user: Column of user ids.
        item: Column of item ids; ids that have no order make nobody suspected.
        timestamp: Column of times.
        at_least: Moments that a user must have.

    Returns:
        The ids of these users.

    >>> frame = pd.DataFrame({"user": ["ann", "bo", "ann", "bo"], "item": [7, 3, 8, 2],
    ...                       "timestamp": [10, 10, 20, 20]})
    >>> suspected_robots(frame, at_least=2)
    ('ann',)
    """
    users, names = pd.factorize(frame[user])
    try:
        rank = {known: n for n, known in enumerate(sorted(set(frame[item])))}
    except TypeError:
        return ()
    items = frame[item].map(rank).to_numpy()
    times = frame[timestamp].to_numpy()
    order = np.lexsort((items, times, users))
    users, items, times = users[order], items[order], times[order]
    same = users[1:] == users[:-1]
    back = users[1:][same & (items[1:] <= items[:-1])]
    moments = np.bincount(users[1:][same & (times[1:] > times[:-1])], minlength=len(names)) + 1
    in_order = (moments >= at_least) & (np.bincount(back, minlength=len(names)) == 0)
    return tuple(names[in_order].tolist())


def k_core(
    interactions: Interactions, min_user_ratings: int, min_item_ratings: int
) -> Interactions:
    """The largest part in which every user and every item has enough ratings.

    Users with too few ratings go, which may leave items with too few, and so on until nobody goes.
    One pass is not enough, and the order of removals changes nothing.

    Args:
        interactions: The table.
        min_user_ratings: Ratings each user must have, at least 1.
        min_item_ratings: Ratings each item must have, at least 1.

    Returns:
        The rows that are left, in their order; the vocabularies hold only who and what is left,
        with ids and labels, so indices change.

    Raises:
        ValueError: If a number is no whole one of at least 1, or no row is left.
        TypeError: If the table is no Interactions.

    Source: Seidman (1983), for graphs with one kind of node.

    >>> table = Interactions([0, 0, 1, 1, 2], [0, 1, 0, 1, 1], [5, 4, 3, 2, 1], None,
    ...                      Vocabulary(["ann", "bo", "cy"]), Vocabulary(["alien", "brazil"]))
    >>> k_core(table, 2, 2)
    Interactions(4 ratings, 2 users, 2 items, density 100.00 %)
    """
    check_interactions(interactions, "k_core")
    min_user_ratings = whole_number("min_user_ratings", min_user_ratings)
    min_item_ratings = whole_number("min_item_ratings", min_item_ratings)
    users, items = interactions.users, interactions.items
    left = np.arange(len(interactions))
    n_before = -1
    while len(left) != n_before:
        n_before = len(left)
        of_user = np.bincount(users[left], minlength=interactions.n_users)
        of_item = np.bincount(items[left], minlength=interactions.n_items)
        enough = (of_user >= min_user_ratings)[users] & (of_item >= min_item_ratings)[items]
        left = left[enough[left]]
    if not len(left):
        raise ValueError(
            f"no rating is left with {min_user_ratings} ratings a user and {min_item_ratings} an "
            "item; ask for fewer"
        )
    kept_users, user_numbers = np.unique(users[left], return_inverse=True)
    kept_items, item_numbers = np.unique(items[left], return_inverse=True)
    return Interactions(
        user_numbers.astype(np.int32),
        item_numbers.astype(np.int32),
        interactions.ratings[left],
        None if interactions.timestamps is None else interactions.timestamps[left],
        _part(interactions.user_vocabulary, kept_users),
        _part(interactions.item_vocabulary, kept_items),
    )


def to_frame(interactions: Interactions) -> pd.DataFrame:
    """Interactions as a raw table, the other way round than `Interactions.from_frame`.

    Args:
        interactions: The table.

    Returns:
        Columns user and item (ids), rating and, where there are times, timestamp; one row a rating.

    Raises:
        TypeError: If the table is no Interactions.
    """
    check_interactions(interactions, "to_frame")
    columns: dict[str, Any] = {
        "user": [interactions.user_vocabulary.ids[n] for n in interactions.users.tolist()],
        "item": [interactions.item_vocabulary.ids[n] for n in interactions.items.tolist()],
        "rating": interactions.ratings.astype(np.float64),
    }
    if interactions.timestamps is not None:
        columns["timestamp"] = interactions.timestamps
    return pd.DataFrame(columns)


def _typed(
    frame: pd.DataFrame, columns: list[str], rating: str, timestamp: str | None
) -> pd.DataFrame:
    """A copy with numbers as floats, and nan for everything that says "nothing"."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise ValueError(
            f"there is no column {absent[0]!r}; the columns are {', '.join(map(str, frame))} "
            "(a table without times: timestamp=None)"
        )
    typed = frame.copy()
    for name in columns:
        column = frame[name]
        if column.dtype.kind not in "iufb":
            column = column.mask(column.map(lambda value: str(value).strip() == ""))
        if name in (rating, timestamp):
            column = _numbers(column)
        typed[name] = column
    if timestamp is not None:
        typed[timestamp] = typed[timestamp].where(np.isfinite(typed[timestamp]))
    return typed


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    if column.dtype.kind in "mM":
        raise ValueError(
            f"column {column.name!r} holds dates; turn them into seconds since 1970: "
            "(dates - pd.Timestamp(0)) // pd.Timedelta('1s')"
        )
    numbers = pd.to_numeric(column, errors="coerce")
    bad = np.flatnonzero(numbers.isna() & column.notna())
    if len(bad):
        raise ValueError(
            f"row {column.index[bad[0]]}: {column.name} is {column.iloc[bad[0]]!r}, no number; "
            "mend or drop the row"
        )
    return numbers.astype(np.float64)


def _plain_ids(ids: pd.Series[Any]) -> pd.Series[Any]:
    """Ids without a missing one, which had made them objects, or floats such as 1.0."""
    plain = ids.infer_objects()
    whole = plain.dtype.kind == "f" and (plain % 1 == 0).all()
    return plain.astype(np.int64) if whole else plain


def _without(
    frame: pd.DataFrame, wrong: pd.Series[bool] | Mask
) -> tuple[pd.DataFrame, pd.Index[Any]]:
    """The rows that are not wrong, and the labels of those that are."""
    mask = np.asarray(wrong, dtype=bool)
    return frame[~mask], frame.index[mask]


def _unknown(items: pd.Series[Any], known_items: Iterable[Hashable] | None) -> Mask:
    if known_items is None:
        return np.zeros(len(items), dtype=bool)
    catalogue = list(known_items)
    unknown = ~items.isin(catalogue).to_numpy(dtype=bool)
    if len(items) and unknown.all():
        raise ValueError(
            f"no item is known: {items.iloc[0]!r} is not among {catalogue[:3]} …; give known_items "
            "the ids of the table's kind (numbers, or text)"
        )
    return unknown


def _superseded(frame: pd.DataFrame, pair: list[str], timestamp: str | None) -> Mask:
    """Rows whose pair is rated again: later, or at one time further down."""
    times = np.zeros(len(frame)) if timestamp is None else frame[timestamp].to_numpy()
    order = np.argsort(times, kind="stable")
    superseded = np.empty(len(frame), dtype=bool)
    superseded[order] = frame[pair].iloc[order].duplicated(keep="last").to_numpy()
    return superseded


def _part(vocabulary: Vocabulary, kept: npt.NDArray[np.integer]) -> Vocabulary:
    labels = vocabulary.labels
    return Vocabulary(
        [vocabulary.ids[n] for n in kept], None if labels is None else [labels[n] for n in kept]
    )

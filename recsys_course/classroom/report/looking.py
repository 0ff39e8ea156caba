"""From the text of a file to ratings, with an account of every row that did not become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys_course.classroom.report.findings import Sample, first_of, sample
from recsys_course.classroom.report.scale import Scale, guess_scale
from recsys_course.data.cleaning import CleaningReport, clean
from recsys_course.data.interactions import Interactions
from recsys_course.data.raw import RawTable
from recsys_course.data.spelling import (
    TOO_LARGE,
    parse_date,
    parse_numbers,
    parse_packed_dates,
    time_units,
)

Mask = npt.NDArray[np.bool_]

__all__ = ["Look", "look", "matches"]

NOTHING = ("", "na", "n/a", "nan", "null", "none", "nil", "-", "?", "\\n")
_MOST_UNREADABLE = {"rating": 0.5, "timestamp": 0.05}  # above it the column is left aside


@dataclass(frozen=True, eq=False)
class Look:
    """What became of the rows of a file.

    Args:
        raw: The file.
        now: The moment of looking, in s since 1970.
        rows: One row a row of the file, by line: user and item as text without spaces around it,
            rating and timestamp as numbers (nan where there is none), title.
        absent: Which rows hold nothing, by role.
        unreadable: Which rows hold something that is no number and no time, by role.
        units: How many of its unit make a second, for each row's time; 0 without one.
        dated: Which times are dates.
        ignored: The roles whose columns are of no use.
        scale: What the ratings are on.
        kept: The rows that are left after cleaning, with times in s.
        cleaning: How many rows each step of the cleaning removed, without the unreadable ones,
            which went before.
        ratings: What is left, ready for models; None if nothing is.
    """

    raw: RawTable
    now: float
    rows: pd.DataFrame
    absent: Mapping[str, Mask]
    unreadable: Mapping[str, Mask]
    units: npt.NDArray[np.int64]
    dated: Mask
    ignored: tuple[str, ...]
    scale: Scale
    kept: pd.DataFrame
    cleaning: CleaningReport
    ratings: Interactions | None

    @property
    def n_lines(self) -> int:
        """Lines that hold something: rows, and lines that are none."""
        return len(self.rows) + len(self.raw.broken)

    @property
    def n_unreadable(self) -> int:
        """Rows that went because a number or a time in them could not be read."""
        return len(self.rows) - self.cleaning.rows_in

    def text(self, lines: Any) -> pd.DataFrame:
        """What stands in some rows of the file.

        Args:
            lines: The rows, by line.

        Returns:
            The columns that play a role, named as in the file.
        """
        columns = [name for name in self.raw.names.values() if name is not None]
        return self.raw.frame.loc[lines, columns]

    def examples(self, lines: Any, what: str = "row") -> Sample:
        """The first of some rows of the file, to be shown with a finding.

        Args:
            lines: The rows, by line; all that the finding is about.
            what: What each of them is, in the singular.
        """
        return sample(self.text(lines), first_of(len(lines), what))


def look(
    raw: RawTable,
    now: float,
    lowest: float | None = None,
    highest: float | None = None,
    drop_robots: bool = False,
) -> Look:
    """Turn text into ratings.

    Args:
        raw: The file.
        now: The moment of looking, in s since 1970; later times are odd.
        lowest: The worst rating of the scale; None guesses it.
        highest: The best rating of the scale; None guesses it.
        drop_robots: Leave out users that look like robots.

    Returns:
        What became of every row.
    """
    text = {role: raw.frame[name].str.strip() for role, name in raw.names.items() if name}
    absent = {role: _is_nothing(column, role in ("user", "item")) for role, column in text.items()}
    numbers: dict[str, npt.NDArray[np.float64]] = {}
    unreadable: dict[str, Mask] = {}
    units = np.zeros(len(raw.frame), dtype=np.int64)
    dated = np.zeros(len(raw.frame), dtype=bool)
    if "rating" in text:
        numbers["rating"], unreadable["rating"] = _ratings(text["rating"], absent["rating"])
    if "timestamp" in text:
        numbers["timestamp"], units, dated = _times(text["timestamp"])
        unreadable["timestamp"] = np.isnan(numbers["timestamp"]) & ~absent["timestamp"]
    ignored = tuple(role for role in unreadable if _is_useless(role, absent, unreadable))
    rows = _typed(text, numbers, ignored)
    scale = guess_scale(rows["rating"].to_numpy(), lowest, highest)
    bad = np.zeros(len(rows), dtype=bool)
    for role, mask in unreadable.items():
        bad |= mask & (role not in ignored)
    kept, cleaning = clean(
        rows[~bad].assign(user=_in_order(rows["user"]), item=_in_order(rows["item"])),
        timestamp="timestamp" if "timestamp" in rows else None,
        lowest=scale.lowest,
        highest=scale.highest,
        drop_robots=drop_robots,
    )
    kept = kept.assign(user=kept["user"].astype(str), item=kept["item"].astype(str))
    return Look(
        raw, now, rows, absent, unreadable, units, dated, ignored, scale, kept, cleaning,
        _interactions(kept, scale),
    )  # fmt: skip


def matches(texts: pd.Series[Any], pattern: str) -> Mask:
    """Which texts a pattern matches from end to end; a text that stands often is tried once.

    Args:
        texts: The texts; a missing one matches nothing.
        pattern: A regular expression.

    Returns:
        A mark for each of them.

    >>> matches(pd.Series(["07", "7", "07", None]), "0[0-9]+").tolist()
    [True, False, True, False]
    """
    codes, distinct = pd.factorize(texts)
    hits = pd.Series(distinct, dtype=object).str.fullmatch(pattern)
    return np.append(hits.to_numpy(dtype=bool), False)[codes]  # code −1 is a missing text


def _is_nothing(text: pd.Series[Any], is_id: bool) -> Mask:
    """Which texts say that there is nothing; of an id only the empty one does for sure."""
    nothing: Mask = text.eq("").to_numpy() if is_id else text.str.lower().isin(NOTHING).to_numpy()
    return nothing


def _ratings(text: pd.Series[Any], absent: Mask) -> tuple[npt.NDArray[np.float64], Mask]:
    parsed, unclear = parse_numbers(text)
    numbers = parsed.to_numpy(dtype=np.float64, copy=True)
    numbers[unclear | ~(np.abs(numbers) < TOO_LARGE)] = np.nan
    return numbers, np.isnan(numbers) & ~absent


def _times(
    text: pd.Series[Any],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], Mask]:
    """Times in s or ms, how many of their unit make a second, and which of them are dates."""
    dates = [parse_date(one) for one in text]
    dated = np.array([one is not None for one in dates])
    parsed, unclear = parse_numbers(text)
    numbers = parsed.to_numpy(dtype=np.float64, copy=True)
    packed = parse_packed_dates(text)
    numbers[unclear | (packed & packed.all())] = np.nan
    units = time_units(numbers)
    numbers[units == 0] = np.nan
    fine = units > 1000  # µs and ns, which cleaning does not know
    numbers[fine] = numbers[fine] / units[fine]
    numbers[dated] = [one.timestamp() for one in dates if one is not None]
    units[dated] = 1
    return numbers, units, dated


def _is_useless(role: str, absent: Mapping[str, Mask], unreadable: Mapping[str, Mask]) -> bool:
    missed = unreadable[role] | (absent[role] if role == "timestamp" else False)
    return bool(missed.mean() > _MOST_UNREADABLE[role])


def _typed(
    text: Mapping[str, pd.Series[Any]],
    numbers: Mapping[str, npt.NDArray[np.float64]],
    ignored: tuple[str, ...],
) -> pd.DataFrame:
    """The columns by role; where there are no ratings, every row counts as 1."""
    rows = pd.DataFrame({"user": text["user"], "item": text["item"], "rating": 1.0})
    for role, column in numbers.items():
        if role not in ignored:
            rows[role] = column
    if "title" in text:
        rows["title"] = text["title"].where(text["title"] != "")
    return rows


def _in_order(ids: pd.Series[Any]) -> pd.Series[Any]:
    """Ids as whole numbers where all of them are: as text, 10 would come before 9."""
    filled = ids != ""
    if not matches(ids[filled], r"0|-?[1-9]\d{0,17}").all():
        return ids
    return ids.where(~filled, ids[filled].map(int))


def _interactions(kept: pd.DataFrame, scale: Scale) -> Interactions | None:
    if not len(kept):
        return None
    return Interactions.from_frame(
        kept.assign(rating=1.0) if scale.kind == "counts" else kept,
        timestamp="timestamp" if "timestamp" in kept else None,
        label="title" if "title" in kept else None,
    )

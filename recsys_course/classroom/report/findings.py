"""What can be said about one oddity of a file, and which oddity comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["HARMS", "Finding", "Sample", "by_harm", "counted", "first_of", "percent", "sample"]

HARMS = {3: "can change every result", 2: "can mislead", 1: "good to know"}
_SHOWN = 5  # rows of an example table


@dataclass(frozen=True)
class Sample:
    """A few rows that show an oddity.

    Args:
        caption: What they are.
        columns: Their columns; the first one names the row.
        rows: Their values, as they stand in the file.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Finding:
    """One oddity.

    Args:
        key: Its anchor on the page.
        title: What was found, with its number.
        harm: How much it can do, a key of ``HARMS``.
        share: Of all rows, users or items, how many are concerned, from 0 to 1.
        what: What it is, and why it matters.
        done: What the report did about it.
        advice: What the owner of the file can do.
        samples: Rows that show it.
        lesson: The slug of the lesson that explains it; empty without one.
    """

    key: str
    title: str
    harm: int
    share: float
    what: str
    done: str
    advice: str
    samples: tuple[Sample, ...] = ()
    lesson: str = ""


def by_harm(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, those that do most harm first.

    Args:
        findings: Some findings.

    Returns:
        The same by harm, then by the share that is concerned.
    """
    return sorted(findings, key=lambda one: (-one.harm, -one.share))


def counted(n: int, what: str) -> str:
    """A number with its noun.

    Args:
        n: The number.
        what: The noun in the singular, with a regular plural.

    Returns:
        Both in words.

    >>> counted(1, "row"), counted(1200, "row"), counted(2, "copy")
    ('1 row', '1,200 rows', '2 copies')
    """
    if n == 1:
        return f"1 {what}"
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{n:,} {plural}"


def percent(share: float) -> str:
    r"""A share that reads 0 % or 100 % only where it is.

    Args:
        share: From 0 to 1.

    Returns:
        It in per cent; the space before the sign does not break.

    >>> [percent(share).replace("\u00a0", " ") for share in (0.0004, 0.123, 0.9999)]
    ['under 0.1 %', '12 %', 'over 99.9 %']
    """
    if 0 < share < 0.001:
        return "under 0.1\u00a0%"
    if 0.999 < share < 1:
        return "over 99.9\u00a0%"
    exact = 0 < share < 0.0995 or 0.99 < share < 1
    return f"{100 * share:.{int(exact)}f}\u00a0%"


def first_of(n: int, what: str) -> str:
    """The caption of an example table.

    Args:
        n: How many there are in the file.
        what: What they are, in the singular.

    Returns:
        How many of them are shown.

    >>> first_of(3, "row"), first_of(30, "row")
    ('All 3 rows', 'The first 5 of 30 rows')
    """
    if n <= _SHOWN:
        return f"All {counted(n, what)}" if n > 1 else f"The {what}"
    return f"The first {_SHOWN} of {counted(n, what)}"


def sample(frame: pd.DataFrame, caption: str, first: str = "line") -> Sample:
    """The first rows of a table, as they stand in the file.

    Args:
        frame: The rows; the index names them.
        caption: What they are.
        first: What the index is.

    Returns:
        At most five rows as text.
    """
    shown = frame.iloc[:_SHOWN]
    texts: Sequence[tuple[str, ...]] = [
        (str(label), *map(str, row))
        for label, row in zip(shown.index, shown.itertuples(index=False, name=None), strict=True)
    ]
    return Sample(caption, (first, *map(str, frame.columns)), tuple(texts))

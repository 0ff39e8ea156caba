"""What is special about a file, was understood, and needs nothing."""

from __future__ import annotations

import numpy as np

from recsys_course.classroom.report.findings import counted
from recsys_course.classroom.report.looking import Look, matches

__all__ = ["notices"]

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_UNITS = {10**3: "milliseconds", 10**6: "microseconds", 10**9: "nanoseconds"}


def notices(look: Look) -> list[str]:
    """What was noticed and understood.

    Args:
        look: What became of the rows.

    Returns:
        A sentence for each.
    """
    return [*_of_form(look), *_of_ids(look), *_of_times(look)]


def _of_form(look: Look) -> list[str]:
    form, said = look.raw.form, []
    if form.has_mark and form.encoding == "UTF-8":
        said.append("The file begins with a byte-order mark, which is no part of the first name.")
    if len(form.line_ends) > 1:
        ends = ", ".join(f"{n:,} {kind}" for kind, n in form.line_ends.items())
        said.append(f"Its lines end in different ways ({ends}).")
    elif form.line_ends and "LF" not in form.line_ends:
        said.append(f"Its lines end in {next(iter(form.line_ends))}, as some systems write them.")
    if form.separator in _SEPARATORS:
        said.append(f"Its values are separated by {_SEPARATORS[form.separator]}.")
    ratings = look.raw.names["rating"]
    if ratings is not None and look.raw.frame[ratings].str.contains(",", regex=False).any():
        said.append("Its ratings have decimal commas.")
    return said


def _of_ids(look: Look) -> list[str]:
    said = []
    for role in ("user", "item"):
        ids = look.rows[role]
        zeros = ids[matches(ids, r"0\d+")].nunique()
        if zeros:
            said.append(
                f"{counted(zeros, f'{role} id')} with a zero in front. Ids are text here, so the "
                "zeros are kept; a spreadsheet would drop them."
            )
        if matches(ids, r"\d+\.0").mean() > 0.5:
            said.append(f"Its {role} ids end in .0, as pandas writes whole numbers beside gaps.")
    return said


def _of_times(look: Look) -> list[str]:
    said = []
    units = np.unique(look.units[(look.units > 0) & ~look.dated])
    if len(units) == 1 and int(units[0]) in _UNITS:
        name = _UNITS[int(units[0])]
        said.append(f"Its times are in {name} since 1970; they were turned into seconds.")
    if look.dated.any() and look.dated.sum() == (look.units > 0).sum():
        said.append("Its times are dates; those without a zone were taken as UTC.")
    return said

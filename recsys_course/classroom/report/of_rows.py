"""What is odd about single rows: values that are missing or impossible, repeats, wrong times.

Longer than 250 lines: each oddity is one function with the sentences that explain it.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from recsys_course.classroom.report.findings import (
    Finding,
    Sample,
    counted,
    first_of,
    percent,
    sample,
)
from recsys_course.classroom.report.looking import NOTHING, Look, Mask, matches

__all__ = ["CHECKS"]

_DAY = 86_400
_WEB = 788_918_400  # 1995-01-01: hardly anybody rated anything on a computer before
_WORDS = {"user": "a user id", "item": "an item id", "rating": "a rating", "timestamp": "a time"}


def missing_values(look: Look) -> Finding | None:
    """Rows without a user, an item, a rating or a time."""
    lines = look.cleaning.removed_rows["missing"]
    if not len(lines):
        return None
    share = len(lines) / look.n_lines
    gone = look.rows.index.isin(lines)
    counts = {
        role: int((mask & gone).sum())
        for role, mask in look.absent.items()
        if role in _WORDS and role not in look.ignored
    }
    where = ", ".join(f"{n:,} without {_WORDS[role]}" for role, n in counts.items() if n)
    return Finding(
        "missing",
        f"{counted(len(lines), 'row')} with a value missing",
        3 if share > 0.05 else 2,
        share,
        f"{where[:1].upper()}{where[1:]}. A rating without somebody who gave it, or without "
        "something that got it, teaches a model nothing.",
        "Left out.",
        "Ask where they come from: values that go missing for a reason bend what is left.",
        (look.examples(lines),),
        "interactions",
    )


def unreadable_values(look: Look) -> Finding | None:
    """Rows whose rating or time is a word."""
    bad = np.zeros(len(look.rows), dtype=bool)
    for role, mask in look.unreadable.items():
        if role not in look.ignored:
            bad |= mask
    if not bad.any():
        return None
    n = int(bad.sum())
    return Finding(
        "unreadable",
        f"{counted(n, 'row')} with a rating or time that cannot be read",
        3 if n > 0.01 * look.n_lines else 2,
        n / look.n_lines,
        "Words instead of numbers, numbers whose comma may mark decimals or thousands, dates that "
        "are not written as 2009-12-14.",
        "Left out.",
        "Mend them in the file, or delete the rows.",
        (look.examples(look.rows.index[bad]),),
        "interactions",
    )


def off_the_scale(look: Look) -> Finding | None:
    """Ratings that cannot be given."""
    lines = look.cleaning.removed_rows["outside_scale"]
    if not len(lines):
        return None
    values, counts = np.unique(look.rows.loc[lines, "rating"], return_counts=True)
    usual = ", ".join(
        f"{values[n]:g}".replace("-", "−") for n in np.argsort(-counts, kind="stable")[:5]
    )
    zeros = int(counts[values == 0].sum())
    verb = "is" if zeros == 1 else "are"
    zero = f" {zeros:,} of them {verb} 0, which often stands for “not rated”." if zeros else ""
    how = "as you said" if look.scale.given else "guessed from the other ratings"
    return Finding(
        "off-the-scale",
        f"{counted(len(lines), 'rating')} off the scale of {look.scale.lowest:g} to "
        f"{look.scale.highest:g}",
        3,
        len(lines) / look.n_lines,
        f"The scale is {how}. Among them: {usual}.{zero} A single 50 on a scale of 5 pulls a mean "
        "further than ten honest ratings.",
        "Left out.",
        "Is the scale right? If not, run this again with `--lowest` and `--highest`.",
        (look.examples(lines),),
        "interactions",
    )


def between_the_steps(look: Look) -> Finding | None:
    """Ratings such as 3.7 among whole stars."""
    step = look.scale.step
    if step is None or look.scale.kind != "stars":
        return None
    ratings = look.kept["rating"].to_numpy()
    odd = ratings % step != 0
    if not odd.any():
        return None
    n = int(odd.sum())
    return Finding(
        "between-steps",
        f"{counted(n, 'rating')} between the steps of the scale",
        1,
        n / look.n_lines,
        f"Nearly all ratings are multiples of {step:g}; these are not. They may be means, or from "
        "another source.",
        "Kept.",
        "Find out who wrote them.",
        (look.examples(look.kept.index[odd]),),
    )


def exact_copies(look: Look) -> Finding | None:
    """Rows that say what a row above them says."""
    lines = look.cleaning.removed_rows["exact_duplicates"]
    if not len(lines):
        return None
    share = len(lines) / look.n_lines
    return Finding(
        "copies",
        f"{counted(len(lines), 'row')} repeated word for word",
        3 if share > 0.01 else 2,
        share,
        "User, item, rating and time are those of a row above. A copy that falls into the test "
        "part has its answer in the training part.",
        "The first one was kept, the copies left out.",
        "Was the file put together from parts that overlap?",
        (look.examples(lines),),
        "interactions",
    )


def rated_again(look: Look) -> Finding | None:
    """Pairs of user and item that stand in the file more than once."""
    lines = look.cleaning.removed_rows["earlier_ratings"]
    if not len(lines):
        return None
    share = len(lines) / look.n_lines
    timed = "timestamp" in look.rows
    opinions = look.scale.opinions
    what = (
        "People change their minds. Which opinion counts is a decision, and two answers to one "
        "question confuse every model."
        if opinions
        else "Somebody chose the same thing several times. For the models of the course a pair "
        "counts once, however often it stands there."
    )
    return Finding(
        "rated-again",
        f"{counted(len(lines), 'row')} of a pair that is rated again later"
        if opinions
        else f"{counted(len(lines), 'row')} of a pair that comes again later",
        2,
        share,
        what,
        "The newest was kept." if timed else "Without times, the lowest line counts as the newest.",
        "Keep the newest, as here, unless you know better.",
        (_pairs(look, lines),),
        "interactions",
    )


def _pairs(look: Look, lines: pd.Index) -> Sample:
    """Earlier rows, each beside the line that was kept instead."""
    shown = look.text(lines[:5])
    kept = look.kept.reset_index(names="line").set_index(["user", "item"])["line"]
    rows = look.rows.loc[lines[:5], ["user", "item"]].itertuples(index=False, name=None)
    newest = [kept.get(pair) for pair in rows]
    ratings = look.raw.names["rating"]
    if ratings is not None:
        shown = shown.assign(**{"rating kept": [_text(look, line, ratings) for line in newest]})
    shown = shown.assign(**{"line kept": ["–" if line is None else line for line in newest]})
    return sample(shown, first_of(len(lines), "row"))


def _text(look: Look, line: int | None, column: str) -> str:
    return "–" if line is None else str(look.raw.frame.loc[line, column])


def mixed_units(look: Look) -> Finding | None:
    """Times in milliseconds among times in seconds."""
    told = look.units[(look.units > 0) & ~look.dated]
    units, counts = np.unique(told, return_counts=True)
    mixed = len(units) > 1
    among_dates = bool(look.dated.any() and len(told))
    if not (mixed or among_dates) or "timestamp" in look.ignored:
        return None
    names = {1: "seconds", 10**3: "milliseconds", 10**6: "microseconds", 10**9: "nanoseconds"}
    said = [f"{n:,} in {names[int(unit)]}" for unit, n in zip(units, counts, strict=True)]
    if among_dates:
        said.append(f"{int(look.dated.sum()):,} as dates")
    fewer = (look.units > 0) & ~look.dated & (look.units != units[counts.argmax()])
    odd = look.dated if among_dates and not fewer.any() else fewer
    return Finding(
        "mixed-units",
        f"Times are written in different units: {', '.join(said)}",
        3,
        float(odd.mean()),
        "Read as they stand, a row in milliseconds lies thousands of years after all others: it is "
        "always the newest, and always in the test part of a split by time.",
        "All were turned into seconds, told apart by their size.",
        "Write all of them in one unit.",
        (look.examples(look.rows.index[odd]),),
        "interactions",
    )


def future_times(look: Look) -> Finding | None:
    """Times that have not come yet."""
    return _times(
        look,
        _kept_times(look) > look.now + _DAY,
        "future",
        "in the future",
        "A clock was wrong, or the number is no time since 1970. Such rows are the newest of "
        "everything, and a split by time tests on them.",
    )


def early_times(look: Look) -> Finding | None:
    """Times from before there was anything to rate with."""
    return _times(
        look,
        _kept_times(look) < _WEB,
        "early",
        "before 1995",
        "0 and other small numbers stand for “unknown” in many exports. Such rows are the oldest "
        "of everything.",
    )


def _kept_times(look: Look) -> np.ndarray:
    return look.kept["timestamp"].to_numpy() if "timestamp" in look.kept else np.empty(0)


def _times(look: Look, odd: Mask, key: str, when: str, what: str) -> Finding | None:
    if not odd.any():
        return None
    n = int(odd.sum())
    times = look.kept["timestamp"].to_numpy()[odd]
    days = f"from {np.datetime64(int(times.min()), 'D')} to {np.datetime64(int(times.max()), 'D')}"
    return Finding(
        f"{key}-times",
        f"{counted(n, 'time')} {when}",
        2,
        n / look.n_lines,
        f"Understood as {days}. {what}",
        "Kept.",
        "Mend them before you split by time.",
        (look.examples(look.kept.index[odd]),),
        "interactions",
    )


def one_moment(look: Look) -> Finding | None:
    """Times that are all of one day."""
    times = _kept_times(look)
    if len(times) < 100 or np.ptp(times) >= _DAY:
        return None
    return Finding(
        "one-moment",
        "All times lie within one day",
        2,
        1.0,
        "They say when the file was written, rather than when somebody rated something.",
        "Kept; the figure over time says nothing.",
        "Do not split by time.",
    )


def ids_of_nothing(look: Look) -> Finding | None:
    """Ids such as “null” or “nan”."""
    nothing = f"(?i:{'|'.join(map(re.escape, NOTHING[1:]))})"
    hit = matches(look.rows["user"], nothing) | matches(look.rows["item"], nothing)
    if not hit.any():
        return None
    return Finding(
        "ids-of-nothing",
        f"{counted(int(hit.sum()), 'row')} with an id that says “nothing”, such as “null”",
        2,
        float(hit.mean()),
        "A program wrote its word for “no value”. All its rows then look like one very busy user, "
        "or one very popular item.",
        "Kept, since somebody may be called so.",
        "If they mean that nothing is known, delete these rows.",
        (look.examples(look.rows.index[hit]),),
    )


def counts_not_stars(look: Look) -> Finding | None:
    """Numbers that say how often, not how good."""
    if look.scale.kind != "counts":
        return None
    ratings = look.kept["rating"]
    return Finding(
        "counts",
        f"The ratings look like counts: the middle one is {ratings.median():g}, the highest "
        f"{ratings.max():g}",
        3,
        1.0,
        "Most are small, a few are large, and none is below 0. How often somebody did something is "
        "no opinion: 100 plays are not 20 times as good as 5.",
        "The models take each row as a choice and leave the numbers alone.",
        "If they are opinions all the same, say so with `--lowest` and `--highest`.",
        (),
        "interactions",
    )


def only_choices(look: Look) -> Finding | None:
    """A file in which every row says the same."""
    if look.scale.kind != "choices" or "rating" in look.ignored:
        return None
    name = look.raw.names["rating"]
    why = (
        "There is no column of ratings."
        if name is None
        else f"All ratings are {look.scale.lowest:g}."
    )
    return Finding(
        "only-choices",
        "The file holds choices, no opinions",
        1,
        1.0,
        f"{why} What somebody did not choose may be disliked, or unknown.",
        "Only models of choices are compared, by their lists; there is no RMSE.",
        "Nothing: most files in the world are like this one.",
        (),
        "interactions",
    )


def nearly_all_the_same(look: Look) -> Finding | None:
    """One rating that nearly everybody gives."""
    if not look.scale.opinions or not len(look.kept):
        return None
    values, counts = np.unique(look.kept["rating"], return_counts=True)
    share = counts.max() / counts.sum()
    if share < 0.7 or len(values) < 2:
        return None
    return Finding(
        "same-ratings",
        f"{percent(share)} of the ratings are {values[counts.argmax()]:g}",
        2,
        float(share),
        "There is little to predict: whoever always says that number is nearly right, so errors "
        "are small and say little.",
        "Kept.",
        "Judge models by their lists, not by RMSE.",
        (),
        "evaluation",
    )


CHECKS = {
    "values that are missing": missing_values,
    "values that cannot be read": unreadable_values,
    "ratings off the scale": off_the_scale,
    "ratings between the steps of the scale": between_the_steps,
    "counts instead of stars": counts_not_stars,
    "rows that all say the same": only_choices,
    "one rating that nearly everybody gives": nearly_all_the_same,
    "rows repeated word for word": exact_copies,
    "pairs that are rated again": rated_again,
    "times in different units": mixed_units,
    "times in the future": future_times,
    "times before 1995": early_times,
    "times of one day only": one_moment,
    "ids that say “nothing”": ids_of_nothing,
}

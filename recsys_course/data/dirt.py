"""Dirt for a clean table, of known kinds and in known numbers, so that cleaning can be checked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
import numpy.typing as npt
import pandas as pd

from recsys_course.data.arguments import check_generator
from recsys_course.data.cleaning import to_frame
from recsys_course.data.interactions import Interactions, check_interactions

__all__ = ["Dirt", "add_dirt"]

_DAY = 86_400
_FIRST_DAY, _N_DAYS = 16_436, 365  # the days of 2015, counted from 1970
_TELLABLE_FROM = 10**8  # seconds; earlier ones, in ms, look like seconds


@dataclass(frozen=True, eq=False)
class Dirt:
    """A raw table, and how much of each kind of dirt is in it.

    Args:
        frame: Columns user, item, rating and timestamp, one row an event; the good rows stand in
            their order, the bad ones anywhere between them.
        exact_duplicates: Rows that repeat a good row.
        earlier_ratings: Good rows that are followed, later, by another rating of their pair.
        outside_scale: Rows with a rating outside the scale.
        missing: Rows without user, item or rating.
        unknown_ids: Rows with an item that the catalogue does not have.
        robot_rows: Rows of robots.
        robots: Ids of the robots, who rate all items in the order of their ids.
        milliseconds: Good rows whose time is in ms.
    """

    frame: pd.DataFrame
    exact_duplicates: int
    earlier_ratings: int
    outside_scale: int
    missing: int
    unknown_ids: int
    robot_rows: int
    robots: tuple[Hashable, ...]
    milliseconds: int


def add_dirt(
    interactions: Interactions,
    rng: np.random.Generator,
    duplicates: float = 0.03,
    re_rated: float = 0.01,
    outside: float = 0.005,
    missing: float = 0.005,
    unknown: float = 0.002,
    robots: float = 0.01,
    milliseconds: float = 0.2,
    lowest: float = 0.5,
    highest: float = 5.0,
) -> Dirt:
    """Dirty a clean table.

    Every kind but one adds rows, made from good rows that no other kind touches: each bad row is
    wrong in one way, and `clean` with the same scale finds exactly these counts. Robots add users.
    Only milliseconds change a good row. A bad row is later than the good row it is made from (an
    exact duplicate is not), so a cleaning that keeps the last rating too early loses good ones.

    Args:
        interactions: The clean table. Where it has no timestamps, each row gets a second of 2015
            by chance: a whole day, and a second of that day.
        rng: Decides everything.
        duplicates: Rows repeated exactly, as a share of the rows.
        re_rated: Pairs rated again, later and differently, as a share of the rows.
        outside: Rows added with a rating half a star to 5 off the scale, as a share of the rows.
        missing: Rows added without user, item or rating, as a share of the rows.
        unknown: Rows added with items of unknown ids, as a share of the rows.
        robots: Robots added, as a share of the users; they rate one item a second.
        milliseconds: Rows whose time is turned into ms, as a share of the rows.
        lowest: Lowest rating of the scale, in stars.
        highest: Highest rating of the scale, in stars.

    Returns:
        The raw table and the counts.

    Raises:
        ValueError: If a rating is off the scale already, the shares do not fit, or a time in ms
            could not be told from one in s.
        TypeError: If the table is no Interactions, or rng no generator.

    Source: the kinds and shares are this course's own.

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> table = Interactions(np.arange(200) // 20, np.arange(200) % 20, np.full(200, 3.0), None,
    ...                      Vocabulary(range(10)), Vocabulary(range(20)))
    >>> dirt = add_dirt(table, np.random.default_rng(0), robots=0.1)
    >>> dirt.exact_duplicates, dirt.earlier_ratings, dirt.robots, len(dirt.frame)
    (6, 2, (10,), 230)
    """
    check_interactions(interactions, "add_dirt")
    check_generator(rng)
    _refuse_off_scale(interactions, lowest, highest)
    good = to_frame(interactions)
    if interactions.timestamps is None:
        good["timestamp"] = _made_times(len(good), rng)
    _refuse_untellable(good["timestamp"].to_numpy(), milliseconds)
    shares = (duplicates, re_rated, outside, missing, unknown, milliseconds)
    rows = _disjoint_rows(len(good), shares, rng)
    repeated, again, off, empty, strange = (good.iloc[chosen].copy() for chosen in rows[:5])
    for later in (again, off, empty, strange):
        later["timestamp"] += rng.integers(1, 30 * _DAY, len(later))
    again["rating"] = _other_ratings(good["rating"].to_numpy(), rows[1], rng, (lowest, highest))
    below = rng.random(len(off)) < 0.5
    distance = rng.integers(1, 11, len(off)) / 2  # half a star to 5
    off["rating"] = np.where(below, lowest - distance, highest + distance)
    strange["item"] = _new_ids(interactions.item_vocabulary.ids, "unknown", len(strange))
    blank = rng.integers(0, 3, len(empty))
    for n, name in enumerate(("user", "item", "rating")):
        empty[name] = empty[name].astype(object).mask(blank == n, None)
    n_robots = round(robots * interactions.n_users)
    ids = _new_ids(interactions.user_vocabulary.ids, "robot", n_robots)
    tours = _tours(good, ids, interactions.item_vocabulary.ids, rng)
    good.loc[rows[5], "timestamp"] *= 1000
    frame = _scatter(good, [repeated, again, off, empty, strange, tours], rng)
    return Dirt(
        frame, len(repeated), len(again), len(off), len(empty), len(strange), len(tours),
        tuple(ids), len(rows[5]),
    )  # fmt: skip


def _refuse_off_scale(interactions: Interactions, lowest: float, highest: float) -> None:
    ratings = interactions.ratings
    off = np.flatnonzero((ratings < lowest) | (ratings > highest))
    if len(off):
        raise ValueError(
            f"ratings[{off[0]}] is {ratings[off[0]]}, off the scale of {lowest} to {highest}; "
            "round the ratings to stars, or give lowest and highest"
        )


def _refuse_untellable(times: npt.NDArray[np.int64], milliseconds: float) -> None:
    small = np.flatnonzero(times < _TELLABLE_FROM)
    if len(small) and milliseconds > 0:
        raise ValueError(
            f"timestamps[{small[0]}] is {times[small[0]]} s, and times before March 1973 look "
            "alike in s and in ms; give milliseconds=0, or later times"
        )


def _made_times(n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    days = _FIRST_DAY + rng.integers(0, _N_DAYS, n)
    return days * _DAY + rng.integers(0, _DAY, n)


def _disjoint_rows(
    n: int, shares: Sequence[float], rng: np.random.Generator
) -> list[npt.NDArray[np.intp]]:
    counts = [round(share * n) for share in shares]
    if min(shares) < 0 or sum(counts) > n:
        raise ValueError(
            f"shares of {', '.join(map(str, shares))} do not fit into {n} rows that are dirtied in "
            "one way each; give shares of 0 or more with a sum of at most 1"
        )
    ends = np.cumsum(counts)
    return np.split(rng.permutation(n)[: ends[-1]], ends[:-1])


def _other_ratings(
    ratings: npt.NDArray[np.float64],
    rows: npt.NDArray[np.intp],
    rng: np.random.Generator,
    ends: tuple[float, float],
) -> npt.NDArray[np.float64]:
    """A rating other than the row's own, among those that occur and the ends of the scale."""
    levels = np.unique([*ratings, *ends])
    steps = rng.integers(1, max(2, len(levels)), len(rows))
    return levels[(np.searchsorted(levels, ratings[rows]) + steps) % len(levels)]


def _new_ids(known: Sequence[Hashable], name: str, n: int) -> list[Hashable]:
    """Ids of the known ones' kind that are not among them."""
    whole = [one for one in known if isinstance(one, int)]
    if len(whole) == len(known):
        return list(range(max(whole) + 1, max(whole) + 1 + n))
    taken = set(known)
    fresh = (f"{name}{number:04}" for number in count(1))
    return list(islice((one for one in fresh if one not in taken), n))


def _tours(
    good: pd.DataFrame,
    robots: Sequence[Hashable],
    items: Sequence[Hashable],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Each robot rates all items, one a second, in the order of the ids."""
    try:
        tour = sorted(items)  # type: ignore[type-var]
    except TypeError:  # ids of several kinds have no order
        tour = list(items)
    times = good["timestamp"].to_numpy()
    starts = rng.integers(times.min(), times.max() + 1, len(robots))  # (n_robots,)
    return pd.DataFrame(
        {
            "user": [one for one in robots for _ in tour],
            "item": tour * len(robots),
            "rating": rng.choice(good["rating"].to_numpy(), len(robots) * len(tour)),
            "timestamp": (starts[:, None] + np.arange(len(tour))).ravel(),
        }
    )


def _scatter(
    good: pd.DataFrame, others: Sequence[pd.DataFrame], rng: np.random.Generator
) -> pd.DataFrame:
    """All rows as one table: the good ones in their order, the others anywhere between."""
    n_others = sum(map(len, others))
    places = np.concatenate([np.arange(len(good)), rng.uniform(-1, len(good), n_others)])
    parts = [
        part.astype({"user": object, "item": object, "rating": float}) for part in (good, *others)
    ]
    return pd.concat(parts, ignore_index=True).iloc[np.argsort(places)].reset_index(drop=True)

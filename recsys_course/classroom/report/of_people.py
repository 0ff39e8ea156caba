"""What is odd about users and items: robots, doubles, those of whom too little is known.

One function a finding, each with its words, makes this module longer than others.
"""

from __future__ import annotations

import unicodedata
from typing import Any

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
from recsys_course.classroom.report.looking import Look

__all__ = ["CHECKS"]

_ENOUGH = 5  # ratings from which somebody who gives everybody the same is odd


def robots(look: Look) -> Finding | None:
    """Users who went through the catalogue in the order of its ids."""
    suspects = [str(one) for one in look.cleaning.suspected_robots]
    if not suspects:
        return None
    n_rows = _rows_of(look, suspects)
    rows = pd.DataFrame(
        {"rows": [f"{_rows_of(look, [one]):,}" for one in suspects[:5]]},
        index=pd.Index(suspects[:5]),
    )
    dropped = look.cleaning.robot_rows > 0
    what = "a robot" if len(suspects) == 1 else "robots"
    return Finding(
        "robots",
        f"{counted(len(suspects), 'user')} who may be {what}, with {counted(n_rows, 'row')}",
        3 if n_rows > 0.05 * look.n_lines else 2,
        n_rows / look.n_lines,
        "They rated 20 items or more in the exact order of the items' ids, one after the other. By "
        "chance that happens once in 2.4 · 10¹⁸ times. It may also be somebody's import of an old "
        "list.",
        "Left out, as you asked." if dropped else "Kept: a suspicion is no proof.",
        "Run this again with `--drop-robots`, and see whether the figures change.",
        (sample(rows, first_of(len(suspects), "user"), "user"),),
        "interactions",
    )


def _rows_of(look: Look, users: list[str]) -> int:
    """Rows of some users after cleaning, and those that went with the robots."""
    gone = look.rows.loc[look.cleaning.removed_rows["robot_rows"], "user"]
    return int(look.kept["user"].isin(users).sum() + gone.isin(users).sum())


def alike_ids(look: Look) -> Finding | None:
    """Ids that differ by case, spaces, zeros in front or a way of writing a letter."""
    samples, n_ids, rows = [], 0, 0
    for role in ("user", "item"):
        ids = pd.Series(look.kept[role].unique())
        bare = ids.map(_bare)
        alike = ids[bare.duplicated(keep=False)]
        if not len(alike):
            continue
        n_ids += len(alike)
        rows += int(look.kept[role].isin(set(alike)).sum())
        groups = alike.groupby(bare[alike.index]).agg(lambda group: "  ·  ".join(map(repr, group)))
        shown = tuple((text,) for text in groups.iloc[:5])
        caption = f"{first_of(len(groups), 'group')} of {role} ids"
        samples.append(Sample(caption, ("ids",), shown))
    if not samples:
        return None
    return Finding(
        "alike-ids",
        f"{counted(n_ids, 'id')} that differ from another only by case, spaces or zeros in front",
        2,
        rows / look.n_lines,
        "Ann and ann may be one person. If so, a model knows half of her twice, and recommends to "
        "one what the other has seen.",
        "Kept apart: spaces around an id are dropped, everything else is part of it.",
        "If they are the same, write them the same.",
        tuple(samples),
        "interactions",
    )


def _bare(known: str) -> str:
    """What is left of an id without all that people write now so, now otherwise."""
    text = "".join(unicodedata.normalize("NFKC", known).casefold().split())
    text = text.removesuffix(".0")
    return text.lstrip("0") or "0" if text.isdecimal() else text


def lonely_users(look: Look) -> Finding | None:
    """Users with a single rating."""
    return _lonely(
        look,
        "user",
        0.3,
        "Of these nothing can be held out and learned at once, so they are judged by nothing, and "
        "their lists are what everybody gets.",
        "recommending",
    )


def lonely_items(look: Look) -> Finding | None:
    """Items with a single rating."""
    return _lonely(
        look,
        "item",
        0.5,
        "What one person did says nothing about others. If that rating is held out, a model has "
        "never seen the item; if not, it cannot be found.",
        "similarity",
    )


def _lonely(look: Look, role: str, many: float, what: str, lesson: str) -> Finding | None:
    counts = look.kept[role].value_counts(sort=False)
    lonely = counts.index[counts == 1]
    if not len(lonely):
        return None
    share = len(lonely) / len(counts)
    return Finding(
        f"lonely-{role}s",
        f"{counted(len(lonely), role)} with a single rating, {percent(share)} of the {role}s",
        2 if share > many else 1,
        share,
        what,
        "Kept.",
        "The function `k_core` of lesson 01 keeps those of whom enough is known. If you use it, "
        "say so: it makes the task easier.",
        lesson=lesson,
    )


def same_stars(look: Look) -> Finding | None:
    """Users who give everybody the same."""
    if not look.scale.opinions or not len(look.kept):
        return None
    ratings = look.kept.groupby("user", sort=False)["rating"].agg(["min", "max", "size"])
    flat = ratings[(ratings["min"] == ratings["max"]) & (ratings["size"] >= _ENOUGH)]
    if not len(flat):
        return None
    share = len(flat) / len(ratings)
    busiest = flat.sort_values("size", ascending=False, kind="stable")
    shown = pd.DataFrame(
        {"ratings": busiest["size"], "always": busiest["min"].map("{:g}".format)},
        index=busiest.index,
    )
    caption = first_of(len(flat), "user").replace("first", "busiest")
    return Finding(
        "same-stars",
        f"{counted(len(flat), 'user')} who {'gives' if len(flat) == 1 else 'give'} everything the "
        f"same rating, {percent(share)} of the users",
        2 if share > 0.1 else 1,
        share,
        f"Of {_ENOUGH} ratings or more all are equal. What they choose says something; how they "
        "rate it does not.",
        "Kept.",
        "Models of choices can learn from them; models of ratings learn a bias only.",
        (sample(shown, caption, "user"),),
        "mf_loss",
    )


def titles_of_one_item(look: Look) -> Finding | None:
    """Items that go by several titles."""
    return _conflicts(
        look,
        "item",
        "title",
        "titles-of-one-item",
        "{} with several titles",
        "The titles of one item differ: a typing error, a new edition, or two things that share "
        "an id by mistake.",
        "The first title is shown.",
        "If they are two things, give them two ids.",
    )


def items_of_one_title(look: Look) -> Finding | None:
    """Titles that several items go by."""
    return _conflicts(
        look,
        "title",
        "item",
        "items-of-one-title",
        "{} shared by several items",
        "One thing with two ids halves what is known of it, and a list may name it twice. Remakes "
        "share a title rightly.",
        "Kept apart.",
        "If they are the same thing, give them one id.",
    )


def _conflicts(
    look: Look, one: str, many: str, key: str, title: str, what: str, done: str, advice: str
) -> Finding | None:
    if "title" not in look.kept:
        return None
    pairs = look.kept[["item", "title"]].dropna().drop_duplicates()
    hit = pairs[pairs[one].duplicated(keep=False)]
    if not len(hit):
        return None
    groups = hit.groupby(one, sort=False)[many].agg(lambda group: "  ·  ".join(group))
    return Finding(
        key,
        title.format(counted(len(groups), one)),
        1,
        len(groups) / pairs[one].nunique(),
        what,
        done,
        advice,
        (sample(groups.to_frame(f"{many}s"), first_of(len(groups), one), one),),
    )


def one_voice(look: Look) -> Finding | None:
    """Somebody, or something, that a large part of all rows is about."""
    known = {"user": [str(one) for one in look.cleaning.suspected_robots], "item": []}
    loud: list[tuple[float, str, Any]] = []
    for role, suspects in known.items():
        counts = look.kept[role].value_counts()
        others = counts.drop(suspects, errors="ignore")
        if len(others) < 20:
            continue
        share = others.iloc[0] / len(look.kept)
        if share > 0.05 and others.iloc[0] > 20 * np.median(counts):
            loud.append((share, role, others.index[0]))
    if not loud:
        return None
    share, role, who = max(loud)
    return Finding(
        "one-voice",
        f"One {role} has {percent(share)} of all ratings: {who}",
        2,
        share,
        "That is no ordinary share. It may be a test account, a shop that buys for others, or a "
        "placeholder for “unknown”.",
        "Kept.",
        "Find out who or what it is.",
    )


CHECKS = {
    "robots": robots,
    "ids that differ by case, spaces or zeros": alike_ids,
    "users with a single rating": lonely_users,
    "items with a single rating": lonely_items,
    "users who give everything the same rating": same_stars,
    "items with several titles": titles_of_one_item,
    "titles of several items": items_of_one_title,
    "one user or item with a large part of all rows": one_voice,
}

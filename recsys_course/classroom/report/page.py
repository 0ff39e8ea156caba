"""All that is known about a file of ratings, on one page."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

import recsys_course
from recsys_course.classroom.rendering import environment, shown
from recsys_course.classroom.report import of_file, of_people, of_rows
from recsys_course.classroom.report.advice import steps, verdict_sentences
from recsys_course.classroom.report.figures import of_comparison, of_data
from recsys_course.classroom.report.findings import HARMS, Finding, by_harm, counted
from recsys_course.classroom.report.judging import Judgement, lists_of, too_little
from recsys_course.classroom.report.looking import Look
from recsys_course.classroom.report.notices import notices
from recsys_course.classroom.report.writing import MARK
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.evaluation.comparison import Comparison, Row

__all__ = ["Examined", "examine", "render"]

_CHECKS = {**of_file.CHECKS, **of_rows.CHECKS, **of_people.CHECKS}
_MOST_TEXT = 200  # characters of an id or a title
_STEPS = {
    "missing": "without a user, item, rating or time",
    "outside_scale": "with a rating off the scale",
    "exact_duplicates": "repeated word for word",
    "earlier_ratings": "of a pair that comes again later",
    "robot_rows": "of suspected robots",
}


@dataclass(frozen=True)
class Examined:
    """What is odd in a file, and what was looked for in vain.

    Args:
        findings: The oddities, those that do most harm first.
        absent: What was looked for and not found.
        notices: What is special and needs nothing.
    """

    findings: Sequence[Finding]
    absent: Sequence[str]
    notices: Sequence[str]


def examine(look: Look) -> Examined:
    """Look for everything that may be odd.

    Args:
        look: What became of the rows of a file.

    Returns:
        What was found, and what was not.
    """
    found = {what: check(look) for what, check in _CHECKS.items()}
    return Examined(
        by_harm(one for one in found.values() if one is not None),
        [what for what, one in found.items() if one is None],
        notices(look),
    )


def render(
    name: str,
    look: Look,
    examined: Examined,
    judgement: Judgement | None,
    k: int,
    when: str,
    seed: int,
) -> str:
    """The page.

    Args:
        name: Name of the file.
        look: What became of its rows.
        examined: What is odd in it.
        judgement: How the models compare; None where they were not fitted.
        k: Length of the lists.
        when: The moment, in ISO 8601.
        seed: What decided split and models.

    Returns:
        One page of HTML that needs nothing else.
    """
    ratings = look.ratings
    return _environment().get_template("report.html").render(
        mark=MARK,
        version=recsys_course.__version__,
        name=shown(name, _MOST_TEXT),
        when=when,
        seed=seed,
        glance=_glance(look),
        ledger=_ledger(look),
        findings=examined.findings,
        harms=HARMS,
        absent=examined.absent,
        notices=examined.notices,
        pictures=of_data(look, ratings) if ratings is not None else [],
        too_little=too_little(ratings, k),
        compared=None if judgement is None else _compared(judgement, k),
        steps=steps(look, examined.findings, judgement, name),
        lessons={one.slug: one for one in load_syllabus().lessons},
    )  # fmt: skip


def _glance(look: Look) -> list[tuple[str, str]]:
    """The file in a few figures."""
    names = {role: name for role, name in look.raw.names.items() if name is not None}
    columns = ", ".join(
        f"“{shown(name, _MOST_TEXT)}” as {'time' if role == 'timestamp' else role}"
        for role, name in names.items()
    )
    unused = [name for name in look.raw.frame.columns if name not in names.values()]
    facts = [
        ("File", f"{look.raw.form.n_bytes:,} bytes, {counted(look.n_lines, 'row')}"),
        ("Columns", columns + (f"; not used: {', '.join(unused)}" if unused else "")),
        ("Scale", f"{look.scale}" + ("" if look.scale.given else " (guessed)")),
    ]
    if look.ratings is None:
        return [*facts, ("Ratings", "none is left")]
    table = look.ratings
    counts = np.bincount(table.users, minlength=table.n_users)
    cells = table.n_users * table.n_items
    facts += [
        ("Ratings", f"{counted(len(table), 'row')} that can be used"),
        ("Users", f"{table.n_users:,}, half of them with at most {np.median(counts):g} ratings"),
        ("Items", f"{table.n_items:,}"),
        ("Density", f"{_density(len(table) / cells)} of the {cells:,} pairs of user and item"),
    ]
    if look.scale.opinions:
        values = look.kept["rating"]
        facts.append(("Mean rating", f"{values.mean():.2f}, standard deviation {_deviation(look)}"))
    if table.timestamps is not None:
        first, last = (np.datetime64(int(t), "s") for t in _ends(table.timestamps))
        facts.append(("Period", f"{str(first)[:10]} to {str(last)[:10]} (UTC)"))
    return facts


def _ends(times: Any) -> tuple[int, int]:
    return int(times.min()), int(times.max())


def _density(share: float) -> str:
    """A small share with two digits that say something."""
    digits = 0 if share >= 0.1 else 1 - math.floor(math.log10(100 * share))
    return f"{100 * share:.{digits}f}\u00a0%"


def _deviation(look: Look) -> str:
    return f"{look.kept['rating'].std(ddof=0):.2f}"


def _ledger(look: Look) -> list[tuple[str, str]]:
    """Every row that was left out, step by step; the figures add up."""
    lines = [("lines that hold something", look.n_lines)]
    if look.raw.broken:
        lines.append(("that are no rows", -len(look.raw.broken)))
    if look.n_unreadable:
        lines.append(("with a rating or time that cannot be read", -look.n_unreadable))
    counts = {step: len(rows) for step, rows in look.cleaning.removed_rows.items()}
    lines += [(text, -counts[step]) for step, text in _STEPS.items() if counts[step]]
    lines.append(("ratings that can be used", look.cleaning.rows_out))
    return [(text, f"{n:,}" if n >= 0 else f"−{-n:,}") for text, n in lines]


def _compared(judgement: Judgement, k: int) -> dict[str, Any]:
    comparison = judgement.comparison
    errors = () if "RMSE" in judgement.metrics else ("RMSE", "MAE")
    columns = [name for name in comparison.columns if name not in errors]
    sentences, shown_models = verdict_sentences(comparison, judgement.metrics)
    protocol = comparison.protocol
    return {
        "sentences": sentences,
        "columns": columns,
        "rows": [
            (name, [_cell(comparison, row, column) for column in columns], _seconds(row))
            for name, row in comparison.rows.items()
        ],
        "pictures": of_comparison(comparison, judgement.metrics),
        "sampled": judgement.sampled,
        "notes": judgement.notes,
        "lists": lists_of(judgement, shown_models, k),
        "k": k,
        "protocol": [
            ("Split", protocol.split),
            ("Ranked", protocol.candidates),
            ("Relevant", protocol.relevant),
            ("Ratings", protocol.ratings),
            ("Lists of", f"{protocol.k} items"),
            ("A random order", f"has an NDCG@{protocol.k} of {protocol.chance:.4f}"),
            ("Intervals", "95 %, from 2,000 resamples of the users"),
            ("Data", f"train {protocol.train}, test {protocol.test}"),
            ("Ties and intervals", f"by seed {protocol.seed}"),
        ],
    }


def _seconds(row: Row) -> str:
    return f"{row.fit_seconds:.{int(row.fit_seconds < 9.95)}f}"


def _cell(comparison: Comparison, row: Row, column: str) -> tuple[str, str, bool]:
    """A figure, its interval, and whether no other is better."""
    value = row.figure(column)
    if value is None:
        return "–", "", False
    others = [one.figure(column) for one in comparison.rows.values()]
    known = [one for one in others if one is not None]
    best = (min if column in ("RMSE", "MAE") else max)(known)
    interval = row.metrics.get(column)
    return (
        f"{value:.3f}",
        f"{interval.low:.3f} – {interval.high:.3f}" if interval is not None else "",
        value == best,
    )


@functools.cache
def _environment() -> jinja2.Environment:
    made = environment(Path(__file__).with_name("templates"))
    made.filters |= {
        "shown": lambda text: shown(str(text), _MOST_TEXT),
        "whole": lambda text: shown(text, 10 * _MOST_TEXT),
    }
    return made

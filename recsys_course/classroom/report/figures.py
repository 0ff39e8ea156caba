"""Figures that a page carries in itself: vector graphics for light and dark, wide and narrow.

Each is drawn twice, for wide and for narrow screens, so that its letters keep their size.
"""

from __future__ import annotations

import base64
import functools
import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recsys_course.classroom.report.findings import percent
from recsys_course.classroom.report.looking import Look
from recsys_course.data.interactions import Interactions
from recsys_course.evaluation.comparison import Comparison
from recsys_course.plots import BLUE, comparison_intervals, describe, long_tail

__all__ = ["Picture", "of_comparison", "of_data"]

_SIZES = {"wide": (7.4, 3.6), "narrow": (3.5, 3.0)}  # inches
_INK = "#010203"  # a colour that nothing else has; it becomes the text colour of the page
_MOST_STEPS = 1000  # of a long tail that is drawn as vectors; a longer one is a picture of dots
_STYLE: Any = {
    "svg.fonttype": "none", "font.size": 9.5, "font.family": "sans-serif",
    "text.color": _INK, "axes.labelcolor": _INK, "axes.edgecolor": _INK, "xtick.color": _INK,
    "ytick.color": _INK, "axes.spines.top": False, "axes.spines.right": False,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
    "legend.frameon": False, "svg.hashsalt": "report",
}  # fmt: skip
_COLORS = "<style>svg{color:#1b1f24}@media (prefers-color-scheme:dark){svg{color:#e6e9ee}}</style>"


@dataclass(frozen=True)
class Picture:
    """A figure for a page.

    Args:
        title: Its finding.
        said: The figure in words.
        wide: A data URI for wide screens.
        narrow: A data URI for narrow ones.
        shape: Width and height of the wide one, in CSS pixels.
    """

    title: str
    said: str
    wide: str
    narrow: str
    shape: tuple[int, int]


def of_data(look: Look, ratings: Interactions) -> list[Picture]:
    """How the ratings are distributed.

    Args:
        look: What became of the rows of a file.
        ratings: What is left of them.

    Returns:
        The long tail, ratings a user, and, where there are any, stars and times.
    """
    draws: list[Callable[[Axes], Axes]] = [
        lambda ax: long_tail(ratings, ax),
        lambda ax: _ratings_a_user(ratings, ax),
    ]
    if look.scale.kind != "choices":
        values = look.kept["rating"].to_numpy()
        draws.append(lambda ax: _stars(values, look.scale.step, ax))
    times = ratings.timestamps
    if times is not None and np.ptp(times) > 0:
        draws.append(lambda ax: _over_time(times, ax))
    return [_picture(draw) for draw in draws]


def of_comparison(comparison: Comparison, metrics: Sequence[str]) -> list[Picture]:
    """How the models compare.

    Args:
        comparison: The models' results.
        metrics: What they are compared by.

    Returns:
        A picture for each metric.
    """
    n_models = {
        metric: sum(metric in row.metrics for row in comparison.rows.values()) for metric in metrics
    }
    return [
        _picture(functools.partial(comparison_intervals, comparison, metric), height=1.1 + 0.36 * n)
        for metric, n in n_models.items()
    ]


def _picture(draw: Callable[..., Axes], height: float | None = None) -> Picture:
    drawn = {}
    title = said = ""
    for name, (width, usual) in _SIZES.items():
        with rc_context(_STYLE):
            figure = Figure(figsize=(width, height or usual), layout="constrained")
            ax = draw(figure.subplots())
            said = describe(ax)
            title = ax.get_title(loc="left").replace("\n", " ").replace(" %", "\u00a0%")
            ax.set_title("", loc="left")  # the page says it, in letters that wrap
            _fit(ax, name == "narrow")
            drawn[name] = _uri(figure)
    width, usual = _SIZES["wide"]
    return Picture(
        title, said, drawn["wide"], drawn["narrow"],
        (round(96 * width), round(96 * (height or usual))),
    )  # fmt: skip


def _fit(ax: Axes, narrow: bool) -> None:
    """Make room where there is little, and keep a figure of many steps small."""
    for patch in ax.patches:
        if len(np.asarray(patch.get_path().vertices)) > _MOST_STEPS:
            patch.set_rasterized(True)
    wide = 34 if narrow else 80  # letters in a line
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_label_text(textwrap.fill(axis.get_label_text(), wide))
    if ax.get_legend() is not None:
        handles, labels = ax.get_legend_handles_labels()
        labels = [textwrap.fill(label, wide) for label in labels]
        ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


def _uri(figure: Figure) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", dpi=150, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :].replace(_INK, "currentColor")
    head = text.index(">") + 1
    text = text[:head] + _COLORS + text[head:]
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


def _ratings_a_user(ratings: Interactions, ax: Axes) -> Axes:
    counts = np.bincount(ratings.users, minlength=ratings.n_users)
    busiest = np.sort(counts)[::-1][: max(1, round(len(counts) / 10))]
    share = percent(busiest.sum() / counts.sum())
    _bands(ax, counts)
    return _say(
        ax,
        f"Half of the users have at most {np.median(counts):g} ratings; the busiest tenth gave "
        f"{share} of all",
        "users (count)",
        "ratings of the user (count)",
        f"The busiest user has {counts.max():,} ratings, the least busy {counts.min():,}.",
    )


def _bands(ax: Axes, counts: npt.NDArray[Any]) -> None:
    """How many counts lie in 1, 2 to 4, 5 to 9, 10 to 19 and so on, one bar each."""
    ends = [0, *(n * 10**power for power in range(19) for n in (1, 2, 5))]
    ends = ends[(0 if counts.min() < 1 else 1) :]
    ends = ends[: int(np.searchsorted(ends, counts.max(), side="right")) + 1]
    numbers = np.histogram(counts, bins=ends)[0]
    names = [
        f"{low:,}" if high - low == 1 else f"{low:,} – {high - 1:,}" for low, high in pairwise(ends)
    ]
    places = range(len(names))
    ax.barh(places, numbers, color=BLUE)
    ax.set_yticks(places, names)
    ax.invert_yaxis()
    _thousands(ax, "x")


def _stars(values: npt.NDArray[Any], step: float | None, ax: Axes) -> Axes:
    levels, counts = np.unique(values, return_counts=True)
    most, share = levels[counts == counts.max()], percent(counts.max() / counts.sum())
    which = " and ".join(f"{one:g}" for one in most[:3])
    title = (
        f"The most common rating is {which}, with {share} of all"
        if len(most) == 1
        else f"No rating is more common than {which}{' and others' * (len(most) > 3)}, with "
        f"{share} of all each"
    )
    ends = f"The mean is {values.mean():.2f}, the median {np.median(values):g}."
    if values.min() >= 0 and values.max() > 100:
        _bands(ax, values)
        return _say(ax, title, "rows (count)", "rating", ends)
    if step is None or len(levels) > 25:
        ax.hist(values, bins=30, color=BLUE)
        title = f"Half of the ratings are {np.median(values):.2f} or less"
    else:
        ax.bar(levels, counts, width=0.8 * step, color=BLUE)
        ax.set_xticks(levels if len(levels) < 12 else levels[:: len(levels) // 6])
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    _thousands(ax, "y")
    return _say(ax, title, "rating (stars)", "rows (count)", ends)


def _over_time(times: npt.NDArray[np.int64], ax: Axes) -> Axes:
    days = np.ptp(times) / 86_400
    unit: Literal["Y", "M", "D"] = "Y" if days > 4 * 365 else "M" if days > 100 else "D"
    moments = times.astype("datetime64[s]").astype(f"datetime64[{unit}]")
    first = moments.min()
    counts = np.bincount((moments - first).astype(int))
    most = first + int(counts.argmax())
    ax.bar(range(len(counts)), counts, color=BLUE)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda place, _: str(first + round(place)) if place >= 0 else "")
    )
    _thousands(ax, "y")
    name = {"Y": "year", "M": "month", "D": "day"}[unit]
    return _say(
        ax,
        f"The busiest {name} is {most}, with {percent(counts.max() / counts.sum())} of the ratings",
        f"{name} (UTC)",
        "rows (count)",
        f"From {first} to {moments.max()}; {int((counts == 0).sum())} of {len(counts)} without a "
        "rating.",
    )


def _thousands(ax: Axes, which: Literal["x", "y"]) -> None:
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _say(ax: Axes, title: str, x: str, y: str, values: str) -> Axes:
    """Title, axes and text alternative, where `plots.describe` finds them."""
    ax.set_title(title, loc="left")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.set_label(f"{title}. Horizontal: {x}. Vertical: {y}. {values}")
    return ax

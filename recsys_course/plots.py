"""Figures that state their finding: each title is computed from the data that are drawn.

A figure is drawn into the Axes that the caller gives, or into a new one. Colours are those of Okabe
and Ito that stand out on white and on black alike; text takes the colours of the caller's style, so
a dark style stays dark. Marks and line styles say the same as the colours. `describe` puts a figure
into words, for those who cannot see it. Three figures and what they have in common are longer than
most modules.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from recsys_course.data.interactions import Interactions
from recsys_course.evaluation.comparison import Comparison

try:
    from matplotlib import pyplot as plt
    from matplotlib.axes import Axes
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"recsys_course.plots needs Matplotlib, and the module {missing.name!r} is not installed; "
        'run: pip install "recsys-course[lab]"',
        name=missing.name,
    ) from missing

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PINK",
    "Epoch",
    "comparison_intervals",
    "course_style",
    "describe",
    "long_tail",
    "loss_curves",
]

# Okabe and Ito (2008) without black and yellow, which one of the two backgrounds would swallow.
_BLUE, _ORANGE, _GREEN, _VERMILION, _PURPLE, _SKY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9",
)  # fmt: skip
_COLORS = (_BLUE, _ORANGE, _GREEN, _PURPLE, _VERMILION, _SKY)
_MARKS = "os^Dv*"
_GREY = "#808080"  # as far from white as from black
# What the lessons draw with, on white: the four that differ most, and a darker grey.
BLUE, ORANGE, GREEN, PINK, GREY = _BLUE, _VERMILION, _GREEN, _PURPLE, "#666666"


class Epoch(Protocol):
    """What a training loop writes down about an epoch; `deep.trainer.EpochRecord` is one."""

    @property
    def epoch(self) -> int:
        """Its number, from 1."""

    @property
    def loss(self) -> float:
        """Mean training loss per example."""

    @property
    def validation(self) -> float | None:
        """What was measured on validation rows, better when lower; None if nothing was."""


def course_style() -> None:
    """Give the figures of a lesson one size, one font size and no frame.

    >>> course_style()
    >>> plt.rcParams["font.size"]
    11.0
    """
    plt.rcParams.update({"font.size": 11, "figure.figsize": (7.5, 4.4), "axes.titlesize": 12})
    plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})


def long_tail(interactions: Interactions, ax: Axes | None = None) -> Axes:
    """How unequally the ratings fall on the items.

    The items stand from the most to the least popular; the area of the most popular tenth is their
    share of all ratings, which the title states. Items without a rating count as items.

    Args:
        interactions: The table.
        ax: Where to draw; None makes a figure.

    Returns:
        The Axes.

    Source: Anderson (2006), on the long tail.

    >>> from matplotlib.figure import Figure
    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> table = Interactions([0, 1, 2, 0], [0, 0, 0, 1], [4, 5, 3, 4], None,
    ...                      Vocabulary("abc"), Vocabulary(["alien", "brazil"]))
    >>> long_tail(table, Figure().subplots()).get_title(loc="left")
    'The most popular 50 % of the items have 75 % of the ratings'
    """
    counts = np.sort(np.bincount(interactions.items, minlength=interactions.n_items))[::-1]
    n_head = max(1, round(len(counts) / 10))
    edges = np.arange(len(counts) + 1) + 0.5  # rank 1 stands over 1
    ax = _axes(ax)
    for start, stop, color, which in (
        (0, n_head, _ORANGE, "most popular"),
        (n_head, len(counts), _BLUE, "other"),
    ):
        share = _percent(counts[start:stop].sum(), counts.sum())
        ax.stairs(
            counts[start:stop],
            edges[start : stop + 1],
            fill=True,
            color=color,
            label=f"the {stop - start:,} {which} items: {share} of the ratings",
        )
    # A little air, else the peak would stand behind the axis.
    ax.set_xlim(edges[0] - len(counts) / 80, edges[-1])
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.legend(loc="upper right")
    return _say(
        ax,
        f"The most popular {_percent(n_head, len(counts))} of the items have "
        f"{_percent(counts[:n_head].sum(), counts.sum())} of the ratings",
        "rank of the item, most popular first",
        "ratings of the item (count)",
        f"The most popular item has {counts[0]:,} ratings, the one in the middle "
        f"{counts[len(counts) // 2]:,}, the least popular {counts[-1]:,}.",
    )


def loss_curves(
    history: Sequence[Epoch] | Mapping[str, Sequence[Epoch]],
    ax: Axes | None = None,
    unit: str | None = None,
) -> Axes:
    """The loss of each epoch, and what was measured on validation rows.

    Both are drawn on one scale, so validation should be in the unit of the loss. The scale is
    logarithmic where the largest value is more than 50 times the smallest.

    Args:
        history: The epochs of one run, or of several by name.
        ax: Where to draw; None makes a figure.
        unit: Unit of the loss, such as "stars²", for the axis.

    Returns:
        The Axes.

    Raises:
        ValueError: If a run has no epoch.

    Source: Prechelt (1998), on the epoch where validation is lowest.

    >>> from types import SimpleNamespace
    >>> from matplotlib.figure import Figure
    >>> history = [SimpleNamespace(epoch=n, loss=4.0 / n, validation=None) for n in (1, 2)]
    >>> loss_curves(history, Figure().subplots()).get_title(loc="left")
    'The loss falls from 4 to 2 in 2 epochs'
    """
    runs = history if isinstance(history, Mapping) else {"": history}
    for name, epochs in runs.items():
        if not epochs:
            raise ValueError(f"the history {name!r} has no epoch; train first".replace(" ''", ""))
    if not runs:
        raise ValueError("there is no history to draw; give one run at least")
    ax = _axes(ax)
    alone = len(runs) == 1
    for place, (name, epochs) in enumerate(runs.items()):
        color = _COLORS[place % len(_COLORS)]
        losses = [(one.epoch, one.loss) for one in epochs]
        label = "training" if alone else name
        _line(ax, losses, color, label, marker=_MARKS[place % len(_MARKS)])
        measured = [(one.epoch, one.validation) for one in epochs if one.validation is not None]
        if measured:
            color = _ORANGE if alone else color
            label = "validation" if alone else f"{name}, validation"
            _line(ax, measured, color, label, linestyle="--", markerfacecolor="none", marker="o")
    _scale(ax)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    if len(ax.lines) > 1:
        ax.legend()
    ends = "; ".join(
        f"{name or 'the run'}: from {epochs[0].loss:.3g} to {epochs[-1].loss:.3g} in epoch "
        f"{epochs[-1].epoch}"
        for name, epochs in runs.items()
    )
    title = _one_run(next(iter(runs.values()))) if alone else _several_runs(runs)
    measure = "mean loss per example" + (f" ({unit})" if unit else "")
    return _say(ax, title, "epoch (passes over the training rows)", measure, f"Training, {ends}.")


def comparison_intervals(comparison: Comparison, metric: str, ax: Axes | None = None) -> Axes:
    """One metric of every model that has it, best on top, with 95 % intervals.

    The intervals are those of single models. Whether the first two differ is a question to the same
    users, so the title takes its answer from their paired difference, not from the overlap.

    Args:
        comparison: What `evaluation.compare.compare` returned.
        metric: Name of a metric with intervals, such as "RMSE" or "NDCG@10".
        ax: Where to draw; None makes a figure.

    Returns:
        The Axes.

    Raises:
        ValueError: If no model has the metric.

    Source: Efron and Tibshirani (1993), section 13.3.
    """
    found = {
        name: row.metrics[metric] for name, row in comparison.rows.items() if metric in row.metrics
    }
    if not found:
        known = dict.fromkeys(name for row in comparison.rows.values() for name in row.metrics)
        raise ValueError(f"no model has the metric {metric!r}; choose from {', '.join(known)}")
    errors = metric in ("RMSE", "MAE")
    names = sorted(found, key=lambda name: found[name].value, reverse=not errors)
    ax = _axes(ax, height=1.6 + 0.45 * len(names))
    for place, name in enumerate(names):
        one = found[name]
        ax.plot([one.low, one.high], [place, place], color=_BLUE, linewidth=2.5)
        ax.plot(one.value, place, "o", color=_BLUE, markersize=8)
        ax.annotate(
            f"{one.value:.3f}", (one.high, place), (7, 0), textcoords="offset points", va="center"
        )
    if metric == f"NDCG@{comparison.protocol.k}":
        chance = comparison.protocol.chance
        ax.axvline(chance, color=_GREY, linestyle=":", label=f"a random order: {chance:.4f}")
        ax.legend(loc="lower right")
    ax.set_yticks(range(len(names)), [name.replace(", ", ",\n") for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.margins(x=0.12)
    return _say(
        ax,
        _leader(comparison, metric, names),
        f"{metric} ({'stars; lower' if errors else 'from 0 to 1; higher'} is better), with 95 % "
        "interval",
        "model",
        "; ".join(f"{name} {found[name]}" for name in names) + ".",
    )


def describe(ax: Axes) -> str:
    """A figure in words: a text alternative for those who cannot see it.

    Args:
        ax: What a function of this module returned.

    Returns:
        Its finding, its axes and its main values.

    Raises:
        ValueError: If the Axes were drawn by something else.
    """
    said = str(ax.get_label())
    if not said:
        raise ValueError("nothing is known about these Axes; describe what this module has drawn")
    return said


def _axes(ax: Axes | None, height: float = 4.4) -> Axes:
    if ax is not None:
        return ax
    ax = plt.subplots(figsize=(7.5, height), layout="constrained")[1]
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _line(
    ax: Axes, points: Sequence[tuple[int, float]], color: str, label: str, **style: Any
) -> None:
    """A line with a dozen marks on it, however long it is."""
    x, y = zip(*points, strict=True)
    every = max(1, len(x) // 12)
    ax.plot(x, y, color=color, label=label, linewidth=2, markevery=every, **style)


def _say(ax: Axes, title: str, x: str, y: str, values: str) -> Axes:
    """Title, axes and text alternative."""
    ax.set_title(textwrap.fill(title, 68), loc="left")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.set_label(f"{title}. Horizontal: {x}. Vertical: {y}. {values}")
    return ax


def _percent(part: float, whole: float) -> str:
    """A share that reads 0 % or 100 % only where it is."""
    share = 100 * part / whole
    if 0 < share < 1 or 99 < share < 100:
        return f"{share:.2g} %" if share < 1 else f"{math.floor(share * 10) / 10} %"
    return f"{share:.0f} %"


def _scale(ax: Axes) -> None:
    """A logarithmic axis with ticks that read as numbers, where values differ that much."""
    values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in ax.lines])
    values = values[np.isfinite(values)]
    if values.size and values.min() > 0 and values.max() > 50 * values.min():
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())


def _best(epochs: Sequence[Epoch]) -> tuple[float, Epoch]:
    """The lowest validation, or else the last loss, with its epoch; a nan is never the best."""
    validated = [(one.validation, one) for one in epochs if one.validation is not None]
    if not validated:
        return epochs[-1].loss, epochs[-1]
    return min(validated, key=lambda pair: (math.isnan(pair[0]), pair[0]))


def _one_run(epochs: Sequence[Epoch]) -> str:
    first, last = epochs[0], epochs[-1]
    lowest, best = _best(epochs)
    if all(one.validation is None for one in epochs):
        verb = "falls" if last.loss < first.loss else "does not fall:"
        return f"The loss {verb} from {first.loss:.3g} to {last.loss:.3g} in {last.epoch} epochs"
    if best.epoch == last.epoch:
        return f"Validation is lowest in the last epoch, {last.epoch}: {lowest:.3g}"
    after = "; after that only the training loss falls" if last.loss < best.loss else ""
    return f"Validation is lowest in epoch {best.epoch} of {last.epoch}: {lowest:.3g}{after}"


def _several_runs(runs: Mapping[str, Sequence[Epoch]]) -> str:
    validated = all(any(one.validation is not None for one in run) for run in runs.values())
    ends = {name: _best(run)[0] if validated else run[-1].loss for name, run in runs.items()}
    order = sorted(ends, key=lambda name: (math.isnan(ends[name]), ends[name]))
    what = "lowest validation" if validated else "lowest loss at the end"
    return (
        f"“{order[0]}” has the {what}: {ends[order[0]]:.3g}, ahead of “{order[1]}” with "
        f"{ends[order[1]]:.3g}"
    )


def _leader(comparison: Comparison, metric: str, names: Sequence[str]) -> str:
    value = comparison.rows[names[0]].metrics[metric].value
    best = f"Best {metric}: “{names[0]}” with {value:.3f}"
    if len(names) == 1:
        return best
    lead = comparison.paired(names[0], names[1], metric).difference
    if lead.low * lead.high > 0:
        low, high = sorted((abs(lead.low), abs(lead.high)))
        return f"{best}, ahead of “{names[1]}” by {low:.3f} to {high:.3f} on the same users"
    return f"{best}, but not clearly ahead of “{names[1]}” on the same users"

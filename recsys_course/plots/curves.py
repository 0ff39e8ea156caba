"""Losses against epochs: where a training run stood, and which of several ended best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from recsys_course.plots.style import COLORS, MARKS, YELLOW, axes_or_new, say

__all__ = ["Epoch", "loss_curves"]


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
    ax = axes_or_new(ax)
    alone = len(runs) == 1
    for place, (name, epochs) in enumerate(runs.items()):
        color = COLORS[place % len(COLORS)]
        losses = [(one.epoch, one.loss) for one in epochs]
        label = "training" if alone else name
        _line(ax, losses, color, label, marker=MARKS[place % len(MARKS)])
        measured = [(one.epoch, one.validation) for one in epochs if one.validation is not None]
        if measured:
            color = YELLOW if alone else color
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
    return say(ax, title, "epoch (passes over the training rows)", measure, f"Training, {ends}.")


def _line(
    ax: Axes, points: Sequence[tuple[int, float]], color: str, label: str, **style: Any
) -> None:
    """A line with a dozen marks on it, however long it is."""
    x, y = zip(*points, strict=True)
    every = max(1, len(x) // 12)
    ax.plot(x, y, color=color, label=label, linewidth=2, markevery=every, **style)


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

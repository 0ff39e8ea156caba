"""One metric of every model, with intervals, and whether the first two really differ."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from recsys_course.evaluation.comparison import Comparison
from recsys_course.plots.style import BLUE, MIDDLE_GREY, axes_or_new, say

__all__ = ["comparison_intervals"]


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
    ax = axes_or_new(ax, height=1.6 + 0.45 * len(names))
    for place, name in enumerate(names):
        one = found[name]
        ax.plot([one.low, one.high], [place, place], color=BLUE, linewidth=2.5)
        ax.plot(one.value, place, "o", color=BLUE, markersize=8)
        ax.annotate(
            f"{one.value:.3f}", (one.high, place), (7, 0), textcoords="offset points", va="center"
        )
    if metric == f"NDCG@{comparison.protocol.k}":
        chance = comparison.protocol.chance
        ax.axvline(chance, color=MIDDLE_GREY, linestyle=":", label=f"a random order: {chance:.4f}")
        ax.legend(loc="lower right")
    ax.set_yticks(range(len(names)), [name.replace(", ", ",\n") for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.margins(x=0.12)
    return say(
        ax,
        _leader(comparison, metric, names),
        f"{metric} ({'stars; lower' if errors else 'from 0 to 1; higher'} is better), with 95 % "
        "interval",
        "model",
        "; ".join(f"{name} {found[name]}" for name in names) + ".",
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

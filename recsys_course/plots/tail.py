"""How unequally the ratings fall on the items."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recsys_course.data.interactions import Interactions
from recsys_course.plots.style import BLUE, YELLOW, axes_or_new, percent, say

__all__ = ["long_tail"]


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
    ax = axes_or_new(ax)
    for start, stop, color, which in (
        (0, n_head, YELLOW, "most popular"),
        (n_head, len(counts), BLUE, "other"),
    ):
        share = percent(counts[start:stop].sum(), counts.sum())
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
    return say(
        ax,
        f"The most popular {percent(n_head, len(counts))} of the items have "
        f"{percent(counts[:n_head].sum(), counts.sum())} of the ratings",
        "rank of the item, most popular first",
        "ratings of the item (count)",
        f"The most popular item has {counts[0]:,} ratings, the one in the middle "
        f"{counts[len(counts) // 2]:,}, the least popular {counts[-1]:,}.",
    )

"""Which items are most like one item, and by the word of how many people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.formulas.losses import Floats, Indices
from recsys_course.formulas.neighbors import centred_rows, neighbors_among
from recsys_course.plots.names import readable
from recsys_course.plots.style import BLUE, MIDDLE_GREY, axes_or_new, say

__all__ = ["neighborhood"]

_WIDTH = 60  # characters of a name that leave room for what stands beside it


def neighborhood(
    item: int,
    interactions: Interactions,
    n_neighbors: int = 8,
    shrinkage: float = 50.0,
    ax: Axes | None = None,
) -> Axes:
    """The items most similar to one, nearest on top, each with the number of people behind it.

    s_ab = cos(d_a, d_b) · n_ab / (n_ab + β): the adjusted cosine, with the n_ab people who rated
    both in its norms as well, and each person's mean taken off. A bar and a full mark show s_ab.
    Where β > 0, a hollow mark shows what it was before shrinkage: the longer the way from there,
    the less the ratings say.

    Args:
        item: Index of the item.
        interactions: The ratings.
        n_neighbors: Neighbours at most; only items with a similarity above 0 are any.
        shrinkage: β ≥ 0, in common raters.
        ax: Where to draw; None makes a figure.

    Returns:
        The Axes.

    Raises:
        ValueError: If the item has no neighbour, or a number is out of its range.
        IndexError: If there is no such item.

    Source: Sarwar, Karypis, Konstan and Riedl (2001), section 3.1; shrinkage after Bell and Koren
    (2007).

    >>> from matplotlib.figure import Figure
    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> table = Interactions([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [5, 4, 1, 5, 3, 2], None,
    ...                      Vocabulary("ab"), Vocabulary(["Alien", "Brazil", "Cars"]))
    >>> neighborhood(0, table, ax=Figure().subplots()).get_title(loc="left")
    'The item nearest to “Alien” rests on 2 common raters'
    """
    if n_neighbors < 1:
        raise ValueError(f"n_neighbors is {n_neighbors}; show one at least")
    name = interactions.item_vocabulary.label_of(item)
    near, similarities, support = _nearest(item, interactions, n_neighbors, shrinkage)
    if not len(near):
        raise ValueError(
            f"“{name}” has no neighbour: of the other items none has a similarity above 0, by the "
            f"{(interactions.items == item).sum()} ratings that it has; choose one with more"
        )
    names = [interactions.item_vocabulary.label_of(other) for other in near]
    lines = [readable(one, _WIDTH) for one in names]
    pitch = 0.36 + 0.17 * max(line.count("\n") + 1 for line in lines)
    ax = axes_or_new(ax, height=1.5 + pitch * len(near))
    _draw(ax, similarities, support, shrinkage)
    _write(ax, lines, similarities, support)
    return say(
        ax,
        _finding(readable(name, 999), support),
        "similarity: adjusted cosine"
        + (f", shrunk with β = {shrinkage:g}" if shrinkage else "")
        + " (no unit; 1 at most)",
        "item, nearest first",
        "; ".join(
            f"{one}: {value:.2f} from {_people(n)}"
            for one, value, n in zip(names, similarities, support, strict=True)
        )
        + ".",
    )


def _nearest(
    item: int, interactions: Interactions, n_neighbors: int, shrinkage: float
) -> tuple[Indices, Floats, Indices]:
    """The nearest items, their similarities, and how many people rated both."""
    by_item = sparse.csr_array(centred_rows(interactions.to_csr()).T)  # (n_items, n_users)
    rated = by_item.copy()
    rated.data = np.ones(rated.nnz)  # a deviation of 0 is a rating too
    found = neighbors_among(
        by_item[[item]], by_item, n_neighbors + 1, kind="common_cosine", shrinkage=shrinkage
    ).toarray()[0]
    found[item] = 0  # nobody is their own neighbour
    order = np.argsort(-found, kind="stable")[:n_neighbors]
    near = order[found[order] > 0]
    support = (rated[near] @ rated[[item]].T).toarray()[:, 0].astype(int)
    return near, found[near], support


def _draw(ax: Axes, similarities: Floats, support: Indices, shrinkage: float) -> None:
    places = np.arange(len(similarities))
    if shrinkage:
        before = similarities * (support + shrinkage) / support
        ax.hlines(places, similarities, before, color=MIDDLE_GREY, linestyle=":", linewidth=2)
        ax.plot(
            before, places, "o", color=MIDDLE_GREY, markerfacecolor="none", markersize=9,
            markeredgewidth=1.5, label="before shrinkage", clip_on=False,
        )  # fmt: skip
    ax.hlines(places, 0, similarities, color=BLUE, linewidth=3)
    ax.plot(
        similarities, places, "o", color=BLUE, markersize=9, clip_on=False,
        label=f"shrunk, β = {shrinkage:g}",
    )  # fmt: skip
    if shrinkage:
        ax.legend(loc="upper left", bbox_to_anchor=(0, -0.12), ncols=2)
    ax.set_xlim(0, 1)
    ax.set_ylim(len(places) - 0.5, -0.9)
    ax.set_yticks([])


def _write(ax: Axes, lines: Sequence[str], similarities: Floats, support: Indices) -> None:
    """Name at the left, similarity and support at the right, above the bar of each."""
    for place, (line, value, n) in enumerate(zip(lines, similarities, support, strict=True)):
        said = f"{value:.2f} from {_people(n)}"
        for text, x, gap, side in ((line, 0, 4, "left"), (said, 1, 0, "right")):
            ax.annotate(
                text, (x, place), (gap, 6), ax.get_yaxis_transform(), "offset points",
                ha=side, va="bottom", fontsize=10, parse_math=False,
            )  # fmt: skip


def _people(n: int) -> str:
    return f"{n:,} common rater" + ("s" if n > 1 else "")


def _finding(name: str, support: Indices) -> str:
    least, most = int(support.min()), int(support.max())
    if len(support) == 1:
        return f"The item nearest to “{name}” rests on {_people(most)}"
    many = f"{_people(most)} each" if least == most else f"{least:,} to {_people(most)}"
    return f"The {len(support)} items nearest to “{name}” rest on {many}"

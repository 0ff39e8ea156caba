"""Where a model puts its items, seen from the side that shows most, and how much that side hides.

A factor by itself means nothing: the same model can be written in factors that are turned. The
principal axes do not turn with them, so they are what a picture can show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib import rcParams
from matplotlib.axes import Axes

from recsys_course.data.interactions import Interactions
from recsys_course.formulas.losses import Floats, Indices
from recsys_course.plots.names import place_names, readable
from recsys_course.plots.style import (
    BLUE,
    COLORS,
    MARKS,
    MIDDLE_GREY,
    ORANGE,
    axes_or_new,
    percent,
    say,
)

__all__ = ["embedding_map"]

_N_NEAREST = 10
_N_ASKED = 500  # items whose nearest are compared: a sample of them says it as well
_N_GROUPS = 4


def embedding_map(
    vectors: npt.ArrayLike,
    interactions: Interactions,
    groups: Sequence[str] | None = None,
    highlight: Sequence[int] = (),
    n_names: int = 24,
    unit: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The items in the plane of the two principal axes of their vectors, some with their names.

    With V − v̄ = P S Wᵀ (singular values falling), item j stands at the first two numbers of
    (v_j − v̄) W, and the plane has the share (s₁² + s₂²) / Σ s² of the variance. The sign of an axis
    is arbitrary; here the item farthest out has a positive one.

    Points close together may be far apart in the other dimensions. So the title says how much the
    plane hides: its share of the variance, and how many of an item's nearest in the plane are among
    its nearest in all dimensions. The area of a point grows with the item's number of ratings. The
    well-known items that lie farthest apart get their names, where there is room.

    Args:
        vectors: V, one for each item, shape (n_items, d), d ≥ 2, such as ``model.item_factors``.
        interactions: What the model learnt from; gives names and numbers of ratings.
        groups: A word for each item, such as its genre, "" for none; the four most frequent get
            a colour and a mark of their own.
        highlight: Items to be ringed, and named before all others.
        n_names: Names at most.
        unit: Unit of the vectors, for the axes.
        ax: Where to draw; None makes a figure.

    Returns:
        The Axes.

    Raises:
        ValueError: If vectors or groups are not one for each item, fewer than three items or two
            dimensions are left, a number is not finite, or all vectors are equal.
        IndexError: If an item to be ringed does not exist.

    Source: Koren, Bell and Volinsky (2009), figure 3, for such a map; Jolliffe (2002), chapter 3,
    for the axes.

    >>> from matplotlib.figure import Figure
    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> films = Vocabulary(["Alien", "Brazil", "Cars", "Duel"])
    >>> table = Interactions([0, 0], [0, 1], [4, 5], None, Vocabulary(["ann"]), films)
    >>> flat = [[3, 1, 0], [3, -1, 0], [-3, 1, 0], [-3, -1, 0]]
    >>> embedding_map(flat, table, ax=Figure().subplots()).get_title(loc="left")
    'This plane shows 100 % of how the 4 items differ in 3 dimensions'
    """
    table = _checked(vectors, interactions, groups, n_names)
    names = [interactions.item_vocabulary.label_of(item) for item in range(len(table))]
    for item in highlight:
        interactions.item_vocabulary.id_of(item)  # refuses what does not exist
    counts = np.bincount(interactions.items, minlength=len(table))
    plane, shares = _principal_plane(table)
    known = _far_apart(plane, counts, highlight, max(4, 4 * n_names, len(table) // 10))
    width, height = np.ptp(plane, axis=0)
    ax = axes_or_new(ax, height=1.3 + 6.4 * np.clip(height / width, 0.5, 1))
    _draw(ax, plane, counts, groups, highlight)
    say(
        ax,
        _finding(table, plane, shares),
        _axis("first", shares[0], unit),
        _axis("second", shares[1], unit),
        _ends(plane, names, known),
    )
    named = place_names(ax, plane, [readable(name) for name in names], known, n_names)
    ax.scatter(plane[named, 0], plane[named, 1], 12, rcParams["text.color"])
    return ax


def _checked(
    vectors: npt.ArrayLike,
    interactions: Interactions,
    groups: Sequence[str] | None,
    n_names: int,
) -> Floats:
    table = np.asarray(vectors, dtype=float)
    n_items = interactions.n_items
    if table.ndim != 2 or len(table) != n_items or table.shape[1] < 2 or n_items < 3:
        raise ValueError(
            f"vectors has shape {table.shape}; give one of two dimensions or more to each of the "
            f"{n_items} items of the table, and three items at least"
        )
    if not np.isfinite(table).all():
        item = int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])
        raise ValueError(f"vectors[{item}] is {table[item]}; draw a model whose training went well")
    if not np.ptp(table, axis=0).any():
        raise ValueError("all vectors are equal, so nothing sets the items apart; train first")
    if groups is not None and len(groups) != n_items:
        raise ValueError(f"there are {len(groups)} groups for {n_items} items; give one each")
    if n_names < 0:
        raise ValueError(f"n_names is {n_names}; give 0 or more")
    return table


def _principal_plane(table: Floats) -> tuple[Floats, Floats]:
    """Coordinates on the first two principal axes, (n, 2), and the share of variance of each."""
    centred = table - table.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    plane = centred @ axes[:2].T
    outermost = np.take_along_axis(plane, abs(plane).argmax(axis=0, keepdims=True), axis=0)
    return plane * np.where(outermost < 0, -1, 1), (sizes**2 / (sizes**2).sum())[:2]


def _nearest(points: Floats, item: int, n: int) -> set[int]:
    distances = ((points - points[item]) ** 2).sum(axis=1)
    distances[item] = np.inf
    return set(np.argpartition(distances, n)[:n].tolist())


def _finding(table: Floats, plane: Floats, shares: Floats) -> str:
    n_items, n_dimensions = table.shape
    shown = (
        f"This plane shows {percent(shares.sum(), 1)} of how the {n_items:,} items differ in "
        f"{n_dimensions} dimensions"
    )
    if shares.sum() > 1 - 1e-9:
        return shown
    n = min(_N_NEAREST, (n_items - 1) // 2)
    asked = np.unique(np.linspace(0, n_items - 1, _N_ASKED).astype(int)).tolist()
    both = [len(_nearest(plane, item, n) & _nearest(table, item, n)) for item in asked]
    shared = np.mean(both)
    return f"{shown}; of an item's {n} nearest here, {shared:.1f} are among its {n} nearest there"


def _axis(which: str, share: float, unit: str | None) -> str:
    return (
        f"{which} principal axis ({unit + '; ' if unit else ''}{percent(share, 1)} of the variance)"
    )


def _far_apart(plane: Floats, counts: Indices, first: Sequence[int], n_known: int) -> list[int]:
    """The given items, then the well-known ones, each as far as can be from all before it."""
    known = np.argsort(-counts, kind="stable")[:n_known]
    order = list(dict.fromkeys(first)) or [int(known[0])]
    gaps = np.min([_gaps(plane, known, item) for item in order], axis=0)
    while gaps.max() > 0:
        order.append(int(known[gaps.argmax()]))
        gaps = np.minimum(gaps, _gaps(plane, known, order[-1]))
    return order


def _gaps(plane: Floats, items: Indices, other: int) -> Floats:
    return np.hypot(*(plane[items] - plane[other]).T)


def _draw(
    ax: Axes,
    plane: Floats,
    counts: Indices,
    groups: Sequence[str] | None,
    highlight: Sequence[int],
) -> None:
    x, y = plane.T
    areas = 5 + 95 * counts / max(1, counts.max())
    words = np.array(groups if groups is not None else [""] * len(plane))
    frequent = [word for word, _ in Counter(words[words != ""].tolist()).most_common(_N_GROUPS)]
    rest = ~np.isin(words, frequent)
    color = MIDDLE_GREY if frequent else BLUE
    ax.scatter(x[rest], y[rest], areas[rest], color, alpha=0.4, linewidths=0)
    for word, color, mark in zip(frequent, COLORS, MARKS, strict=False):
        own = words == word
        ax.scatter(
            x[own], y[own], areas[own], color, marker=mark, alpha=0.7, linewidths=0, label=word
        )
    if frequent:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=len(frequent))
    ring = list(highlight)
    ax.scatter(x[ring], y[ring], 80, facecolors="none", edgecolors=ORANGE, linewidths=2)
    # A length is a length in every direction; the box gives way, as limits would change with it.
    ax.set_aspect("equal", adjustable="box")
    ax.margins(0.06)


def _ends(plane: Floats, names: Sequence[str], known: Sequence[int]) -> str:
    """Who stands at the ends of the axes, among the items that may have a name."""
    left, low = plane[known].argmin(axis=0)
    right, high = plane[known].argmax(axis=0)
    return (
        f"Of the well-known items, “{names[known[left]]}” stands farthest to the left and "
        f"“{names[known[right]]}” to the right, “{names[known[low]]}” lowest and "
        f"“{names[known[high]]}” highest. Distance in the plane is not similarity."
    )

"""Names in a picture: short enough to read, and none on another.

`place_names` is greedy: the names come in the order of their importance, each takes the first free
place around its point, and one that finds none stays out, whole.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox, BboxBase

from recsys_course.formulas.losses import Floats

__all__ = ["place_names", "readable"]

# Right, left, above, below, then the corners: to the right and up from the point, in points, and
# the corner or side of the name that stands there, as shares of its width and height.
_PLACES = (
    (7, 0, 0, 0.5),
    (-7, 0, 1, 0.5),
    (0, 7, 0.5, 0),
    (0, -7, 0.5, 1),
    (5, 4, 0, 0),
    (-5, 4, 1, 0),
    (5, -4, 0, 1),
    (-5, -4, 1, 1),
)
_SIDES = ({0: "left", 0.5: "center", 1: "right"}, {0: "bottom", 0.5: "center", 1: "top"})
_RADIUS = 4  # of what stays free around a named point, in points


def place_names(
    ax: Axes, points: Floats, names: Sequence[str], order: Iterable[int], n_names: int
) -> list[int]:
    """Write names beside their points, so that no name lies on another or on a named point.

    Of the free places around a point a name takes the one where it covers fewest points. The layout
    is settled first, so limits and size of the Axes must be what they will stay.

    Args:
        ax: Where the points are drawn.
        points: In data coordinates, shape (n_points, 2).
        names: One for each point; lines may be broken.
        order: Which points to name, the most important first.
        n_names: Stop at so many.

    Returns:
        The points that have a name now, in their order.
    """
    if (figure := ax.get_figure(root=True)) is None:
        return []  # taken off its figure: nobody will see a name
    figure.draw_without_rendering()
    pixels, point = ax.transData.transform(points), figure.dpi / 72  # of type, in pixels
    taken: list[Bbox] = []
    placed: list[int] = []
    for one in order:
        if len(placed) == n_names:
            break
        mark = Bbox([pixels[one] - _RADIUS * point, pixels[one] + _RADIUS * point])
        if any(mark.overlaps(box) for box in taken):
            continue
        text = _written(ax, points[one], names[one])
        free = _free_places(ax.bbox, pixels, pixels[one], text.get_window_extent(), point, taken)
        if not free:
            text.remove()
            continue
        _, place, box = min(free, key=lambda found: found[0])
        right, up, across, above = place
        text.set(position=(right, up), ha=_SIDES[0][across], va=_SIDES[1][above])
        taken += [mark, box]
        placed.append(one)
    return placed


def _written(ax: Axes, point: Floats, name: str) -> Annotation:
    return ax.annotate(
        name,
        tuple(point),
        (0, 0),
        textcoords="offset points",
        fontsize=10,
        linespacing=0.95,
        parse_math=False,
        path_effects=[withStroke(linewidth=2.5, foreground=ax.get_facecolor())],
    )


def _free_places(
    outer: BboxBase,
    pixels: Floats,
    here: Floats,
    size: BboxBase,
    point: float,
    taken: Sequence[Bbox],
) -> list[tuple[int, tuple[float, ...], Bbox]]:
    """Where a name of that size fits: how many points it would cover, the place, and the box."""
    free: list[tuple[int, tuple[float, ...], Bbox]] = []
    for place in _PLACES:
        corner = here + np.multiply(place[:2], point) - np.multiply(place[2:], size.size)
        box = Bbox([corner - 1, corner + size.size + 1])
        inside = np.all(box.min >= outer.min) and np.all(box.max <= outer.max)
        if inside and not any(box.overlaps(other) for other in taken):
            covered = np.all((pixels >= box.min) & (pixels <= box.max), axis=1).sum()
            free.append((int(covered), place, box))
    return free


def readable(label: str, width: int = 22) -> str:
    """A film's title as people say it, in lines.

    An article at the end goes back to the front, and other names in brackets are left out; a year
    in brackets stays.

    Args:
        label: Such as "Matrix, The (1999)".
        width: Characters in a line; a longer word keeps its line.

    Returns:
        The title; a label without such habits is only wrapped.

    >>> readable("Lion King, The (Roi Lion, Le) (1994)", width=40)
    'The Lion King (1994)'
    """
    year = match[1] if (match := re.search(r"\s*(\(\d{4}\))$", label.strip())) else ""
    title = label.strip().removesuffix(year).rstrip()
    short = re.sub(r"(?<=\S)\s+\([^()]*\)", "", title)
    short = re.sub(r"^(.*), (The|A|An|Le|La|Les|Der|Die|Das|El|Il)$", r"\2 \1", short)
    return textwrap.fill(f"{short} {year}".strip(), width, break_long_words=False)

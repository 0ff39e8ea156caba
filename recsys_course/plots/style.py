"""What all figures have in common: colours, one size, titles that say what is drawn.

A figure is drawn into the Axes that the caller gives, or into a new one. Colours are those of Okabe
and Ito that stand out on white and on black alike; text takes the colours of the caller's style, so
a dark style stays dark. `describe` puts a figure into words, for those who cannot see it.
"""

from __future__ import annotations

import math
import textwrap

try:
    from matplotlib import pyplot as plt
    from matplotlib.axes import Axes
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"recsys_course.plots needs Matplotlib, and the module {missing.name!r} is not installed; "
        'run: pip install "recsys-course[lab]"',
        name=missing.name,
    ) from missing

__all__ = [
    "BLUE",
    "COLORS",
    "GREEN",
    "GREY",
    "MARKS",
    "MIDDLE_GREY",
    "ORANGE",
    "PINK",
    "YELLOW",
    "axes_or_new",
    "course_style",
    "describe",
    "percent",
    "say",
]

# Okabe and Ito (2008) without black and yellow, which one of the two backgrounds would swallow.
BLUE, YELLOW, GREEN, ORANGE, PINK, _SKY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9",
)  # fmt: skip
COLORS = (BLUE, YELLOW, GREEN, PINK, ORANGE, _SKY)
MARKS = "os^Dv*"
MIDDLE_GREY = "#808080"  # as far from white as from black
# What the lessons draw with, on white: a darker grey.
GREY = "#666666"


def course_style() -> None:
    """Give the figures of a lesson one size, one font size and no frame.

    >>> course_style()
    >>> plt.rcParams["font.size"]
    11.0
    """
    plt.rcParams.update({"font.size": 11, "figure.figsize": (7.5, 4.4), "axes.titlesize": 12})
    plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})


def describe(ax: Axes) -> str:
    """A figure in words: a text alternative for those who cannot see it.

    Args:
        ax: What a function of this package returned.

    Returns:
        Its finding, its axes and its main values.

    Raises:
        ValueError: If the Axes were drawn by something else.
    """
    said = str(ax.get_label())
    if not said:
        raise ValueError(
            "nothing is known about these Axes; describe what recsys_course.plots has drawn"
        )
    return said


def axes_or_new(ax: Axes | None, height: float = 4.4) -> Axes:
    """The Axes to draw into.

    Args:
        ax: What the caller gave.
        height: Of a new figure, in inches.

    Returns:
        The same, or those of a new figure.
    """
    if ax is not None:
        return ax
    ax = plt.subplots(figsize=(7.5, height), layout="constrained")[1]
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def say(ax: Axes, title: str, x: str, y: str, values: str) -> Axes:
    """Write title and axes, and keep what `describe` will say.

    Args:
        ax: What was drawn.
        title: The finding.
        x: Name of the horizontal axis, with its unit.
        y: Name of the vertical axis, with its unit.
        values: The main values, as sentences.

    Returns:
        The same Axes.
    """
    ax.set_title(textwrap.fill(title, 68), loc="left", parse_math=False)  # a name may hold a $
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.set_label(f"{title}. Horizontal: {x}. Vertical: {y}. {values}")
    return ax


def percent(part: float, whole: float) -> str:
    """A share that reads 0 % or 100 % only where it is.

    Args:
        part: What is meant.
        whole: What it is a part of.

    Returns:
        Per cent, as text.

    >>> percent(1, 8), percent(999, 1000)
    ('12 %', '99.9 %')
    """
    share = 100 * part / whole
    if 0 < share < 1 or 99 < share < 100:
        return f"{share:.2g} %" if share < 1 else f"{math.floor(share * 10) / 10} %"
    return f"{share:.0f} %"

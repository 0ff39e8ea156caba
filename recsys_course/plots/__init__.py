"""Figures that state their finding: each title is computed from the data that are drawn.

One module a question; `style` has what they share. Marks and line styles say the same as the
colours, and `describe` puts a figure into words, for those who cannot see it.
"""

from recsys_course.plots.style import (  # isort: skip  # says what to install without Matplotlib
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    course_style,
    describe,
)
from recsys_course.plots.curves import Epoch, loss_curves
from recsys_course.plots.embedding import embedding_map
from recsys_course.plots.intervals import comparison_intervals
from recsys_course.plots.neighbors import neighborhood
from recsys_course.plots.tail import long_tail

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
    "embedding_map",
    "long_tail",
    "loss_curves",
    "neighborhood",
]

"""Training curves that are redrawn while the training goes on."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from recsys_course.data.bars import in_notebook
from recsys_course.plots import Epoch, describe, loss_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["live_curves"]

_SECONDS = 0.5, 2.0  # between two drawings, at least and at most
_SHARE = 0.1  # of the time, about, goes into drawing


class live_curves:  # noqa: N801  # used like a function: `with live_curves() as curves:`
    """Loss and validation of a run, drawn after its epochs, in place.

    In a notebook the figure stands below the cell from the second epoch on. It is redrawn at most
    twice a second, less often where drawing is slow, and stays in its last state; also when the run
    was interrupted. Elsewhere a figure is made once, at the end of the block, to show or to save.

    Args:
        epochs: How many the run has at most, so that the axis does not grow; None lets it grow.
        unit: Unit of the loss, such as "stars²".

    Attributes:
        ax: The Axes of the last drawing; None before the first.

    >>> from types import SimpleNamespace
    >>> history = []
    >>> with live_curves(unit="stars²") as curves:
    ...     for epoch in (1, 2):  # what `Trainer(…, on_epoch=curves)` does
    ...         history.append(SimpleNamespace(epoch=epoch, loss=4 / epoch, validation=None))
    ...         curves(history)
    >>> curves.ax.get_title(loc="left")
    'The loss falls from 4 to 2 in 2 epochs'
    >>> from matplotlib import pyplot
    >>> pyplot.close(curves.ax.figure)
    """

    def __init__(self, epochs: int | None = None, unit: str | None = None) -> None:
        self._epochs, self._unit = epochs, unit
        self._live = in_notebook()
        self._history: Sequence[Epoch] = ()
        self._handle: Any = None
        self._next = 0.0  # when to draw again
        self.ax: Axes | None = None

    def __call__(self, history: Sequence[Epoch]) -> None:
        """Take in the epochs so far, and draw them where it is time to.

        Args:
            history: All epochs of the run, the newest at the end.
        """
        self._history = tuple(history)
        start = time.perf_counter()
        if self._live and len(self._history) > 1 and start >= self._next:
            self._draw()
            now = time.perf_counter()
            self._next = now + float(np.clip((now - start) / _SHARE, *_SECONDS))

    def __enter__(self) -> Self:
        """Nothing is drawn before the first epoch."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Draw the last state, of an interrupted run too."""
        if not self._history:
            return
        if self._live:
            self._draw(last=True)
        else:
            self.ax = loss_curves(self._history, unit=self._unit)

    def _draw(self, last: bool = False) -> None:
        """Show the curves, in the place of the last ones."""
        from IPython.display import DisplayHandle
        from matplotlib.figure import Figure

        # A figure of its own: one of pyplot's would be shown a second time when the cell ends.
        figure = Figure()
        self.ax = loss_curves(self._history, figure.subplots(), self._unit)
        if self._epochs is not None and not last:
            self.ax.set_xlim(0.5, self._epochs + 0.5)
        image = io.BytesIO()
        # To look for its margins takes as long as to draw it, so only the last one does that.
        figure.savefig(image, format="png", bbox_inches="tight" if last else None)
        words = describe(self.ax)
        shown = {"image/png": base64.b64encode(image.getvalue()).decode(), "text/plain": words}
        about = {"image/png": {"alt": words}}
        if self._handle is None:
            # Known before it is shown: who stops the run at first sight gets no second figure.
            self._handle = DisplayHandle()  # type: ignore[no-untyped-call]
            self._handle.display(shown, metadata=about, raw=True)
        else:
            self._handle.update(shown, metadata=about, raw=True)

"""Which scale the ratings of a file are on, guessed from the ratings themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from recsys_course.formulas.losses import Floats

__all__ = ["Scale", "guess_scale"]

Kind = Literal["stars", "choices", "counts", "numbers"]

_ENOUGH = 0.98  # of the ratings must fit a scale; the others are then mistakes
# The usual scales by their steps, in the order in which they are tried.
_SCALES: dict[float, tuple[tuple[float, float], ...]] = {
    1.0: ((0, 1), (-1, 1), (1, 5), (0, 5), (1, 7), (1, 10), (0, 10), (-10, 10), (1, 100), (0, 100)),
    0.5: ((0.5, 5), (0, 5), (0.5, 10), (0, 10)),
}


@dataclass(frozen=True)
class Scale:
    """The ratings that can be given.

    Args:
        lowest: The worst.
        highest: The best.
        step: What neighbouring ratings differ by; None where they are any numbers.
        kind: ``stars``: opinions on a scale; ``choices``: every row says the same, that somebody
            chose something; ``counts``: how often; ``numbers``: of no scale that is known.
        given: Whether somebody told the ends, instead of a guess.
    """

    lowest: float
    highest: float
    step: float | None
    kind: Kind
    given: bool = False

    @property
    def opinions(self) -> bool:
        """Whether a rating says how much somebody liked something."""
        return self.kind in ("stars", "numbers")

    def __str__(self) -> str:
        """The scale in words."""
        if self.kind == "choices":
            return "no opinions: every row counts as a choice"
        ends = f"{self.lowest:g} to {self.highest:g}"
        steps = {1.0: "in whole steps", 0.5: "in half steps", None: "any number between"}
        return f"{ends}, {steps[self.step]}" + (", counts" if self.kind == "counts" else "")


def guess_scale(
    ratings: Floats, lowest: float | None = None, highest: float | None = None
) -> Scale:
    """The tightest usual scale that nearly all ratings are on.

    Nearly all are 98 %: a file with a few mistakes must not get a scale on which they are none.

    Args:
        ratings: The ratings that are numbers, shape (n,).
        lowest: The worst rating, if it is known.
        highest: The best rating, if it is known.

    Returns:
        The scale; without ratings that of choices.

    Raises:
        ValueError: If lowest is not below highest.

    >>> str(guess_scale(np.array([0.5, 3.0, 4.5, 5.0])))
    '0.5 to 5, in half steps'
    >>> str(guess_scale(np.array([1.0, 1.0])))
    'no opinions: every row counts as a choice'
    """
    values, counts = np.unique(ratings[np.isfinite(ratings)], return_counts=True)
    if lowest is not None or highest is not None:
        return _given(guess_scale(ratings), _step(values, counts), lowest, highest)
    if len(values) < 2:
        one = float(values[0]) if len(values) else 1.0
        return Scale(one, one, None, "choices")
    step = _step(values, counts)
    if step == 1.0 and _are_counts(values, counts):
        return Scale(float(values[0]), float(values[-1]), 1.0, "counts")
    for low, high in _SCALES.get(step or 0.0, ()):
        if _share(counts, (values >= low) & (values <= high)) >= _ENOUGH:
            return Scale(low, high, step, "stars")
    return Scale(float(values[0]), float(values[-1]), step, "numbers")


def _given(guess: Scale, step: float | None, lowest: float | None, highest: float | None) -> Scale:
    """The scale whose ends somebody told; an end that was not told is the guessed one."""
    low = guess.lowest if lowest is None else lowest
    high = guess.highest if highest is None else highest
    if low >= high:
        raise ValueError(
            f"the lowest rating is {low:g} and the highest {high:g}; give --lowest below --highest"
        )
    return Scale(low, high, step, "stars", given=True)


def _share(counts: npt.NDArray[Any], chosen: npt.NDArray[Any]) -> float:
    return float(counts[chosen].sum() / counts.sum())


def _step(values: Floats, counts: npt.NDArray[Any]) -> float | None:
    for step in (1.0, 0.5):
        if counts.sum() and _share(counts, values % step == 0) >= _ENOUGH:
            return step
    return None


def _are_counts(values: Floats, counts: npt.NDArray[Any]) -> bool:
    """Whether these are plays or purchases: mostly the lowest, rarely many, never below 0."""
    median = values[np.searchsorted(np.cumsum(counts), counts.sum() / 2)]
    return bool(
        values[0] >= 0
        and _share(counts, values > 10) >= 1 - _ENOUGH
        and median <= values[-1] / 10
        and counts.argmax() <= 1
    )

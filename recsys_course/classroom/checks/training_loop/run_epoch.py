"""Checks of run_epoch(step, batches)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator
Ints = npt.NDArray[np.intp]


class Steps:
    """A step whose rows have fixed losses, and which remembers its batches."""

    def __init__(self, row_losses: Floats) -> None:
        self.row_losses = row_losses
        self.seen: list[list[int]] = []

    def __call__(self, batch: Any) -> float:
        """The mean loss of a batch."""
        rows = np.asarray(batch)
        expect(
            rows.ndim == 1 and np.issubdtype(rows.dtype, np.integer),
            "step gets something else than a batch: hand it each element of the list as it is.",
        )
        self.seen.append(rows.tolist())
        return float(np.mean(self.row_losses[rows]))


def _cut(rng: Rng, sizes: Sequence[int]) -> list[Ints]:
    """Batches of these sizes, of rows in a random order."""
    return list(np.split(rng.permutation(sum(sizes)), np.cumsum(sizes)[:-1]))


def _loss(student: Any, steps: Steps, batches: list[Ints]) -> float:
    return number(student.run_epoch(steps, batches))


def test_run_epoch_calls(student: Any, rng: Rng) -> None:
    """It calls step once for each batch, in the order of the list."""
    steps, batches = Steps(rng.uniform(1, 5, 14)), _cut(rng, [4, 4, 4, 2])
    _loss(student, steps, batches)
    given = [batch.tolist() for batch in batches]
    expect(
        len(steps.seen) >= len(given),
        "step is called less often than there are batches: every call trains, so a batch that is "
        "left out is never learned from.",
    )
    expect(
        len(steps.seen) == len(given),
        "step is called more often than there are batches: every call trains, also one that only "
        "looks at the loss.",
    )
    expect(steps.seen == given, "step does not get the batches of the list in their order.")


def test_run_epoch_one_batch(student: Any, rng: Rng) -> None:
    """With one batch the loss of the epoch is the loss of this batch."""
    steps = Steps(rng.uniform(1, 5, 6))
    expect(
        close(_loss(student, steps, _cut(rng, [6])), float(np.mean(steps.row_losses))),
        "With a single batch the result is not what step has returned, which is the mean over all "
        "rows: by what is it divided, or multiplied?",
    )


def test_run_epoch_equal_batches(student: Any, rng: Rng) -> None:
    """With batches of equal size it is the mean of their losses."""
    steps = Steps(rng.uniform(1, 5, 15))
    expect(
        close(_loss(student, steps, _cut(rng, [5, 5, 5])), float(np.mean(steps.row_losses))),
        "With batches of equal size the result is not the mean of their losses: is it a sum, or "
        "the loss of one batch only? By what is it divided?",
    )


def test_run_epoch_unequal_batches(student: Any, rng: Rng) -> None:
    """With a short last batch it is still the mean over all rows."""
    steps = Steps(np.concatenate([rng.uniform(1, 2, 12), rng.uniform(8, 9, 3)]))
    batches = [*_cut(rng, [4, 4, 4]), np.arange(12, 15)]
    expect(
        close(_loss(student, steps, batches), float(np.mean(steps.row_losses))),
        "With a short last batch the result is not the mean over all rows: how many rows speak "
        "through the last loss, and how much does it weigh in your mean?",
    )


def test_run_epoch_any_cut(student: Any, rng: Rng) -> None:
    """However the rows are cut into batches, the mean over all rows is the same."""
    row_losses = rng.uniform(1, 5, 20) ** 2
    for _ in range(3):
        sizes = np.diff([0, *sorted(rng.choice(np.arange(1, 20), 4, replace=False)), 20])
        loss = _loss(student, Steps(row_losses), _cut(rng, sizes.tolist()))
        expect(
            close(loss, float(np.mean(row_losses))),
            "The same rows, cut into other batches, have another mean loss: weigh each batch by "
            "its own number of rows.",
        )


def test_run_epoch_hand_example(student: Any, rng: Rng) -> None:
    """The three batches of the exercise give the mean of the exercise."""
    steps = Steps(np.array([1.0, 1, 1, 1, 9]))
    batches = [np.array([0, 1]), np.array([2, 3]), np.array([4])]
    expect(
        close(_loss(student, steps, batches), 2.6),
        "The exercise's example does not come out: write down the sum of the squared errors of "
        "each batch, then add.",
    )

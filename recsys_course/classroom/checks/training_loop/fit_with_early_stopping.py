"""Checks of fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, …)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from recsys_course.classroom.checks.training_loop.runs import Run
from recsys_course.classroom.expectations import close, expect, table

Rng = np.random.Generator


def _fit(student: Any, run: Run, patience: int, max_epochs: int | None = None) -> list[float]:
    """The validation values that come back, one for each epoch that was trained."""
    answer = run.fit(student, patience, max_epochs)
    values = table(answer, "The list of validation values", {"epochs": run.epoch})
    return [float(value) for value in values]


def _story(values: Sequence[float], patience: int) -> tuple[int, int]:
    """How many epochs are trained, and which is the best, counted from 1."""
    best = 1
    for epoch in range(1, len(values) + 1):
        if epoch > 1 and values[epoch - 1] < values[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(values), best


def test_fit_with_early_stopping_values(student: Any, rng: Rng) -> None:
    """It returns the validation value of each epoch, in their order."""
    run = Run(rng, np.sort(rng.uniform(1, 5, 6))[::-1].tolist())
    values = _fit(student, run, patience=3)
    expect(
        close(np.array(values), np.array(run.values[: len(values)])),
        "The list does not hold what validate() returned after each epoch.",
    )


def test_fit_with_early_stopping_calls(student: Any, rng: Rng) -> None:
    """In each epoch it trains, then validates; at the very end it sets the weights."""
    run = Run(rng, [5.0, 4.0, 4.5, 4.2, 3.0, 2.0])
    _fit(student, run, patience=3)
    before = [call for call in run.calls if call != "set_weights"]
    expect(
        before == ["train_epoch", "validate"] * run.epoch,
        "An epoch is one train_epoch() and then one validate(): count your calls and look at "
        "their order.",
    )
    expect(
        "set_weights" in run.calls,
        "set_weights is never called: the model is left with the weights of the last epoch.",
    )
    expect(
        "set_weights" not in run.calls[: len(before)],
        "set_weights is called while training goes on: the next epoch would not start from where "
        "the last one ended.",
    )


def test_fit_with_early_stopping_max_epochs(student: Any, rng: Rng) -> None:
    """While every epoch is a new best it goes on until max_epochs, and no further."""
    run = Run(rng, np.linspace(9, 4, 12).tolist())
    _fit(student, run, patience=2, max_epochs=7)
    expect(
        run.epoch <= 7,
        "It trains for more epochs than max_epochs: what ends the loop when validation goes on "
        "improving?",
    )
    expect(
        run.epoch == 7,
        "Although every epoch is a new best, it stops before max_epochs: is lower better, and what "
        "does the first epoch have to beat?",
    )


def test_fit_with_early_stopping_patience(student: Any, rng: Rng) -> None:
    """It stops after `patience` epochs in a row without a new best."""
    for patience in (1, 2, 4):
        run = Run(rng, [5.0, 4.0, *rng.uniform(5, 6, 8)])
        _fit(student, run, patience)
        expect(
            run.epoch >= 2 + patience,
            "It stops before `patience` epochs in a row were without a new best: count them on "
            "your fingers, beginning with the epoch after the best.",
        )
        expect(
            run.epoch == 2 + patience,
            "It goes on after `patience` epochs in a row without a new best: count them on your "
            "fingers, beginning with the epoch after the best.",
        )


def test_fit_with_early_stopping_in_a_row(student: Any, rng: Rng) -> None:
    """A new best starts the count again."""
    run = Run(rng, [5.0, 6.0, 4.0, 6.0, 3.0, 6.0, 2.0, 6.0, 1.0])
    _fit(student, run, patience=2)
    expect(
        run.epoch == 9,
        "It stops although no two epochs in a row were without a new best: what happens to the "
        "count when an epoch is the best so far?",
    )


def test_fit_with_early_stopping_against_the_best(student: Any, rng: Rng) -> None:
    """An epoch is compared with the best so far, not with the epoch before."""
    run = Run(rng, [3.0, 5.0, 4.8, 4.6, 4.4, 4.2])
    _fit(student, run, patience=3)
    expect(
        run.epoch == 4,
        "Values that fall, but stay above the best, keep it going: with which earlier value is a "
        "new one compared?",
    )


def test_fit_with_early_stopping_best_weights(student: Any, rng: Rng) -> None:
    """The weights of the best epoch are set at the end, however the end came."""
    for patience in (2, 5):
        run = Run(rng, [5.0, 3.0, 4.0, 4.1, 3.5])
        _fit(student, run, patience)
        expect(
            run.restored != run.epoch,
            "At the end the weights of the last epoch are in place, and the best epoch came "
            "earlier: training may also end at max_epochs.",
        )
        expect(
            run.restored == 2,
            "At the end the weights of some other epoch than the best are in place: when are "
            "they taken, after the epoch's training or before?",
        )


def test_fit_with_early_stopping_live_arrays(student: Any, rng: Rng) -> None:
    """It works when get_weights hands out the live arrays that training changes in place."""
    run = Run(rng, [5.0, 3.0, 4.0, 4.1, 3.5], live=True)
    _fit(student, run, patience=2)
    expect(
        run.restored == 2,
        "When get_weights hands out the live arrays, the best weights are lost: a name, or a new "
        "list with the same arrays in it, is no copy of them.",
    )


def test_fit_with_early_stopping_equal_values(student: Any, rng: Rng) -> None:
    """An equal value is no new best: the first of equals counts."""
    run = Run(rng, [5.0, 3.0, 4.0, 3.0, 3.0, 3.0, 3.0])
    _fit(student, run, patience=3)
    expect(
        run.epoch == 5 and run.restored == 2,
        "An epoch that only equals the best so far is taken for a new best: lower means lower.",
    )


def test_fit_with_early_stopping_any_values(student: Any, rng: Rng) -> None:
    """It works for random values, large ones and values below 0 as well."""
    for scale, shift in ((1.0, 0.0), (1e12, 1e12), (1.0, -9.0)):
        values = (shift + scale * rng.integers(1, 7, 12)).tolist()
        for patience in (1, 2, 3):
            run = Run(rng, values, live=True)
            _fit(student, run, patience)
            expect(
                (run.epoch, run.restored) == _story(values, patience),
                "For random values, or for very large ones or ones below 0, it stops in another "
                "epoch or restores other weights than it should: what does the first epoch have "
                "to beat?",
            )


def test_fit_with_early_stopping_one_epoch(student: Any, rng: Rng) -> None:
    """A single epoch is the best."""
    run = Run(rng, [2.0])
    _fit(student, run, patience=1)
    expect(run.epoch == 1 and run.restored == 1, "With max_epochs = 1 that epoch is the best.")


def test_fit_with_early_stopping_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out."""
    run = Run(rng, [0.9, 0.7, 0.8, 0.7, 0.6])
    values = _fit(student, run, patience=2)
    expect(
        len(values) == 4 and run.restored == 2,
        "The example of the exercise does not come out: go through its values with a pencil.",
    )

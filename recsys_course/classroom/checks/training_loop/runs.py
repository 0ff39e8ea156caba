"""A training run that is played back: its validation values are known before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, UnmetError, expect

__all__ = ["Run"]

Rng = np.random.Generator


class Run:
    """What fit_with_early_stopping gets: four functions, and behind them a script.

    Args:
        rng: Draws the weights of each epoch.
        values: The validation values, one an epoch.
        live: Whether get_weights hands out the arrays that training changes in place.

    Attributes:
        calls: The names of the functions that were called, without get_weights.
        epoch: Epochs trained so far.
    """

    def __init__(self, rng: Rng, values: Sequence[float], *, live: bool = False) -> None:
        self.values = list(values)
        self.live = live
        n_states = len(values) + 1
        self.scripts = [rng.normal(size=(n_states, 3, 2)), rng.normal(size=(n_states, 4))]
        self.weights: list[Floats] = [script[0].copy() for script in self.scripts]
        self.calls: list[str] = []
        self.epoch = 0

    def train_epoch(self) -> float:
        """Go to the weights of the next epoch, and return a training loss that always falls."""
        self.calls.append("train_epoch")
        self.epoch += 1
        if self.epoch > len(self.values):
            raise UnmetError(
                "It trains for more epochs than max_epochs: what ends the loop when validation "
                "goes on improving?"
            )
        for weights, script in zip(self.weights, self.scripts, strict=True):
            weights[...] = script[self.epoch]
        return 1 / self.epoch

    def validate(self) -> float:
        """The value of the epoch, or of the next one before any training."""
        self.calls.append("validate")
        return self.values[max(self.epoch, 1) - 1]

    def get_weights(self) -> list[Floats]:
        """The live arrays, or copies of them."""
        return self.weights if self.live else [weights.copy() for weights in self.weights]

    def set_weights(self, weights: Any) -> None:
        """Put a list of arrays in place of the weights."""
        self.calls.append("set_weights")
        expect(
            weights is not None,
            "set_weights gets None: no epoch was ever the best so far. What does the first epoch "
            "have to beat?",
        )
        arrays = [np.array(one, dtype=np.float64) for one in weights] if weights else []
        expect(
            [array.shape for array in arrays] == [own.shape for own in self.weights],
            "set_weights gets something else than the list of arrays that get_weights returns.",
        )
        for own, array in zip(self.weights, arrays, strict=True):
            own[...] = array

    @property
    def restored(self) -> int | None:
        """The epoch whose weights are in place now; 0 is the start, None a mixture."""
        for epoch in range(len(self.values) + 1):
            pairs = zip(self.weights, self.scripts, strict=True)
            if all(np.allclose(own, script[epoch]) for own, script in pairs):
                return epoch
        return None

    def fit(self, student: Any, patience: int, max_epochs: int | None = None) -> Any:
        """What the learner's function returns on this run."""
        return student.fit_with_early_stopping(
            self.train_epoch,
            self.validate,
            self.get_weights,
            self.set_weights,
            len(self.values) if max_epochs is None else max_epochs,
            patience,
        )

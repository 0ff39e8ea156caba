"""An explicit training loop: shuffle, take gradients, step, validate, stop, and save.

`Trainer.fit` is the loop over epochs and `Trainer._steps` the loop over batches. What follows them
decides when to stop, keeps the run, and refuses losses that cannot train. The loop itself is some
60 lines; contracts and refusals make this module longer than others.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys_course.data.arguments import check_generator, finite_number
from recsys_course.data.bars import Bar
from recsys_course.data.interrupts import undisturbed
from recsys_course.deep.adam import Adam
from recsys_course.deep.checkpoints import read_checkpoint, write_checkpoint
from recsys_course.deep.runtime import tf
from recsys_course.formulas.inputs import whole_number

__all__ = ["EpochRecord", "Trainer"]

_CALL_SECONDS = 0.5  # what a call of the compiled loop should take: Ctrl-C waits for its end


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch did: its mean loss per example, its validation (or None), its seconds."""

    epoch: int
    loss: float
    validation: float | None
    seconds: float


class Trainer:
    """Minimise a sum of losses over examples with Adam, a mini-batch at a time.

    A step on the batch B follows g = ∂/∂θ (1/|B|) Σ_{b∈B} loss_b. Step t of T has the learning
    rate η (1 − t/T), or always η with `decay=False`. An epoch's loss is Σ_b loss_b / n_examples,
    each batch measured just before its step.

    One Trainer is one run. The loop over batches is compiled, and called for about half a second of
    batches at a time, so that Ctrl-C is noticed soon. Whatever ends a run, Ctrl-C or an error, ends
    it after its last whole epoch: `history` holds the whole epochs, and the variables hold the best
    weights, or without `validation` those of the last whole epoch. The weights in the middle of an
    epoch, which no record describes, are dropped. Another `fit` goes on from that epoch, with the
    bits of an unbroken run. For that, fit keeps a copy of the weights and of Adam's memory.

    Args:
        variables: The float `tf.Variable`s to train; they are changed in place.
        batch_loss: Gets the indices of a batch, an int32 tensor (batch,), and returns the SUM of
            the losses of these examples, a scalar tensor. It is traced once.
        n_examples: An epoch visits each index 0 … n_examples − 1 once.
        batch_size: Examples in a batch; the last batch of an epoch may be smaller.
        epochs: Number of epochs, at most.
        learning_rate: η, about the size of the first step of each weight.
        rng: Shuffles the examples.
        decay: Let the learning rate fall linearly to 0 over the run.
        validation: Called after each epoch; returns a number that is better when lower. The
            weights of the best epoch are restored at the end.
        patience: Stop after this many epochs in a row without a better validation.
        checkpoint: File (.npz) that is rewritten after each epoch. If it exists when `fit` is
            called, the run goes on from there and ends with the bits of an unbroken run.
        progress: Show a bar with the loss and the time left.
        on_epoch: Called after each epoch with `history`, to draw it for instance.
        xla: Compile an epoch to machine code with XLA. Steps are about three times as fast and
            compiling takes about two seconds longer, so it pays from some millions of examples
            (n_examples × epochs) on.

    Attributes:
        history: One `EpochRecord` an epoch.
        compile_seconds: CPU time that tracing and compiling took, before the first epoch.

    Raises:
        ValueError: If a number is out of range, or `patience` comes without `validation`.
        TypeError: If rng is no generator.

    Source: Kingma and Ba (2015), algorithm 1 (Adam); Prechelt (1998) (early stopping).

    >>> mean = tf.Variable(0.0)
    >>> ratings = tf.constant([1.0, 2.0, 3.0, 6.0])
    >>> def batch_loss(batch):
    ...     return tf.reduce_sum((tf.gather(ratings, batch) - mean) ** 2)
    >>> trainer = Trainer([mean], batch_loss, n_examples=4, batch_size=4, epochs=200,
    ...                   learning_rate=0.1, rng=np.random.default_rng(0))
    >>> history = trainer.fit()
    >>> print(f"{float(mean):.3f} {history[-1].loss:.3f}")  # the mean, and the variance around it
    3.000 3.500
    """

    def __init__(
        self,
        variables: Sequence[Any],
        batch_loss: Callable[[Any], Any],
        *,
        n_examples: int,
        batch_size: int,
        epochs: int,
        learning_rate: float,
        rng: np.random.Generator,
        decay: bool = True,
        validation: Callable[[], float] | None = None,
        patience: int | None = None,
        checkpoint: str | Path | None = None,
        progress: bool = False,
        on_epoch: Callable[[Sequence[EpochRecord]], object] | None = None,
        xla: bool = False,
    ) -> None:
        """Remember the problem and start an optimiser with an empty memory."""
        check_generator(rng)
        n_examples, epochs = whole_number("n_examples", n_examples), whole_number("epochs", epochs)
        batch_size = whole_number("batch_size", batch_size)
        finite_number("learning_rate", learning_rate, above_zero=True)
        if patience is not None and (validation is None or patience < 1):
            raise ValueError(f"patience={patience} needs a validation and at least 1 epoch")
        self.variables, self.batch_loss, self.validation = [*variables], batch_loss, validation
        self.n_examples, self.batch_size, self.epochs = n_examples, batch_size, epochs
        self.rng, self.patience, self.progress = rng, patience, progress
        self.on_epoch = on_epoch
        self.checkpoint = None if checkpoint is None else Path(checkpoint)
        steps = epochs * -(-n_examples // batch_size)
        # A second decay below the usual 0.999: a run of a dozen epochs has only hundreds of steps.
        self.optimizer = Adam(
            self.variables, learning_rate, n_steps=steps if decay else None, beta_2=0.99
        )
        self.history: list[EpochRecord] = []
        self.best_weights: list[Any] | None = None
        self.compile_seconds = 0.0
        self._last: dict[str, Any] = {}  # what the next epoch depends on, after the last whole one
        self._n_steps = 1  # of one call
        number = tf.TensorSpec((), tf.int32)
        losses = tf.TensorSpec((), tf.float64)
        signature = [tf.TensorSpec((None, None), tf.int32), number, number, losses]
        graph = partial(tf.function, self._steps, input_signature=signature)
        self._run = graph(jit_compile=xla or None)
        # XLA compiles for one shape; for the one smaller batch of an epoch that would not pay.
        self._run_rest = graph() if xla else self._run
        self._settings = {
            "n_examples": n_examples,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "epochs": epochs if decay else "any",  # with a decay, they set the learning rates
            "shapes": [list(variable.shape) for variable in self.variables],
        }

    def fit(self) -> list[EpochRecord]:
        """Train until the last epoch, or until validation has stopped improving.

        Returns:
            `history`, one record an epoch.

        Raises:
            FloatingPointError: If the loss or the validation of an epoch is not finite.
            KeyboardInterrupt: If the run was interrupted; the message says what it keeps.
            ValueError: If `checkpoint` is the file of another run, or `batch_loss` is no scalar or
                does not depend on one of the variables.
        """
        if self.checkpoint is not None and self.checkpoint.exists():
            self._read(self.checkpoint)
        elif not self._last:
            self._last = self._state()
        try:
            with Bar("training", self.epochs, "epochs", show=self.progress) as bar:
                bar.update(len(self.history), "compiling")
                with undisturbed():  # an interrupt in the middle of its work confuses TensorFlow
                    self._go_back()
                    self._compile()
                while len(self.history) < self.epochs and not self._out_of_patience():
                    record = self._epoch(len(self.history) + 1, bar)
                    with undisturbed():
                        self._keep(record)
                        bar.update(record.epoch, f"loss {record.loss:.4f}")
                    if self.on_epoch is not None:
                        self.on_epoch(self.history)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._stopped()) from None
        finally:
            with undisturbed():
                _assign(self.variables, self.best_weights or self._last["variables"])
        return self.history

    def _compile(self) -> None:
        start = time.process_time()
        for run, batches in self._parts(np.arange(self.n_examples, dtype=np.int32)):
            run(batches, 0, 0, 0.0)  # no step at all: this only compiles
        self.compile_seconds = time.process_time() - start

    def _epoch(self, epoch: int, bar: Bar) -> EpochRecord:
        """Visit every example once, in a new order; then look at the validation."""
        start = time.perf_counter()
        order = self.rng.permutation(self.n_examples).astype(np.int32)  # (n_examples,)
        losses, n_visited = 0.0, 0
        before = f"loss {self.history[-1].loss:.4f}" if self.history else ""
        for run, batches in self._parts(order):
            for first, last in self._calls(len(batches)):
                with undisturbed():
                    losses = float(run(batches, first, last, losses))
                n_visited += (last - first) * batches.shape[1]
                if n_visited < self.n_examples:  # whole epochs are counted once they are kept
                    bar.update(epoch - 1 + n_visited / self.n_examples, before)
        loss = losses / self.n_examples
        _check_finite("loss", loss, epoch)
        validation = None if self.validation is None else float(self.validation())
        if validation is not None:
            _check_finite("validation", validation, epoch)
        return EpochRecord(epoch, loss, validation, time.perf_counter() - start)

    def _calls(self, n_batches: int) -> Iterator[tuple[int, int]]:
        """Cut the batches into calls of about half a second; no cut changes a bit of the result.

        Yields:
            The first batch of a call, and the one after its last.
        """
        first = 0
        while first < n_batches:
            start = time.perf_counter()
            last = min(first + self._n_steps, n_batches)
            yield first, last
            if last - first == self._n_steps:  # a shorter call says little about the pace
                in_time = _CALL_SECONDS * self._n_steps / (time.perf_counter() - start)
                self._n_steps = max(1, min(int(in_time), 8 * self._n_steps))
            first = last

    def _parts(self, order: npt.NDArray[np.int32]) -> list[tuple[Any, Any]]:
        """What runs the whole batches (n_batches, batch_size), and what the rest (1, n_rest)."""
        n_whole = self.n_examples // self.batch_size * self.batch_size
        parts = (
            (self._run, order[:n_whole].reshape(-1, self.batch_size)),
            (self._run_rest, order[None, n_whole:]),
        )
        return [(run, tf.constant(batches)) for run, batches in parts if batches.size]

    def _steps(self, batches: Any, first: Any, last: Any, losses: Any) -> Any:
        """Take a step on each of the rows first … last − 1; return losses plus theirs."""
        batch_loss = tf.autograph.experimental.do_not_convert(self.batch_loss)
        step = first
        # Compiled into a loop of the graph. A loop over tf.range is many times slower under XLA.
        while step < last:
            batch = batches[step]  # (batch_size,)
            with tf.GradientTape() as tape:
                loss = tf.convert_to_tensor(batch_loss(batch))
                mean_loss = loss / tf.cast(tf.size(batch), loss.dtype)
            gradients = tape.gradient(mean_loss, self.variables)
            _check_graph(loss, gradients, self.variables)
            self.optimizer.apply([tf.convert_to_tensor(g) for g in gradients])
            losses += tf.cast(loss, tf.float64)
            step += 1
        return losses

    def _best_epoch(self) -> int | None:
        """The first epoch with the lowest validation; None without validation."""
        scored = [(r.validation, r.epoch) for r in self.history if r.validation is not None]
        return min(scored)[1] if scored else None

    def _out_of_patience(self) -> bool:
        best = self._best_epoch()
        return bool(self.patience and best and len(self.history) - best >= self.patience)

    def _stopped(self) -> str:
        """What an interrupted run keeps, in a sentence."""
        n, best = len(self.history), self._best_epoch()
        if n == 0:
            return "training was stopped in its first epoch; the weights are those of the start"
        weights = f"of epoch {n}" if best is None else f"of epoch {best}, the best so far"
        return (
            f"training was stopped after {n} of {self.epochs} epochs; history keeps {n}, and the "
            f"weights are those {weights}"
        )

    def _keep(self, record: EpochRecord) -> None:
        """Hold on to an epoch: what it did, and what it left behind."""
        self.history.append(record)
        self._last = self._state()
        if self._best_epoch() == record.epoch:
            self.best_weights = self._last["variables"]
        if self.checkpoint is not None:
            self._save(self.checkpoint)

    def _state(self) -> dict[str, Any]:
        """A copy of all that the next epoch depends on; Adam's step is one of its variables."""
        return {
            "rng": self.rng.bit_generator.state,
            "variables": [variable.numpy() for variable in self.variables],
            "optimizer": [variable.numpy() for variable in self.optimizer.variables],
        }

    def _go_back(self) -> None:
        """To the end of the last whole epoch."""
        self.rng.bit_generator.state = self._last["rng"]
        _assign(self.variables, self._last["variables"])
        _assign(self.optimizer.variables, self._last["optimizer"])

    def _save(self, path: Path) -> None:
        """Write down everything that the next epoch depends on."""
        story = {
            "settings": self._settings,
            "history": [asdict(record) for record in self.history],
            "rng": self._last["rng"],
        }
        arrays = {name: self._last[name] for name in ("variables", "optimizer")}
        write_checkpoint(path, story, arrays | {"best": self.best_weights or []})

    def _read(self, path: Path) -> None:
        """Take over the end of the last epoch that was written down."""
        story, arrays = read_checkpoint(path, self._settings)
        self.history[:] = [EpochRecord(**record) for record in story["history"]]
        self.best_weights = arrays.pop("best", None)
        self._last = {"rng": story["rng"], **arrays}


def _assign(variables: Sequence[Any], values: Sequence[Any]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _check_finite(name: str, value: float, epoch: int) -> None:
    if not np.isfinite(value):
        raise FloatingPointError(
            f"the {name} of epoch {epoch} is {value}; start again with a smaller learning_rate, "
            "or look for values in the data that are not finite"
        )


def _check_graph(loss: Any, gradients: Sequence[Any], variables: Sequence[Any]) -> None:
    """Refuse, while the graph is being built, a loss that cannot train the variables."""
    if loss.shape.rank != 0:
        raise ValueError(
            f"batch_loss returned the shape {loss.shape}; return the sum over the batch, a scalar"
        )
    for variable, gradient in zip(variables, gradients, strict=True):
        if gradient is None:
            raise ValueError(
                f"batch_loss does not depend on the variable {variable.name}; use it inside "
                "batch_loss with TensorFlow operations, or leave it out of variables"
            )

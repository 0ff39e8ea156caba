"""Wrong answers of lesson 04, and what tells them apart: each function is watched at work.

Chance is the learner's to use in any order, so what is noted is seldom a number: it is whether
two runs agree, which rows are seen, what moves. ``square`` makes lengths equal or sizes divide.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from recsys_course.classroom.checks.training_loop.runs import Run
from recsys_course.classroom.checks.training_loop.tables import (
    TINY,
    Ratings,
    grid,
    one_each,
    random_ratings,
)
from recsys_course.classroom.checks.training_loop.tensors import Recorder, random_batch, tensorflow
from recsys_course.classroom.expectations import UnmetError, close

Rng = np.random.Generator
Answer = Callable[..., Any]


class _Student:
    """A single function under the name that the checks call it by."""

    def __init__(self, name: str, answer: Answer) -> None:
        setattr(self, name, answer)


def _tried(facts: Callable[[], Any]) -> Any:
    """What it returns, or how it ended, in words that tell one slip from another."""
    try:
        return facts()
    except UnmetError as unmet:
        return str(unmet)
    except ModuleNotFoundError:  # says nothing about the answer
        raise
    except Exception as error:
        text = str(error)
        if isinstance(error, IndexError) or "is not in [0," in text:
            return "no such row"  # NumPy and TensorFlow say it in their own ways
        if "No gradients provided" in text or "convert a value (None)" in text:
            return "no gradient"
        return f"{type(error).__name__}: {text}"


def behaviour_epoch_batches(answer: Answer, rng: Rng, square: bool) -> Any:
    """What the batches of two epochs hold, and what they do to the generator."""
    seed = int(rng.integers(2**31))
    n_rows, size = (20, 5) if square else (23, 5)

    def batches(generator: Rng, n_rows: int = n_rows) -> list[list[int]]:
        return [np.asarray(batch).tolist() for batch in answer(n_rows, size, generator)]

    def facts() -> Any:
        generator = np.random.default_rng(seed)
        before = str(generator.bit_generator.state)
        first, second = batches(generator), batches(generator)
        rows = [row for batch in first for row in batch]
        steps = {(after - row) % n_rows for row, after in itertools.pairwise(rows)}
        return {
            "sizes": str([len(batch) for batch in first]),
            "few rows": str([len(batch) for batch in batches(generator, 3)]),
            "missing": str(sorted(set(range(n_rows)) - set(rows)) != []),
            "no such row": str(not set(rows) <= set(range(n_rows))),
            "repeated": str(len(set(rows)) < len(rows)),
            "repeated in a batch": str(any(len(set(batch)) < len(batch) for batch in first)),
            "in order": str(steps == {1} and rows[0] == 0),
            "in turn": str(steps == {1}),
            "neighbours": str(all(np.ptp(batch or [0]) < size for batch in first)),
            "neighbours in order": str(all(batch == sorted(batch) for batch in first)),
            "draws": str(before != str(generator.bit_generator.state)),
            "repeatable": str(batches(np.random.default_rng(seed)) == first),
            "again": str(first == second),
        }

    return _tried(facts)


def behaviour_train_step(answer: Answer, rng: Rng, square: bool) -> Any:
    """The loss, what the optimizer was given, and where the factors are in the end."""
    tf, _ = tensorflow()
    batch = random_batch(rng, 6, 6, 6, 6) if square else random_batch(rng, 5, 7, 3, 8)
    variables = [tf.Variable(part, dtype=tf.float32) for part in batch[:2]]
    optimizer = Recorder(0.05)
    loss = _tried(lambda: float(answer(*variables, *batch[2:], optimizer)))
    given = [optimizer.gradients_of(variable) for variable in variables]
    return (
        loss,
        str([[gradient is None for gradient in gradients] for gradients in given]),
        len(optimizer.given),
        [variable.numpy() for variable in variables],
    )


def behaviour_run_epoch(answer: Answer, rng: Rng, square: bool) -> Any:
    """The loss, and which batches were trained on; each call lowers the losses a little."""
    sizes = [4, 4, 4] if square else [4, 4, 4, 2]
    batches = list(np.split(rng.permutation(sum(sizes)), np.cumsum(sizes)[:-1]))
    row_losses, seen = rng.uniform(1, 5, sum(sizes)), []

    def step(batch: Any) -> float:
        rows = np.asarray(batch)
        seen.append(str(rows.tolist()))
        return float(np.mean(row_losses[rows])) - 0.01 * len(seen)

    return _tried(lambda: float(answer(step, batches))), seen


def behaviour_fit_with_early_stopping(answer: Answer, rng: Rng, square: bool) -> Any:
    """What is called in which order, what comes back, and whose weights are in place at the end."""
    student = _Student("fit_with_early_stopping", answer)
    stories = (
        ([5.0, 3.0, 4.0, 3.0, 2.5, 6.0, 5.5, 5.0, 4.5, 4.0], 3),
        ([9.0, 8.0, 7.0, 6.0, 5.0], 2),
        ([5.0, 6.0, 4.0, 6.0, 3.0, 3.0, 6.0, 2.0, 7.0, 1.0], 2),
        (rng.normal(size=8).round(1).tolist(), 2),
        ([5.0, 3.0, 4.0], 4),
    )
    found = []
    for values, patience in stories:
        run = Run(rng, values, live=square)
        returned = _tried(lambda run=run, patience=patience: run.fit(student, patience))
        found.append((returned, run.calls, run.epoch, run.restored))
    return found


def behaviour_repair_the_loop(answer: Answer, rng: Rng, square: bool) -> Any:
    """One fact about short runs for each probe, as training takes time."""
    student = _Student("repair_the_loop", answer)
    looks = (_start, _losses, _first_step, _every_rating, _company, _first_step_of_many)
    look = looks[int(rng.integers(3)) + 3 * square]  # the three probes draw 0, 1 and 2
    seed = int(rng.integers(10_000))

    def facts() -> Any:
        runs = [grid(np.random.default_rng(1)).train(student, seed) for _ in range(2)]
        if any(not np.array_equal(*parts) for parts in zip(*runs, strict=True)):
            return "another result for the same seed"  # anything else would be chance
        return look(student, rng, seed)

    return _tried(facts)


def _start(student: Any, _rng: Rng, seed: int) -> list[str]:
    """Mean and width of the factors at the start, and what is the same that should differ."""
    pairs = Ratings(np.array([0, 1]), np.array([1, 0]), np.array([3.0, 4.0]), 60, 50)
    first, second = (
        pairs.train(student, one, embedding_dim=8, learning_rate=TINY) for one in (seed, seed + 1)
    )
    sizes = [f"{factors.mean():.1f} {factors.std():.1f}" for factors in first[:2]]
    alike = np.allclose(first.user_factors[:50], first.item_factors, atol=1e-3)
    return [*sizes, f"alike: {alike}", f"seed: {first.differs(second)}"]


def _losses(student: Any, rng: Rng, seed: int) -> list[str]:
    """How the losses compare with the errors of the factors, with one batch and with three."""
    found, table = [], random_ratings(rng, 7, 4)
    for batch_size in (None, 3):
        trained = table.train(student, seed, batch_size=batch_size, learning_rate=TINY)
        error = table.mean_squared_error(trained)
        found.append(f"mean: {close(trained.losses[0], error)}")
        found.append(f"sum: {close(trained.losses[0], error * len(table.ratings))}")
    return found


def _first_step(student: Any, rng: Rng, seed: int, table: Ratings | None = None) -> list[str]:
    """Which factors the first step moves, how far, and whether its loss is measured before it."""
    found = []
    if table is None:
        table = one_each(rng, 6)
        found.append(f"remembers: {table.second_step_remembers(student, seed)}")
    start, after = (table.train(student, seed, learning_rate=rate) for rate in (TINY, 0.05))
    found.append(f"before: {close(start.losses, after.losses)}")
    for before, new, way in zip(start[:2], after[:2], table.downhill(start), strict=True):
        moves, sure = new - before, np.abs(way) > 1e-3
        found += [
            f"moves: {np.any(np.abs(moves) > 1e-6)}",
            f"downhill: {np.all(moves[sure] * way[sure] > 0)}",
            f"others stay: {np.all(np.abs(moves[way == 0]) < 1e-6)}",
            f"far enough: {np.median(np.abs(moves[sure])) > 0.02}",
        ]
    return found


def _first_step_of_many(student: Any, rng: Rng, seed: int) -> list[str]:
    """The same where users and items stand in several rows."""
    return _first_step(student, rng, seed, random_ratings(rng, 4, 7))


def _every_rating(student: Any, rng: Rng, seed: int) -> str:
    """Whether every rating counts when the last batch is short."""
    return str(all(one_each(rng, 3).rows_that_count(student, seed, batch_size=2)))


def _company(student: Any, rng: Rng, seed: int) -> str:
    """Whether the same rows share a batch in every epoch, and whether they are neighbours."""
    places, rows = grid(rng), set()
    for one in range(seed, seed + 4):
        row = places.company(student, one)
        if row is None:
            return "new"
        rows.add(row)
    return "neighbours" if rows == {1} else "the same"

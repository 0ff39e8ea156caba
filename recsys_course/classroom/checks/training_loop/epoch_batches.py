"""Checks of epoch_batches(n_rows, batch_size, rng)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import expect

Rng = np.random.Generator
Ints = npt.NDArray[np.intp]


def _batches(student: Any, n_rows: int, batch_size: int, rng: Rng) -> list[Ints]:
    answer = student.epoch_batches(n_rows, batch_size, rng)
    expect(
        answer is not None,
        "It returns nothing: end the function with `return` and the list of batches.",
    )
    expect(hasattr(answer, "__iter__"), "It does not return a list of batches.")
    batches = []
    for part in answer:
        batch = np.asarray(part)
        expect(
            batch.ndim == 1,
            "A batch is not an array with one axis: is the list a list of arrays of row numbers?",
        )
        expect(
            batch.size > 0,
            "One of the batches is empty: what does the last slice hold when batch_size divides "
            "the number of rows?",
        )
        expect(
            np.issubdtype(batch.dtype, np.integer),
            "A batch holds something else than whole numbers, and could not choose rows.",
        )
        batches.append(batch.astype(np.intp))
    return batches


def _some_sizes(rng: Rng) -> list[tuple[int, int]]:
    """Rows and batch size: with a rest, without one, one row a batch, all rows in one batch."""
    size, times = int(rng.integers(3, 8)), int(rng.integers(3, 8))
    rest = int(rng.integers(1, size))
    return [(size * times + rest, size), (size * times, size), (size, 1), (size, size)]


def test_epoch_batches_each_row_once(student: Any, rng: Rng) -> None:
    """Together the batches hold each of the rows 0 … n_rows - 1 once."""
    for n_rows, batch_size in _some_sizes(rng):
        batches = _batches(student, n_rows, batch_size, rng)
        rows = np.concatenate([*batches, np.zeros(0, np.intp)])
        expect(
            np.isin(rows, np.arange(n_rows)).all(),
            "A batch holds a number that is no row: rows are counted from 0.",
        )
        expect(
            len(set(rows.tolist())) == n_rows,
            "Some rows are in no batch: an epoch visits every row. Where do the rows go that do "
            "not fill a whole batch, and can a draw give the same row twice?",
        )
        expect(
            len(rows) == n_rows,
            "Some rows come more than once: an epoch visits every row once, and the last batch "
            "may be shorter.",
        )


def test_epoch_batches_shuffled(student: Any, rng: Rng) -> None:
    """The rows are in a random order, and neighbours land in different batches."""
    batches = _batches(student, 120, 10, rng)
    rows = np.concatenate(batches)
    expect(
        not np.array_equal(rows, np.arange(120)),
        "The rows come in the order of the table: tables are often sorted by user or by time, "
        "and then a batch holds one kind of rows only.",
    )
    expect(
        any(np.ptp(batch) >= 10 for batch in batches),
        "Each batch holds neighbouring rows of the table: what is shuffled, the batches or the "
        "rows?",
    )


def test_epoch_batches_sizes(student: Any, rng: Rng) -> None:
    """Every batch has batch_size rows, except that the last may be shorter."""
    for n_rows, batch_size in _some_sizes(rng):
        sizes = [len(batch) for batch in _batches(student, n_rows, batch_size, rng)]
        expect(
            all(size == batch_size for size in sizes[:-1]),
            "A batch before the last does not have batch_size rows: is batch_size taken for the "
            "number of batches, are the rows dealt out evenly, or does the short batch change "
            "its place?",
        )
        expect(sizes[-1] <= batch_size, "The last batch has more than batch_size rows.")


def test_epoch_batches_larger_than_the_rows(student: Any, rng: Rng) -> None:
    """A batch size above the number of rows gives one batch with all rows."""
    batches = _batches(student, 5, 8, rng)
    expect(
        len(batches) == 1 and sorted(batches[0].tolist()) == list(range(5)),
        "With a batch_size above the number of rows there must be one batch, which holds each "
        "row once.",
    )


def test_epoch_batches_rng(student: Any, rng: Rng) -> None:
    """All chance comes from rng: the same generator gives the same batches."""
    seed = int(rng.integers(2**31))
    first, again = (
        np.concatenate(_batches(student, 50, 8, np.random.default_rng(seed))) for _ in range(2)
    )
    expect(
        np.array_equal(first, again),
        "Two generators with the same seed give different batches: where does the chance come "
        "from, if not from `rng`?",
    )
    other = np.concatenate(_batches(student, 50, 8, np.random.default_rng(seed + 1)))
    expect(
        not np.array_equal(first, other),
        "Generators with different seeds give the same batches: is `rng` used at all?",
    )


def test_epoch_batches_next_epoch(student: Any, rng: Rng) -> None:
    """The next call with the same generator gives another order."""
    first, second = (np.concatenate(_batches(student, 50, 8, rng)) for _ in range(2))
    expect(
        not np.array_equal(first, second),
        "The next epoch has the same order again: does each call draw from `rng` as it is, or "
        "from a fresh start?",
    )


def test_epoch_batches_every_order(student: Any, rng: Rng) -> None:
    """Any two rows can meet in a batch, and any row can come first."""
    firsts = [_batches(student, 4, 2, rng)[0] for _ in range(200)]
    pairs = {tuple(sorted(batch.tolist())) for batch in firsts}
    expect(
        len(pairs) == 6,
        "After many epochs some pairs of rows have never met in the first batch: is every order "
        "of the rows possible, or only some?",
    )


def test_epoch_batches_hand_example(student: Any, rng: Rng) -> None:
    """Five rows in batches of two make two batches of two rows and one of one."""
    expect(
        [len(batch) for batch in _batches(student, 5, 2, rng)] == [2, 2, 1],
        "Five rows in batches of two do not make the batches of the exercise.",
    )

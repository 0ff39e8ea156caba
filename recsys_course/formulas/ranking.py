"""From scores to an ordered list, without favour among equals and without sorting everything."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recsys_course.formulas.inputs import as_scores, whole_number
from recsys_course.formulas.losses import Floats, Indices

__all__ = ["cells_reaching", "lower_bounds", "top_k"]

Flags = npt.NDArray[np.bool_]

_BLOCK = 256  # users ordered at a time, so that what lies beside the scores stays small
_GROUP = 16  # scores that one maximum stands for
_SPARE = 4  # maxima kept for each place on the list; fewer would let more scores through
_CROWD = 8  # scores for each place that are let through before ties are drawn, not sorted
_NOTHING = np.iinfo(np.int64).min  # below what any score and item make


def top_k(scores: Floats, k: int, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """The k best items of each user, best first; equal scores in random order.

    Sorting alone would prefer low item indices among equals, and indices often follow popularity:
    a model that knows nothing would then look as if it knew something.

    Args:
        scores: Real numbers, shape (n_users, n_items); −inf marks an item that must not be listed.
        k: Length of the list, at least 1; it may exceed n_items.
        rng: Orders the ties; a generator in the same state gives the same lists.

    Returns:
        Item indices, shape (n_users, k); −1 where there are not enough items.

    Raises:
        TypeError: If the scores are not real numbers.
        ValueError: If k is no whole number of at least 1, scores is not a table, or a score is nan.

    Source: McSherry and Najork (2008), on ranking metrics in the presence of ties.

    >>> top_k(np.array([[0.1, 0.9, 0.5]]), k=2, rng=np.random.default_rng(0))
    array([[1, 2]], dtype=int32)
    """
    k, scores = whole_number("k", k), as_scores(scores)
    n_users, n_items = scores.shape
    kept = min(k, n_items)
    ranked = np.full((n_users, k), -1, dtype=np.int32)
    for start in range(0, n_users if kept else 0, _BLOCK):
        block = scores[start : start + _BLOCK]
        bounds = lower_bounds(block, kept)
        if np.isnan(bounds).any():
            row, column = np.argwhere(np.isnan(block))[0]
            raise ValueError(
                f"scores[{start + row}, {column}] is nan; a nan has no rank, so mend the model"
            )
        ranked[start : start + _BLOCK, :kept] = _listed(block, bounds, kept, rng)
    return ranked


def lower_bounds(scores: Floats, k: int) -> Floats:
    """A number for each row that at least k of its scores reach, and few more than k.

    The row is dealt into groups; the k-th largest of the groups' maxima is reached by k scores, one
    in each of k groups. Finding the maxima reads every score once and sorts none.

    Args:
        scores: Real numbers, shape (n_rows, n_columns).
        k: From 1 to n_columns.

    Returns:
        The bounds, shape (n_rows,), each at most the row's k-th largest score; nan where the row
        holds a nan.

    >>> lower_bounds(np.array([[0.1, 0.9, 0.5]]), 2)
    array([0.5])
    """
    maxima = scores
    while (size := min(_GROUP, maxima.shape[1] // (_SPARE * k))) > 1:
        maxima = _group_maxima(maxima, size)
    bounds: Floats = np.partition(maxima, -k, axis=1)[:, -k]
    broken = np.isnan(maxima).any(axis=1)  # a nan is the maximum of its group
    return np.where(broken, np.nan, bounds) if broken.any() else bounds


def cells_reaching(scores: Floats, bounds: Floats) -> tuple[Indices, Indices]:
    """Where a score is at least as large as its row's bound.

    Args:
        scores: Shape (n_rows, n_columns).
        bounds: One a row, shape (n_rows,).

    Returns:
        Rows and columns of those cells; in the order in which the table lies in memory.

    >>> cells_reaching(np.array([[0.1, 0.9, 0.5]]), np.array([0.5]))
    (array([0, 0]), array([1, 2]))
    """
    reached = scores >= bounds[:, None]  # laid out like the scores
    if reached.flags.c_contiguous:
        rows, columns = _divided(_true_cells(reached), reached.shape[1])
    else:
        columns, rows = _divided(_true_cells(reached.T), reached.shape[0])
    return rows, columns


def _group_maxima(scores: Floats, size: int) -> Floats:
    """Maxima of groups of `size` columns that lie n_groups apart; the last group rows are short."""
    n_rows, n_columns = scores.shape
    n_groups = -(-n_columns // size)
    whole = n_columns - n_columns % n_groups
    maxima: Floats = scores[:, :whole].reshape(n_rows, -1, n_groups).max(axis=1)
    rest = scores[:, whole:]
    np.maximum(maxima[:, : rest.shape[1]], rest, out=maxima[:, : rest.shape[1]])
    return maxima


def _true_cells(flags: Flags) -> Indices:
    """Where flags are true, counted row by row; eight at a time, as few of them are."""
    flat = flags.ravel()
    whole = len(flat) - len(flat) % 8
    eights = flat[:whole].reshape(-1, 8)
    some = np.flatnonzero(eights.view(np.uint64) != 0)
    within = np.flatnonzero(eights.take(some, axis=0))
    cells: Indices = some.take(within >> 3) * 8 + (within & 7)
    if whole < len(flat):
        cells = np.append(cells, np.flatnonzero(flat[whole:]) + whole)
    return cells


def _divided(cells: Indices, width: int) -> tuple[Indices, Indices]:
    """Quotients and remainders; np.divmod costs more."""
    quotients = cells // width
    return quotients, cells - quotients * width


def _listed(block: Floats, bounds: Floats, k: int, rng: np.random.Generator) -> Indices:
    """The k best of each row, from the scores that reach the bounds, (len(block), k)."""
    if block.dtype.kind == "f":
        bounds = np.maximum(bounds, np.finfo(block.dtype).min)  # leaves −inf out
    rows, items = cells_reaching(block, bounds)
    tickets = None
    if len(rows) > _CROWD * k * len(block):
        rows, items, tickets = _drawn(block, bounds, k, rng)
    values = block[rows, items]
    if not block.flags.c_contiguous:  # the cells come column by column
        by_row = np.argsort(rows, kind="stable")
        rows, items, values = rows[by_row], items[by_row], values[by_row]
        if tickets is not None:
            tickets = tickets[by_row]
    counts = np.bincount(rows, minlength=len(block))
    there = np.arange(max(k, counts.max())) < counts[:, None]  # (len(block), most of a row)
    if block.dtype == np.float32 and tickets is None:
        in_order = _without_ties(values, items, there, k)
        if in_order is not None:
            return in_order
    table = np.full(there.shape, -np.inf if block.dtype.kind == "f" else 0, dtype=block.dtype)
    table[there] = values
    order = np.argsort(table, axis=1)
    ascending = np.take_along_axis(table, order, axis=1)  # a float's empty places come first
    equal = (ascending[:, 1:] == ascending[:, :-1]) & there[:, :0:-1]
    if equal.any() or block.dtype.kind != "f":
        drawn = np.zeros(there.shape)
        drawn[there] = rng.random(len(rows)) if tickets is None else tickets
        order = np.lexsort((drawn, table, there))
    listed = np.full(there.shape, -1)
    listed[there] = items
    return np.take_along_axis(listed, order, axis=1)[:, : -k - 1 : -1]


def _without_ties(values: Floats, items: Indices, there: Flags, k: int) -> Indices | None:
    """The k best of each row, sorted as whole numbers that hold both; None where scores are equal.

    The bits of a float32 ascend with it as those of an int32 do, but for the sign.
    """
    bits = (values + np.float32(0)).view(np.int32)  # −0 becomes 0, which it equals
    ranks = bits ^ (bits >> 31 & 0x7FFFFFFF)
    table = np.full(there.shape, _NOTHING)
    table[there] = ranks.astype(np.int64) << 32 | items
    table.sort(axis=1)
    ranks = table >> 32
    if ((ranks[:, 1:] == ranks[:, :-1]) & there[:, :0:-1]).any():
        return None
    best = table[:, : -k - 1 : -1]
    return np.where(best == _NOTHING, -1, best & 0xFFFFFFFF)


def _drawn(
    block: Floats, bounds: Floats, k: int, rng: np.random.Generator
) -> tuple[Indices, Indices, Floats]:
    """Every score above its bound, the k luckiest of those that equal it, and their tickets.

    Where most scores of a row tie, sorting all of them to list k would take most of the time. The
    same tickets must order the ties: a second draw among the lucky ones would not be fair, because
    the bound of the tickets lets more of them through from some groups of columns than from others.
    """
    tickets = rng.random(block.shape)
    tickets[block > bounds[:, None]] += 2
    tickets[block < bounds[:, None]] = -1
    rows, items = cells_reaching(tickets, np.clip(lower_bounds(tickets, k), 0, 2))
    return rows, items, tickets[rows, items]

"""Cosine similarity, and the nearest neighbours it gives."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_course.formulas.losses import Floats

__all__ = ["cosine_similarity", "nearest_neighbors"]


def cosine_similarity(first: Floats, second: Floats) -> float:
    """Cosine of the angle between two vectors of ratings.

    s = (a · b) / (‖a‖ ‖b‖), and 0 where either vector is all zeros.

    Args:
        first: a, shape (n,); 0 where there is no rating.
        second: b, shape (n,).

    Returns:
        A similarity in [−1, 1], without a unit.

    Raises:
        ValueError: If the shapes differ, or a value is not finite.

    Source: Breese, Heckerman and Kadie (1998), section 2.1.

    >>> cosine_similarity(np.array([3.0, 0.0]), np.array([4.0, 3.0]))
    0.8
    """
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"first {first.shape} and second {second.shape} must be two vectors of one length"
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("a rating is nan or infinite; put 0 where there is no rating")
    norms = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.clip(first @ second / norms, -1, 1)) if norms > 0 else 0.0


def nearest_neighbors(
    vectors: sparse.csr_array, n_neighbors: int, shrinkage: float = 0.0, block_size: int = 512
) -> sparse.csr_array:
    """The most similar rows of each row, by shrunk cosine; never itself, never a similarity of 0.

    s_ab = cos(a, b) · n_ab / (n_ab + β), with n_ab the number of columns that both rows fill.

    The shrinkage β keeps two rows that share a single column from looking alike: one co-rated item
    makes every cosine ±1. Works in blocks of rows, so the whole table is never dense.

    Args:
        vectors: One row a thing to compare, shape (n_rows, n_columns); an unstored cell is empty
            (0 in the cosine); a stored 0 is a value like any other.
        n_neighbors: Neighbours kept for each row, at least 1.
        shrinkage: β ≥ 0, in co-filled columns.
        block_size: Rows compared at a time; memory is block_size × n_rows × 8 bytes.

    Returns:
        Similarities, shape (n_rows, n_rows), at most n_neighbors stored in a row; ties at the
        border are cut in favour of the lower index.

    Raises:
        ValueError: If n_neighbors < 1 or shrinkage < 0.

    Source: Sarwar, Karypis, Konstan and Riedl (2001), section 3; shrinkage after Bell and Koren
    (2007).

    >>> nearest_neighbors(sparse.csr_array(np.array([[3.0, 0], [4, 3], [0, 1]])), 1).toarray()
    array([[0. , 0.8, 0. ],
           [0.8, 0. , 0. ],
           [0. , 0.6, 0. ]])
    """
    if n_neighbors < 1:
        raise ValueError(f"n_neighbors is {n_neighbors}; keep one at least")
    if shrinkage < 0:
        raise ValueError(f"shrinkage is {shrinkage}; it counts columns, so 0 or more")
    n_rows = vectors.shape[0]
    norms = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    lengths = np.diff(vectors.indptr)
    scale = np.repeat(np.divide(1, norms, out=np.zeros(n_rows), where=norms > 0), lengths)
    unit = sparse.csr_array((vectors.data * scale, vectors.indices, vectors.indptr), vectors.shape)
    filled = sparse.csr_array((np.ones_like(scale), vectors.indices, vectors.indptr), vectors.shape)
    blocks = []
    for start in range(0, n_rows, block_size):
        rows = slice(start, min(start + block_size, n_rows))
        similarity = sparse.csr_array(unit[rows] @ unit.T)  # (block, n_rows)
        if shrinkage > 0:
            common = _values_at(sparse.csr_array(filled[rows] @ filled.T), similarity)
            similarity.data *= common / (common + shrinkage)
        blocks.append(_strongest(similarity, start, n_neighbors))
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))


def _values_at(table: sparse.csr_array, cells: sparse.csr_array) -> Floats:
    """The table's values at the stored cells of another, in that one's order."""
    if table.nnz == cells.nnz:  # two products of the same cells are stored in the same order
        return table.data
    # A product that cancels to exactly 0 is not stored, so the cells have to be looked up.
    keys, wanted = (
        np.repeat(np.arange(one.shape[0]), np.diff(one.indptr)) * one.shape[1] + one.indices
        for one in (table, cells)
    )
    order = np.argsort(keys)
    return table.data[order][np.searchsorted(keys, wanted, sorter=order)]


def _strongest(similarity: sparse.csr_array, start: int, n_neighbors: int) -> sparse.csr_array:
    """Keep the largest n_neighbors entries of each row, without row start + r's own column."""
    for row in range(similarity.shape[0]):
        cells = slice(similarity.indptr[row], similarity.indptr[row + 1])
        values = similarity.data[cells]
        values[similarity.indices[cells] == row + start] = 0
        strength = np.where(values == 0, -np.inf, values)
        if len(values) > n_neighbors:  # sort only what is at or above the last one kept
            border = len(values) - n_neighbors
            strength[strength < np.partition(strength, border)[border]] = -np.inf
        similarity.data[cells] = strength
    usable = similarity.data > -np.inf
    rows = np.repeat(np.arange(similarity.shape[0]), np.diff(similarity.indptr))[usable]
    columns, values = similarity.indices[usable], similarity.data[usable]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    kept = np.arange(len(rows)) - np.searchsorted(rows, rows) < n_neighbors
    return sparse.csr_array((values[kept], (rows[kept], columns[kept])), shape=similarity.shape)

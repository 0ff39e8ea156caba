"""The most similar rows of every row of a large, sparse table, and what they predict.

Three similarities go through one machine that works in blocks; that, and four contracts, make this
module longer than others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.formulas.inputs import check_stored
from recsys_course.formulas.losses import Floats, Indices
from recsys_course.formulas.ranking import cells_reaching, lower_bounds

Kind = Literal["cosine", "common_cosine", "pearson"]

__all__ = ["Kind", "centred_rows", "neighbors_among", "predict_from_neighbors", "similarity_matrix"]

_TIE = 12  # decimals: similarities that agree so far count as equal
_SLACK = 1e-6  # what single precision may hide, relative to a similarity
_ROWS = 128  # predicted at a time
_CROWDED = 0.05  # a share of all pairs above which a dense table of similarities is the faster
_CONSTANT = 1e-12  # a share of the squares below which a variance is rounding


def similarity_matrix(
    vectors: sparse.csr_array,
    n_neighbors: int | None = None,
    kind: Kind = "cosine",
    shrinkage: float = 0.0,
    min_support: int = 0,
    block_size: int = 128,
) -> sparse.csr_array:
    """The most similar rows of each row; never itself, and never a similarity of 0.

    s_ab = sim(a, b) · n_ab / (n_ab + β), and 0 where n_ab < min_support, with n_ab the number of
    columns that both rows fill. With C_ab those columns, sim(a, b) is

    cosine: Σ_C a b / (‖a‖ ‖b‖), norms over everything that a row fills;
    common_cosine: Σ_C a b / √(Σ_C a² Σ_C b²), which is the adjusted cosine of Sarwar et al. where
    the rows are items, centred by user (`centred_rows` of the transposed table, transposed back);
    pearson: the common_cosine of a and b minus their means over C.

    Support matters: one common column makes every common_cosine ±1. Works in blocks of rows, so
    no table of n_rows × n_rows is ever dense.

    Args:
        vectors: One row a thing to compare, shape (n_rows, n_columns); an unstored cell is empty,
            a stored 0 is a value like any other.
        n_neighbors: Neighbours kept for each row, at least 1; None keeps every similarity that is
            not 0, which for long tables is most of n_rows².
        kind: Which similarity.
        shrinkage: β ≥ 0, in common columns.
        min_support: Least n_ab of a neighbour.
        block_size: Rows compared at a time; working memory is some ten times
            block_size × (n_rows + n_columns) numbers.

    Returns:
        Similarities in [−1, 1], shape (n_rows, n_rows), at most n_neighbors stored in a row. The
        largest are kept; of those that agree to 12 decimals, the lower index.

    Raises:
        TypeError: If vectors is not a sparse table.
        ValueError: If a number is out of its range, or a value is not finite.

    Source: Sarwar, Karypis, Konstan and Riedl (2001), section 3.1; shrinkage after Bell and Koren
    (2007); least support after Herlocker, Konstan, Borchers and Riedl (1999), section 5.

    >>> table = sparse.csr_array(np.array([[3.0, 0], [4, 3], [0, 1]]))
    >>> similarity_matrix(table, n_neighbors=1).toarray()
    array([[0. , 0.8, 0. ],
           [0.8, 0. , 0. ],
           [0. , 0.6, 0. ]])
    """
    measure = _Measure(kind, n_neighbors, shrinkage, min_support)
    rows = _checked(vectors, "vectors")
    return _neighbors(rows, rows, measure, block_size, themselves=True)


def neighbors_among(
    queries: sparse.csr_array,
    vectors: sparse.csr_array,
    n_neighbors: int | None = None,
    kind: Kind = "cosine",
    shrinkage: float = 0.0,
    min_support: int = 0,
    block_size: int = 128,
) -> sparse.csr_array:
    """The rows of one table that are most similar to each row of another.

    The same equation as `similarity_matrix`, for rows that do not stand in the table themselves:
    somebody new among the known users. A twin is a neighbour here.

    Args:
        queries: Shape (n_queries, n_columns).
        vectors: Shape (n_rows, n_columns).
        n_neighbors: As in `similarity_matrix`, and so are the others.
        kind: Which similarity.
        shrinkage: β ≥ 0, in common columns.
        min_support: Least n_ab of a neighbour.
        block_size: Queries compared at a time.

    Returns:
        Similarities, shape (n_queries, n_rows).

    Raises:
        ValueError: If the tables have different columns.

    Source: as `similarity_matrix`.

    >>> known = sparse.csr_array(np.array([[3.0, 0], [4, 3], [0, 1]]))
    >>> neighbors_among(sparse.csr_array(np.array([[4.0, 0]])), known, n_neighbors=2).toarray()
    array([[1. , 0.8, 0. ]])
    """
    measure = _Measure(kind, n_neighbors, shrinkage, min_support)
    asked, rows = _checked(queries, "queries"), _checked(vectors, "vectors")
    if asked.shape[1] != rows.shape[1]:
        raise ValueError(
            f"queries {asked.shape} and vectors {rows.shape} must have the same columns"
        )
    return _neighbors(asked, rows, measure, block_size, themselves=False)


def centred_rows(vectors: sparse.csr_array) -> sparse.csr_array:
    """The values of each row minus their mean; empty cells stay empty.

    x_aj − x̄_a, with x̄_a the mean over the columns that row a fills.

    Args:
        vectors: Shape (n_rows, n_columns).

    Returns:
        The deviations, same shape, float64; a deviation of 0 is stored.

    Source: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994).

    >>> centred_rows(sparse.csr_array(np.array([[5.0, 3, 0, 1], [0, 4, 0, 0]]))).toarray()
    array([[ 2.,  0.,  0., -2.],
           [ 0.,  0.,  0.,  0.]])
    """
    rows = _checked(vectors, "vectors")
    counts = np.diff(rows.indptr)
    places = np.repeat(np.arange(rows.shape[0]), counts)
    sums = np.bincount(places, rows.data, minlength=rows.shape[0])
    means = sums / np.maximum(counts, 1)
    return _with_values(rows, rows.data - means[places])


def predict_from_neighbors(
    similarities: sparse.csr_array, deviations: sparse.csr_array, damping: float = 0.0
) -> Floats:
    """How far the neighbours move a prediction away from its base.

    d̂_aj = Σ_{b∈N(a), b fills j} s_ab d_bj / (δ + Σ_{b∈N(a), b fills j} |s_ab|), and 0 where no
    neighbour fills j. The base is the caller's: r̂ = r̄_a + d̂, with d_bj = r_bj − r̄_b.

    Args:
        similarities: s, shape (n_rows, n_others); what is stored in row a are N(a).
        deviations: d, shape (n_others, n_columns); a stored 0 is a value.
        damping: δ ≥ 0; keeps a single weak neighbour from deciding.

    Returns:
        d̂, shape (n_rows, n_columns), in the unit of the deviations.

    Raises:
        ValueError: If the shapes do not fit or the damping is negative.

    Source: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994); Herlocker, Konstan, Borchers and
    Riedl (1999), equation 1; damping after Bell and Koren (2007).

    >>> predict_from_neighbors(sparse.csr_array(np.array([[0.5, -0.25]])),
    ...                        sparse.csr_array(np.array([[1.0], [-2.0]])))
    array([[1.33333333]])
    """
    if similarities.shape[1] != deviations.shape[0]:
        raise ValueError(
            f"similarities {similarities.shape} and deviations {deviations.shape} do not fit; "
            "each column of the first is a row of the second"
        )
    if not damping >= 0:
        raise ValueError(f"damping is {damping}; it is added to a sum of sizes, so 0 or more")
    filled = _with_values(deviations, np.ones(deviations.nnz))
    moved = np.zeros((similarities.shape[0], deviations.shape[1]))
    crowded = similarities.nnz > _CROWDED * similarities.shape[0] * similarities.shape[1]
    for start in range(0, len(moved), _ROWS):
        block = similarities[start : start + _ROWS]
        near = block.toarray() if crowded else block
        sums, weights = (_dense(one) for one in (near @ deviations, abs(near) @ filled))
        known = weights > 0
        np.divide(sums, weights + damping, out=moved[start : start + _ROWS], where=known)
    return moved


def _dense(product: Floats | sparse.csr_array) -> Floats:
    """The product of two sparse tables, or of a dense and a sparse one, as a dense table."""
    return product if isinstance(product, np.ndarray) else product.toarray()


@dataclass(frozen=True)
class _Measure:
    """What makes two rows similar, and how many neighbours are wanted."""

    kind: Kind
    n_neighbors: int | None
    shrinkage: float
    min_support: int

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind is {self.kind!r}; choose from {', '.join(get_args(Kind))}")
        if self.n_neighbors is not None and self.n_neighbors < 1:
            raise ValueError(f"n_neighbors is {self.n_neighbors}; keep one at least, or None: all")
        for name, value in (("shrinkage", self.shrinkage), ("min_support", self.min_support)):
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} is {value}; it counts columns, so 0 or more")

    @property
    def needs_support(self) -> bool:
        """Whether the number of common columns changes anything."""
        return self.shrinkage > 0 or self.min_support > 1  # one common column is needed anyway

    def similarity(
        self, dots: Floats, common: Floats, first: Floats, second: Floats | None
    ) -> Floats:
        """The similarity from its sums: Σab, n_ab, and what stands for Σa² and Σb² (None: 1)."""
        value = dots * _inverse_root(first)
        if second is not None:
            value *= _inverse_root(second)
        if self.shrinkage > 0:
            value *= common / (common + self.shrinkage)
        if self.min_support > 1:
            value *= common >= self.min_support
        return value


class _Table:
    """A sparse table with what its comparisons need: which cells are filled, and squares."""

    def __init__(self, rows: sparse.csr_array, dtype: npt.DTypeLike) -> None:
        self.values = _with_values(rows, rows.data.astype(dtype))
        self.filled = _with_values(rows, np.ones(rows.nnz, np.float32))  # counts are exact in it
        self.squares = _with_values(rows, self.values.data**2)
        self.norms = self.squares.sum(axis=1)


def _neighbors(
    queries: sparse.csr_array,
    rows: sparse.csr_array,
    measure: _Measure,
    block_size: int,
    themselves: bool,
) -> sparse.csr_array:
    """The neighbours of the queries; with `themselves`, query r is row r and is left out."""
    if block_size < 1:
        raise ValueError(f"block_size is {block_size}; compare one row at a time at least")
    single = measure.kind == "cosine" and _single_precision_is_exact(rows, queries)
    dtype = np.float32 if single else np.float64
    table = _Table(rows, dtype)
    signed = bool((rows.data < 0).any() or (queries.data < 0).any() or measure.kind == "pearson")
    counts: list[Indices] = [np.zeros(1, np.intp)]
    columns: list[Indices] = [np.zeros(0, np.intp)]
    values: list[Floats] = [np.zeros(0)]
    for start in range(0, queries.shape[0], block_size):
        block = _Table(sparse.csr_array(queries[start : start + block_size]), dtype)
        sums = _sums(table, block, measure)
        # A factor that all neighbours of a query share need not be there to tell them apart.
        second = sums[3] if len(sums[3]) > 1 else None
        similarities = measure.similarity(sums[0], sums[1], sums[2], second)  # (n_rows, block)
        if themselves:
            places = np.arange(similarities.shape[1])
            similarities[start + places, places] = 0
        asked, others = _candidates(similarities, measure.n_neighbors, signed)
        exact = measure.similarity(*(_at(one, others, asked) for one in sums))
        kept = _largest(asked, exact, measure.n_neighbors)
        counts.append(np.bincount(asked[kept], minlength=similarities.shape[1]))
        columns.append(others[kept])
        values.append(np.clip(exact[kept], -1, 1))
    return sparse.csr_array(
        (np.concatenate(values), np.concatenate(columns), np.cumsum(np.concatenate(counts))),
        shape=(queries.shape[0], rows.shape[0]),
    )


def _sums(table: _Table, block: _Table, measure: _Measure) -> tuple[Floats, ...]:
    """Σab, n_ab, Σa² and Σb² of every row with every row of a block, (n_rows, block).

    A sparse table times a thin dense one adds whole rows of numbers, which is faster here than the
    product of two sparse tables: that has to find a place for each of its cells.
    """
    values = block.values.T.toarray(order="C")  # (n_columns, block)
    dots = table.values @ values
    if measure.kind == "cosine" and not measure.needs_support:
        return dots, np.ones((1, 1)), table.norms[:, None], block.norms[None, :]
    filled = block.filled.T.toarray(order="C")
    common = table.filled @ filled
    if measure.kind == "cosine":
        return dots, common, table.norms[:, None], block.norms[None, :]
    first, second = table.squares @ filled, table.filled @ values**2
    if measure.kind == "common_cosine":
        return dots, common, first, second
    first_sum, second_sum = table.values @ filled, table.filled @ values
    return (
        common * dots - first_sum * second_sum,
        common,
        _variance(common * first, first_sum**2),
        _variance(common * second, second_sum**2),
    )


def _variance(squares: Floats, square: Floats) -> Floats:
    """What n Σx² − (Σx)² is, and 0 where nothing but rounding is left of it."""
    variance = squares - square
    return np.where(variance > _CONSTANT * squares, variance, 0)


def _candidates(
    similarities: Floats, n_neighbors: int | None, signed: bool
) -> tuple[Indices, Indices]:
    """(row of the block, neighbour) of all cells that may be among the largest of their row."""
    if n_neighbors is None:
        others, asked = np.nonzero(similarities)
        return asked, others
    lowest = np.finfo(similarities.dtype).tiny
    if signed:  # an empty cell must not stand above a negative similarity
        similarities[similarities == 0] = -np.inf
        lowest = np.finfo(similarities.dtype).min
    by_row = similarities.T  # (block, n_rows)
    bounds = lower_bounds(by_row, min(n_neighbors, by_row.shape[1]))
    return cells_reaching(by_row, np.maximum(bounds - _SLACK * np.abs(bounds), lowest))


def _at(table: Floats, rows: Indices, columns: Indices) -> Floats:
    """Some cells in float64, of a table that may have one row or one column for all."""
    n_rows, n_columns = table.shape
    return table[rows * (n_rows > 1), columns * (n_columns > 1)].astype(np.float64)


def _largest(asked: Indices, values: Floats, n_neighbors: int | None) -> Indices:
    """Which candidates stay, by row and then by column."""
    by_row = asked.astype(np.min_scalar_type(asked.max(initial=0)))  # short types sort faster
    order = np.argsort(-np.round(values, _TIE), kind="stable")  # of equals, the lower index first
    order = order[np.argsort(by_row[order], kind="stable")]
    if n_neighbors is not None:
        counts = np.bincount(by_row)
        places = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
        order = order[places < n_neighbors]
    chosen = np.zeros(len(asked), dtype=bool)
    chosen[order] = True
    kept = np.flatnonzero(chosen)  # candidates come by column
    return kept[np.argsort(by_row[kept], kind="stable")]


def _inverse_root(squares: Floats) -> Floats:
    """1 / √x, and 0 where x is 0: what is all zeros resembles nothing."""
    return np.divide(1, np.sqrt(squares), out=np.zeros_like(squares), where=squares > 0)


def _single_precision_is_exact(*tables: sparse.csr_array) -> bool:
    """Whether no sum of products of these values can lose a digit in float32.

    Products of halves are quarters, and no partial sum exceeds the largest Σx² (Cauchy-Schwarz), so
    up to 2²² all of them fit into 24 bits: stars, half stars and counts do.
    """
    return all(
        bool((np.rint(2 * table.data) == 2 * table.data).all())
        and table.multiply(table).sum(axis=1).max(initial=0) <= 2**22
        and table.shape[1] <= 2**24
        for table in tables
    )


def _with_values(table: sparse.csr_array, values: Floats) -> sparse.csr_array:
    """The same cells with other values."""
    return sparse.csr_array((values, table.indices, table.indptr), shape=table.shape)


def _checked(table: sparse.csr_array, name: str) -> sparse.csr_array:
    """The table in float64, each cell stored once, refused where a value is no number."""
    if not sparse.issparse(table):
        raise TypeError(
            f"{name} is a {type(table).__name__}; give scipy.sparse.csr_array({name}), in which "
            "an empty cell is not stored"
        )
    rows = sparse.csr_array(table, dtype=np.float64)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    check_stored(name, rows)
    return rows

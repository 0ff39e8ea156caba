"""Neighbours in a large table, against hand-worked numbers, scikit-learn and loops over pairs."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import pearsonr
from sklearn.metrics.pairwise import cosine_similarity as sklearn_cosine
from sklearn.neighbors import NearestNeighbors

from recsys_course.formulas.neighbors import (
    centred_rows,
    neighbors_among,
    predict_from_neighbors,
    similarity_matrix,
)

# The running example of 4 users and 5 items; 0 = not rated.
TABLE = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=float)
MEANS = np.array([3.0, 2, 3, 4])  # of the users
KINDS = ["cosine", "common_cosine", "pearson"]
PAIRS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def stored(dense: np.ndarray, filled: np.ndarray) -> sparse.csr_array:
    """A table in which the filled cells are stored, zeros among them too."""
    rows, columns = np.nonzero(filled)
    return sparse.csr_array((dense[filled].astype(float), (rows, columns)), shape=dense.shape)


def random_table(seed: int, n_rows: int = 30, n_columns: int = 20, share: float = 0.3):
    """Values with signs and zeros, and which cells are filled."""
    rng = np.random.default_rng(seed)
    filled = rng.random((n_rows, n_columns)) < share
    return np.where(filled, rng.integers(-2, 4, filled.shape), 0).astype(float), filled


def by_hand(values, filled, kind, shrinkage=0.0, min_support=0):
    """All similarities, one pair at a time."""
    n = len(values)
    found = np.zeros((n, n))
    for a in range(n):
        for b in range(n):
            common = filled[a] & filled[b]
            n_common = int(common.sum())
            if a == b or n_common < max(min_support, 1):
                continue
            x, y = values[a][common], values[b][common]
            norms = [values[a], values[b]] if kind == "cosine" else [x, y]
            if kind == "pearson":
                constant = len(set(x.tolist())) == 1 or len(set(y.tolist())) == 1
                similarity = 0.0 if constant else float(pearsonr(x, y).statistic)
            else:
                scale = np.prod([sum(value**2 for value in one) ** 0.5 for one in norms])
                similarity = float(sum(x * y) / scale) if scale else 0.0
            found[a, b] = similarity * n_common / (n_common + shrinkage)
    return found


def check_neighbors(found: sparse.csr_array, everything: np.ndarray, n_neighbors: int) -> None:
    """The stored similarities are right, and are the largest; ties are compared by value."""
    n_queries = found.shape[0]
    for row in range(n_queries):
        columns = found.indices[found.indptr[row] : found.indptr[row + 1]]
        values = found.data[found.indptr[row] : found.indptr[row + 1]]
        possible = everything[row][np.abs(everything[row]) > 1e-12]
        assert len(columns) == len(set(columns.tolist())) == min(n_neighbors, len(possible))
        np.testing.assert_allclose(values, everything[row, columns], rtol=1e-9, atol=1e-12)
        best = np.sort(possible)[::-1][: len(values)]
        np.testing.assert_allclose(np.sort(values)[::-1], best, rtol=1e-9, atol=1e-12)
        assert (np.diff(columns) > 0).all()


@pytest.mark.parametrize(
    ("centred", "kind", "expected"),
    [
        (False, "cosine", [0.836660, 0.304725, 0.253024, 0.457604, 0.160375, 0.509525]),
        (False, "common_cosine", [0.998868, 0.422890, 0.645942, 0.462069, 1.0, 0.983282]),
        (True, "cosine", [0.866025, -0.707107, -0.288675, -0.816497, -0.166667, 0.612372]),
        (True, "common_cosine", [0.948683, -0.816497, -0.447214, -0.942809, -1.0, 0.948683]),
        (False, "pearson", [1.0, -0.866025, -1.0, -1.0, 0.0, 1.0]),
        (True, "pearson", [1.0, -0.866025, -1.0, -1.0, 0.0, 1.0]),
    ],
)
def test_users_of_the_running_example(centred, kind, expected):
    table = sparse.csr_array(TABLE)
    found = similarity_matrix(centred_rows(table) if centred else table, kind=kind).toarray()
    assert found.shape == (4, 4)  # users by users, not users by items
    np.testing.assert_array_equal(np.diag(found), 0)
    for (first, second), similarity in zip(PAIRS, expected, strict=True):
        assert found[first, second] == pytest.approx(similarity, abs=5e-7)
        assert found[second, first] == pytest.approx(similarity, abs=5e-7)


@pytest.mark.parametrize(
    ("first", "second", "common", "everything"),
    [
        (1, 2, 0.707107, 0.408248),
        (1, 4, -0.962250, -0.912871),
        (1, 5, -0.948683, -0.774597),
        (2, 4, -0.707107, -0.670820),
        (4, 5, 1.0, 0.707107),
        (1, 3, 0.0, 0.0),  # no common user
        (3, 5, 0.0, 0.0),
    ],
)
def test_items_of_the_running_example(first, second, common, everything):
    items = centred_rows(sparse.csr_array(TABLE)).T  # centred by user
    adjusted = similarity_matrix(items, kind="common_cosine").toarray()
    assert adjusted[first - 1, second - 1] == pytest.approx(common, abs=5e-7)
    cosine = similarity_matrix(items).toarray()
    assert cosine[first - 1, second - 1] == pytest.approx(everything, abs=5e-7)
    raw = similarity_matrix(sparse.csr_array(TABLE.T)).toarray()
    assert raw[0, 3] == pytest.approx(0.299572, abs=5e-7)


def test_one_neighbour_each():
    found = similarity_matrix(sparse.csr_array(TABLE), 1)
    assert found.shape == (4, 4)
    np.testing.assert_array_equal(found.indices, [1, 0, 3, 2])
    np.testing.assert_allclose(found.data, [0.836660, 0.836660, 0.509525, 0.509525], atol=5e-7)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("n_neighbors", "shrinkage", "min_support"),
    [(3, 0.0, 0), (3, 4.0, 0), (100, 4.0, 0), (3, 0.0, 2), (100, 0.0, 3), (5, 2.5, 2)],
)
def test_neighbours_equal_loops_over_pairs(kind, n_neighbors, shrinkage, min_support):
    values, filled = random_table(1)
    found = similarity_matrix(
        stored(values, filled), n_neighbors, kind, shrinkage, min_support, block_size=7
    )
    everything = by_hand(values, filled, kind, shrinkage, min_support)
    check_neighbors(found, everything, n_neighbors)


@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(KINDS),
    n_neighbors=st.sampled_from([None, 1, 2, 6, 50]),
    block_size=st.integers(1, 12),
    share=st.floats(0, 1),
    shrinkage=st.sampled_from([0.0, 3.0]),
    min_support=st.integers(0, 4),
)
@settings(deadline=None, max_examples=60)
def test_any_table(seed, kind, n_neighbors, block_size, share, shrinkage, min_support):
    values, filled = random_table(seed, 9, 6, share)
    found = similarity_matrix(
        stored(values, filled), n_neighbors, kind, shrinkage, min_support, block_size
    )
    everything = by_hand(values, filled, kind, shrinkage, min_support)
    check_neighbors(found, everything, n_neighbors or 9)
    assert np.abs(found.data).max(initial=0) <= 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int8])
def test_the_same_neighbours_as_scikit_learn(dtype):
    rng = np.random.default_rng(2)
    dense = rng.integers(1, 6, (200, 80)) * (rng.random((200, 80)) < 0.15)
    table = sparse.csr_array(dense.astype(dtype))
    peer = NearestNeighbors(n_neighbors=200, metric="cosine", algorithm="brute").fit(dense)
    distances, others = peer.kneighbors(dense)
    everything = np.zeros((200, 200))
    np.put_along_axis(everything, others, 1 - distances, axis=1)
    everything[np.abs(everything) < 1e-12] = 0
    np.fill_diagonal(everything, 0)
    check_neighbors(similarity_matrix(table, 10), everything, 10)


def test_values_that_single_precision_cannot_hold_keep_their_digits():
    # 2²⁴ + 1 is the first whole number that float32 cannot hold; 0.1 and 5e11 are others
    for scale in (0.1, 2.0**12 + 0.5, 1e6):
        dense = scale * np.array([[1.0, 0, 1], [1, 1, 1], [1, 0, 1.0000001], [0, 1, 0]])
        found = similarity_matrix(sparse.csr_array(dense), 3).toarray()
        expected = sklearn_cosine(dense)
        np.fill_diagonal(expected, 0)
        np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize("value", [4097.0, 1024.25])
def test_sums_that_single_precision_cannot_hold_keep_their_digits(value):
    # in units of 1, or of 1/16, the dot product is 2²⁴ + 8193: odd, so float32 would round it
    rows = np.array([[value, 0], [value, 1024.0]])
    expected = value / np.hypot(*rows[1])
    found = similarity_matrix(sparse.csr_array(rows))
    assert found[0, 1] == pytest.approx(expected, rel=1e-13)


def test_neighbours_that_differ_in_the_tenth_digit_keep_their_order():
    # dots of 1,000,000 and 1,000,001 with half stars: equal in single precision once divided
    rng = np.random.default_rng(3)
    base = rng.integers(1, 11, 3000) / 2
    rows = np.tile(base, (4, 1))
    rows[1, :7] = 0.5 + (rows[1, :7] + 0.5) % 5
    rows[2, :8] = 0.5 + (rows[2, :8] + 0.5) % 5
    rows[3, :9] = 0.5 + (rows[3, :9] + 0.5) % 5
    expected = sklearn_cosine(rows)
    np.fill_diagonal(expected, 0)
    for n_neighbors in (1, 2):
        check_neighbors(
            similarity_matrix(sparse.csr_array(rows), n_neighbors), expected, n_neighbors
        )


@pytest.mark.parametrize("shrinkage", [0.0, 1.0])
def test_ratings_that_cancel_give_no_neighbour_and_no_error(shrinkage):
    centred = np.array([[1.0, 1, 0], [1, -1, 0], [1, 1, 1]])  # rows 0 and 1: dot product 0
    found = similarity_matrix(sparse.csr_array(centred), 3, shrinkage=shrinkage)
    similarity = 2 / 6**0.5 * 2 / (2 + shrinkage)  # rows 0 and 2 share two columns
    np.testing.assert_allclose(found.toarray(), [[0, 0, similarity], [0, 0, 0], [similarity, 0, 0]])
    assert found.nnz == 2


def test_a_stored_zero_is_a_rating_and_counts_as_support():
    # a centred rating of exactly 0 is still a rating: both rows fill both columns
    both = np.ones((2, 2), dtype=bool)
    matrix = stored(np.array([[3.0, 0], [3, 0]]), both)
    assert similarity_matrix(matrix, 1, shrinkage=10.0)[0, 1] == pytest.approx(2 / 12, rel=1e-12)
    assert similarity_matrix(matrix, 1, min_support=2)[0, 1] == 1
    assert similarity_matrix(matrix, 1, min_support=3).nnz == 0
    unstored = sparse.csr_array(np.array([[3.0, 0], [3, 0]]))
    assert similarity_matrix(unstored, 1, min_support=2).nnz == 0


@pytest.mark.parametrize(
    ("n_common", "factor"), [(1, 1 / 11), (2, 1 / 6), (3, 3 / 13), (10, 1 / 2), (50, 5 / 6)]
)
@pytest.mark.parametrize("kind", ["cosine", "common_cosine"])
def test_shrinkage_trusts_a_similarity_by_its_support(kind, n_common, factor):
    rows = np.zeros((2, n_common + 5))
    rows[:, :n_common] = 3.0  # cosine exactly 1
    found = similarity_matrix(sparse.csr_array(rows), 1, kind, shrinkage=10.0).toarray()
    assert found[0, 1] == pytest.approx(factor, rel=1e-12)
    assert found[1, 0] == pytest.approx(factor, rel=1e-12)
    # Herlocker et al. cut at a least support instead
    assert similarity_matrix(sparse.csr_array(rows), min_support=n_common).nnz == 2
    assert similarity_matrix(sparse.csr_array(rows), min_support=n_common + 1).nnz == 0


def test_a_weak_similarity_with_much_support_overtakes_a_strong_one_with_little():
    rows = np.zeros((3, 30))
    rows[0], rows[1, 0] = 1.0, 1.0  # row 1: one common column
    rows[2] = np.where(np.arange(30) % 3 == 0, 3.0, 1.0)
    plain = similarity_matrix(sparse.csr_array(rows), 1, "common_cosine")
    shrunk = similarity_matrix(sparse.csr_array(rows), 1, "common_cosine", shrinkage=10.0)
    assert (plain.indices[0], shrunk.indices[0]) == (1, 2)


def test_nothing_is_its_own_neighbour_and_a_twin_is_one():
    rows = np.array([[1.0, 2, 0], [1, 2, 0], [0, 1, 5]])
    found = similarity_matrix(sparse.csr_array(rows), 3)
    np.testing.assert_array_equal(found.diagonal(), 0)
    assert found[0, 1] == pytest.approx(1, abs=1e-12)
    assert (similarity_matrix(sparse.csr_array(rows)).diagonal() == 0).all()


def test_of_equals_at_the_border_the_lower_index_stays():
    rows = np.array([[1.0, 1], [1, 0], [0, 1], [2, 2]])  # row 0: 1/√2, 1/√2 and its twin, 1
    found = similarity_matrix(sparse.csr_array(rows), 2).toarray()
    np.testing.assert_allclose(found[0], [0, 0.5**0.5, 0, 1], rtol=1e-12)
    many = sparse.csr_array(np.ones((50, 3)))  # all equal; blocks of 8 rows
    first = similarity_matrix(many, 3, block_size=8)
    np.testing.assert_array_equal(first[[10]].indices, [0, 1, 2])
    np.testing.assert_array_equal(first[[1]].indices, [0, 2, 3])
    # equal in truth, apart in the last digit: 1/√3 · 1/√27 · 9 and 1/√3 · 1/√3 · 3 are both 1
    scaled = sparse.csr_array(np.array([[1.0, 1, 1], [7, 7, 7], [0.1, 0.1, 0.1], [3, 3, 3]]))
    for row, expected in enumerate([[1], [0], [0], [0]]):
        np.testing.assert_array_equal(similarity_matrix(scaled, 1)[[row]].indices, expected)


def test_a_negative_similarity_is_a_neighbour_before_nothing_is():
    table = sparse.csr_array(np.array([[1.0, 0], [-1, 0], [0, 1]]))
    found = similarity_matrix(table, 2)
    np.testing.assert_array_equal(found.toarray(), [[0, -1, 0], [-1, 0, 0], [0, 0, 0]])


def test_negative_similarities_of_positive_ratings_are_neighbours_too():
    found = similarity_matrix(sparse.csr_array(TABLE), 2, "pearson")
    np.testing.assert_allclose(found[[3]].toarray(), [[-1, 0, 1, 0]], atol=1e-12)
    for queries, known in (([[1.0, 2]], [[-2.0, 0], [0, -1]]), ([[-1.0, -2]], [[2.0, 0], [0, 1]])):
        among = neighbors_among(sparse.csr_array(queries), sparse.csr_array(known), 1)
        np.testing.assert_allclose(among.toarray(), [[-(5**-0.5), 0]], rtol=1e-12)


def test_correlations_over_many_columns_keep_their_digits():
    # n Σ r² of 2,000 half stars is beyond what single precision holds
    rng = np.random.default_rng(4)
    rows = rng.integers(1, 11, (3, 2000)) / 2
    found = similarity_matrix(sparse.csr_array(rows), kind="pearson")
    for first, second in ((0, 1), (0, 2), (1, 2)):
        expected = pearsonr(rows[first], rows[second]).statistic
        assert found[first, second] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_twins_are_never_more_alike_than_one(kind):
    rows = np.random.default_rng(5).normal(size=(40, 7))
    found = similarity_matrix(sparse.csr_array(np.concatenate([rows, rows, -rows])), kind=kind)
    assert found.data.max() == 1
    assert found.data.min() == -1


def test_all_similarities_where_no_number_is_asked():
    values, filled = random_table(5, 40, 12)
    table = stored(values, filled)
    everything = similarity_matrix(table)
    np.testing.assert_array_equal(
        everything.toarray(), similarity_matrix(table, 40, block_size=11).toarray()
    )
    np.testing.assert_allclose(everything.toarray(), everything.toarray().T, atol=1e-15)
    assert (everything.data != 0).all()


def test_the_size_of_the_blocks_changes_nothing():
    values, filled = random_table(6, 60, 25)
    table = stored(values, filled)
    whole = similarity_matrix(table, 5, shrinkage=2.0, block_size=1000)
    for block_size in (1, 7, 59, 60):
        blocks = similarity_matrix(table, 5, shrinkage=2.0, block_size=block_size)
        np.testing.assert_array_equal(blocks.indices, whole.indices)
        np.testing.assert_array_equal(blocks.data, whole.data)


def test_rows_without_values_have_no_neighbours():
    rows = np.array([[1.0, 2.0], [0, 0], [2, 1]])
    for kind in KINDS:
        found = similarity_matrix(sparse.csr_array(rows), 2, kind).toarray()
        assert np.isfinite(found).all()
        np.testing.assert_array_equal(found[1], 0)
        np.testing.assert_array_equal(found[:, 1], 0)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (3, 0)])
def test_tables_with_nothing_to_compare(shape):
    found = similarity_matrix(sparse.csr_array(shape), 2)
    assert found.shape == (shape[0], shape[0])
    assert found.nnz == 0


def test_a_correlation_with_a_constant_row_is_no_rounding():
    # n Σx² − (Σx)² of equal values is 0 in truth, and for most of these a rounding
    for value in np.random.default_rng(6).random(30):
        rows = np.array([np.full(11, value), np.arange(1.0, 12)])
        assert similarity_matrix(sparse.csr_array(rows), kind="pearson").nnz == 0


def test_a_correlation_of_rows_that_seldom_vary_is_kept():
    rows = np.full((2, 1000), 5.0)
    rows[:, 7] = 4.5
    found = similarity_matrix(sparse.csr_array(rows), kind="pearson")
    assert found[0, 1] == pytest.approx(1, abs=1e-9)


def test_any_sparse_form_and_cells_in_any_order():
    values, filled = random_table(7, 12, 8)
    table = stored(values, filled)
    expected = similarity_matrix(table, 3).toarray()
    for other in (table.tocsc(), table.tocoo(), sparse.csr_matrix(table)):
        np.testing.assert_array_equal(similarity_matrix(other, 3).toarray(), expected)
    reversed_cells = sparse.csr_array(
        (table.data[::-1], table.indices[::-1], table.nnz - table.indptr[::-1]), shape=table.shape
    )[::-1]
    np.testing.assert_array_equal(similarity_matrix(reversed_cells, 3).toarray(), expected)
    twice = sparse.csr_array(  # one cell in two halves
        (np.array([1.0, 1, 2]), np.array([0, 0, 0]), np.array([0, 2, 3])), shape=(2, 2)
    )
    assert similarity_matrix(twice, shrinkage=1.0)[0, 1] == pytest.approx(0.5, rel=1e-12)
    np.testing.assert_array_equal(twice.data, [1, 1, 2])  # the caller's table is not tidied up


def test_the_table_stays_as_it_was():
    values, filled = random_table(2)
    matrix = stored(values, filled)
    before = matrix.toarray()
    for kind in KINDS:
        similarity_matrix(matrix, 3, kind, shrinkage=5.0, min_support=2)
    centred_rows(matrix)
    np.testing.assert_array_equal(matrix.toarray(), before)


@pytest.mark.parametrize("kind", KINDS)
def test_neighbours_among_other_rows(kind):
    values, filled = random_table(8, 25, 15)
    together = by_hand(values, filled, kind, 2.0, 2)
    queries, known = stored(values[:5], filled[:5]), stored(values[5:], filled[5:])
    found = neighbors_among(queries, known, 4, kind, 2.0, 2, block_size=3)
    assert found.shape == (5, 20)
    check_neighbors(found, together[:5, 5:], 4)


def test_a_twin_among_other_rows_is_a_neighbour():
    table = sparse.csr_array(TABLE)
    found = neighbors_among(table[[2]], table, 2)
    np.testing.assert_array_equal(found.indices, [2, 3])
    np.testing.assert_allclose(found.data, [1, 0.509525], atol=5e-7)


def test_centred_rows():
    found = centred_rows(sparse.csr_array(TABLE))
    expected = [[2, 0, 0, -2, 0], [2, 0, 0, -1, -1], [-2, -2, 0, 2, 2], [0, -2, 1, 1, 0]]
    np.testing.assert_array_equal(found.toarray(), expected)
    assert found.nnz == 13  # the second rating of user 1 is its mean, and is stored
    empty = centred_rows(sparse.csr_array((2, 3)))
    assert empty.shape == (2, 3)


# Predictions of the running example, worked by hand: from users alike …


def users_alike(centred: bool = True) -> sparse.csr_array:
    table = sparse.csr_array(TABLE)
    return similarity_matrix(centred_rows(table) if centred else table)


def positive(similarities: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(np.maximum(similarities.toarray(), 0))


def test_predictions_from_users():
    predictions = MEANS[:, None] + predict_from_neighbors(
        users_alike(), centred_rows(sparse.csr_array(TABLE))
    )
    assert predictions.shape == (4, 5)
    # not −0.146264 (not centred) nor −11.348469 (divided by Σ s, not Σ |s|)
    assert predictions[0, 4] == pytest.approx(1.550510, abs=5e-7)
    assert predictions[1, 1] == pytest.approx(3.063346, abs=5e-7)


def test_predictions_from_some_users():
    deviations = centred_rows(sparse.csr_array(TABLE))
    kinder = 2 + predict_from_neighbors(positive(users_alike()), deviations)[1, 1]
    assert kinder == pytest.approx(2.0, abs=1e-12)
    nearest = similarity_matrix(deviations, n_neighbors=1)
    assert 2 + predict_from_neighbors(nearest, deviations)[1, 1] == pytest.approx(2.0, abs=1e-12)
    raw = predict_from_neighbors(users_alike(centred=False), sparse.csr_array(TABLE))
    assert raw[1, 1] == pytest.approx(2.260584, abs=5e-7)


# … and from items alike.


def test_predictions_from_items():
    similarities = similarity_matrix(centred_rows(sparse.csr_array(TABLE)).T)
    np.testing.assert_allclose(
        similarities.toarray()[4, [0, 1, 3]], [-0.774597, -0.632456, 0.707107], atol=5e-7
    )
    ratings = sparse.csr_array(TABLE.T)  # (n_items, n_users)
    near = predict_from_neighbors(positive(similarities), ratings)
    assert near[4, 0] == pytest.approx(1.0, abs=1e-12)
    assert near[1, 1] == pytest.approx(4.0, abs=1e-12)
    everything = predict_from_neighbors(similarities, ratings)
    assert everything[4, 0] == pytest.approx(-2.394921, abs=5e-7)  # why ratings are centred
    item_means = np.array([10 / 3, 2, 5, 3, 3])
    centred = item_means[:, None] + predict_from_neighbors(similarities, centred_rows(ratings))
    assert centred[4, 0] == pytest.approx(1.421281, abs=5e-7)
    assert centred[1, 1] == pytest.approx(3.681961, abs=5e-7)


def test_a_constant_added_to_a_neighbours_ratings_changes_nothing():
    kinder = np.where(TABLE > 0, TABLE + np.array([[0], [3], [0], [1]]), 0)
    found = [
        predict_from_neighbors(users_alike(), centred_rows(sparse.csr_array(table)))
        for table in (TABLE, kinder)
    ]
    np.testing.assert_allclose(found[1], found[0], atol=1e-12)


def test_the_scale_of_the_similarities_changes_nothing_without_damping():
    deviations = centred_rows(sparse.csr_array(TABLE))
    found = predict_from_neighbors(users_alike(), deviations)
    np.testing.assert_allclose(
        predict_from_neighbors(10 * users_alike(), deviations), found, atol=1e-12
    )
    damped = predict_from_neighbors(users_alike(), deviations, damping=0.5)
    np.testing.assert_allclose(
        predict_from_neighbors(10 * users_alike(), deviations, damping=5.0), damped, atol=1e-12
    )
    assert damped[0, 4] == pytest.approx(-2.280239 / (1.573132 + 0.5), abs=5e-7)


def test_two_twins_give_the_mean_of_their_deviations():
    similarities = sparse.csr_array(np.array([[1.0, 1.0, 0.0]]))
    deviations = stored(np.array([[1.0, 0], [-2, 3], [9, 9]]), np.ones((3, 2), dtype=bool))
    np.testing.assert_allclose(predict_from_neighbors(similarities, deviations), [[-0.5, 1.5]])
    # without the stored 0 the second column has one neighbour only
    deviations = sparse.csr_array(np.array([[1.0, 0], [-2, 3], [9, 9]]))
    np.testing.assert_allclose(predict_from_neighbors(similarities, deviations), [[-0.5, 3]])


@pytest.mark.parametrize("share", [0.01, 0.6])  # sparse similarities, and a crowd of them
def test_predictions_of_more_rows_than_are_made_at_a_time(share):
    rng = np.random.default_rng(17)
    similarities = sparse.random_array((300, 40), density=share, rng=rng, format="csr")
    deviations = sparse.random_array((40, 30), density=0.3, rng=rng, format="csr")
    dense = similarities.toarray()
    weights = np.abs(dense) @ (deviations.toarray() != 0)
    expected = dense @ deviations.toarray() / np.where(weights > 0, weights, 1)
    found = predict_from_neighbors(similarities, deviations)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.abs(found[256:]).max() > 0


def test_no_table_of_all_pairs_is_made():
    rows = sparse.random_array(
        (12_000, 300), density=0.01, rng=np.random.default_rng(18), format="csr"
    )
    tracemalloc.start()
    try:
        found = similarity_matrix(rows, n_neighbors=20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.nnz <= 12_000 * 20
    assert peak < 12_000**2 * 8 / 8  # bytes: an eighth of all pairs in float64


def test_without_a_neighbour_nothing_moves():
    nobody = sparse.csr_array((2, 3))
    for damping in (0.0, 1.0):
        found = predict_from_neighbors(nobody, sparse.csr_array(np.ones((3, 2))), damping)
        np.testing.assert_array_equal(found, np.zeros((2, 2)))


def test_bad_tables_and_numbers_are_refused():
    table = sparse.csr_array(TABLE)
    with pytest.raises(TypeError, match=r"vectors is a ndarray; give scipy.sparse.csr_array"):
        similarity_matrix(TABLE, 1)
    for name, value in (("n_neighbors", 0), ("shrinkage", -1.0), ("min_support", -1)):
        with pytest.raises(ValueError, match=rf"{name} is {value}"):
            similarity_matrix(table, **({"n_neighbors": 1} | {name: value}))
    for value in (np.nan, np.inf):
        with pytest.raises(ValueError, match=r"shrinkage is (nan|inf)"):
            similarity_matrix(table, 1, shrinkage=value)
    with pytest.raises(ValueError, match="block_size is 0"):
        similarity_matrix(table, 1, block_size=0)
    with pytest.raises(ValueError, match="kind is 'jaccard'; choose from cosine, common_cosine"):
        similarity_matrix(table, 1, "jaccard")
    broken = TABLE.copy()
    broken[2, 3] = np.nan
    with pytest.raises(ValueError, match=r"vectors\[2, 3\] is nan"):
        similarity_matrix(sparse.csr_array(broken), 1)
    with pytest.raises(ValueError, match=r"queries\[2, 3\] is nan"):
        neighbors_among(sparse.csr_array(broken), table, 1)
    with pytest.raises(ValueError, match=r"queries \(4, 4\) and vectors \(4, 5\)"):
        neighbors_among(table[:, :4], table, 1)
    with pytest.raises(ValueError, match=r"similarities \(4, 4\) and deviations \(5, 4\)"):
        predict_from_neighbors(users_alike(), table.T)
    with pytest.raises(ValueError, match="damping is -1"):
        predict_from_neighbors(users_alike(), table, -1)


def test_of_many_equals_the_lower_indices_stay():
    # The twenty-odd rows of the rarer kind need more neighbours than their kind has: only among
    # mixed values does an unstable sort change the order of equals.
    rare = np.random.default_rng(0).random(300) < 0.07
    twins = sparse.csr_array(np.where(rare[:, None], [3.0, 4.0], [4.0, 1.0]))
    kept = similarity_matrix(twins, n_neighbors=40)
    assert 10 < rare.sum() < 40
    for row in range(300):
        others = np.delete(np.arange(300), row)
        first = others[np.argsort(rare[others] != rare[row], kind="stable")][:40]
        assert kept[[row]].indices.tolist() == sorted(first.tolist())


def test_the_mean_of_one_value_is_that_value():
    deviations = centred_rows(sparse.csr_array(np.array([[0, 4.0, 0], [2.0, 0, 5.0]])))
    assert deviations.data.tolist() == [0, -1.5, 1.5]


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda bad: similarity_matrix(bad), "vectors"),
        (lambda bad: centred_rows(bad), "vectors"),
        (lambda bad: neighbors_among(bad, sparse.csr_array(np.eye(2))), "queries"),
        (lambda bad: neighbors_among(sparse.csr_array(np.eye(2)), bad), "vectors"),
    ],
)
def test_what_is_no_table_of_numbers_is_named(ask, name):
    first_of_its_row = sparse.csr_array(np.array([[1.0, 2.0], [np.nan, 3.0]]))
    with pytest.raises(ValueError, match=rf"^{name}\[1, 0\] is nan; leave out what is empty$"):
        ask(first_of_its_row)
    message = (
        rf"^{name} is a ndarray; give scipy\.sparse\.csr_array\({name}\), in which an empty cell "
        r"is not stored$"
    )
    with pytest.raises(TypeError, match=message):
        ask(np.eye(2))


def test_tables_that_do_not_fit_say_what_must_be_equal():
    message = (
        r"^similarities \(2, 2\) and deviations \(3, 1\) do not fit; each column of the first is a "
        r"row of the second$"
    )
    with pytest.raises(ValueError, match=message):
        predict_from_neighbors(sparse.csr_array(np.eye(2)), sparse.csr_array(np.ones((3, 1))))

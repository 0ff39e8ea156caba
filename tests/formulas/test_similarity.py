"""Cosine similarity and neighbours: hand-worked pairs, scikit-learn and brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity as sklearn_cosine

from recsys_course.formulas.similarity import cosine_similarity, nearest_neighbors

# The running example of 4 users and 5 items; 0 = not rated.
TABLE = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=float)
CENTRED = np.where(TABLE > 0, TABLE - np.array([[3], [2], [3], [4]]), 0)


def random_ratings(seed: int, n_items: int = 30, n_features: int = 20) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(1, 6, (n_items, n_features)) * (rng.random((n_items, n_features)) < 0.3)


def test_cosine_of_two_users():
    first, second = np.array([5.0, 3, 0, 1]), np.array([4.0, 0, 0, 1])
    value = cosine_similarity(first, second)
    assert value == pytest.approx(21 / (35 * 17) ** 0.5, rel=1e-14)
    assert value == pytest.approx(0.860916, abs=5e-7)  # not 0.215229: no factor 1/n_items
    assert isinstance(value, float)
    assert cosine_similarity(np.array([3.0, 0.0]), np.array([4.0, 3.0])) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("first", "second", "raw", "centred"),
    [
        (0, 1, 0.836660, 0.866025),
        (0, 2, 0.304725, -0.707107),
        (0, 3, 0.253024, -0.288675),
        (1, 2, 0.457604, -0.816497),
        (1, 3, 0.160375, -0.166667),
        (2, 3, 0.509525, 0.612372),
    ],
)
def test_cosine_of_the_running_example(first, second, raw, centred):
    assert cosine_similarity(TABLE[first], TABLE[second]) == pytest.approx(raw, abs=5e-7)
    assert cosine_similarity(CENTRED[first], CENTRED[second]) == pytest.approx(centred, abs=5e-7)


@given(seed=st.integers(0, 2**32 - 1), n_items=st.integers(1, 30), scale=st.floats(0.01, 100))
@settings(deadline=None, max_examples=60)
def test_properties_of_the_cosine(seed, n_items, scale):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=n_items), rng.normal(size=n_items)
    value = cosine_similarity(first, second)
    assert -1 <= value <= 1
    assert cosine_similarity(second, first) == pytest.approx(value, abs=1e-12)
    assert cosine_similarity(first, first) == pytest.approx(1, abs=1e-12)
    assert cosine_similarity(scale * first, second) == pytest.approx(value, abs=1e-12)
    assert cosine_similarity(-first, second) == pytest.approx(-value, abs=1e-12)
    tiled = cosine_similarity(np.tile(first, 2), np.tile(second, 2))
    assert tiled == pytest.approx(value, abs=1e-12)  # the misprinted formula halves here


def test_a_vector_without_ratings_is_similar_to_nothing():
    assert cosine_similarity(np.zeros(3), np.array([1.0, 2, 3])) == 0
    assert cosine_similarity(np.zeros(3), np.zeros(3)) == 0


def test_cosine_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(8, 12))
    expected = sklearn_cosine(vectors)
    found = [[cosine_similarity(first, second) for second in vectors] for first in vectors]
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_bad_vectors_are_refused():
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        cosine_similarity(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"nan"):
        cosine_similarity(np.array([1.0, np.nan]), np.ones(2))
    with pytest.raises(ValueError, match=r"inf"):
        cosine_similarity(np.ones(2), np.array([np.inf, 1.0]))


def test_all_neighbours_of_the_running_example():
    found = nearest_neighbors(sparse.csr_array(TABLE), 3).toarray()  # rows are the users here
    expected = [
        [0, 0.836660, 0.304725, 0.253024],
        [0.836660, 0, 0.457604, 0.160375],
        [0.304725, 0.457604, 0, 0.509525],
        [0.253024, 0.160375, 0.509525, 0],
    ]
    np.testing.assert_allclose(found, expected, atol=5e-7)


def test_one_neighbour_each():
    found = nearest_neighbors(sparse.csr_array(TABLE), 1)
    assert found.shape == (4, 4)
    np.testing.assert_array_equal(found.indices, [1, 0, 3, 2])
    np.testing.assert_allclose(found.data, [0.836660, 0.836660, 0.509525, 0.509525], atol=5e-7)


def test_item_similarity_of_the_running_example():
    found = nearest_neighbors(sparse.csr_array(TABLE.T), 5).toarray()
    assert found[0, 3] == pytest.approx(14 / (42 * 52) ** 0.5, rel=1e-12)  # items 1 and 4
    assert found[0, 3] == pytest.approx(0.299572, abs=5e-7)
    assert found[0, 2] == 0  # items 1 and 3 have no common user


@pytest.mark.parametrize("n_neighbors", [1, 5, 29, 100])
@pytest.mark.parametrize("shrinkage", [0.0, 10.0])
def test_neighbours_equal_brute_force(n_neighbors, shrinkage):
    ratings = random_ratings(1)
    together = (ratings > 0).astype(int) @ (ratings > 0).astype(int).T  # co-rated, n
    similarity = sklearn_cosine(ratings)
    shrunk = similarity * np.divide(
        together, together + shrinkage, where=together > 0, out=np.zeros(together.shape)
    )
    np.fill_diagonal(shrunk, 0)
    found = nearest_neighbors(
        sparse.csr_array(ratings.astype(float)), n_neighbors, shrinkage=shrinkage
    )
    assert found.shape == (30, 30)
    for item, row in enumerate(found.toarray()):
        neighbours = np.flatnonzero(row)
        assert len(neighbours) == min(n_neighbors, np.count_nonzero(shrunk[item]))
        np.testing.assert_allclose(row[neighbours], shrunk[item, neighbours], rtol=1e-12)
        # compared by value, because neighbours of equal similarity may change places
        best = np.sort(shrunk[item])[::-1][: len(neighbours)]
        np.testing.assert_allclose(np.sort(row[neighbours])[::-1], best, rtol=1e-12)


@pytest.mark.parametrize("shrinkage", [0.0, 1.0])
def test_ratings_that_cancel_give_no_neighbour_and_no_error(shrinkage):
    centred = np.array([[1.0, 1, 0], [1, -1, 0], [1, 1, 1]])  # rows 0 and 1: dot product 0
    found = nearest_neighbors(sparse.csr_array(centred), 3, shrinkage=shrinkage).toarray()
    similarity = 2 / 6**0.5 * 2 / (2 + shrinkage)  # rows 0 and 2 share two columns
    np.testing.assert_allclose(found, [[0, 0, similarity], [0, 0, 0], [similarity, 0, 0]])


def test_a_stored_zero_is_a_rating_and_counts_as_support():
    # a centred rating of exactly 0 is still a rating: both rows fill both columns
    values, rows, columns = [3.0, 0.0, 3.0, 0.0], [0, 0, 1, 1], [0, 1, 0, 1]
    matrix = sparse.csr_array((values, (rows, columns)), shape=(2, 2))
    found = nearest_neighbors(matrix, 1, shrinkage=10.0).toarray()
    assert found[0, 1] == pytest.approx(2 / 12, rel=1e-12)


@pytest.mark.parametrize("shrinkage", [0.0, 4.0])
def test_neighbours_of_centred_ratings_equal_brute_force(shrinkage):
    rng = np.random.default_rng(3)
    filled = rng.random((20, 12)) < 0.4
    centred = np.where(filled, rng.integers(-2, 3, (20, 12)), 0).astype(float)
    rows, columns = np.nonzero(filled)  # zeros among the centred ratings are stored
    matrix = sparse.csr_array((centred[filled], (rows, columns)), shape=(20, 12))
    together = filled.astype(float) @ filled.T.astype(float)
    expected = sklearn_cosine(centred) * together / np.maximum(together + shrinkage, 1)
    np.fill_diagonal(expected, 0)
    found = nearest_neighbors(matrix, 20, shrinkage=shrinkage).toarray()
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("n_common", "factor"), [(1, 1 / 11), (2, 1 / 6), (3, 3 / 13), (10, 1 / 2), (50, 5 / 6)]
)
def test_shrinkage_trusts_a_similarity_by_its_support(n_common, factor):
    rows = np.zeros((2, n_common + 5))
    rows[:, :n_common] = 3.0  # cosine exactly 1
    found = nearest_neighbors(sparse.csr_array(rows), 1, shrinkage=10.0).toarray()
    assert found[0, 1] == pytest.approx(factor, rel=1e-12)
    assert found[1, 0] == pytest.approx(factor, rel=1e-12)


def test_nothing_is_its_own_neighbour_and_a_twin_is_one():
    rows = np.array([[1.0, 2, 0], [1, 2, 0], [0, 1, 5]])
    found = nearest_neighbors(sparse.csr_array(rows), 3)
    np.testing.assert_array_equal(found.diagonal(), 0)
    assert found[0, 1] == pytest.approx(1, abs=1e-12)


def test_ties_at_the_border_are_cut_and_the_stronger_neighbour_stays():
    rows = np.array([[1.0, 1], [1, 0], [0, 1], [2, 2]])  # row 0: 1/√2, 1/√2 and its twin, 1
    found = nearest_neighbors(sparse.csr_array(rows), 2).toarray()
    np.testing.assert_allclose(found[0], [0, 0.5**0.5, 0, 1], rtol=1e-12)


def test_items_without_ratings_have_no_neighbours():
    rows = np.array([[1.0, 2.0], [0, 0], [2, 1]])
    found = nearest_neighbors(sparse.csr_array(rows), 2).toarray()
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[1], 0)
    np.testing.assert_array_equal(found[:, 1], 0)


def test_the_matrix_stays_as_it_was():
    matrix = sparse.csr_array(random_ratings(2).astype(float))
    before = matrix.toarray()
    nearest_neighbors(matrix, 3, shrinkage=5.0)
    np.testing.assert_array_equal(matrix.toarray(), before)


def test_bad_numbers_of_neighbours_are_refused():
    matrix = sparse.csr_array(TABLE)
    with pytest.raises(ValueError, match=r"n_neighbors.*0"):
        nearest_neighbors(matrix, 0)
    with pytest.raises(ValueError, match=r"shrinkage.*-1"):
        nearest_neighbors(matrix, 1, shrinkage=-1.0)

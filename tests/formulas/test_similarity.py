"""Similarities of two vectors: hand-worked pairs, scikit-learn, SciPy, and the properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr
from sklearn.metrics.pairwise import cosine_similarity as sklearn_cosine

from recsys_course.formulas.similarity import (
    adjusted_cosine_similarity,
    cosine_similarity,
    pearson_similarity,
)

# The running example of 4 users and 5 items; 0 = not rated.
TABLE = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=float)
MEANS = np.array([3.0, 2, 3, 4])  # of the users
CENTRED = np.where(TABLE > 0, TABLE - MEANS[:, None], 0)
seeds = st.integers(0, 2**32 - 1)


def random_ratings(seed: int, n: int, share: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    """Two vectors of half stars; 0 = not rated."""
    rng = np.random.default_rng(seed)
    ratings = rng.integers(1, 11, (2, n)) / 2 * (rng.random((2, n)) < share)
    return ratings[0], ratings[1]


def test_cosine_of_two_users():
    first, second = np.array([5.0, 3, 0, 1]), np.array([4.0, 0, 0, 1])
    value = cosine_similarity(first, second)
    assert value == pytest.approx(21 / (35 * 17) ** 0.5, rel=1e-14)
    assert value == pytest.approx(0.860916, abs=5e-7)  # not 0.215229: no factor 1/n_items
    assert isinstance(value, float)
    assert cosine_similarity(np.array([3.0, 0.0]), np.array([4.0, 3.0])) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("first", "second", "raw", "common", "centred", "pearson"),
    [
        (0, 1, 0.836660, 0.998868, 0.866025, 1.0),
        (0, 2, 0.304725, 0.422890, -0.707107, -0.866025),
        (0, 3, 0.253024, 0.645942, -0.288675, -1.0),
        (1, 2, 0.457604, 0.462069, -0.816497, -1.0),
        (1, 3, 0.160375, 1.0, -0.166667, 0.0),  # one common item: no correlation
        (2, 3, 0.509525, 0.983282, 0.612372, 1.0),
    ],
)
def test_users_of_the_running_example(first, second, raw, common, centred, pearson):
    a, b = TABLE[first], TABLE[second]
    assert cosine_similarity(a, b) == pytest.approx(raw, abs=5e-7)
    both = (a > 0) & (b > 0)
    assert cosine_similarity(a[both], b[both]) == pytest.approx(common, abs=5e-7)
    assert cosine_similarity(CENTRED[first], CENTRED[second]) == pytest.approx(centred, abs=5e-7)
    assert pearson_similarity(a, b) == pytest.approx(pearson, abs=5e-7)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (1, 2, 0.707107),
        (1, 4, -0.962250),
        (1, 5, -0.948683),
        (2, 4, -0.707107),
        (4, 5, 1.0),
        (1, 3, 0.0),  # no common user
        (3, 5, 0.0),
    ],
)
def test_items_of_the_running_example(first, second, expected):
    items = TABLE.T
    found = adjusted_cosine_similarity(items[first - 1], items[second - 1], MEANS)
    assert found == pytest.approx(expected, abs=5e-7)


def test_the_raw_cosine_of_two_items_has_the_other_sign():
    assert cosine_similarity(TABLE[:, 0], TABLE[:, 3]) == pytest.approx(0.299572, abs=5e-7)
    assert cosine_similarity(CENTRED[:, 0], CENTRED[:, 3]) == pytest.approx(-0.912871, abs=5e-7)


@given(seed=seeds, n_items=st.integers(1, 30), scale=st.floats(0.01, 100))
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


@given(seed=seeds, n_items=st.integers(1, 30), scale=st.floats(0.1, 10), shift=st.floats(0, 5))
@settings(deadline=None, max_examples=60)
def test_properties_of_the_correlation(seed, n_items, scale, shift):
    first, second = random_ratings(seed, n_items)
    value = pearson_similarity(first, second)
    assert -1 <= value <= 1
    assert pearson_similarity(second, first) == pytest.approx(value, abs=1e-12)
    moved = np.where(first > 0, scale * first + shift, 0)  # another use of the same scale
    assert pearson_similarity(moved, second) == pytest.approx(value, abs=1e-9)
    alone = np.where(second > 0, 0, first)  # what only one of them rated changes nothing
    assert pearson_similarity(first - alone, second) == pytest.approx(value, abs=1e-12)
    twice = pearson_similarity(np.tile(first, 2), np.tile(second, 2))
    assert twice == pytest.approx(value, abs=1e-12)


@given(seed=seeds, n_users=st.integers(1, 30), shift=st.floats(0, 5))
@settings(deadline=None, max_examples=60)
def test_properties_of_the_adjusted_cosine(seed, n_users, shift):
    first, second = random_ratings(seed, n_users)
    means = np.random.default_rng(seed).uniform(1, 5, n_users)
    value = adjusted_cosine_similarity(first, second, means)
    assert -1 <= value <= 1
    assert adjusted_cosine_similarity(second, first, means) == pytest.approx(value, abs=1e-12)
    # users who are kinder by a constant change nothing
    kinder = [np.where(one > 0, one + shift, 0) for one in (first, second)]
    moved = adjusted_cosine_similarity(*kinder, means + shift)
    assert moved == pytest.approx(value, abs=1e-9)
    if (first > 0).any():
        assert adjusted_cosine_similarity(first, first, means) == pytest.approx(1, abs=1e-12)


def test_a_vector_without_ratings_is_similar_to_nothing():
    nothing, some = np.zeros(3), np.array([1.0, 2, 3])
    for first, second in ((nothing, some), (some, nothing), (nothing, nothing)):
        assert cosine_similarity(first, second) == 0
        assert pearson_similarity(first, second) == 0
        assert adjusted_cosine_similarity(first, second, np.ones(3)) == 0


def test_one_common_item_makes_an_adjusted_cosine_certain_and_no_correlation():
    first, second = np.array([5.0, 0, 3]), np.array([0, 2.0, 1])
    assert adjusted_cosine_similarity(first, second, np.array([2.0, 2, 2])) == -1
    assert adjusted_cosine_similarity(first, second, np.array([2.0, 2, 0.5])) == 1
    assert pearson_similarity(first, second) == 0


def test_whoever_rates_everything_alike_correlates_with_nobody():
    # three times 0.1 has a mean of 0.1 and a rounding: a variance that is not quite 0
    assert pearson_similarity(np.array([0.1, 0.1, 0.1]), np.array([1.0, 2, 3])) == 0
    assert pearson_similarity(np.array([1.0, 2, 3]), np.array([0.1, 0.1, 0.1])) == 0


def test_cosine_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(8, 12))
    expected = sklearn_cosine(vectors)
    found = [[cosine_similarity(first, second) for second in vectors] for first in vectors]
    np.testing.assert_allclose(found, expected, atol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_correlation_agrees_with_scipy(seed):
    first, second = random_ratings(seed, 40)
    both = (first > 0) & (second > 0)
    expected = pearsonr(first[both], second[both]).statistic
    assert pearson_similarity(first, second) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_adjusted_cosine_agrees_with_scikit_learn(seed):
    first, second = random_ratings(seed, 40)
    means = np.random.default_rng(seed).uniform(1, 5, 40)
    both = (first > 0) & (second > 0)
    centred = [(one - means)[both] for one in (first, second)]
    expected = sklearn_cosine([centred[0]], [centred[1]])[0, 0]
    assert adjusted_cosine_similarity(first, second, means) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("similarity", [cosine_similarity, pearson_similarity])
def test_bad_vectors_are_refused(similarity):
    with pytest.raises(ValueError, match=r"first \(2,\), second \(3,\).*one length"):
        similarity(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"first \(2, 2\)"):
        similarity(np.ones((2, 2)), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"first\[1\] is nan"):
        similarity(np.array([1.0, np.nan]), np.ones(2))
    with pytest.raises(ValueError, match=r"second\[0\] is inf"):
        similarity(np.ones(2), np.array([np.inf, 1.0]))


def test_bad_user_means_are_refused():
    with pytest.raises(ValueError, match=r"user_means\[2\] is nan"):
        adjusted_cosine_similarity(np.ones(3), np.ones(3), np.array([1.0, 2, np.nan]))
    with pytest.raises(ValueError, match=r"first_item \(3,\), second_item \(3,\), user_means \(2"):
        adjusted_cosine_similarity(np.ones(3), np.ones(3), np.ones(2))


def test_rounding_never_steps_below_minus_one():
    vector = np.array([1.5, 2.0, 0.5])
    assert vector @ -vector / np.linalg.norm(vector) ** 2 < -1  # as floating point has it
    assert cosine_similarity(vector, -vector) == -1.0


def test_a_value_that_is_no_number_is_named_with_the_way_out():
    message = r"^second\[1\] is nan; put 0 where there is no rating, and a number everywhere else$"
    with pytest.raises(ValueError, match=message):
        cosine_similarity(np.array([1.0, 2.0]), np.array([1.0, np.nan]))

"""Coverage, exposure, novelty and similarity of lists: worked values, properties, bad input."""

from itertools import combinations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics.pairwise import cosine_similarity

from recsys_course.formulas.diversity import (
    catalogue_coverage,
    exposure_counts,
    exposure_entropy,
    gini,
    intra_list_diversity,
    intra_list_similarity,
    novelty,
)

# The lists of four users on the five items of the running example, counted from 0.
RANKED = np.array([[2, 4], [2, 1], [1, 2], [4, 0]])
COUNTS = np.array([1, 2, 3, 0, 2])
N_INTERACTIONS = np.array([3, 3, 1, 4, 2])  # of 4 users
ITEM_FACTORS = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float)


def random_lists(seed: int, n_users: int = 40, n_items: int = 30, k: int = 8) -> np.ndarray:
    """Lists of different lengths, some of them empty."""
    rng = np.random.default_rng(seed)
    ranked = np.array([rng.permutation(n_items)[:k] for _ in range(n_users)])
    for user, length in enumerate(rng.integers(0, k + 1, size=n_users)):
        ranked[user, length:] = -1
    return ranked


def test_exposure_and_coverage_of_the_hand_example():
    counts = exposure_counts(RANKED, 5)
    np.testing.assert_array_equal(counts, COUNTS)
    assert np.issubdtype(counts.dtype, np.integer)
    assert catalogue_coverage(RANKED, 5) == 4 / 5
    np.testing.assert_array_equal(exposure_counts(RANKED, 7), [1, 2, 3, 0, 2, 0, 0])
    assert catalogue_coverage(RANKED, 8) == 4 / 8


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint64])
def test_exposure_takes_any_integer_type(dtype):
    np.testing.assert_array_equal(exposure_counts(RANKED.astype(dtype), 5), COUNTS)


def test_an_empty_place_is_no_item():
    ended = np.array([[2, -1, -1], [0, 2, -1], [-1, -1, -1]])
    np.testing.assert_array_equal(exposure_counts(ended, 4), [1, 0, 2, 0])
    assert catalogue_coverage(ended, 4) == 0.5
    nothing = np.full((3, 2), -1)
    np.testing.assert_array_equal(exposure_counts(nothing, 2), [0, 0])
    assert catalogue_coverage(nothing, 2) == 0
    assert catalogue_coverage(np.zeros((0, 3), dtype=int), 2) == 0


def test_a_catalogue_of_one_item():
    for ranked, count in (([[0], [0]], 2), ([[-1]], 0)):
        np.testing.assert_array_equal(exposure_counts(np.array(ranked), 1), [count])
        assert catalogue_coverage(np.array(ranked), 1) == min(count, 1)


def test_the_whole_catalogue_and_one_list_for_all():
    assert catalogue_coverage(np.arange(6).reshape(3, 2), 6) == 1
    assert catalogue_coverage(np.tile([0, 1, 2], (50, 1)), 30) == 0.1


def test_gini_and_entropy_of_the_hand_example():
    assert gini(COUNTS) == pytest.approx(7 / 20, rel=1e-15)
    assert gini(COUNTS) != pytest.approx(0.4375, abs=1e-3)  # corrected by n / (n − 1)
    assert gini(COUNTS) * 5 / 4 == pytest.approx(0.4375, rel=1e-15)
    assert exposure_entropy(COUNTS) == pytest.approx(1.905639, abs=5e-7)
    assert exposure_entropy(np.ones(5)) == pytest.approx(2.321928, abs=5e-7)


@pytest.mark.parametrize("n_items", [1, 2, 7, 100])
def test_equal_exposure_and_all_of_it_on_one_item(n_items):
    assert gini(np.full(n_items, 3)) == pytest.approx(0, abs=1e-15)
    assert exposure_entropy(np.full(n_items, 3)) == pytest.approx(log2(n_items), rel=1e-14)
    one = np.zeros(n_items, dtype=int)
    one[n_items // 2] = 9
    assert gini(one) == pytest.approx((n_items - 1) / n_items, rel=1e-15)
    assert exposure_entropy(one) == 0


@given(counts=st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
@settings(deadline=None, max_examples=80)
def test_gini_and_entropy_agree_with_their_other_forms(counts):
    x = np.array(counts)
    differences = np.abs(x[:, None] - x).sum()
    assert gini(x) == pytest.approx(differences / (2 * len(x) * x.sum()), abs=1e-13)
    assert exposure_entropy(x) == pytest.approx(stats.entropy(x, base=2), abs=1e-13)
    assert -1e-15 <= gini(x) < 1
    assert -1e-15 <= exposure_entropy(x) <= log2(len(x)) + 1e-13
    # the order of the items and the unit of exposure change nothing
    assert gini(x[::-1] * 3) == pytest.approx(gini(x), abs=1e-13)
    assert exposure_entropy(x[::-1] * 3) == pytest.approx(exposure_entropy(x), abs=1e-13)


def test_shares_may_stand_for_counts_and_stay_as_they_were():
    shares = np.array([0.5, 0.0, 0.25, 0.25])
    before = shares.copy()
    assert exposure_entropy(shares) == 1.5
    assert gini(shares) == 3 / 8  # (−3 · 0 − ¼ + ¼ + 3 · ½) / 4
    np.testing.assert_array_equal(shares, before)


@pytest.mark.parametrize("measure", [gini, exposure_entropy])
@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([0, 0], r"^all counts are 0; nothing was shown"),
        ([], r"^all counts are 0; nothing was shown"),
        ([1, -1, -2], r"^counts has shape \(3,\) and 2 values that are no counts; give .* item$"),
        ([1, np.nan], r"^counts has shape \(2,\) and 1 values"),
        ([1, np.inf], r"^counts has shape \(2,\) and 1 values"),
        ([[1, 2]], r"^counts has shape \(1, 2\) and 0 values"),
    ],
)
def test_bad_counts_are_refused(measure, counts, sentence):
    with pytest.raises(ValueError, match=sentence):
        measure(np.array(counts))


def test_novelty_of_the_hand_example():
    values = novelty(RANKED, N_INTERACTIONS, 4)
    assert values.shape == (4,)
    assert values[0] == 1.5
    assert values.mean() == pytest.approx(1.155639, abs=5e-7)


def test_novelty_of_what_everybody_and_nobody_knows():
    ranked = np.array([[0], [1], [2], [3]])
    # an item nobody interacted with counts as if one user had: log₂ 8 = 3 bits, not ∞
    values = novelty(ranked, np.array([8, 1, 0, 4]), 8)
    np.testing.assert_array_equal(values, [0, 3, 3, 1])


def test_novelty_is_a_mean_over_the_items_shown():
    ended = np.array([[0, 1, -1], [1, -1, -1], [-1, -1, -1], [-1, 0, -1]])
    values = novelty(ended, np.array([2, 1, 4]), 4)
    np.testing.assert_array_equal(values, [1.5, 2, np.nan, 1])


@pytest.mark.parametrize("seed", range(3))
def test_novelty_agrees_with_a_loop_and_keeps_its_bounds(seed):
    ranked = random_lists(seed)
    n_interactions = np.random.default_rng(seed).integers(0, 26, size=30)
    values = novelty(ranked, n_interactions, 25)
    for row, value in zip(ranked, values, strict=True):
        bits = [-log2(max(n_interactions[item], 1) / 25) for item in row if item >= 0]
        assert value == pytest.approx(sum(bits) / len(bits) if bits else np.nan, nan_ok=True)
        assert not bits or 0 <= value <= log2(25)


@pytest.mark.parametrize(
    ("n_interactions", "n_users", "sentence"),
    [
        (
            [3, 5, 1, 4, 2],
            4,
            r"^n_interactions\[1\] is 5 of n_users 4; count each user once an item$",
        ),
        ([3, 3, -1, 4, 2], 4, r"^n_interactions\[2\] is -1 of n_users 4"),
        ([3, 3, 1, np.nan, 2], 4, r"^n_interactions\[3\] is nan of n_users 4"),
        ([0, 0, 0, 0, 0], 0, r"^n_interactions\[0\] is 0 of n_users 0"),
        ([3, 3, 1, 4], 4, r"^ranked names item 4, but there are 4 items$"),
    ],
)
def test_bad_popularity_is_refused(n_interactions, n_users, sentence):
    with pytest.raises(ValueError, match=sentence):
        novelty(RANKED, np.array(n_interactions), n_users)


def test_novelty_in_a_world_of_one_user():
    np.testing.assert_array_equal(novelty(np.array([[0, 1]]), np.array([1, 0]), 1), [0])


def test_similarity_of_the_hand_example():
    ranked = np.array([[2, 3, 4], [2, 3, -1], [2, 4, -1], [3, -1, 4]])
    values = intra_list_similarity(ranked, ITEM_FACTORS)
    expected = [0.944353, 0.989949, 0.894427, 0.948683]
    np.testing.assert_allclose(values, expected, atol=5e-7)
    diversity = intra_list_diversity(ranked, ITEM_FACTORS)
    assert diversity[0] == pytest.approx(0.055647, abs=5e-7)
    np.testing.assert_allclose(diversity, 1 - values, rtol=1e-15)


def test_a_list_without_a_pair_is_nan():
    ranked = np.array([[0, -1], [-1, -1], [0, 1]])
    for measure in (intra_list_similarity, intra_list_diversity):
        np.testing.assert_array_equal(np.isnan(measure(ranked, ITEM_FACTORS)), [True, True, False])
        assert np.isnan(measure(np.array([[0], [3]]), ITEM_FACTORS)).all()
        assert measure(np.zeros((0, 3), dtype=int), ITEM_FACTORS).shape == (0,)


def test_alike_unlike_and_opposite_items():
    vectors = np.array([[3.0, 0], [5, 0], [0, 2], [-1, 0], [0, 0]])
    ranked = np.array([[0, 1], [0, 2], [0, 3], [0, 4]])
    np.testing.assert_array_equal(intra_list_similarity(ranked, vectors), [1, 0, -1, 0])
    np.testing.assert_array_equal(intra_list_diversity(ranked, vectors), [0, 1, 2, 1])
    # a vector of zeros makes two pairs of 0 beside the pair of 1
    assert intra_list_similarity(np.array([[0, 4, 1]]), vectors)[0] == pytest.approx(1 / 3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("embedding_dim", [1, 4])
def test_similarity_agrees_with_the_mean_over_the_pairs(seed, embedding_dim):
    ranked = random_lists(seed)
    vectors = np.random.default_rng(seed).normal(size=(30, embedding_dim))
    vectors[3] = 0
    cosines = cosine_similarity(vectors)
    values = intra_list_similarity(ranked, vectors)
    for row, value in zip(ranked, values, strict=True):
        pairs = [cosines[pair] for pair in combinations(row[row >= 0].tolist(), 2)]
        expected = np.mean(pairs) if pairs else np.nan
        assert value == pytest.approx(expected, abs=1e-13, nan_ok=True)


def test_similarity_never_steps_over_its_bounds():
    rng = np.random.default_rng(7)
    for vector in rng.normal(size=(50, 3)):
        vectors = np.array([vector, 2.7 * vector, 0.3 * vector, -1.9 * vector])
        same, opposite = intra_list_similarity(np.array([[0, 1, 2], [0, 3, -1]]), vectors)
        assert 1 - 1e-12 < same <= 1
        assert -1 <= opposite < -1 + 1e-12


def test_length_of_a_vector_and_order_of_a_list_change_nothing():
    rng = np.random.default_rng(8)
    vectors, ranked = rng.normal(size=(30, 5)), random_lists(9)
    values = intra_list_similarity(ranked, vectors)
    lengths = rng.uniform(0.1, 9, size=(30, 1))
    for other in (
        intra_list_similarity(ranked, lengths * vectors),
        intra_list_similarity(ranked[:, ::-1], vectors),
        intra_list_similarity(ranked.astype(np.int16), vectors),
    ):
        np.testing.assert_allclose(other, values, atol=1e-13)
    whole = intra_list_similarity(np.array([[0, 1]]), np.array([[1, 0], [3, 4]]))
    assert whole[0] == pytest.approx(0.6, rel=1e-14)


@pytest.mark.parametrize("measure", [intra_list_similarity, intra_list_diversity])
@pytest.mark.parametrize(
    ("vectors", "sentence"),
    [
        (
            np.ones(5),
            r"^item_vectors has shape \(5,\); give a table of finite numbers, one row an item$",
        ),
        (
            np.array([[1.0, np.nan]] * 5),
            r"^item_vectors has shape \(5, 2\); give a table of finite",
        ),
        (np.array([[1.0, np.inf]] * 5), r"^item_vectors has shape \(5, 2\)"),
        (np.ones((4, 2)), r"^ranked names item 4, but there are 4 items$"),
    ],
)
def test_bad_vectors_are_refused(measure, vectors, sentence):
    with pytest.raises(ValueError, match=sentence):
        measure(RANKED, vectors)


@pytest.mark.parametrize(
    "measure",
    [
        lambda ranked: exposure_counts(ranked, 5),
        lambda ranked: catalogue_coverage(ranked, 5),
        lambda ranked: novelty(ranked, N_INTERACTIONS, 4),
        lambda ranked: intra_list_similarity(ranked, ITEM_FACTORS),
    ],
)
@pytest.mark.parametrize(
    ("ranked", "sentence"),
    [
        (np.array([[0, 5]]), r"^ranked names item 5, but there are 5 items$"),
        (np.array([[0, 1], [1, 1]]), r"^ranked\[1\] names item 1 twice$"),
        (np.array([[0, -2]]), r"^ranked\[0\] names item -2"),
        (np.array([[0.0, 1.0]]), r"holds float64"),
        (np.array([0, 1]), r"^ranked has shape \(2,\)"),
    ],
)
def test_bad_lists_are_refused(measure, ranked, sentence):
    with pytest.raises(ValueError, match=sentence):
        measure(ranked)


@pytest.mark.parametrize("n_items", [0, -1])
def test_an_empty_catalogue_has_no_coverage(n_items):
    with pytest.raises(ValueError, match=rf"^n_items is {n_items}; a catalogue has one item"):
        catalogue_coverage(np.full((1, 1), -1), n_items)


def test_users_who_share_one_list_lower_coverage_and_raise_gini():
    personal = np.arange(30).reshape(10, 3)
    shared = np.tile([0, 1, 2], (10, 1))
    assert catalogue_coverage(shared, 30) < catalogue_coverage(personal, 30)
    assert gini(exposure_counts(shared, 30)) > gini(exposure_counts(personal, 30))
    assert exposure_entropy(exposure_counts(shared, 30)) == pytest.approx(log2(3), rel=1e-15)

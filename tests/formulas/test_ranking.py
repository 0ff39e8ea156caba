"""top_k: exact, fair among ties, honest about missing items."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.formulas.ranking import top_k


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_best_first():
    scores = np.array([[0.1, 0.9, 0.5], [3.0, -1.0, 2.0]])
    ranked = top_k(scores, 2, generator())
    np.testing.assert_array_equal(ranked, [[1, 2], [0, 2]])
    assert np.issubdtype(ranked.dtype, np.integer)


@pytest.mark.parametrize("k", [1, 7, 199, 200])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_to_a_full_sort_without_ties(k, dtype):
    scores = generator(1).permuted(np.tile(np.arange(200), (50, 1)), axis=1).astype(dtype)
    expected = np.argsort(-scores, axis=1)[:, :k]
    np.testing.assert_array_equal(top_k(scores, k, generator()), expected)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_users=st.integers(1, 6),
    n_items=st.integers(1, 40),
    k=st.integers(1, 45),
    n_levels=st.integers(1, 12),
    hidden=st.floats(0, 1),
)
@settings(deadline=None, max_examples=150)
def test_equal_to_a_full_sort_with_ties_and_hidden_items(
    seed, n_users, n_items, k, n_levels, hidden
):
    rng = generator(seed)
    scores = rng.integers(-n_levels, n_levels, size=(n_users, n_items)).astype(float)
    scores[rng.random(scores.shape) < hidden] = -np.inf
    ranked = top_k(scores, k, rng)
    assert ranked.shape == (n_users, k)
    for row, places in zip(scores, ranked, strict=True):
        n_visible = min(k, int(np.isfinite(row).sum()))
        shown = places[:n_visible]
        # which of two tied items comes first is free; the scores in order are not
        np.testing.assert_array_equal(row[shown], np.sort(row)[::-1][:n_visible])
        assert len(set(shown.tolist())) == n_visible
        np.testing.assert_array_equal(places[n_visible:], -1)


def test_minus_infinity_is_never_returned_and_missing_places_are_minus_one():
    scores = np.array([[-np.inf, 1.0, -np.inf, 2.0], [-np.inf] * 4])
    np.testing.assert_array_equal(top_k(scores, 3, generator()), [[3, 1, -1], [-1, -1, -1]])


def test_k_beyond_the_catalogue_is_padded():
    ranked = top_k(np.array([[1.0, 3.0, 2.0]]), 5, generator())
    np.testing.assert_array_equal(ranked, [[1, 2, 0, -1, -1]])


def test_very_large_and_very_small_scores_keep_their_order():
    tiny = np.nextafter(1.0, 2.0)
    scores = np.array([[1.0, tiny, 1e300, -1e300, 0.0]])
    np.testing.assert_array_equal(top_k(scores, 5, generator()), [[2, 1, 0, 4, 3]])


def test_tied_items_come_in_every_order_equally_often():
    n_users = 24_000
    ranked = top_k(np.zeros((n_users, 4)), 4, generator(2))
    counts = Counter(map(tuple, ranked.tolist()))
    assert set(counts) == set(permutations(range(4)))
    # binomial: sd = √(n p (1−p)) = 31; 4.5 sd for 24 cells is left once in 6,000 seeds
    expected, sd = n_users / 24, (n_users * (1 / 24) * (23 / 24)) ** 0.5
    assert all(abs(count - expected) < 4.5 * sd for count in counts.values())


def test_ties_at_the_edge_of_the_list_are_fair():
    n_users = 20_000
    scores = np.tile([0.0, 0.0, 5.0, 0.0, 0.0, -1.0, 0.0], (n_users, 1))
    ranked = top_k(scores, 3, generator(3))
    np.testing.assert_array_equal(ranked[:, 0], 2)
    for place in (1, 2):  # five items tie for two places
        shares = np.bincount(ranked[:, place], minlength=7) / n_users
        tolerance = 4.5 * (0.2 * 0.8 / n_users) ** 0.5  # standard errors of a share of 1/5
        np.testing.assert_allclose(shares, [0.2, 0.2, 0, 0.2, 0.2, 0, 0.2], atol=tolerance)


def test_ties_in_a_long_row_do_not_favour_low_indices():
    scores = np.tile((np.arange(1000) % 2).astype(float), (2000, 1))  # 500 items tie at the top
    ranked = top_k(scores, 10, generator(4))
    assert np.all(ranked % 2 == 1)
    # mean index of a fair draw of odd numbers: 500; sd of one draw 288.7, of 20,000 draws 2.04
    assert ranked.mean() == pytest.approx(500, abs=4 * 288.7 / 20_000**0.5)


def test_users_with_the_same_scores_get_orders_of_their_own():
    ranked = top_k(np.zeros((50, 20)), 20, generator(5))
    assert len({tuple(row) for row in ranked.tolist()}) == 50


def test_the_seed_decides_the_order_of_ties():
    scores = np.zeros((10, 30))
    first = top_k(scores, 10, generator(6))
    np.testing.assert_array_equal(first, top_k(scores, 10, generator(6)))
    assert not np.array_equal(first, top_k(scores, 10, generator(7)))


def test_scores_stay_as_they_were():
    scores = generator(8).normal(size=(5, 9))
    before = scores.copy()
    top_k(scores, 4, generator())
    np.testing.assert_array_equal(scores, before)


def test_no_users_and_no_items():
    assert top_k(np.zeros((0, 5)), 3, generator()).shape == (0, 3)
    np.testing.assert_array_equal(top_k(np.zeros((2, 0)), 3, generator()), np.full((2, 3), -1))


def test_bad_scores_are_refused():
    with pytest.raises(ValueError, match=r"\[1, 2\].*nan"):
        top_k(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, np.nan]]), 2, generator())
    with pytest.raises(ValueError, match="k"):
        top_k(np.zeros((2, 3)), 0, generator())
    with pytest.raises(ValueError, match=r"\(3,\)|n_users, n_items"):
        top_k(np.zeros(3), 1, generator())

"""top_k: exact, fair among ties, honest about missing items."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.formulas.ranking import cells_reaching, lower_bounds, top_k


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


TYPES = ["f2", "f4", "f8", "g", ">f4", ">f8", ">i2", "i1", "i8", "u1", "u8", "?"]
LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "every second column": lambda one: np.repeat(one, 2, axis=1)[:, ::2],
    "backwards": lambda one: np.ascontiguousarray(one[::-1, ::-1])[::-1, ::-1],
}


@given(
    seed=st.integers(0, 2**32 - 1),
    n_users=st.integers(1, 5),
    n_items=st.one_of(st.integers(1, 40), st.integers(60, 400)),
    k=st.one_of(st.integers(1, 3), st.integers(4, 60)),
    dtype=st.sampled_from(TYPES),
    layout=st.sampled_from(sorted(LAYOUTS)),
    n_levels=st.sampled_from([1, 2, 9, 120]),
)
@settings(deadline=None, max_examples=200)
def test_any_type_and_layout_against_a_full_sort(
    seed, n_users, n_items, k, dtype, layout, n_levels
):
    rng = generator(seed)
    low = 0 if np.dtype(dtype).kind in "u?" else -n_levels
    values = rng.integers(low, n_levels + 1, (n_users, n_items)).astype(dtype)
    if np.dtype(dtype).kind == "f":
        values[rng.random(values.shape) < 0.2] = -np.inf
        values[rng.random(values.shape) < 0.02] = np.inf
    scores = LAYOUTS[layout](values)
    scores.setflags(write=False)
    ranked = top_k(scores, k, rng)
    assert ranked.shape == (n_users, k)
    assert ranked.dtype == np.int32
    for row, places in zip(values.tolist(), ranked.tolist(), strict=True):
        visible = sorted((score for score in row if score != -np.inf), reverse=True)[:k]
        assert [row[item] for item in places[: len(visible)]] == visible
        assert len(set(places[: len(visible)])) == len(visible)
        assert places[len(visible) :] == [-1] * (k - len(visible))


@pytest.mark.parametrize(
    "scores",
    [
        np.array([[np.iinfo(np.int64).min, 5, np.iinfo(np.int64).max, -1]]),
        np.array([[0, 250, 2**64 - 1, 3]], dtype=np.uint64),
        np.array([[2**53, 2**53 + 1, 2**53 + 2, 0]]),  # neighbours that float64 cannot tell apart
    ],
)
def test_whole_numbers_keep_all_their_digits(scores):
    expected = sorted(range(4), key=scores[0].tolist().__getitem__, reverse=True)
    np.testing.assert_array_equal(top_k(scores, 4, generator()), [expected])


def test_bounds_let_the_best_through_and_few_others():
    scores = generator(9).normal(size=(30, 2000))
    for k in (1, 5, 40, 700, 2000):
        bounds = lower_bounds(scores, k)
        assert (bounds <= np.sort(scores, axis=1)[:, -k]).all()
        reaching = (scores >= bounds[:, None]).sum(axis=1)
        assert (reaching >= k).all()
        assert reaching.mean() <= 1.25 * k + 1  # what _SPARE pays for


def test_the_bound_of_a_row_without_spare_columns_is_its_own_score():
    scores = generator(10).permuted(np.tile(np.arange(63.0), (4, 1)), axis=1)
    np.testing.assert_array_equal(lower_bounds(scores, 16), [47] * 4)  # too few columns to group
    np.testing.assert_array_equal(lower_bounds(scores, 63), [0] * 4)


def test_no_column_can_hide_a_nan():
    for n_columns in (1, 30, 500):  # the last columns of 500 fill no whole row of groups
        for column in range(n_columns):
            scores = np.zeros((2, n_columns))
            scores[1, column] = np.nan
            np.testing.assert_array_equal(np.isnan(lower_bounds(scores, 1)), [False, True])


def test_bounds_say_which_row_holds_a_nan():
    scores = generator(11).normal(size=(3, 500))
    scores[1, 137] = np.nan
    np.testing.assert_array_equal(np.isnan(lower_bounds(scores, 3)), [False, True, False])


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (2, 8), (5, 13), (1, 0), (40, 64)])
def test_every_cell_is_found_whatever_the_size_of_the_table(shape, layout):
    table = LAYOUTS[layout](generator(13).integers(0, 3, shape).astype(np.float32))
    rows, columns = cells_reaching(table, np.full(shape[0], 2.0))
    found = sorted(zip(rows.tolist(), columns.tolist(), strict=True))
    assert found == [tuple(cell) for cell in np.argwhere(table == 2).tolist()]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_cells_that_reach_a_bound(layout):
    table = LAYOUTS[layout](np.array([[3, 1, 2], [0, 5, 5]]))
    rows, columns = cells_reaching(table, np.array([2, 5]))
    assert sorted(zip(rows.tolist(), columns.tolist(), strict=True)) == [
        (0, 0), (0, 2), (1, 1), (1, 2),
    ]  # fmt: skip


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


def test_short_floats_without_ties_are_ordered_by_every_bit():
    limits = np.finfo(np.float32)
    steps = np.array([1.0, -1.0, limits.tiny, limits.smallest_subnormal, limits.max, limits.min])
    steps = np.concatenate([steps, [np.inf, -np.inf, 0.0]]).astype(np.float32)
    steps = np.concatenate([steps, np.nextafter(steps[:3], np.float32(9))])
    scores = generator(12).permuted(np.tile(steps, (50, 1)), axis=1)
    expected = np.argsort(-scores.astype(np.float64), axis=1)
    expected[:, -1] = -1  # the place of −inf
    np.testing.assert_array_equal(top_k(scores, len(steps), generator()), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_zero_of_either_sign_ties(dtype):
    scores = np.tile(np.array([0.0, -0.0], dtype=dtype), (4_000, 1))
    first = top_k(scores, 2, generator())[:, 0]
    assert first.mean() == pytest.approx(0.5, abs=0.04)  # 5 standard deviations


def test_tied_items_come_in_every_order_equally_often():
    n_users = 24_000
    ranked = top_k(np.zeros((n_users, 4)), 4, generator(2))
    counts = Counter(map(tuple, ranked.tolist()))
    assert set(counts) == set(permutations(range(4)))
    # binomial: sd = √(n p (1−p)) = 31; 4.5 sd for 24 cells is left once in 6,000 seeds
    expected, sd = n_users / 24, (n_users * (1 / 24) * (23 / 24)) ** 0.5
    assert all(abs(count - expected) < 4.5 * sd for count in counts.values())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ties_in_the_middle_of_the_list_are_fair(dtype):
    n_users = 4_000
    scores = np.tile(np.array([3, 7, 9, 7, 1, 5], dtype), (n_users, 1))
    ranked = top_k(scores, 4, generator(8))
    np.testing.assert_array_equal(ranked[:, [0, 3]], np.tile([2, 5], (n_users, 1)))
    second = ranked[:, 1]
    assert set(second.tolist()) == {1, 3}
    assert np.mean(second == 1) == pytest.approx(0.5, abs=0.04)  # 5 standard deviations


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


@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize("n_above", [0, 1, 3, 5, 40])
def test_a_crowd_of_equals_is_drawn_fairly(n_above, layout):
    n_users, k = 3000, 5
    scores = np.zeros((n_users, 200), dtype=np.float32)
    scores[:, 7 : 7 + n_above] = 1
    scores = LAYOUTS[layout](scores)
    ranked = top_k(scores, k, generator(12))
    n_best = min(n_above, k)
    assert (scores[np.arange(n_users)[:, None], ranked[:, :n_best]] == 1).all()
    drawn = ranked[:, n_best:] if n_above < k else ranked
    pool = np.flatnonzero(scores[0] == (n_above >= k))
    assert all(len(set(row)) == k for row in ranked.tolist())
    counts = np.bincount(drawn.ravel(), minlength=200)[pool]
    assert counts.sum() == drawn.size
    # chi-square over the pool; 5 sd of it above its mean is left about once in a million seeds
    expected = drawn.size / len(pool)
    statistic = ((counts - expected) ** 2 / expected).sum()
    assert statistic < len(pool) + 5 * (2 * len(pool)) ** 0.5
    # whoever is listed may be the first of its equals
    firsts = np.bincount(ranked[:, 0] - 7, minlength=n_above) if n_above else n_users
    share = 1 / max(n_above, 1)
    assert np.abs(firsts - n_users * share).max() <= 5 * (n_users * share * (1 - share)) ** 0.5


def test_hidden_items_are_not_drawn_from_a_crowd():
    scores = np.full((40, 300), -np.inf)
    scores[:20, ::2] = 4.0  # users with 150 equal items …
    scores[20:, :3] = 4.0  # … and users with fewer than k
    ranked = top_k(scores, 10, generator(13))
    assert (ranked[:20] % 2 == 0).all()
    assert (ranked[:20] >= 0).all()
    np.testing.assert_array_equal(np.sort(ranked[20:, :3], axis=1), np.tile([0, 1, 2], (20, 1)))
    assert (ranked[20:, 3:] == -1).all()


def test_more_users_than_are_ordered_at_a_time():
    scores = generator(14).normal(size=(700, 90))
    np.testing.assert_array_equal(top_k(scores, 4, generator()), np.argsort(-scores, axis=1)[:, :4])


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
    late = np.zeros((600, 50))
    late[299, 31] = np.nan  # not among the users that are ordered first
    with pytest.raises(ValueError, match=r"scores\[299, 31\] is nan"):
        top_k(late, 1, generator())
    for odd in (np.zeros((2, 3), complex), np.array([["a", "b"]]), np.array([[None]])):
        with pytest.raises(TypeError, match=r"type .*; give real numbers"):
            top_k(odd, 1, generator())
    with pytest.raises(ValueError, match="k"):
        top_k(np.zeros((2, 3)), 0, generator())
    with pytest.raises(ValueError, match=r"\(3,\)|n_users, n_items"):
        top_k(np.zeros(3), 1, generator())


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
@pytest.mark.parametrize("seed", range(10))
def test_scores_below_zero_without_ties(seed, dtype):
    ranks = generator(seed).permuted(np.tile(np.arange(1, 401), (2, 1)), axis=1)
    scores = -ranks.astype(dtype)
    best = np.argsort(-scores, axis=1)[:, :3]
    np.testing.assert_array_equal(top_k(scores, 3, generator()), best)


def test_a_tie_of_somebody_with_few_items_left_is_drawn():
    scores = np.full((2, 40), -np.inf)
    scores[0, [4, 30]] = 0.5
    scores[1] = np.arange(40)
    firsts = {int(top_k(scores, 3, generator(seed))[0, 0]) for seed in range(20)}
    assert firsts == {4, 30}

"""Intervals against hand-counted draws, closed forms and the coverage that they promise.

Paired tests against numbers worked out by hand, SciPy, and all signs tried one by one.
"""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recsys_course.evaluation import significance
from recsys_course.evaluation.significance import (
    Estimate,
    bootstrap_mean,
    bootstrap_means,
    bootstrap_root_mean,
    holm,
    paired_difference,
)

# One metric of two models for the same eight users.
FIRST = np.array([0.6, 0.2, 0.9, 0.4, 0.5, 0.7, 0.3, 0.8])
SECOND = np.array([0.5, 0.1, 0.9, 0.2, 0.4, 0.6, 0.3, 0.6])


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def standard_error(interval: Estimate) -> float:
    """What the width of a 95 % interval says about the sd of a nearly normal mean."""
    return (interval.high - interval.low) / (2 * 1.959964)


def test_a_paired_difference_is_clear_although_the_intervals_overlap():
    first, second = bootstrap_mean(FIRST, rng()), bootstrap_mean(SECOND, rng())
    assert (first.value, second.value) == (pytest.approx(0.55), pytest.approx(0.45))
    # The means of 8 users move in steps of 1/80, so an end is one of few values; two steps of room.
    assert [first.low, first.high] == pytest.approx([0.39, 0.71], abs=0.025)
    assert [second.low, second.high] == pytest.approx([0.29, 0.63], abs=0.025)
    assert first.low < second.high
    difference = bootstrap_mean(FIRST - SECOND, rng())
    assert difference.value == pytest.approx(0.1)
    # Exact: the sum of 8 differences of 0, 0.1 or 0.2 lies in 0.4 … 1.2 with more than 95 %.
    assert [difference.low, difference.high] == pytest.approx([0.05, 0.15])
    assert difference.n_users == 8


def test_two_users_can_be_drawn_in_four_ways():
    # means 0, ½, ½, 1: each end has probability ¼, far more than 2.5 %
    assert bootstrap_mean(np.array([0.0, 1.0]), rng()) == Estimate(0.5, 0.0, 1.0, 2)


def test_equal_users_leave_no_doubt():
    interval = bootstrap_mean(np.full(9, 0.375), rng(), weights=np.arange(1, 10))
    assert interval == Estimate(0.375, 0.375, 0.375, 9)


def test_the_spread_of_a_mean_is_the_users_sd_over_root_n():
    values = rng(1).normal(size=400)
    interval = bootstrap_mean(values, rng(2), n_resamples=20_000)
    exact = values.std() / np.sqrt(400)  # the bootstrap's own sd divides by n, not n − 1
    # A quantile at 2.5 % of 20,000 draws has an error of 0.019 sd; the width, over 2 · 1.96, of
    # 0.007 sd: 3 % is four of them.
    assert standard_error(interval) == pytest.approx(exact, rel=0.03)


def test_the_spread_of_a_weighted_mean_counts_users_and_not_rows():
    values, weights = rng(3).normal(size=400), rng(4).integers(1, 40, size=400)
    interval = bootstrap_mean(values, rng(5), weights, n_resamples=20_000)
    mean = np.average(values, weights=weights)
    assert interval.value == pytest.approx(mean)
    exact = np.sqrt(np.sum((weights * (values - mean)) ** 2)) / weights.sum()  # of a ratio
    # 3 % as above, and 1 % because the formula for a ratio leaves out terms of order 1/n
    assert standard_error(interval) == pytest.approx(exact, rel=0.04)
    as_if_rows = bootstrap_mean(np.repeat(values, weights), rng(5))
    assert standard_error(as_if_rows) < 0.4 * standard_error(interval)  # ≈ 1/√20


def test_ninety_five_of_a_hundred_intervals_hold_the_truth():
    drawn, hits = rng(6), 0
    for _ in range(400):
        interval = bootstrap_mean(drawn.normal(2.0, 1.0, size=60), drawn, n_resamples=1000)
        hits += interval.low <= 2.0 <= interval.high
    # Percentile intervals of 60 users cover about 94 %; 400 trials have an sd of 1.2 points.
    assert 0.90 <= hits / 400 <= 0.98


def test_users_without_a_value_or_a_weight_are_left_out_and_counted():
    values = np.array([0.2, np.nan, 0.4, 0.9])
    interval = bootstrap_mean(values, rng(), weights=np.array([1.0, 5.0, 3.0, 0.0]))
    assert interval.value == pytest.approx((0.2 + 3 * 0.4) / 4)
    assert interval.n_users == 2
    assert interval == bootstrap_mean(np.array([0.2, 0.4]), rng(), np.array([1.0, 3.0]))


def test_several_metrics_get_what_each_would_get_alone():
    values, weights = rng(8).random((3, 30)), rng(9).integers(1, 9, size=30)
    values[:, [4, 7]] = np.nan
    together = bootstrap_means(values, rng(), weights)
    for row, interval in zip(values, together, strict=True):
        alone = bootstrap_mean(row, rng(), weights)
        # a product of matrices adds in another order than a product with a vector
        assert [interval.value, interval.low, interval.high] == pytest.approx(
            [alone.value, alone.low, alone.high], rel=1e-12
        )
        assert interval.n_users == alone.n_users == 28


def test_a_user_counts_in_all_metrics_or_in_none():
    first, second = bootstrap_means(np.array([[1.0, np.nan, 3.0], [5.0, 6.0, 9.0]]), rng())
    assert (first.value, second.value, second.n_users) == (2.0, 7.0, 2)


@pytest.mark.parametrize("cells", [1, 31, 1000])
def test_drawing_in_pieces_changes_nothing(monkeypatch, cells):
    values, other = rng(10).random(30), rng(11).random(30)
    whole = bootstrap_mean(values, rng()), paired_difference(values, other, rng())
    monkeypatch.setattr(significance, "_CELLS", cells)
    pieces = bootstrap_mean(values, rng()), paired_difference(values, other, rng())
    ends = [[one.low, one.value, one.high] for one in (whole[0], whole[1].difference)]
    for expected, one in zip(ends, (pieces[0], pieces[1].difference), strict=True):
        assert [one.low, one.value, one.high] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("values", [[np.nan, np.nan], []])
def test_nobody_to_ask_is_an_error(values):
    with pytest.raises(ValueError, match=r"no user.*test part empty"):
        bootstrap_mean(np.array(values), rng())


def test_another_unit_moves_figure_and_interval_alike():
    before, after = bootstrap_mean(FIRST, rng()), bootstrap_mean(10 * FIRST - 2, rng())
    ends = [10 * end - 2 for end in (before.value, before.low, before.high)]
    assert [after.value, after.low, after.high] == pytest.approx(ends)


def test_only_the_proportions_of_the_weights_matter():
    weights = np.arange(1.0, 9.0)
    one, other = (bootstrap_mean(FIRST, rng(), scale * weights) for scale in (1, 1000))
    assert [one.value, one.low, one.high] == pytest.approx([other.value, other.low, other.high])


def test_the_seed_decides_the_interval_and_never_the_figure():
    values = rng(7).random(200)
    assert bootstrap_mean(values, rng(1)) == bootstrap_mean(values, rng(1))
    assert bootstrap_mean(values, rng(1)).low != bootstrap_mean(values, rng(2)).low
    assert bootstrap_mean(values, rng(1)).value == bootstrap_mean(values, rng(2)).value


def test_the_root_is_taken_of_the_pooled_mean():
    # errors 1 and 1 of one user, 4 of another: √(18/3); the mean of their RMSEs would be 2.5
    interval = bootstrap_root_mean(np.array([1.0, 16.0]), rng(), np.array([2.0, 1.0]))
    assert interval.value == pytest.approx(2.449490, abs=1e-6)
    assert (interval.low, interval.high, interval.n_users) == (1.0, 4.0, 2)  # one user twice


def test_a_figure_is_written_with_its_interval():
    assert str(Estimate(0.12345, 0.1, 0.2, 8)) == "0.123 [0.100, 0.200]"


# ---- two models on the same users ----


def every_sign(differences) -> float:
    """The sign-flip p, by trying all signs; whole numbers, so that sums are exact."""
    observed = abs(sum(differences))
    choices = list(itertools.product((1, -1), repeat=len(differences)))
    hits = sum(
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True))) >= observed
        for signs in choices
    )
    return hits / len(choices)


def test_the_worked_example():
    paired = paired_difference(FIRST, SECOND, rng())
    assert paired.difference.value == pytest.approx(0.1)
    assert [paired.difference.low, paired.difference.high] == pytest.approx([0.05, 0.15])
    assert paired.difference.n_users == 8
    assert paired.t == pytest.approx(3.7417, abs=5e-5)  # 0.1 / (0.07559 / √8) = √14
    assert paired.t == pytest.approx(math.sqrt(14))
    assert paired.t_p == pytest.approx(0.00725, abs=5e-6)
    assert paired.sign_flip_p == 8 / 256
    assert paired.exact


def test_the_same_eight_users_unpaired_would_hide_the_difference():
    unpaired = stats.ttest_ind(FIRST, SECOND)
    assert unpaired.statistic == pytest.approx(0.798, abs=5e-4)
    assert unpaired.pvalue == pytest.approx(0.438, abs=5e-4)
    assert paired_difference(FIRST, SECOND, rng()).t_p < unpaired.pvalue / 50


def test_t_and_p_agree_with_scipy():
    for n_users in (2, 3, 40, 500):
        first, second = rng(n_users).random((2, n_users))
        paired = paired_difference(first, second, rng())
        expected = stats.ttest_rel(first, second)
        assert paired.t == pytest.approx(expected.statistic, rel=1e-9)
        assert paired.t_p == pytest.approx(expected.pvalue, rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-6, 6), min_size=2, max_size=9))
def test_up_to_twelve_differences_try_every_sign(differences):
    paired = paired_difference(
        np.array(differences, float), np.zeros(len(differences)), rng(), n_resamples=2
    )
    assert paired.exact
    assert paired.sign_flip_p == every_sign(differences)


def test_twelve_differences_are_tried_and_thirteen_are_drawn():
    twelve = np.r_[np.arange(1.0, 13.0), np.zeros(20)]  # zeros do not count: their sign is free
    paired = paired_difference(twelve, np.zeros(32), rng())
    assert paired.exact
    assert paired.sign_flip_p == 2 / 2**12  # only all + and all − are as far from 0
    thirteen = paired_difference(np.arange(1.0, 14.0), np.zeros(13), rng(), n_signs=99)
    assert not thirteen.exact
    assert thirteen.sign_flip_p == 1 / 100  # 2 in 8192: never met in 99, and p is never 0


def test_drawn_signs_come_near_the_exact_p():
    differences = np.r_[rng(12).integers(-5, 9, size=11), 4, 5, 1]
    assert np.count_nonzero(differences) > 12
    exact = every_sign(differences.tolist())
    drawn = paired_difference(differences.astype(float), np.zeros(14), rng(), n_resamples=2)
    assert 0.02 < exact < 0.5
    # 4 standard errors of a share of 10,000
    assert drawn.sign_flip_p == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000))


def test_exact_and_scipy_permutation_agree():
    first, second = rng(13).random((2, 10))
    expected = stats.permutation_test(
        (first, second),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    paired = paired_difference(first, second, rng())
    assert paired.sign_flip_p == pytest.approx(expected.pvalue, rel=1e-12)


def test_exchanging_the_models_turns_the_sign_and_nothing_else():
    one, other = paired_difference(FIRST, SECOND, rng()), paired_difference(SECOND, FIRST, rng())
    assert other.difference.value == pytest.approx(-one.difference.value)
    assert other.difference.low == pytest.approx(-one.difference.high)
    assert other.t == pytest.approx(-one.t)
    assert (other.t_p, other.sign_flip_p) == pytest.approx((one.t_p, one.sign_flip_p))


def test_users_that_one_model_has_no_value_for_are_left_out_of_both():
    first = np.r_[FIRST, np.nan, 99.0, np.nan, 50.0]
    second = np.r_[SECOND, 5.0, np.nan, np.nan, 1.0]
    weights = np.r_[np.ones(11), 0.0]
    assert paired_difference(first, second, rng(), weights) == paired_difference(
        FIRST, SECOND, rng()
    )


def test_equal_models_do_not_differ():
    paired = paired_difference(FIRST, FIRST, rng())
    assert paired.difference == Estimate(0.0, 0.0, 0.0, 8)
    assert (paired.t, paired.t_p, paired.sign_flip_p) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_same_difference_for_everybody_leaves_no_doubt_to_t(sign):
    paired = paired_difference(FIRST + sign * 0.1, FIRST, rng())  # equal but for rounding
    assert (paired.t, paired.t_p) == (sign * math.inf, 0.0)
    assert paired.sign_flip_p == 2 / 256


def test_weights_make_it_the_difference_of_the_weighted_means():
    weights = np.array([9.0, 1, 2, 4, 1, 1, 3, 5])
    paired = paired_difference(FIRST, SECOND, rng(), weights)
    expected = np.average(FIRST, weights=weights) - np.average(SECOND, weights=weights)
    assert paired.difference.value == pytest.approx(expected)
    same = bootstrap_mean(FIRST - SECOND, rng(), weights)
    ends = [same.value, same.low, same.high]
    found = [paired.difference.value, paired.difference.low, paired.difference.high]
    assert found == pytest.approx(ends)
    by_scipy = stats.ttest_rel(weights * FIRST, weights * SECOND)
    assert (paired.t, paired.t_p) == pytest.approx((by_scipy.statistic, by_scipy.pvalue))
    tenths = [9, 1, 0, 8, 1, 1, 0, 10]  # w (a − b), times 10
    assert paired.sign_flip_p == every_sign(tenths)


def test_roots_make_it_the_difference_of_two_rmses():
    # errors 1, 1 | 4 of one model (√(18/3)) and 2, 2 | 1 of the other (√(9/3))
    first, second, counts = np.array([1.0, 16.0]), np.array([4.0, 1.0]), np.array([2.0, 1.0])
    paired = paired_difference(first, second, rng(), counts, root=True)
    assert paired.difference.value == pytest.approx(2.449490 - 1.732051, abs=1e-6)
    # one of the two users twice: 1 − 2 and 4 − 1
    assert [paired.difference.low, paired.difference.high] == pytest.approx([-1, 3])
    expected = stats.ttest_rel(counts * first, counts * second)
    assert (paired.t, paired.t_p) == pytest.approx((expected.statistic, expected.pvalue))


def test_the_bootstrap_of_a_difference_of_roots_moves_like_the_delta_method_says():
    first, second = rng(14).random((2, 400)) ** 2 * np.array([[4.0], [1.0]])
    paired = paired_difference(first, second, rng(15), root=True, n_resamples=20_000)
    slopes = first / (2 * np.sqrt(first.mean())) - second / (2 * np.sqrt(second.mean()))
    # 3 % as above, and 1 % for the bend of the root
    assert standard_error(paired.difference) == pytest.approx(slopes.std() / 20, rel=0.04)


def test_a_true_null_is_rejected_as_often_as_promised():
    drawn = rng(16)
    t_ps, sign_ps = [], []
    for _ in range(300):
        paired = paired_difference(
            drawn.normal(size=20), drawn.normal(size=20), drawn, n_resamples=2, n_signs=199
        )
        t_ps.append(paired.t_p)
        sign_ps.append(paired.sign_flip_p)
    for found in (t_ps, sign_ps):  # the sd of a share of 300 at 20 % is 2.3 points
        assert np.mean(np.array(found) <= 0.2) == pytest.approx(0.2, abs=0.09)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (np.ones(3), np.ones(4), r"shape \(3,\), second \(4,\).*same users"),
        (np.ones((2, 2)), np.ones((2, 2)), "one value a user"),
        (np.array([1.0, np.nan]), np.array([0.5, 0.5]), "needs two users"),
        (np.full(3, np.nan), np.ones(3), "no user"),
    ],
)
def test_what_cannot_be_paired_is_refused(first, second, said):
    with pytest.raises(ValueError, match=said):
        paired_difference(first, second, rng())


def test_the_seed_decides_the_interval_and_the_drawn_signs_alone():
    first, second = rng(17).random((2, 40))
    one, same, other = (paired_difference(first, second, rng(seed)) for seed in (1, 1, 2))
    assert one == same
    assert one.difference.low != other.difference.low
    assert (one.difference.value, one.t, one.t_p) == (other.difference.value, other.t, other.t_p)


def test_a_paired_difference_is_written_with_its_tests():
    assert str(paired_difference(FIRST, SECOND, rng())) == (
        "+0.100 [+0.050, +0.150] over 8 users; paired t 3.74, p 0.0072; sign flips p 0.031"
    )


# ---- several tests ----


def test_holm_by_hand():
    # 0.01·4, 0.02·3, 0.03·2 (not below the one before: 0.06), 0.5·1
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.6, 0.7]) == pytest.approx([1.0, 1.0])  # 2 · 0.6 is no probability
    assert holm([0.2]) == pytest.approx([0.2])
    assert holm([]).shape == (0,)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_the_step_down_rule_rejects(p_values):
    corrected = holm(p_values)
    for alpha in (0.05, 0.3):
        left, rejected = sorted(range(len(p_values)), key=p_values.__getitem__), set()
        while left and p_values[left[0]] * len(left) <= alpha:
            rejected.add(left.pop(0))
        assert set(np.flatnonzero(corrected <= alpha)) == rejected
    assert (corrected >= p_values).all()


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_holm_names_what_is_no_probability(bad):
    with pytest.raises(ValueError, match=rf"p_values\[1\] is {bad}"):
        holm([0.5, bad])
    with pytest.raises(ValueError, match="one number from 0 to 1 for each test"):
        holm([[0.5, 0.5]])

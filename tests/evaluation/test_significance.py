"""Intervals against hand-counted draws, closed forms and the coverage that they promise."""

import numpy as np
import pytest

from recsys_course.evaluation.significance import (
    Estimate,
    bootstrap_mean,
    bootstrap_root_mean,
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

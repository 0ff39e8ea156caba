"""Chance levels against exact fractions, all orders of small catalogues, and shuffled ties."""

from fractions import Fraction
from itertools import permutations
from math import comb, log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.formulas.chance import (
    expected_auc,
    expected_average_precision_at_k,
    expected_by_chance,
    expected_hit_rate_at_k,
    expected_ndcg_at_k,
    expected_precision_at_k,
    expected_recall_at_k,
    expected_reciprocal_rank_at_k,
)
from recsys_course.formulas.metrics import auc, ranking_metrics
from recsys_course.formulas.ranking import top_k

BY_NAME = {
    "precision": expected_precision_at_k,
    "recall": expected_recall_at_k,
    "hit rate": expected_hit_rate_at_k,
    "NDCG": expected_ndcg_at_k,
    "average precision": expected_average_precision_at_k,
    "reciprocal rank": expected_reciprocal_rank_at_k,
}
AT_K = list(BY_NAME.values())

# (n, P, k), and the levels as exact fractions; the discounts of NDCG are no fractions.
WORKED = [
    (10, 3, 5, "hit rate", 11 / 12),
    (10, 3, 5, "precision", 3 / 10),
    (10, 3, 5, "recall", 1 / 2),
    (10, 3, 5, "average precision", 1559 / 5400),
    (10, 3, 5, "reciprocal rank", 251 / 480),
    (10, 1, 3, "hit rate", 3 / 10),
    (10, 1, 3, "precision", 1 / 10),
    (10, 1, 3, "recall", 3 / 10),
    (10, 1, 3, "average precision", 11 / 60),
    (10, 1, 3, "reciprocal rank", 11 / 60),
    (8, 2, 8, "hit rate", 1),
    (8, 2, 8, "precision", 1 / 4),
    (8, 2, 8, "recall", 1),
    (8, 2, 8, "average precision", 3403 / 7840),
    (8, 2, 8, "reciprocal rank", 481 / 980),
    (100, 1, 10, "hit rate", 1 / 10),
    (3706, 1, 10, "hit rate", 10 / 3706),
]
ROUNDED = [
    (10, 3, 5, "NDCG", 0.415095),
    (10, 1, 3, "NDCG", 0.213093),
    (8, 2, 8, "NDCG", 0.606014),
    (10, 3, 5, "average precision", 0.288704),
    (10, 3, 5, "reciprocal rank", 0.522917),
    (8, 2, 8, "average precision", 0.434056),
    (8, 2, 8, "reciprocal rank", 0.490816),
    (100, 1, 10, "NDCG", 0.045436),
    (100, 1, 10, "reciprocal rank", 0.029290),
    (3706, 1, 10, "hit rate", 0.0026983),
    (3706, 1, 10, "NDCG", 0.0012260),
]


@pytest.mark.parametrize(("n_candidates", "n_relevant", "k", "name", "level"), WORKED)
def test_worked_levels_as_fractions(n_candidates, n_relevant, k, name, level):
    value = BY_NAME[name](n_candidates, n_relevant, k)
    assert value.shape == (1,)
    assert value[0] == pytest.approx(level, rel=1e-12)


@pytest.mark.parametrize(("n_candidates", "n_relevant", "k", "name", "level"), ROUNDED)
def test_worked_levels_to_the_digits_given(n_candidates, n_relevant, k, name, level):
    digit = 5e-8 if n_candidates == 3706 else 5e-7
    assert BY_NAME[name](n_candidates, n_relevant, k)[0] == pytest.approx(level, abs=digit)


@pytest.mark.parametrize("n_items", range(1, 7))
@pytest.mark.parametrize("k", range(1, 9))
def test_every_level_is_the_mean_over_all_orders(n_items, k):
    orders = np.array(list(permutations(range(n_items))))
    ranked = np.full((len(orders), max(k, n_items)), -1)
    ranked[:, :n_items] = orders  # k may exceed the catalogue: the list then ends early
    for n_relevant in range(1, n_items + 1):
        measured = ranking_metrics(ranked, [range(n_relevant)] * len(orders), k)
        expected = expected_by_chance(n_items, n_relevant, k)
        for name in BY_NAME:
            # 720 values of at most 1 are summed: 1e-12 is far above the rounding
            assert measured[name].mean() == pytest.approx(expected[name][0], abs=1e-12), name


@pytest.mark.parametrize("n_items", range(2, 7))
def test_auc_of_all_orders_is_one_half_on_average(n_items):
    orders = np.array(list(permutations(range(n_items))), dtype=float)
    for n_relevant in range(1, n_items):
        measured = auc(orders, [range(n_relevant)] * len(orders)).mean()
        assert measured == pytest.approx(expected_auc(n_items, n_relevant)[0], rel=1e-12)


@pytest.mark.parametrize(("n_items", "n_relevant", "k"), [(10, 3, 5), (40, 1, 10), (8, 2, 12)])
def test_equal_scores_with_shuffled_ties_come_out_at_the_levels(n_items, n_relevant, k):
    n_users = 2000
    scores = np.zeros((n_users, n_items))
    ranked = top_k(scores, k, np.random.default_rng(3))
    levels = expected_by_chance(n_items, n_relevant, k)
    # first or last in the catalogue: an order by index among ties would favour one of the two
    for relevant in (range(n_relevant), range(n_items - n_relevant, n_items)):
        for name, values in ranking_metrics(ranked, [relevant] * n_users, k).items():
            # 4 standard errors, left once in 16,000; and rounding where all orders are alike
            tolerance = 4 * values.std() / n_users**0.5 + 1e-12
            assert values.mean() == pytest.approx(levels[name][0], abs=tolerance), name
        np.testing.assert_array_equal(auc(scores, [relevant] * n_users), 0.5)


def exact(n: int, p: int, k: int) -> dict[str, float]:
    """The levels in whole numbers, by the binomial coefficients of the textbook."""
    shown = min(k, n)
    discounts = [1 / log2(rank + 1) for rank in range(1, k + 1)]
    first = [Fraction(comb(n - rank, p - 1), comb(n, p)) for rank in range(1, shown + 1)]
    above = Fraction(p - 1, max(n - 1, 1))
    return {
        "precision": p / n * shown / k,
        "recall": shown / n,
        "hit rate": float(1 - Fraction(comb(n - p, shown), comb(n, shown))),
        "NDCG": p / n * sum(discounts[:shown]) / sum(discounts[:p]),
        "average precision": float(
            sum(Fraction(p, n) * (1 + (rank - 1) * above) / rank for rank in range(1, shown + 1))
            / min(k, p)
        ),
        "reciprocal rank": float(sum(each / rank for rank, each in enumerate(first, start=1))),
    }


@pytest.mark.parametrize(
    ("n_candidates", "n_relevant", "k"),
    [
        (1, 1, 1),
        (2, 2, 3),
        (50, 50, 7),
        (300, 299, 300),
        (1000, 17, 40),
        (5000, 1, 100),
        (1_000_000, 1, 20),
        (1_000_000, 20, 100),
        (1_000_000, 300, 20),
        (1_000_000, 999_990, 20),
    ],
)
def test_large_catalogues_keep_their_digits(n_candidates, n_relevant, k):
    levels = expected_by_chance(n_candidates, n_relevant, k)
    for name, level in exact(n_candidates, n_relevant, k).items():
        # at most 300 factors, each rounded to 1e-16
        assert levels[name][0] == pytest.approx(level, rel=1e-12), name


def test_a_list_as_long_as_a_large_catalogue():
    n = 1_000_000
    levels = expected_by_chance(n, np.array([1, n // 2, n]), n)
    harmonic = np.log(n) + np.euler_gamma + 1 / (2 * n)  # Σ 1/r to 1e-13
    np.testing.assert_allclose(levels["hit rate"], 1, rtol=1e-9)
    np.testing.assert_allclose(levels["recall"], 1, rtol=1e-15)
    np.testing.assert_allclose(levels["precision"], [1 / n, 0.5, 1], rtol=1e-15)
    assert levels["reciprocal rank"][0] == pytest.approx(harmonic / n, rel=1e-9)
    assert levels["average precision"][0] == pytest.approx(harmonic / n, rel=1e-9)
    for name in ("reciprocal rank", "average precision", "NDCG"):
        assert levels[name][2] == pytest.approx(1, rel=1e-9)


def test_one_value_for_each_user_and_one_number_for_all():
    n_candidates, n_relevant = np.array([10, 10, 8, 5, 0]), np.array([3, 1, 2, 0, 0])
    together = expected_by_chance(n_candidates, n_relevant, 5)
    assert list(together) == list(BY_NAME)
    assert list(together) == list(ranking_metrics(np.array([[0]]), [{0}], 1))
    for name, function in BY_NAME.items():
        assert together[name].shape == (5,)
        np.testing.assert_array_equal(np.isnan(together[name]), [False] * 3 + [True] * 2)
        np.testing.assert_array_equal(together[name], function(n_candidates, n_relevant, 5))
        for user in range(3):
            alone = function(int(n_candidates[user]), int(n_relevant[user]), 5)
            assert alone[0] == pytest.approx(together[name][user], rel=1e-15)
        # one number stands for every user, on either side
        np.testing.assert_array_equal(function(10, n_relevant[:2], 5), together[name][:2])
        expected = [function(n, 3, 5)[0] for n in (10, 8)]
        both = function(np.array([10, 8]), 3, 5)
        np.testing.assert_allclose(both, expected, rtol=1e-15)
        assert function(np.zeros(0, dtype=int), np.zeros(0, dtype=int), 5).shape == (0,)


def test_small_integer_types_do_not_overflow():
    small = np.array([120], dtype=np.int8)
    for function in AT_K:
        assert function(small, small, 100)[0] == pytest.approx(function(120, 120, 100)[0])
        assert function(small.astype(np.uint8), 0, 3).shape == (1,)


def test_auc_has_no_level_without_pairs():
    values = expected_auc(np.array([10, 10, 10, 1, 0, 2]), np.array([3, 0, 10, 1, 0, 1]))
    np.testing.assert_array_equal(values, [0.5, np.nan, np.nan, np.nan, np.nan, 0.5])


@given(n_candidates=st.integers(1, 60), n_relevant=st.integers(1, 60), k=st.integers(1, 70))
@settings(deadline=None, max_examples=60)
def test_bounds_and_relations(n_candidates, n_relevant, k):
    n_relevant = min(n_relevant, n_candidates)
    levels = {
        name: each[0] for name, each in expected_by_chance(n_candidates, n_relevant, k).items()
    }
    for value in levels.values():
        assert 0 < value <= 1 + 1e-12
    assert levels["reciprocal rank"] <= levels["hit rate"] + 1e-12
    assert levels["recall"] <= levels["hit rate"] + 1e-12
    for name, level in exact(n_candidates, n_relevant, k).items():
        assert levels[name] == pytest.approx(level, rel=1e-12), name


@pytest.mark.parametrize("function", [*AT_K, expected_by_chance])
@pytest.mark.parametrize(
    ("n_candidates", "n_relevant", "k", "sentence"),
    [
        (10, 3, 0, r"^k is 0; give a whole number of at least 1$"),
        (10, 3, -1, r"^k is -1; "),
        (10, 11, 5, r"^user 0 has 11 relevant items among 10 candidates; count .* 0 or more$"),
        (10, np.array([10, -1]), 5, r"^user 1 has -1 relevant items among 10 candidates; "),
        (-1, 0, 5, r"^user 0 has 0 relevant items among -1 candidates; "),
        (10.0, 3, 5, r"^n_candidates holds float64, n_relevant int64; .* whole numbers$"),
        (10, np.array([True]), 5, r"^n_candidates holds int64, n_relevant bool; "),
        (np.array([4, 4]), np.array([1, 1, 1]), 5, r"^n_candidates \(2,\) and .*\(3,\) must have"),
        (
            np.array([[4, 4]]),
            1,
            5,
            r"^n_candidates \(1, 2\) and n_relevant \(1,\) must have .* all$",
        ),
        (4, np.array([[1]]), 5, r"^n_candidates \(1,\) and n_relevant \(1, 1\) must"),
    ],
)
def test_bad_counts_are_refused_with_one_sentence(function, n_candidates, n_relevant, k, sentence):
    with pytest.raises(ValueError, match=sentence):
        function(n_candidates, n_relevant, k)


def test_bad_counts_of_auc_are_refused():
    with pytest.raises(ValueError, match=r"^user 0 has 11 relevant items among 10"):
        expected_auc(10, 11)

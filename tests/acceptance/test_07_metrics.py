"""Property 7: perfect = 1; equal scores never beat chance; odd sizes and duplicates work."""

import itertools
import math

import numpy as np
import pytest
from scipy import sparse

from recsys_course.formulas import metrics
from recsys_course.formulas.ranking import top_k

RANKING = [name for name in metrics.__all__ if name.endswith("_at_k")]


def chance(name: str, n: int, relevant: int, k: int) -> float:
    """What a random order of n candidates is worth, in the closed forms of the textbook."""
    shown = min(k, n)
    first = [
        math.comb(n - rank, relevant - 1) / math.comb(n, relevant) for rank in range(1, shown + 1)
    ]
    gains = [1 / math.log2(rank + 1) for rank in range(1, k + 1)]
    others = (relevant - 1) / max(n - 1, 1)
    precisions = [relevant / n * (1 + (rank - 1) * others) / rank for rank in range(1, shown + 1)]
    return {
        "average_precision_at_k": sum(precisions) / min(k, relevant),
        "hit_rate_at_k": 1 - math.comb(n - relevant, shown) / math.comb(n, shown),
        "ndcg_at_k": relevant / n * sum(gains[:shown]) / sum(gains[:relevant]),
        "precision_at_k": relevant / n * shown / k,
        "recall_at_k": shown / n,
        "reciprocal_rank_at_k": sum(each / rank for rank, each in enumerate(first, start=1)),
    }[name]


# Worked by hand in exact fractions, and by listing all orders.
LEVELS = {
    "average_precision_at_k": {(10, 3, 5): 1559 / 5400, (8, 2, 8): 3403 / 7840},
    "hit_rate_at_k": {(10, 3, 5): 11 / 12, (8, 2, 8): 1},
    "ndcg_at_k": {(10, 3, 5): 0.415095, (8, 2, 8): 0.606014},
    "precision_at_k": {(10, 3, 5): 3 / 10, (8, 2, 8): 1 / 4},
    "recall_at_k": {(10, 3, 5): 1 / 2, (8, 2, 8): 1},
    "reciprocal_rank_at_k": {(10, 3, 5): 251 / 480, (8, 2, 8): 481 / 980},
}


@pytest.fixture(params=RANKING)
def metric(request):
    return getattr(metrics, request.param)


def test_every_ranking_metric_has_its_chance_level_here():
    assert sorted(RANKING) == sorted(LEVELS)
    for name, levels in LEVELS.items():
        for case, level in levels.items():
            assert chance(name, *case) == pytest.approx(level, abs=5e-7), name


@pytest.mark.parametrize("k", [3, 5, 30])
def test_a_perfect_list_is_worth_one(metric, k):
    ranked = np.full((2, k), -1)
    ranked[:, :3] = [[4, 0, 2], [1, 2, 3]]
    others = [item for item in range(10) if item not in {4, 0, 2}]
    ranked[0, 3:10] = others[: max(0, min(k, 10) - 3)]
    # precision is the one metric whose best is below 1 when there are fewer relevant items than k
    best = 3 / k if metric is metrics.precision_at_k else 1
    np.testing.assert_array_equal(metric(ranked, [{0, 2, 4}, {1, 2, 3}], k), [best, best])


@pytest.mark.parametrize(
    ("n_items", "n_relevant", "k"), [(10, 3, 5), (40, 1, 10), (8, 2, 8), (6, 2, 9)]
)
def test_equal_scores_are_worth_chance_wherever_the_relevant_items_stand(
    metric, n_items, n_relevant, k
):
    n_users = 4000
    ranked = top_k(np.zeros((n_users, n_items)), k, np.random.default_rng(0))
    level = chance(metric.__name__, n_items, n_relevant, k)
    for relevant in (range(n_relevant), range(n_items - n_relevant, n_items)):
        values = metric(ranked, [set(relevant)] * n_users, k)
        standard_error = values.std() / math.sqrt(n_users)
        # 4 s.e., and rounding where every order is worth the same
        assert abs(values.mean() - level) <= 4 * standard_error + 1e-12


def test_no_order_of_equal_items_is_worth_more_than_all_of_them_on_average(metric):
    orders = np.array(list(itertools.permutations(range(5))))
    values = metric(orders, [{1, 3}] * len(orders), 3)
    assert values.mean() == pytest.approx(chance(metric.__name__, 5, 2, 3))
    assert values.max() == (2 / 3 if metric is metrics.precision_at_k else 1)


@pytest.mark.parametrize(("n_users", "n_items"), [(2, 500), (500, 2), (1, 1)])
def test_any_number_of_users_and_items(metric, n_users, n_items):
    rng = np.random.default_rng(1)
    ranked = top_k(rng.random((n_users, n_items)), 10, rng)
    values = metric(ranked, [{n_items - 1}] * n_users, 10)
    assert values.shape == (n_users,)
    assert ((values >= 0) & (values <= 1)).all()
    if n_items <= 10:
        assert (values > 0).all()  # the whole catalogue is on the list


def test_duplicates_of_a_relevant_item_count_once(metric):
    ranked = np.array([[0, 1, 2, 3]])
    once, twice = metric(ranked, [[1, 5]], 4), metric(ranked, [[1, 5, 1, 5, 5]], 4)
    np.testing.assert_array_equal(once, twice)
    stored = sparse.csr_array((np.ones(4), [5, 1, 5, 1], [0, 4]), shape=(1, 6))
    np.testing.assert_array_equal(once, metric(ranked, stored, 4))


def test_a_list_with_duplicates_is_refused(metric):
    with pytest.raises(ValueError, match=r"ranked\[0\] names item 1 twice"):
        metric(np.array([[1, 1, 2]]), [{1}], 3)


def test_k_beyond_the_catalogue(metric):
    ranked = top_k(np.array([[0.3, 0.9, 0.1]]), 50, np.random.default_rng(0))
    expected = {  # the one relevant item stands at place 2
        "average_precision_at_k": 1 / 2,
        "hit_rate_at_k": 1.0,
        "ndcg_at_k": 1 / math.log2(3),
        "precision_at_k": 1 / 50,
        "recall_at_k": 1.0,
        "reciprocal_rank_at_k": 1 / 2,
    }
    assert metric(ranked, [{0}], 50)[0] == pytest.approx(expected[metric.__name__])


def test_auc_of_the_best_the_worst_and_equal_scores():
    scores = np.tile(np.arange(8.0), (3, 1)) * [[1], [-1], [0]]
    np.testing.assert_array_equal(metrics.auc(scores, [{6, 7}] * 3), [1, 0, 0.5])

"""Property 7: perfect = 1; equal scores never beat chance; odd sizes and duplicates work."""

import itertools
import math

import numpy as np
import pytest

from recsys_course.formulas import metrics
from recsys_course.formulas.ranking import top_k

RANKING = [name for name in metrics.__all__ if name.endswith("_at_k")]


def chance(name: str, n: int, relevant: int, k: int) -> float:
    """What a random order of n candidates is worth, in closed form."""
    k = min(k, n)
    if name == "recall_at_k":
        return k / n
    if name == "hit_rate_at_k":
        return 1 - math.comb(n - relevant, k) / math.comb(n, k)
    gains = [1 / math.log2(rank + 1) for rank in range(1, k + 1)]
    return relevant / n * sum(gains) / sum(gains[: min(k, relevant)])


@pytest.fixture(params=RANKING)
def metric(request):
    return getattr(metrics, request.param)


def test_every_ranking_metric_has_its_chance_level_here():
    assert sorted(RANKING) == ["hit_rate_at_k", "ndcg_at_k", "recall_at_k"]
    # worked by hand in exact fractions, and by listing all orders
    assert chance("hit_rate_at_k", 10, 3, 5) == pytest.approx(11 / 12)
    assert chance("ndcg_at_k", 10, 3, 5) == pytest.approx(0.415095, abs=1e-6)
    assert chance("ndcg_at_k", 8, 2, 8) == pytest.approx(0.606014, abs=1e-6)


@pytest.mark.parametrize("k", [3, 5, 30])
def test_a_perfect_list_is_worth_one(metric, k):
    ranked = np.full((2, k), -1)
    ranked[:, :3] = [[4, 0, 2], [1, 2, 3]]
    others = [item for item in range(10) if item not in {4, 0, 2}]
    ranked[0, 3:10] = others[: max(0, min(k, 10) - 3)]
    np.testing.assert_array_equal(metric(ranked, [{0, 2, 4}, {1, 2, 3}], k), [1, 1])


@pytest.mark.parametrize(("n_items", "n_relevant", "k"), [(10, 3, 5), (40, 1, 10), (8, 2, 8)])
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
    assert values.max() == 1


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


def test_a_list_with_duplicates_is_refused(metric):
    with pytest.raises(ValueError, match=r"ranked\[0\] names item 1 twice"):
        metric(np.array([[1, 1, 2]]), [{1}], 3)


def test_k_beyond_the_catalogue(metric):
    ranked = top_k(np.array([[0.3, 0.9, 0.1]]), 50, np.random.default_rng(0))
    expected = {"recall_at_k": 1.0, "hit_rate_at_k": 1.0, "ndcg_at_k": 1 / math.log2(3)}
    assert metric(ranked, [{0}], 50)[0] == pytest.approx(expected[metric.__name__])

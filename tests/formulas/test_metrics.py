"""Rating and ranking metrics: hand-worked values, chance level, bounds and a peer library."""

from itertools import permutations
from math import comb, log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import ndcg_score

from recsys_course.formulas.metrics import hit_rate_at_k, mae, ndcg_at_k, recall_at_k, rmse
from recsys_course.formulas.ranking import top_k

RANKING_METRICS = [recall_at_k, ndcg_at_k, hit_rate_at_k]

# a b c d e of the hand example are items 0 … 4; relevant are a, d and the unranked f (item 5)
RANKED = np.array([[0, 1, 2, 3, 4]])
RELEVANT = [{0, 3, 5}]


def test_rmse_and_mae_of_the_running_example():
    ratings = np.array([5, 3, 1, 4, 1, 1, 1, 1, 5, 5, 2, 5, 5], dtype=float)
    predictions = np.array([2.5, 1.5, 2.5, 2, 1, 0, 2, 1.5, 3.5, 2, 1, 2, 3])
    assert rmse(ratings, predictions) == pytest.approx(3.25**0.5, rel=1e-14)
    assert rmse(ratings, predictions) == pytest.approx(1.802776, abs=5e-7)
    assert mae(ratings, predictions) == pytest.approx(41 / 26, rel=1e-14)


@pytest.mark.parametrize("metric", [rmse, mae])
def test_rating_errors_are_symmetric_scale_and_ignore_shifts(metric):
    rng = np.random.default_rng(0)
    ratings, predictions = rng.normal(size=50), rng.normal(size=50)
    value = metric(ratings, predictions)
    assert value > 0
    assert metric(ratings, ratings) == 0
    assert metric(predictions, ratings) == pytest.approx(value, rel=1e-14)
    assert metric(ratings + 2, predictions + 2) == pytest.approx(value, rel=1e-13)
    assert metric(3 * ratings, 3 * predictions) == pytest.approx(3 * value, rel=1e-13)
    assert mae(ratings, predictions) <= rmse(ratings, predictions)


@pytest.mark.parametrize("metric", [rmse, mae])
def test_bad_ratings_are_refused(metric):
    with pytest.raises(ValueError, match=r"3.*2|2.*3"):
        metric(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"empty|no rating"):
        metric(np.ones(0), np.ones(0))
    with pytest.raises(ValueError, match=r"row 1.*nan"):
        metric(np.ones(3), np.array([1.0, np.nan, 2.0]))
    with pytest.raises(ValueError, match=r"\(3, 1\)|shape|one-dim"):
        metric(np.ones(3), np.ones((3, 1)))  # would broadcast to 3 × 3


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        (recall_at_k, 5, 2 / 3),
        (recall_at_k, 2, 1 / 3),  # divided by |relevant|, not by min(k, |relevant|) = 2
        (recall_at_k, 1, 1 / 3),
        (hit_rate_at_k, 5, 1),
        (hit_rate_at_k, 1, 1),
        (ndcg_at_k, 5, 0.671386),  # not 0.877215 (own hits as ideal), not 0.485229 (k ones)
        (ndcg_at_k, 1, 1),
        (ndcg_at_k, 2, 0.613147),  # 1 / (1 + 1/log2 3)
    ],
)
def test_the_hand_example(metric, k, expected):
    value = metric(RANKED, RELEVANT, k)
    assert value.shape == (1,)
    assert value[0] == pytest.approx(expected, abs=5e-7)


def test_ndcg_to_full_precision():
    ideal = 1 + 1 / log2(3) + 1 / 2
    assert ndcg_at_k(RANKED, RELEVANT, 5)[0] == pytest.approx((1 + 1 / log2(5)) / ideal, rel=1e-14)


def test_ranks_that_a_sample_would_hide():
    # one relevant item a user among 1000: model A ranks it 30 and 30, B 1 and 400, C 5 and 200
    ranked = np.tile(np.arange(1000), (6, 1))
    relevant = [[29], [29], [0], [399], [4], [199]]
    hits = hit_rate_at_k(ranked, relevant, 10).reshape(3, 2).mean(axis=1)
    gains = ndcg_at_k(ranked, relevant, 10).reshape(3, 2).mean(axis=1)
    np.testing.assert_allclose(hits, [0, 0.5, 0.5])
    np.testing.assert_allclose(gains, [0, 0.5, 0.1934], atol=5e-5)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_perfect_list_scores_one_also_when_k_is_small_or_large(metric):
    for k in (3, 5, 8):
        ranked = np.array([[5, 3, 0, 1, 2, 4, 7, 6]])
        assert metric(ranked, RELEVANT, k)[0] == pytest.approx(1, rel=1e-15)
    two_relevant_of_two_places = ndcg_at_k(np.array([[3, 0]]), RELEVANT, 2)[0]
    assert two_relevant_of_two_places == pytest.approx(1, rel=1e-15)  # the ideal has k ones


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_perfect_model_with_k_beyond_the_catalogue(metric):
    scores = np.array([[1.0, 0, 0, 1, 0, 1], [0, 1, 1, 1, 1, 1]])
    relevant = [[0, 3, 5], [1, 2, 3, 4, 5]]
    ranked = top_k(scores, 10, np.random.default_rng(0))
    np.testing.assert_allclose(metric(ranked, relevant, 10), 1, rtol=1e-15)


@pytest.mark.parametrize("metric", RANKING_METRICS)
@pytest.mark.parametrize(("n_users", "n_items"), [(3, 40), (40, 3)])
def test_more_items_than_users_and_more_users_than_items(metric, n_users, n_items):
    rng = np.random.default_rng(0)
    ranked = np.array([rng.permutation(n_items) for _ in range(n_users)])
    relevant = [[int(rng.integers(n_items))] for _ in range(n_users)]
    values = metric(ranked, relevant, n_items)
    assert values.shape == (n_users,)
    if metric is not ndcg_at_k:
        np.testing.assert_array_equal(values, 1)  # the whole catalogue is shown


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_user_without_relevant_items_is_nan_and_not_zero(metric):
    ranked = np.array([[0, 1], [0, 1], [2, 1]])
    values = metric(ranked, [[0], [], [0]], 2)
    np.testing.assert_array_equal(np.isnan(values), [False, True, False])
    assert values[2] == 0


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_every_form_of_the_relevant_items_gives_the_same(metric):
    ranked = np.array([[0, 1, 2], [3, 1, 0], [4, 3, 2]])
    lists = [[0, 2], [4], [2, 3, 4]]
    table = np.zeros((3, 5))
    for user, items in enumerate(lists):
        table[user, items] = 1
    expected = metric(ranked, lists, 3)
    for form in (
        [set(items) for items in lists],
        [np.array(items) for items in lists],
        [tuple(reversed(items)) for items in lists],
        sparse.csr_array(table),
        sparse.csr_array(table.astype(bool)),
    ):
        np.testing.assert_array_equal(metric(ranked, form, 3), expected)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_relevant_item_named_twice_counts_once(metric):
    twice = metric(RANKED, [[0, 3, 5, 3, 0]], 5)
    np.testing.assert_array_equal(twice, metric(RANKED, RELEVANT, 5))


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_an_item_ranked_twice_is_refused(metric):
    with pytest.raises(ValueError, match=r"1.*(twice|duplicate|more than once)"):
        metric(np.array([[0, 1, 2], [4, 3, 4]]), [[0], [4]], 3)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_missing_places_count_as_misses_and_may_repeat(metric):
    short = np.array([[0, 3, -1, -1, -1]])
    filled = np.array([[0, 3, 1, 2, 4]])
    np.testing.assert_array_equal(metric(short, RELEVANT, 5), metric(filled, RELEVANT, 5))
    nothing = np.full((1, 5), -1)
    assert metric(nothing, [{4}], 5)[0] == 0  # -1 is no item, not the last one
    table = np.zeros((1, 5))
    table[0, 4] = 1
    assert metric(nothing, sparse.csr_array(table), 5)[0] == 0


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_only_the_first_k_places_count(metric):
    long = np.array([[7, 8, 0, 3, 5]])
    assert metric(long, RELEVANT, 2)[0] == 0
    np.testing.assert_array_equal(metric(long, RELEVANT, 3), metric(long[:, :3], RELEVANT, 3))


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_renaming_items_and_reordering_users_changes_nothing(metric):
    rng = np.random.default_rng(1)
    ranked = np.array([rng.permutation(30)[:10] for _ in range(20)])
    relevant = [rng.choice(30, size=rng.integers(1, 8), replace=False) for _ in range(20)]
    values = metric(ranked, relevant, 10)
    names, order = rng.permutation(30), rng.permutation(20)
    renamed = metric(names[ranked][order], [names[relevant[user]] for user in order], 10)
    np.testing.assert_array_equal(renamed, values[order])


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_bad_rankings_are_refused(metric):
    with pytest.raises(ValueError, match="k"):
        metric(RANKED, RELEVANT, 0)
    with pytest.raises(ValueError, match=r"2.*1|1.*2"):
        metric(RANKED, [{0}, {1}], 5)
    with pytest.raises(ValueError, match=r"6.*5|5.*6"):
        metric(RANKED, RELEVANT, 6)  # the list has five places only
    with pytest.raises(ValueError, match=r"item 4.*4 items"):
        metric(RANKED, sparse.csr_array(np.ones((1, 4))), 5)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_negative_relevant_item_is_refused_and_never_counts_for_another_user(metric):
    with pytest.raises(ValueError, match=r"-1"):
        metric(np.array([[2], [0]]), [[0], [-1]], 1)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_items=st.integers(1, 15),
    n_relevant=st.integers(1, 15),
    k=st.integers(1, 15),
)
@settings(deadline=None, max_examples=60)
def test_bounds_and_relations(seed, n_items, n_relevant, k):
    rng = np.random.default_rng(seed)
    k, n_relevant = min(k, n_items), min(n_relevant, n_items)
    ranked = rng.permutation(n_items)[None, :]
    relevant = [rng.choice(n_items, size=n_relevant, replace=False)]
    recall, gain, hit = (metric(ranked, relevant, k)[0] for metric in RANKING_METRICS)
    for value in (recall, gain, hit):
        assert 0 <= value <= 1 + 1e-12
    assert hit == (recall > 0) == (gain > 0)
    assert recall <= min(k, n_relevant) / n_relevant + 1e-12
    if k < n_items:
        assert recall_at_k(ranked, relevant, k + 1)[0] >= recall


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 20))
@settings(deadline=None, max_examples=60)
def test_moving_a_relevant_item_up_never_lowers_ndcg(seed, k):
    rng = np.random.default_rng(seed)
    ranked = rng.permutation(20)
    relevant = rng.choice(20, size=6, replace=False)
    place = int(rng.integers(1, 20))
    swapped = ranked.copy()
    swapped[[place - 1, place]] = swapped[[place, place - 1]]
    before, after = ndcg_at_k(np.array([ranked, swapped]), [relevant, relevant], k)
    if ranked[place] in relevant:
        assert after >= before - 1e-12
    else:
        assert after <= before + 1e-12


@pytest.mark.parametrize("k", [1, 3, 10, 25])
def test_ndcg_agrees_with_scikit_learn_without_ties(k):
    rng = np.random.default_rng(2)
    scores = rng.permuted(np.tile(np.arange(25.0), (60, 1)), axis=1)  # no two equal in a row
    table = (rng.random((60, 25)) < 0.2).astype(float)
    table[np.arange(60), rng.integers(25, size=60)] = 1  # everybody has a relevant item
    ranked = top_k(scores, k, rng)
    values = ndcg_at_k(ranked, sparse.csr_array(table), k)
    expected = [ndcg_score([row], [score], k=k) for row, score in zip(table, scores, strict=True)]
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def chance(n_items: int, n_relevant: int, k: int) -> dict[str, float]:
    """Expected values of a uniformly random order, in closed form."""
    discounts = [1 / log2(rank + 1) for rank in range(1, k + 1)]
    return {
        "hit_rate_at_k": 1 - comb(n_items - n_relevant, k) / comb(n_items, k),
        "recall_at_k": k / n_items,
        "ndcg_at_k": n_relevant / n_items * sum(discounts) / sum(discounts[:n_relevant]),
    }


CHANCE_CASES = [
    (10, 3, 5, {"hit_rate_at_k": 11 / 12, "recall_at_k": 0.5, "ndcg_at_k": 0.415095}),
    (10, 1, 3, {"hit_rate_at_k": 0.3, "recall_at_k": 0.3, "ndcg_at_k": 0.213093}),
    (8, 2, 8, {"hit_rate_at_k": 1.0, "recall_at_k": 1.0, "ndcg_at_k": 0.606014}),
    (100, 1, 10, {"hit_rate_at_k": 0.1, "recall_at_k": 0.1, "ndcg_at_k": 0.045436}),
]


@pytest.mark.parametrize(("n_items", "n_relevant", "k", "expected"), CHANCE_CASES)
@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_equal_scores_give_the_chance_level(metric, n_items, n_relevant, k, expected):
    assert chance(n_items, n_relevant, k) == pytest.approx(expected, abs=5e-7)
    n_users = 20_000
    ranked = top_k(np.zeros((n_users, n_items)), k, np.random.default_rng(3))
    # relevant are the first items: a ranking by index among ties would score far above chance
    values = metric(ranked, [range(n_relevant)] * n_users, k)
    # 4 standard errors: a correct shuffle leaves the band once in 16,000 seeds
    tolerance = 4 * values.std() / n_users**0.5 + 1e-6
    assert values.mean() == pytest.approx(expected[metric.__name__], abs=tolerance)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_the_mean_over_all_orders_is_the_chance_level(metric):
    ranked = np.array(list(permutations(range(6))))  # all 720 orders
    values = metric(ranked, [[1, 4]] * 720, 3)
    assert values.mean() == pytest.approx(chance(6, 2, 3)[metric.__name__], rel=1e-12)

"""Rating and ranking metrics: hand-worked values, bounds, bad input and two peer libraries."""

import importlib
from itertools import permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_error,
    ndcg_score,
    roc_auc_score,
)

from recsys_course.formulas.metrics import (
    auc,
    average_precision_at_k,
    check_ranked,
    hit_rate_at_k,
    mae,
    ndcg_at_k,
    precision_at_k,
    ranking_metrics,
    recall_at_k,
    reciprocal_rank_at_k,
    rmse,
)
from recsys_course.formulas.ranking import top_k

BY_NAME = {
    "precision": precision_at_k,
    "recall": recall_at_k,
    "hit rate": hit_rate_at_k,
    "NDCG": ndcg_at_k,
    "average precision": average_precision_at_k,
    "reciprocal rank": reciprocal_rank_at_k,
}
RANKING_METRICS = list(BY_NAME.values())

# a b c d e of the hand example are items 0 … 4; relevant are a, d and the unranked f (item 5)
RANKED = np.array([[0, 1, 2, 3, 4]])
RELEVANT = [{0, 3, 5}]


def test_rmse_and_mae_of_the_running_example():
    ratings = np.array([5, 3, 1, 4, 1, 1, 1, 1, 5, 5, 2, 5, 5], dtype=float)
    predictions = np.array([2.5, 1.5, 2.5, 2, 1, 0, 2, 1.5, 3.5, 2, 1, 2, 3])
    assert rmse(ratings, predictions) == pytest.approx(3.25**0.5, rel=1e-14)
    assert rmse(ratings, predictions) == pytest.approx(1.802776, abs=5e-7)
    assert mae(ratings, predictions) == pytest.approx(41 / 26, rel=1e-14)


def test_rmse_is_no_mean_of_smaller_rmses():
    value = rmse(np.array([1.0, 1.0, 4.0]), np.zeros(3))
    assert value == pytest.approx(2.449490, abs=5e-7)
    for wrong in (1.483163, 2.5):  # mean of the RMSEs so far; mean over batches of 2 and 1
        assert value != pytest.approx(wrong, abs=1e-3)


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


@pytest.mark.parametrize("n", [1, 2, 500])
def test_rating_errors_agree_with_scikit_learn(n):
    rng = np.random.default_rng(n)
    ratings, predictions = rng.integers(1, 11, n) / 2, rng.normal(3, 1.5, n)
    squared = mean_squared_error(ratings, predictions)
    assert rmse(ratings, predictions) == pytest.approx(squared**0.5, rel=1e-14)
    assert mae(ratings, predictions) == pytest.approx(
        mean_absolute_error(ratings, predictions), rel=1e-14
    )


@pytest.mark.parametrize("metric", [rmse, mae])
def test_a_narrow_type_neither_wraps_round_nor_loses_digits(metric):
    # 1 − 3 in eight bits without a sign would be 254
    assert metric(np.array([1, 3], dtype=np.uint8), np.array([3, 1], dtype=np.uint8)) == 2
    narrow = np.full(2, 0.1, dtype=np.float32)
    assert metric(narrow, np.zeros(2, dtype=np.float32)) == pytest.approx(narrow[0], rel=1e-12)


@pytest.mark.parametrize("metric", [rmse, mae])
def test_bad_ratings_are_refused(metric):
    with pytest.raises(ValueError, match=r"^ratings \(3,\) and predictions \(2,\) .* one length$"):
        metric(np.ones(3), np.ones(2))
    with pytest.raises(
        ValueError, match=r"^there is no rating to compare; the test part is empty$"
    ):
        metric(np.ones(0), np.ones(0))
    with pytest.raises(ValueError, match=r"row 1.*nan"):
        metric(np.ones(3), np.array([1.0, np.nan, 2.0]))
    with pytest.raises(ValueError, match=r"\(3, 1\)|shape|one-dim"):
        metric(np.ones(3), np.ones((3, 1)))  # would broadcast to 3 × 3


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        (precision_at_k, 5, 2 / 5),
        (precision_at_k, 3, 1 / 3),
        (precision_at_k, 1, 1),
        (recall_at_k, 5, 2 / 3),
        (recall_at_k, 2, 1 / 3),
        (recall_at_k, 1, 1 / 3),
        (hit_rate_at_k, 5, 1),
        (hit_rate_at_k, 1, 1),
        (ndcg_at_k, 5, 0.671386),
        (ndcg_at_k, 1, 1),
        (ndcg_at_k, 2, 0.613147),  # 1 / (1 + 1/log2 3)
        (average_precision_at_k, 5, 1 / 2),
        (average_precision_at_k, 2, 1 / 2),
        (average_precision_at_k, 1, 1),
        (reciprocal_rank_at_k, 5, 1),
    ],
)
def test_the_hand_example(metric, k, expected):
    value = metric(RANKED, RELEVANT, k)
    assert value.shape == (1,)
    assert value[0] == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("metric", "k", "wrong"),
    [
        (recall_at_k, 2, 1 / 2),  # divided by min(k, |relevant|)
        (ndcg_at_k, 5, 0.877215),  # against the list's own two hits
        (ndcg_at_k, 5, 0.485229),  # against k ones
        (average_precision_at_k, 5, 3 / 4),  # divided by the hits
        (average_precision_at_k, 5, 3 / 10),  # divided by k
        (average_precision_at_k, 2, 1 / 3),  # divided by |relevant|, as TREC does
        (reciprocal_rank_at_k, 5, 1 + 1 / 4),  # summed over the hits
    ],
)
def test_the_hand_example_tells_wrong_divisors_apart(metric, k, wrong):
    assert abs(metric(RANKED, RELEVANT, k)[0] - wrong) > 0.05


def test_precision_divides_by_k_also_where_fewer_are_shown():
    assert precision_at_k(np.array([[0, 3, -1, -1, -1]]), RELEVANT, 5)[0] == 2 / 5


@pytest.mark.parametrize("place", [1, 2, 3, 7])
def test_reciprocal_rank_is_one_over_the_first_hit(place):
    ranked = np.arange(10)[None]
    assert reciprocal_rank_at_k(ranked, [{place - 1, 8, 9}], 10)[0] == 1 / place
    assert reciprocal_rank_at_k(ranked, [{place - 1, 8, 9}], place)[0] == 1 / place
    if place > 1:
        assert reciprocal_rank_at_k(ranked, [{place - 1}], place - 1)[0] == 0


def test_average_precision_at_late_hits():
    # hits at places 2, 3 and 6 of 6, four relevant: (1/2 + 2/3 + 3/6) / 4 = 5/12
    value = average_precision_at_k(np.array([[9, 1, 2, 8, 7, 3]]), [{1, 2, 3, 4}], 6)
    assert value[0] == pytest.approx(5 / 12, rel=1e-15)


def test_all_metrics_at_once_are_the_single_ones():
    rng = np.random.default_rng(4)
    ranked = np.array([rng.permutation(40)[:12] for _ in range(30)])
    ranked[3, 5:] = -1
    relevant = [rng.choice(40, size=rng.integers(0, 9), replace=False) for _ in range(30)]
    together = ranking_metrics(ranked, relevant, 10)
    assert list(together) == list(BY_NAME)
    for name, metric in BY_NAME.items():
        np.testing.assert_array_equal(together[name], metric(ranked, relevant, 10))


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
    for k in (1, 2, 3, 5, 8):
        ranked = np.array([[5, 3, 0, 1, 2, 4, 7, 6]])
        best = {precision_at_k: min(k, 3) / k, recall_at_k: min(k, 3) / 3}.get(metric, 1)
        assert metric(ranked, RELEVANT, k)[0] == pytest.approx(best, rel=1e-15)
    two_relevant_of_two_places = ndcg_at_k(np.array([[3, 0]]), RELEVANT, 2)[0]
    assert two_relevant_of_two_places == pytest.approx(1, rel=1e-15)  # the ideal has k ones


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_perfect_model_with_k_beyond_the_catalogue(metric):
    scores = np.array([[1.0, 0, 0, 1, 0, 1], [0, 1, 1, 1, 1, 1]])
    relevant = [[0, 3, 5], [1, 2, 3, 4, 5]]
    ranked = top_k(scores, 10, np.random.default_rng(0))
    best = [0.3, 0.5] if metric is precision_at_k else [1, 1]  # the list has ten places
    np.testing.assert_allclose(metric(ranked, relevant, 10), best, rtol=1e-15)


@pytest.mark.parametrize("metric", RANKING_METRICS)
@pytest.mark.parametrize(("n_users", "n_items"), [(3, 40), (40, 3)])
def test_more_items_than_users_and_more_users_than_items(metric, n_users, n_items):
    rng = np.random.default_rng(0)
    ranked = np.array([rng.permutation(n_items) for _ in range(n_users)])
    relevant = [[int(rng.integers(n_items))] for _ in range(n_users)]
    values = metric(ranked, relevant, n_items)
    assert values.shape == (n_users,)
    if metric in {recall_at_k, hit_rate_at_k}:
        np.testing.assert_array_equal(values, 1)  # the whole catalogue is shown
    places = 1 + np.nonzero(ranked == np.array(relevant))[1]
    if metric in {average_precision_at_k, reciprocal_rank_at_k}:
        np.testing.assert_array_equal(values, 1 / places)
    if metric is precision_at_k:
        np.testing.assert_array_equal(values, 1 / n_items)


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
        sparse.csr_matrix(table),
        sparse.coo_array(table),
        [np.array(items, dtype=np.uint8) for items in lists],
    ):
        np.testing.assert_array_equal(metric(ranked, form, 3), expected)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_relevant_item_named_twice_counts_once(metric):
    twice = metric(RANKED, [[0, 3, 5, 3, 0]], 5)
    np.testing.assert_array_equal(twice, metric(RANKED, RELEVANT, 5))
    # the same cells twice and out of order, as a table built by hand may store them
    cells = np.array([5, 3, 0, 3, 0], dtype=np.int32)
    table = sparse.csr_array((np.ones(5), cells, [0, 5]), shape=(1, 6))
    np.testing.assert_array_equal(metric(RANKED, table, 5), metric(RANKED, RELEVANT, 5))
    np.testing.assert_array_equal(table.indices, [5, 3, 0, 3, 0])  # the caller's, left alone


@pytest.mark.parametrize("metric", RANKING_METRICS)
@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint64])
def test_any_integer_type_holds_ranked_items(metric, dtype):
    values = metric(RANKED.astype(dtype), RELEVANT, 5)
    np.testing.assert_array_equal(values, metric(RANKED, RELEVANT, 5))
    if dtype != np.uint64:
        ended = np.array([[0, 3, -1, -1, -1], [-1, -1, -1, -1, -1]], dtype=dtype)
        expected = metric(np.array([[0, 3, 9, 8, 7], [9, 8, 7, 6, 4]]), [*RELEVANT, {1}], 5)
        np.testing.assert_array_equal(metric(ended, [*RELEVANT, {1}], 5), expected)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_an_empty_place_is_no_hit_of_the_user_before(metric):
    # user 0's last item is the neighbour of user 1's −1 in a table without gaps
    values = metric(np.array([[0, 1], [-1, -1]]), [{1}, {0}], 2)
    assert values[0] > 0
    assert values[1] == 0


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_table_of_a_large_catalogue_does_not_overflow(metric):
    n_items = 2_000_000_000  # its cells have numbers beyond 32 bits from the second user on
    cells = np.array([7, 7, n_items - 1], dtype=np.int32)
    table = sparse.csr_array((np.ones(3), cells, np.array([0, 1, 2, 3])), shape=(3, n_items))
    ranked = np.array([[7], [7], [n_items - 1]], dtype=np.int32)
    np.testing.assert_array_equal(metric(ranked, table, 1), [1, 1, 1])


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


@pytest.mark.parametrize("metric", [*RANKING_METRICS, ranking_metrics])
@pytest.mark.parametrize(
    ("ranked", "relevant", "k", "sentence"),
    [
        (RANKED, RELEVANT, 0, r"^k is 0; give a whole number of at least 1$"),
        (RANKED, RELEVANT, -2, r"^k is -2; give a whole number of at least 1$"),
        (RANKED, RELEVANT, 6, r"\(1, 5\); k=6 needs \(n_users, at least 6\), padded with −1$"),
        (RANKED[0], RELEVANT, 1, r"\(5,\); k=1 needs \(n_users, at least 1\)"),
        (RANKED, [{0}, {1}], 5, r"^1 users are ranked, but relevant is given for 2$"),
        (RANKED, sparse.csr_array((2, 9)), 5, r"^1 users are ranked, but relevant .* for 2$"),
        (RANKED, sparse.csr_array((1, 4)), 5, r"^ranked names item 4, but relevant has 4 items$"),
        (RANKED, [[0, -1]], 5, r"^relevant names item -1; an index counts from 0$"),
        (RANKED, [[0, 1.5]], 5, r"^relevant holds float64; name items by their indices"),
        (
            RANKED,
            np.ones((1, 5), dtype=bool),
            5,
            r"^relevant holds bool; .* or give a sparse table$",
        ),
        (RANKED.astype(float), RELEVANT, 5, r"^ranked has shape \(1, 5\) and holds float64; give"),
        (np.array([[0, -2, 1]]), RELEVANT, 3, r"^ranked\[0\] names item -2; an index .* ended$"),
        (np.array([[0, 1], [3, 3]]), [{0}, {3}], 2, r"^ranked\[1\] names item 3 twice$"),
    ],
)
def test_bad_rankings_are_refused_with_one_sentence(metric, ranked, relevant, k, sentence):
    with pytest.raises(ValueError, match=sentence):
        metric(ranked, relevant, k)


@pytest.mark.parametrize(
    ("ranked", "sentence"),
    [
        (
            np.arange(3),
            r"^ranked has shape \(3,\) and holds int64; give item indices, whole numbers",
        ),
        (
            np.zeros((2, 1), dtype=bool),
            r"^ranked has shape \(2, 1\) and holds bool; .*n_users, k\)$",
        ),
        (np.array([[0, 5], [-3, 4], [1, -7]]), r"^ranked\[1\] names item -3; .*−1 says"),
        (
            np.array([[5, -1], [3, -2], [1, -7]]),
            r"^ranked\[1\] names item -2; an index counts from 0",
        ),
        (np.array([[2, 5, 5], [0, 0, 1]]), r"^ranked\[0\] names item 5 twice$"),
        (np.array([[2, 5, 4], [0, 0, 1]]), r"^ranked\[1\] names item 0 twice$"),
    ],
)
def test_what_is_no_table_of_lists_is_refused(ranked, sentence):
    with pytest.raises(ValueError, match=sentence):
        check_ranked(ranked)


@pytest.mark.parametrize("ranked", [[[0, 1], [1, 0]], [[-1, -1], [3, -1]], [[]], [[4]]])
def test_a_table_of_lists_passes_and_stays_as_it_was(ranked):
    ranked = np.array(ranked, dtype=np.int32)
    before = ranked.copy()
    check_ranked(ranked)
    np.testing.assert_array_equal(ranked, before)


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_what_stands_below_k_is_not_looked_at(metric):
    below = np.array([[0, 3, 0, 99, -5]])
    np.testing.assert_array_equal(metric(below, RELEVANT, 2), metric(below[:, :2], RELEVANT, 2))


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_catalogue_of_one_item(metric):
    for form in ([[0]], sparse.csr_array(np.ones((1, 1)))):
        np.testing.assert_array_equal(metric(np.array([[0]]), form, 1), [1])
        np.testing.assert_array_equal(metric(np.array([[-1]]), form, 1), [0])


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_nobody_and_nothing(metric):
    assert metric(np.zeros((0, 3), dtype=int), [], 3).shape == (0,)
    np.testing.assert_array_equal(metric(RANKED, [[]], 5), [np.nan])
    np.testing.assert_array_equal(metric(RANKED, sparse.csr_array((1, 9)), 5), [np.nan])


@pytest.mark.parametrize("metric", RANKING_METRICS)
def test_a_relevant_item_beyond_those_ranked_is_a_miss_and_no_error(metric):
    values = metric(np.array([[2, 0], [0, 1]]), [[0, 900], [900, 901]], 2)
    assert values[0] > 0
    assert values[1] == 0


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
    values = {name: value[0] for name, value in ranking_metrics(ranked, relevant, k).items()}
    for value in values.values():
        assert 0 <= value <= 1 + 1e-12
        assert (value > 0) == values["hit rate"]
    recall, precision = values["recall"], values["precision"]
    assert recall <= min(k, n_relevant) / n_relevant + 1e-12
    assert recall * n_relevant == pytest.approx(precision * k, rel=1e-12)
    # the first hit alone is worth its reciprocal rank
    best = min(k, n_relevant)
    assert values["average precision"] * best >= values["reciprocal rank"] - 1e-12
    assert precision <= values["hit rate"]
    if k < n_items:
        assert recall_at_k(ranked, relevant, k + 1)[0] >= recall


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 20))
@settings(deadline=None, max_examples=60)
def test_moving_a_relevant_item_up_never_lowers_a_metric(seed, k):
    rng = np.random.default_rng(seed)
    ranked = rng.permutation(20)
    relevant = rng.choice(20, size=6, replace=False)
    place = int(rng.integers(1, 20))
    swapped = ranked.copy()
    swapped[[place - 1, place]] = swapped[[place, place - 1]]
    for values in ranking_metrics(np.array([ranked, swapped]), [relevant, relevant], k).values():
        before, after = values
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


@pytest.fixture
def ranx(monkeypatch, tmp_path):
    """The peer library, interpreted: compiled, it would take a minute and a place to keep it."""
    import numba

    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    monkeypatch.setenv("IR_DATASETS_HOME", str(tmp_path))  # made on import, even if never used
    return importlib.import_module("ranx")


def test_all_metrics_agree_with_ranx(ranx):
    rng = np.random.default_rng(5)
    n_users, n_items, k = 60, 50, 10
    ranked = np.array([rng.permutation(n_items)[:15] for _ in range(n_users)])
    n_relevant = rng.integers(1, 21, size=n_users)  # also more than k
    relevant = [rng.choice(n_items, size=size, replace=False) for size in n_relevant]
    users = [f"u{user:02d}" for user in range(n_users)]
    qrels = ranx.Qrels(
        {
            user: {str(item): 1 for item in items}
            for user, items in zip(users, relevant, strict=True)
        }
    )
    run = ranx.Run(
        {
            user: {str(item): -float(place) for place, item in enumerate(items)}
            for user, items in zip(users, ranked, strict=True)
        }
    )
    peers = {
        "precision": "precision@10",
        "recall": "recall@10",
        "hit rate": "hit_rate@10",
        "NDCG": "ndcg@10",
        "average precision": "map@10",
        "reciprocal rank": "mrr@10",
    }
    ranx.evaluate(qrels, run, list(peers.values()))
    ours = ranking_metrics(ranked, relevant, k)
    # ranx divides as TREC does, by |relevant|: the same up to k relevant items, less beyond
    ours["average precision"] *= np.minimum(n_relevant, k) / n_relevant
    for name, peer in peers.items():
        expected = [run.scores[peer][user] for user in users]
        np.testing.assert_allclose(ours[name], expected, rtol=0, atol=1e-9)


# Relevant at ranks 1, 4 and 8 of 10: 7 + 5 + 2 of 21 pairs are in the right order.
TEN_SCORES = np.arange(10, 0, -1, dtype=float)[None]


def test_auc_of_the_hand_examples():
    assert auc(TEN_SCORES, [{0, 3, 7}])[0] == pytest.approx(14 / 21, rel=1e-15)
    assert auc(np.array([[3.0, 2, 1, 0]]), [{0, 2}])[0] == 3 / 4
    # one relevant item among 1000, at ranks 30 and 30; 1 and 400; 5 and 200
    scores = np.tile(-np.arange(1000.0), (6, 1))
    values = auc(scores, [[29], [29], [0], [399], [4], [199]]).reshape(3, 2).mean(axis=1)
    np.testing.assert_allclose(values, [0.9710, 0.8003, 0.8984], atol=5e-5)


def test_auc_of_the_best_the_worst_and_no_order():
    relevant = [{0, 1, 2}]
    assert auc(TEN_SCORES, relevant)[0] == 1
    assert auc(-TEN_SCORES, relevant)[0] == 0
    assert auc(np.zeros((1, 10)), relevant)[0] == 1 / 2


def test_a_tie_counts_one_half_as_it_does_on_average_over_the_orders_of_equals():
    scores = np.array([[2.0, 1, 1, 1, 0]])
    relevant = [{1, 4}]
    # the tied 1: beats 0 of {2}, ties with two; the 0 beats none: (0 + 1/2 + 1/2) / 6
    assert auc(scores, relevant)[0] == pytest.approx(1 / 6, rel=1e-15)
    broken = np.array([[2, 1 + a, 1 + b, 1 + c, 0] for a, b, c in permutations([0.1, 0.2, 0.3])])
    assert auc(broken, relevant * 6).mean() == pytest.approx(1 / 6, rel=1e-15)


def test_an_irrelevant_item_that_is_no_candidate_makes_no_pair():
    scores = TEN_SCORES.copy()
    scores[0, [1, 2]] = -np.inf  # of the irrelevant ones only 4, 5, 6, 8 and 9 are left
    assert auc(scores, [{0, 3, 7}])[0] == pytest.approx((5 + 5 + 2) / 15, rel=1e-15)


def test_a_relevant_item_that_is_no_candidate_loses_all_its_pairs():
    scores = TEN_SCORES.copy()
    scores[0, 3] = -np.inf
    assert auc(scores, [{0, 3, 7}])[0] == pytest.approx((7 + 0 + 2) / 21, rel=1e-15)
    scores[0, 4] = -np.inf  # an irrelevant one beside it: no pair, so no tie to be halved
    assert auc(scores, [{0, 3, 7}])[0] == pytest.approx((6 + 0 + 2) / 18, rel=1e-15)
    scores[0, [0, 7]] = -np.inf
    assert auc(scores, [{0, 3, 7}])[0] == 0


def test_auc_is_nan_without_relevant_items_or_irrelevant_candidates():
    scores = np.array([[1.0, 2, 3], [1, 2, 3], [1, -np.inf, 3], [-np.inf] * 3, [3, 2, 1]])
    values = auc(scores, [[], [0, 1, 2], [0, 2], [0], [0]])
    np.testing.assert_array_equal(values, [np.nan, np.nan, np.nan, np.nan, 1])


def test_auc_takes_every_form_of_the_relevant_items_and_counts_each_once():
    scores = np.tile(TEN_SCORES, (3, 1))
    lists = [[0, 3, 7], [], [9]]
    expected = [14 / 21, np.nan, 0]
    table = np.zeros((3, 10))
    for user, items in enumerate(lists):
        table[user, items] = 1
    doubled = sparse.csr_array((np.ones(5), [7, 0, 3, 7, 9], [0, 4, 4, 5]), shape=(3, 10))
    for form in (lists, sparse.csr_array(table), sparse.csr_matrix(table), doubled):
        np.testing.assert_allclose(auc(scores, form), expected, rtol=1e-15)
    np.testing.assert_allclose(auc(scores.astype(np.float32), [*lists]), expected, rtol=1e-15)


def test_auc_of_nobody():
    assert auc(np.zeros((0, 4)), []).shape == (0,)
    assert auc(np.zeros((0, 0)), []).shape == (0,)
    np.testing.assert_array_equal(auc(np.zeros((2, 0)), [[], []]), [np.nan, np.nan])


@given(seed=st.integers(0, 2**32 - 1), n_items=st.integers(2, 12), n_levels=st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_auc_is_one_less_itself_when_scores_or_relevance_turn_round(seed, n_items, n_levels):
    rng = np.random.default_rng(seed)
    scores = rng.integers(n_levels, size=(1, n_items)).astype(float)
    table = np.zeros((1, n_items))
    table[0, rng.permutation(n_items)[: rng.integers(1, n_items)]] = 1
    value = auc(scores, sparse.csr_array(table))[0]
    assert 0 <= value <= 1
    assert auc(-scores, sparse.csr_array(table))[0] == pytest.approx(1 - value, abs=1e-15)
    assert auc(scores, sparse.csr_array(1 - table))[0] == pytest.approx(1 - value, abs=1e-15)
    assert auc(np.exp(scores), sparse.csr_array(table))[0] == value  # only the order counts


@pytest.mark.parametrize("n_levels", [2, 5, 1000])
def test_auc_agrees_with_scikit_learn_with_and_without_ties(n_levels):
    rng = np.random.default_rng(6)
    scores = rng.integers(n_levels, size=(60, 25)) / 7
    table = (rng.random((60, 25)) < 0.3).astype(float)
    table[:, 0], table[:, 1] = 1, 0  # everybody has a relevant item and an irrelevant one
    scores[rng.random(scores.shape) < 0.2] = -np.inf
    scores[:, :2] = np.abs(scores[:, :2])
    scores[np.isinf(scores[:, :2]).any(axis=1), :2] = 0
    scores[(scores == -np.inf) & (table == 1)] = 0  # relevant items are candidates here
    expected = [
        roc_auc_score(row[score > -np.inf], score[score > -np.inf])
        for row, score in zip(table, scores, strict=True)
    ]
    np.testing.assert_allclose(auc(scores, sparse.csr_array(table)), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("scores", "relevant", "sentence"),
    [
        (
            np.zeros(3),
            [{0}],
            r"^scores has shape \(3,\); give one row a user: \(n_users, n_items\)$",
        ),
        (
            np.array([[1.0, 2], [3, np.nan]]),
            [{0}, {0}],
            r"^scores\[1, 1\] is nan; .* mend the model$",
        ),
        (TEN_SCORES, [{10}], r"^scores has 10 items, but relevant has 11$"),
        (TEN_SCORES, sparse.csr_array((1, 9)), r"^scores has 10 items, but relevant has 9$"),
        (TEN_SCORES, sparse.csr_array((1, 11)), r"^scores has 10 items, but relevant has 11$"),
        (TEN_SCORES, sparse.csr_array((1, 0)), r"^scores has 10 items, but relevant has 0$"),
        (TEN_SCORES, [{0}, {1}], r"^1 users are ranked, but relevant is given for 2$"),
        (TEN_SCORES, [{-1}], r"^relevant names item -1; an index counts from 0$"),
    ],
)
def test_bad_scores_are_refused_with_one_sentence(scores, relevant, sentence):
    with pytest.raises(ValueError, match=sentence):
        auc(scores, relevant)

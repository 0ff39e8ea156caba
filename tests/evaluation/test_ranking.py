"""Full ranking against brute force, chance levels in closed form, and blocks of every size."""

import math

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import Split, random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.evaluation.ranking import RankingScores, evaluate_ranking, ndcg_by_chance
from recsys_course.evaluation.significance import bootstrap_mean
from recsys_course.models.baselines import Oracle

N_USERS, N_ITEMS, K = 60, 40, 5
METRICS = ["precision", "recall", "hit rate", "NDCG", "average precision", "reciprocal rank"]


@pytest.fixture(scope="module")
def split() -> Split:
    """60 users, 40 items; the test part of users 7, 8 and 9 is taken away."""
    world_rng, split_rng = np.random.default_rng(3).spawn(2)
    whole = make_world(world_rng, n_users=N_USERS, n_items=N_ITEMS).interactions
    cut = random_split(whole, split_rng)
    kept = ~np.isin(cut.test.users, [7, 8, 9])
    return Split(cut.train, cut.test.subset(kept), "without three")


def model_of(scores, split: Split) -> Oracle:
    return Oracle(scores, "implicit").fit(split.train)


@pytest.fixture
def without_ties(split) -> Oracle:
    return model_of(np.random.default_rng(4).permuted(np.arange(2400)).reshape(60, 40) / 7, split)


def sets_of(part) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(part.n_users)]
    for user, item in zip(part.users.tolist(), part.items.tolist(), strict=True):
        found[user].add(item)
    return found


def columns(scores: RankingScores) -> np.ndarray:
    assert list(scores.metrics) == METRICS
    return np.array(list(scores.metrics.values()))


@pytest.mark.parametrize("k", [1, 5, 40, 60])
def test_it_agrees_with_a_full_sort_by_hand(split, without_ties, k):
    measured = columns(evaluate_ranking(without_ties, split, k, np.random.default_rng(0)))
    scores = without_ties.score(np.arange(N_USERS)).tolist()
    seen, relevant = sets_of(split.train), sets_of(split.test)
    for user in range(N_USERS):
        if not relevant[user]:
            assert np.isnan(measured[:, user]).all()
            continue
        candidates = [item for item in range(N_ITEMS) if item not in seen[user]]
        ranked = sorted(candidates, key=lambda item: -scores[user][item])[:k]
        hits = [item in relevant[user] for item in ranked]
        gain = sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(k, len(relevant[user]))))
        shares = [sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits) if hit]
        by_hand = [
            sum(hits) / k,
            sum(hits) / len(relevant[user]),
            float(any(hits)),
            gain / ideal,
            sum(shares) / min(k, len(relevant[user])),
            1 / (hits.index(True) + 1) if any(hits) else 0.0,
        ]
        np.testing.assert_allclose(measured[:, user], by_hand, rtol=1e-12)


def chance_levels(split: Split, k: int) -> np.ndarray:
    """Mean over users of each metric of a random order, in closed form."""
    levels = []
    for seen, relevant in zip(sets_of(split.train), sets_of(split.test), strict=True):
        n, found, ranks = N_ITEMS - len(seen), len(relevant), range(1, k + 1)
        if found:
            gains = [1 / math.log2(rank + 1) for rank in ranks]
            missed = math.comb(n - found, k) / math.comb(n, k)
            shares = sum(found / n * (1 + (r - 1) * (found - 1) / (n - 1)) / r for r in ranks)
            first = sum(math.comb(n - r, found - 1) / math.comb(n, found) / r for r in ranks)
            ndcg = found / n * sum(gains) / sum(gains[: min(k, found)])
            levels.append([found / n, k / n, 1 - missed, ndcg, shares / min(k, found), first])
    return np.mean(levels, axis=0)


def test_equal_scores_are_worth_chance(split):
    constant = model_of(np.full((N_USERS, N_ITEMS), 3.0), split)
    runs = np.array(
        [
            np.nanmean(columns(evaluate_ranking(constant, split, K, rng)), axis=1)
            for rng in np.random.default_rng(5).spawn(200)
        ]
    )
    standard_errors = runs.std(axis=0, ddof=1) / math.sqrt(200)
    distance = np.abs(runs.mean(axis=0) - chance_levels(split, K)) / standard_errors
    assert (distance < 4).all(), distance  # 4 s.e.: one false alarm in 16,000


@pytest.mark.parametrize("k", [1, 5, 12])
def test_the_chance_level_of_ndcg_comes_with_the_scores(split, without_ties, k):
    scores = evaluate_ranking(without_ties, split, k, np.random.default_rng(0))
    assert np.nanmean(scores.chance) == pytest.approx(chance_levels(split, k)[3], rel=1e-12)
    np.testing.assert_array_equal(np.isnan(scores.chance), np.isnan(scores.metrics["NDCG"]))
    np.testing.assert_array_equal(scores.chance, ndcg_by_chance(split, k))


def test_the_chance_level_of_one_user_by_hand():
    # 12 items, 2 of them seen: 3 relevant ones among 10 candidates, as in the worked example
    train, test = ([0, 0], [10, 11]), ([0, 0, 0], [0, 3, 5])
    people, things = Vocabulary(["ann", "bo"]), Vocabulary(range(12))
    parts = [
        Interactions(users, items, np.ones(len(users)), None, people, things)
        for users, items in (train, test)
    ]
    chance = ndcg_by_chance(Split(*parts, "by hand"), 5)
    assert chance[0] == pytest.approx(0.415095, abs=5e-7)
    assert np.isnan(chance[1])  # bo has nothing held out


# ---- all lists together ----


def test_what_the_lists_of_four_users_are_like():
    # items 1 … 5 of the worked example; item 0 is seen by everybody and never listed
    lists = np.array([[3, 5], [3, 2], [2, 3], [5, 1]])
    scores = np.zeros((4, 6))
    for user, (first, second) in enumerate(lists):
        scores[user, [first, second]] = 2, 1
    people, things = Vocabulary(range(4)), Vocabulary(range(6))
    train = Interactions([0, 1, 2, 3], [0] * 4, np.ones(4), None, people, things)
    test = Interactions([0, 1, 2, 3], [3, 3, 3, 3], np.ones(4), None, people, things)
    split = Split(train, test, "by hand")
    found = evaluate_ranking(model_of(scores, split), split, 2, np.random.default_rng(0))
    assert found.coverage == pytest.approx(4 / 6)
    # counts 0, 0, 1, 2, 2, 3: Σ (2r − 7) x_(r) = −1·1 + 1·2 + 3·2 + 5·3 = 22, over 6 items · 8
    assert found.gini == pytest.approx(22 / 48)
    assert found.novelty == pytest.approx(2.0)  # nobody chose them: as if one of four had


def test_novelty_is_that_of_the_training_rows():
    people, things = Vocabulary(range(4)), Vocabulary(range(3))
    # item 0 is chosen by 2 of 4 in training, item 1 by 1 of 4; tests do not count
    train = Interactions([0, 1, 2], [0, 0, 1], np.ones(3), None, people, things)
    test = Interactions([3, 3], [0, 1], np.ones(2), None, people, things)
    split = Split(train, test, "by hand")
    model = model_of(np.tile([3.0, 2.0, 1.0], (4, 1)), split)
    rng = np.random.default_rng(0)
    assert evaluate_ranking(model, split, 1, rng).novelty == pytest.approx(1.0)
    assert evaluate_ranking(model, split, 2, rng).novelty == pytest.approx(1.5)
    assert evaluate_ranking(model, split, 2, rng).coverage == pytest.approx(2 / 3)


def test_only_users_with_held_out_items_have_a_list(split, without_ties):
    found = evaluate_ranking(without_ties, split, K, np.random.default_rng(0))
    tested = sorted(set(split.test.users.tolist()))
    lists = without_ties.recommend(tested, K)
    assert found.coverage == len(set(lists.ravel().tolist())) / N_ITEMS


def test_values_cannot_be_changed_by_accident(split, without_ties):
    found = evaluate_ranking(without_ties, split, K, np.random.default_rng(0))
    for values in found.metrics.values():
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0


def test_no_table_of_all_users_and_items_is_made(split):
    asked = []

    class Watched(Oracle):
        def score(self, users):
            asked.append(len(users))
            return super().score(users)

    model = Watched(np.ones((N_USERS, N_ITEMS)), "implicit").fit(split.train)
    evaluate_ranking(model, split, K, np.random.default_rng(0), block_size=16)
    assert max(asked) == 16
    assert sum(asked) == len(set(split.test.users.tolist()))


def test_the_held_out_items_first_is_perfect(split):
    scores = split.test.to_csr().toarray()
    measured = evaluate_ranking(model_of(scores, split), split, N_ITEMS, np.random.default_rng(0))
    some = np.bincount(split.test.users, minlength=N_USERS) > 0
    # but for precision: nobody has as many relevant items as the list is long
    np.testing.assert_allclose(columns(measured)[1:, some], 1.0)
    n_relevant = np.bincount(split.test.users, minlength=N_USERS)[some]
    np.testing.assert_allclose(measured.metrics["precision"][some], n_relevant / N_ITEMS)


def test_every_held_out_item_is_relevant_whatever_its_rating(split, without_ties):
    turned = Split(
        split.train,
        type(split.test)(
            split.test.users,
            split.test.items,
            np.zeros(len(split.test)),  # zero stars are stored, and count
            None,
            split.test.user_vocabulary,
            split.test.item_vocabulary,
        ),
        split.name,
    )
    results = [
        columns(evaluate_ranking(without_ties, one, K, np.random.default_rng(0)))
        for one in (split, turned)
    ]
    np.testing.assert_array_equal(*results)


def test_users_without_held_out_items_are_left_out_and_counted(split, without_ties):
    measured = evaluate_ranking(without_ties, split, K, np.random.default_rng(0))
    for values in columns(measured):
        assert np.isnan(values[7:10]).all()
        estimate = bootstrap_mean(values, np.random.default_rng(0))
        assert estimate.n_users == len(set(split.test.users.tolist())) <= N_USERS - 3
        assert estimate.value == pytest.approx(np.mean(values[np.isfinite(values)]))


@pytest.mark.parametrize("block_size", [1, 7, 59, 60])
def test_blocks_change_nothing_not_even_among_ties(split, without_ties, block_size):
    for model in (without_ties, model_of(np.ones((N_USERS, N_ITEMS)), split)):
        whole, cut = (
            columns(evaluate_ranking(model, split, K, np.random.default_rng(6), size))
            for size in (256, block_size)
        )
        np.testing.assert_array_equal(whole, cut)


def test_the_seed_orders_ties_and_nothing_else(split, without_ties):
    def ndcg(model, seed):
        return evaluate_ranking(model, split, K, np.random.default_rng(seed)).metrics["NDCG"]

    constant = model_of(np.zeros((N_USERS, N_ITEMS)), split)
    np.testing.assert_array_equal(ndcg(constant, 1), ndcg(constant, 1))
    assert not np.array_equal(ndcg(constant, 1), ndcg(constant, 2), equal_nan=True)
    np.testing.assert_array_equal(ndcg(without_ties, 1), ndcg(without_ties, 2))


@pytest.mark.parametrize("k", [0, -3])
def test_a_list_of_nothing_is_refused(split, without_ties, k):
    with pytest.raises(ValueError, match=rf"k is {k}"):
        evaluate_ranking(without_ties, split, k, np.random.default_rng(0))

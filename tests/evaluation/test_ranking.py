"""Full ranking against brute force, chance levels in closed form, and blocks of every size."""

import math

import numpy as np
import pytest

from recsys_course.data.splitting import Split, random_split
from recsys_course.data.world import make_world
from recsys_course.evaluation.ranking import RankingScores, evaluate_ranking
from recsys_course.evaluation.significance import bootstrap_mean
from recsys_course.models.baselines import Oracle

N_USERS, N_ITEMS, K = 60, 40, 5


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
    return np.array([scores.ndcg, scores.recall, scores.hit_rate])


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
        by_hand = [gain / ideal, sum(hits) / len(relevant[user]), float(any(hits))]
        np.testing.assert_allclose(measured[:, user], by_hand, rtol=1e-12)


def chance_levels(split: Split, k: int) -> np.ndarray:
    """Mean over users of NDCG, recall and hit rate of a random order, in closed form."""
    levels = []
    for seen, relevant in zip(sets_of(split.train), sets_of(split.test), strict=True):
        n, found = N_ITEMS - len(seen), len(relevant)
        if found:
            gains = [1 / math.log2(rank + 1) for rank in range(1, k + 1)]
            missed = math.comb(n - found, k) / math.comb(n, k)
            ideal = sum(gains[: min(k, found)])
            levels.append([found / n * sum(gains) / ideal, k / n, 1 - missed])
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


def test_the_held_out_items_first_is_perfect(split):
    scores = split.test.to_csr().toarray()
    measured = evaluate_ranking(model_of(scores, split), split, N_ITEMS, np.random.default_rng(0))
    some = np.bincount(split.test.users, minlength=N_USERS) > 0
    np.testing.assert_allclose(columns(measured)[:, some], 1.0)


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
        return evaluate_ranking(model, split, K, np.random.default_rng(seed)).ndcg

    constant = model_of(np.zeros((N_USERS, N_ITEMS)), split)
    np.testing.assert_array_equal(ndcg(constant, 1), ndcg(constant, 1))
    assert not np.array_equal(ndcg(constant, 1), ndcg(constant, 2), equal_nan=True)
    np.testing.assert_array_equal(ndcg(without_ties, 1), ndcg(without_ties, 2))


@pytest.mark.parametrize("k", [0, -3])
def test_a_list_of_nothing_is_refused(split, without_ties, k):
    with pytest.raises(ValueError, match=rf"k is {k}"):
        evaluate_ranking(without_ties, split, k, np.random.default_rng(0))

"""The world with known truth: its statistics are those that its equations promise."""

import numpy as np
import pytest

from recsys_course.data.world import make_world

SEEDS = [0, 1, 2]


@pytest.fixture(scope="module", params=SEEDS)
def balanced(request):
    """A full-size world of 1500 users and 600 items."""
    return make_world(np.random.default_rng(request.param), preset="balanced")


@pytest.fixture(scope="module")
def popular():
    return make_world(np.random.default_rng(0), preset="popular")


def test_shapes_and_ids(balanced):
    interactions = balanced.interactions
    assert (interactions.n_users, interactions.n_items) == (1500, 600)
    assert balanced.true_ratings.shape == (1500, 600)
    assert balanced.choice_logits.shape == (1500, 600)
    assert len(set(interactions.user_vocabulary.ids)) == 1500


def test_the_noise_is_the_floor_of_every_rmse(balanced):
    interactions = balanced.interactions
    errors = interactions.ratings - balanced.true_ratings[interactions.users, interactions.items]
    rmse = np.sqrt(np.mean(errors**2))
    assert balanced.noise_sd == 0.6
    # ≈ 130,000 ratings: standard error of an RMSE of 0.6 is 0.6/√(2n) = 0.0012
    assert rmse == pytest.approx(0.60, abs=0.006)
    assert errors.mean() == pytest.approx(0, abs=5 * 0.6 / len(errors) ** 0.5)


def test_a_fifth_of_the_rows_finds_the_floor_too(balanced):
    interactions = balanced.interactions
    held_out = np.random.default_rng(9).permutation(len(interactions))[: len(interactions) // 5]
    part = interactions.subset(held_out)
    errors = part.ratings - balanced.true_ratings[part.users, part.items]
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(0.60, abs=0.02)


def test_true_ratings_have_their_mean_and_spread(balanced):
    ratings = balanced.true_ratings
    # the mean carries 600 item effects of sd 0.35 (0.014) and 1500 user effects of 0.3 (0.008),
    # and the means of the eight taste dimensions (0.8 · √8 / √(1500 · 600 · 8) < 0.001)
    assert ratings.mean() == pytest.approx(3.5, abs=0.07)
    # variance 0.3² + 0.35² + 0.8² = 0.8525, sd 0.923; 5 % for its own sampling
    assert ratings.std() == pytest.approx(0.923, rel=0.05)


def test_the_truth_has_the_rank_of_its_equation(balanced):
    part = balanced.true_ratings[:80, :60]
    centred = part - part.mean(axis=1, keepdims=True)
    centred -= centred.mean(axis=0)
    singular = np.linalg.svd(centred, compute_uv=False)
    assert singular[7] > 1e6 * singular[8]  # embedding_dim 8, the effects are centred away


def test_people_choose_what_they_will_like(balanced):
    interactions = balanced.interactions
    observed = balanced.true_ratings[interactions.users, interactions.items].mean()
    assert observed > balanced.true_ratings.mean() + 0.5  # 4.3 against 3.5
    assert observed == pytest.approx(4.3, abs=0.1)


def test_events_of_a_user(balanced):
    counts = np.bincount(balanced.interactions.users, minlength=1500)
    assert counts.min() >= 20
    assert counts.max() <= 200  # a third of the catalogue
    # median of 1500 log-normals of sd 0.5 in logs: standard error 80 · 0.5 · 1.25/√1500 = 1.3
    assert np.median(counts) == pytest.approx(80, abs=6)
    density = len(balanced.interactions) / (1500 * 600)
    assert density == pytest.approx(0.145, abs=0.01)


def test_the_logits_rank_what_is_chosen_far_better_than_the_ratings_do(balanced):
    def share_in_top(scores: np.ndarray) -> float:
        best = np.argsort(-scores, axis=1)[:, :20]
        return float(np.take_along_axis(chosen, best, axis=1).mean())

    chosen = balanced.interactions.to_csr().toarray() != 0
    by_choice = share_in_top(balanced.choice_logits)
    by_rating = share_in_top(balanced.true_ratings)
    assert by_choice > by_rating + 0.05
    assert by_rating > 2 * chosen.mean()


def test_choices_follow_plackett_and_luce():
    # First choices of many users with one event each would need a size of their own; with
    # 3 items everybody takes exactly one: P(j) = exp(logit_j) / Σ exp(logit).
    world = make_world(np.random.default_rng(5), n_users=20_000, n_items=3)
    assert len(world.interactions) == 20_000
    logits = world.choice_logits
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    shares = np.bincount(world.interactions.items, minlength=3) / 20_000
    # 4 standard errors of a share of at most ½: 4 · 0.5/√20000
    np.testing.assert_allclose(shares, chances.mean(axis=0), atol=0.0142)
    # and the log-likelihood is that of these chances: (mean − expected) within 4 of its errors
    taken = np.log(chances[world.interactions.users, world.interactions.items])
    expected = (chances * np.log(chances)).sum(axis=1)
    difference = taken - expected
    assert abs(difference.mean()) < 4 * difference.std() / 20_000**0.5


def test_popularity_is_long_tailed_and_not_in_the_order_of_the_ids(balanced):
    counts = np.bincount(balanced.interactions.items, minlength=600)
    ordered = np.sort(counts)[::-1]
    assert ordered[:60].sum() > 0.2 * counts.sum()  # a tenth of the items, twice its share
    ranks = np.argsort(np.argsort(-counts))
    correlation = np.corrcoef(ranks, np.arange(600))[0, 1]
    assert abs(correlation) < 4 / 600**0.5  # 4 standard errors of an absent correlation


def test_the_popular_preset_is_popular(popular, balanced):
    assert popular.noise_sd == 0.6
    counts = np.bincount(popular.interactions.users, minlength=1500)
    assert np.median(counts) == pytest.approx(60, abs=5)
    per_item = np.bincount(popular.interactions.items, minlength=600)
    other = np.bincount(balanced.interactions.items, minlength=600)

    def top_share(counts: np.ndarray) -> float:
        return float(np.sort(counts)[::-1][:30].sum() / counts.sum())

    assert top_share(per_item) > top_share(other)


def test_the_seed_makes_the_whole_world():
    first, again, other = (
        make_world(np.random.default_rng(seed), n_users=40, n_items=90) for seed in (3, 3, 4)
    )
    assert first.interactions.fingerprint() == again.interactions.fingerprint()
    np.testing.assert_array_equal(first.true_ratings, again.true_ratings)
    np.testing.assert_array_equal(first.choice_logits, again.choice_logits)
    assert first.interactions.fingerprint() != other.interactions.fingerprint()


def test_small_worlds():
    world = make_world(np.random.default_rng(0), n_users=1, n_items=3)
    assert len(world.interactions) == 1
    assert np.isfinite(world.true_ratings).all()
    tall = make_world(np.random.default_rng(0), n_users=200, n_items=60)
    assert np.bincount(tall.interactions.users).max() <= 20


def test_bad_worlds_are_refused():
    with pytest.raises(ValueError, match=r"'balance'.*balanced, popular"):
        make_world(np.random.default_rng(0), preset="balance")
    with pytest.raises(ValueError, match=r"0 users"):
        make_world(np.random.default_rng(0), n_users=0)

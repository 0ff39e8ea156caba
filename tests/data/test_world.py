"""The world with known truth: its statistics are those that its equations promise."""

import numpy as np
import pytest

from recsys_course.data.world import choose_items, make_coin_flips, make_world
from recsys_course.formulas.losses import predict_pairs

SEEDS = [0, 1, 2]

# d, s, σ, β, median events; then density and mean of the observed and of all ratings, each with
# what three seeds of an independent generator and the sampling of 600 item effects leave open
PRESETS = {
    "balanced": (8, 0.8, 0.6, 1.5, 80, 0.145, 4.3),
    "popular": (4, 0.8, 0.6, 1.0, 60, 0.113, 4.2),
    "personal": (8, 0.7, 0.7, 2.0, 40, 0.075, 4.5),
}


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


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_what_was_published(preset, seed):
    dim, taste, noise, choice, median, density, observed = PRESETS[preset]
    world = make_world(np.random.default_rng(seed), preset=preset)
    interactions = world.interactions
    assert world.user_factors.shape == (1500, dim)
    assert world.item_factors.shape == (600, dim)
    assert (world.taste_weight, world.choice_weight) == (taste, choice)
    assert world.noise_sd == world.oracle_rmse == noise
    counts = np.bincount(interactions.users, minlength=1500)
    # 4 standard errors of a median of 1500 log-normals: 4 · median · 0.5 · 1.25/√1500
    assert np.median(counts) == pytest.approx(median, abs=0.065 * median)
    assert len(interactions) / (1500 * 600) == pytest.approx(density, abs=0.006)
    assert interactions.ratings.mean() == pytest.approx(observed, abs=0.08)
    assert world.true_ratings.mean() == pytest.approx(3.5, abs=0.07)  # as above
    errors = interactions.ratings - world.true_ratings[interactions.users, interactions.items]
    # 4 standard errors σ/√(2n) of the RMSE of one who knows the truth; n ≥ 67,000
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(noise, rel=4 / (2 * 67_000) ** 0.5)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_truth_can_be_computed_again_from_its_parts(preset):
    dim, taste, _, choice, *_ = PRESETS[preset]
    world = make_world(np.random.default_rng(6), preset=preset, n_users=40, n_items=30)
    ratings, logits = np.empty((40, 30)), np.empty((40, 30))
    for user in range(40):
        for item in range(30):
            affinity = world.user_factors[user] @ world.item_factors[item] / dim**0.5
            ratings[user, item] = (
                3.5 + world.user_effects[user] + world.item_effects[item] + taste * affinity
            )
            logits[user, item] = (
                world.popularity[item] + 0.5 / 0.35 * world.item_effects[item] + choice * affinity
            )
    np.testing.assert_allclose(world.true_ratings, ratings, rtol=1e-12)
    np.testing.assert_allclose(world.choice_logits, logits, rtol=1e-9, atol=1e-12)
    ranks = np.sort(np.exp(world.popularity / -0.7))  # popularity = −0.7·ln(rank)
    np.testing.assert_allclose(ranks, np.arange(1, 31))


def test_the_parts_have_their_spread(balanced):
    # 4 standard errors, sd/√(2n), of the sd of n normal numbers
    for values, sd in (
        (balanced.user_factors, 1.0),
        (balanced.item_factors, 1.0),
        (balanced.user_effects, 0.3),
        (balanced.item_effects, 0.35),
    ):
        assert values.std() == pytest.approx(sd, rel=4 / (2 * values.size) ** 0.5)
        assert abs(values.mean()) < 4 * sd / values.size**0.5


@pytest.mark.parametrize(
    ("options", "n_rows", "mean", "first"),
    [
        ({"n_users": 60, "n_items": 90}, 1800, 4.150145, [80, 45, 21, 35, 73]),
        ({"preset": "popular"}, 101_854, 4.177238, [497, 152, 334, 353, 345]),
    ],
)
def test_the_numbers_of_a_seed_never_change(options, n_rows, mean, first):
    # lessons show figures of these worlds: what is added must leave the streams as they are
    interactions = make_world(np.random.default_rng(0), **options).interactions
    assert len(interactions) == n_rows
    assert interactions.ratings.astype(float).mean() == pytest.approx(mean, abs=2e-6)
    assert interactions.items[:5].tolist() == first


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
    with pytest.raises(ValueError, match=r"n_users is 0; give a whole number of at least 1"):
        make_world(np.random.default_rng(0), n_users=0)
    with pytest.raises(ValueError, match=r"n_items is 2; .* at least 3"):
        make_world(np.random.default_rng(0), n_items=2)


def test_choices_without_replacement_have_the_chances_of_every_order():
    weights = np.array([1.0, 2.0, 5.0])
    n = 40_000
    users, items = choose_items(
        np.tile(np.log(weights), (n, 1)), np.full(n, 2), np.random.default_rng(8)
    )
    np.testing.assert_array_equal(users, np.repeat(np.arange(n), 2))
    first, second = items.reshape(n, 2).T
    # P(first, second) = w/8 · w'/(8 − w)
    for order, chance in {
        (0, 1): 2 / 56, (0, 2): 5 / 56, (1, 0): 2 / 48,
        (1, 2): 10 / 48, (2, 0): 5 / 24, (2, 1): 10 / 24,
    }.items():  # fmt: skip
        share = np.mean((first == order[0]) & (second == order[1]))
        assert share == pytest.approx(chance, abs=4 * (chance / n) ** 0.5), order  # 4 s.e.


def test_everybody_takes_as_many_as_they_want():
    rng = np.random.default_rng(0)
    users, items = choose_items(rng.normal(size=(3, 4)), np.array([0, 4, 2]), rng)
    assert users.tolist() == [1, 1, 1, 1, 2, 2]
    assert sorted(items[:4]) == [0, 1, 2, 3]
    assert items[4] != items[5]
    with pytest.raises(ValueError, match=r"n_events\[1\] is 5.*4 items"):
        choose_items(np.zeros((2, 4)), np.array([4, 5]), rng)


@pytest.fixture(scope="module")
def flips():
    """The case of 1000 users and 10,000 items, one cell in a hundred chosen."""
    return make_coin_flips(np.random.default_rng(0))


def test_coin_flips_are_independent_and_alike(flips):
    assert (flips.n_users, flips.n_items) == (1000, 10_000)
    assert (flips.user_vocabulary.id_of(999), flips.item_vocabulary.id_of(9_999)) == (
        "user1000",
        "item10000",
    )
    assert set(flips.ratings.tolist()) == {1.0}
    # 4 standard errors √(p(1 − p)/10⁷)
    assert len(flips) / 10**7 == pytest.approx(0.01, abs=4 * 3.15e-5)
    per_user = np.bincount(flips.users, minlength=1000)
    per_item = np.bincount(flips.items, minlength=10_000)
    # variance n·p·(1 − p) of a binomial; 4 standard errors √(2/n) of a variance from n counts
    assert per_user.var() == pytest.approx(99.0, rel=4 * (2 / 1000) ** 0.5)
    assert per_item.var() == pytest.approx(9.9, rel=4 * (2 / 10_000) ** 0.5)


def test_what_one_half_of_the_flips_likes_says_nothing_about_the_other(flips):
    halves = [
        np.bincount(flips.items[flips.users % 2 == parity], minlength=10_000) for parity in (0, 1)
    ]
    correlation = np.corrcoef(*halves)[0, 1]
    assert abs(correlation) < 4 / 10_000**0.5  # 4 standard errors of an absent correlation


@pytest.mark.parametrize(("density", "start"), [(0.0045, 6.7181), (0.01, 6.6961), (0.02, 6.6561)])
def test_the_loss_that_a_bad_start_falls_from(density, start):
    """485/72 − 4p for ten factors from U(0, 1): E(u·v)² = 485/72, E u·v = 5/2."""
    rng, table_rng = np.random.default_rng(1).spawn(2)
    table = make_coin_flips(table_rng, density=density)
    losses = []
    for _ in range(40):
        users, items = rng.random((1000, 10)), rng.random((10_000, 10))
        everywhere = np.sum((users.T @ users) * (items.T @ items))  # Σ (u·v)² over all cells
        chosen = predict_pairs(table.users, table.items, users, items)
        losses.append((everywhere - 2 * chosen.sum() + len(table)) / 10**7)
    # one start has a standard deviation of 1.2 %, so the mean of 40 one of 0.2 %: 5 of them
    assert np.mean(losses) == pytest.approx(start, rel=0.01)


def test_the_models_that_have_learned_nothing(flips):
    chosen = len(flips) / 10**7
    zero = chosen  # every chosen cell is missed by 1
    constant = chosen * (1 - 0.01) ** 2 + (1 - chosen) * 0.01**2
    assert zero == pytest.approx(0.01, abs=1.3e-4)  # as above
    assert constant == pytest.approx(0.0099, abs=1.3e-4)


def test_nobody_is_lost_who_chose_nothing():
    table = make_coin_flips(np.random.default_rng(2), n_users=50, n_items=20, density=0.02)
    assert (table.n_users, table.n_items) == (50, 20)
    assert len(np.unique(table.users)) < 50


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_users": 0}, r"n_users is 0; .* at least 1"),
        ({"n_items": 0}, r"n_items is 0; .* at least 1"),
        ({"density": 0.0}, r"density is 0\.0"),
        ({"density": 1.5}, r"density is 1\.5"),
        ({"density": np.nan}, r"density is nan"),
        ({"n_users": 1, "n_items": 1, "density": 1e-9}, r"none of 1 cells"),
    ],
)
def test_coins_that_cannot_be_flipped(options, message):
    with pytest.raises(ValueError, match=message):
        make_coin_flips(np.random.default_rng(0), **options)

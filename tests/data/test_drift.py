"""Time: without drift and births it does not matter, and with them it does."""

import numpy as np
import pytest
from scipy.stats import kstest

from recsys_course.data.drift import add_drift
from recsys_course.data.splitting import Split, random_split, temporal_split
from recsys_course.data.stars import to_stars
from recsys_course.data.world import make_world
from recsys_course.models.baselines import Biases
from recsys_course.models.factorization import AlternatingLeastSquares

DAY = 86_400
START = 1_577_836_800  # `date -ud 2020-01-01 +%s`


@pytest.fixture(scope="module")
def world():
    return make_world(np.random.default_rng(0), n_users=600, n_items=300)


@pytest.fixture(scope="module")
def drift(world):
    """Half a year in which tastes change."""
    return add_drift(world, np.random.default_rng(1), drift_per_day=0.01, period_days=180)


def test_events_stand_in_order_of_time_within_the_period(drift):
    times = drift.interactions.timestamps
    assert times.dtype == np.int64
    assert (np.diff(times) >= 0).all()
    assert drift.start == START == np.datetime64("2020-01-01", "s").astype(int)
    assert times.min() >= START
    assert times.max() < START + 180 * DAY
    assert times.max() > START + 179 * DAY  # the period is used to its end


def test_nothing_is_chosen_before_its_birth(drift):
    interactions = drift.interactions
    assert (interactions.timestamps >= drift.item_births[interactions.items]).all()
    # but soon after, as 45,000 events of 300 items in 180 days allow
    waits = interactions.timestamps - drift.item_births[interactions.items]
    assert (waits < DAY).any()


def test_births_are_uniform_on_the_first_four_fifths(drift):
    assert drift.item_births.dtype == np.int64
    assert drift.item_births.max() < START + 0.8 * 180 * DAY
    age = (drift.item_births - START) / (0.8 * 180 * DAY)
    assert kstest(age, "uniform").pvalue > 0.001  # one fixed seed


def test_without_births_everything_is_there_at_the_start(world):
    still = add_drift(world, np.random.default_rng(1), drift_per_day=0, born_within=0)
    np.testing.assert_array_equal(still.item_births, START)
    # every event has its own uniform time
    assert kstest((still.interactions.timestamps - START) / (365 * DAY), "uniform").pvalue > 0.001


def test_everybody_chooses_as_much_as_before(world, drift):
    interactions = drift.interactions
    np.testing.assert_array_equal(
        np.bincount(interactions.users, minlength=600),
        np.bincount(world.interactions.users, minlength=600),
    )
    assert interactions.user_vocabulary is world.interactions.user_vocabulary
    assert interactions.item_vocabulary is world.interactions.item_vocabulary


def test_the_truth_of_a_row_is_that_of_its_moment(world, drift):
    interactions = drift.interactions
    for row in (0, 777, 20_000, len(interactions) - 1):
        user, item = interactions.users[row], interactions.items[row]
        days = (interactions.timestamps[row] - START) / DAY
        taste = world.user_factors[user] + 0.01 * days * drift.directions[user]
        expected = (
            3.5
            + world.user_effects[user]
            + world.item_effects[item]
            + 0.8 * taste @ world.item_factors[item] / 8**0.5
        )
        assert drift.true_ratings[row] == pytest.approx(expected, rel=1e-9)
    assert drift.drift_per_day == 0.01


def test_the_noise_is_that_of_the_world(drift):
    errors = drift.interactions.ratings - drift.true_ratings
    n = len(errors)
    assert errors.std() == pytest.approx(0.6, rel=4 / (2 * n) ** 0.5)  # 4 standard errors
    assert abs(errors.mean()) < 4 * 0.6 / n**0.5
    assert abs(np.corrcoef(errors, drift.true_ratings)[0, 1]) < 4 / n**0.5


def test_directions_are_standard_normal(drift):
    assert drift.directions.shape == (600, 8)
    n = drift.directions.size
    assert drift.directions.std() == pytest.approx(1, rel=4 / (2 * n) ** 0.5)
    assert abs(drift.directions.mean()) < 4 / n**0.5


def test_people_choose_by_the_taste_of_the_moment(world, drift):
    interactions = drift.interactions
    gained = drift.true_ratings - world.true_ratings[interactions.users, interactions.items]
    days = (interactions.timestamps - START) / DAY
    early, late = gained[days < 30], gained[days > 150]
    # whoever chose by the taste of the start would gain nothing in the mean
    assert gained.mean() > 0.2
    assert late.mean() > early.mean() + 0.3


def test_choices_without_drift_are_those_of_the_world(world):
    still = add_drift(world, np.random.default_rng(2), drift_per_day=0, born_within=0)
    interactions = still.interactions
    np.testing.assert_array_equal(
        still.true_ratings, world.true_ratings[interactions.users, interactions.items]
    )
    # another draw from the same logits: an item is chosen about as often as in the world
    counts, before = (
        np.bincount(table.items, minlength=300) for table in (interactions, world.interactions)
    )
    assert not np.array_equal(counts, before)
    # the difference of two counts below 600 has a variance of at most their sum: 5 for 300 items
    assert (np.abs(counts - before) < 5 * np.sqrt(counts + before + 1)).all()
    # nor does time matter: 4 standard errors of an absent correlation
    correlation = np.corrcoef(interactions.timestamps, still.true_ratings)[0, 1]
    assert abs(correlation) < 4 / len(interactions) ** 0.5


def rmse(split: Split, make) -> float:
    model = make().fit(split.train)
    errors = split.test.ratings - model.predict(split.test.users, split.test.items)
    return float(np.sqrt(np.mean(errors**2)))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    "make",
    [Biases, lambda: AlternatingLeastSquares(np.random.default_rng(9), embedding_dim=8)],
    ids=["biases", "als"],
)
def test_a_temporal_split_is_harder_only_where_time_matters(world, make, seed):
    def gap(drift_per_day: float, born_within: float) -> float:
        drift_rng, split_rng = np.random.default_rng(seed).spawn(2)
        table = add_drift(
            world, drift_rng, drift_per_day=drift_per_day, born_within=born_within
        ).interactions
        return rmse(temporal_split(table), make) - rmse(random_split(table, split_rng), make)

    # about 9,000 test ratings on each side: an RMSE of 0.86 has a standard error of 0.86/√18,000 =
    # 0.0064, the difference of two 0.009; 3 of them
    assert abs(gap(0.0, 0.0)) < 0.027
    assert gap(0.005, 0.0) > 0.15
    assert gap(0.005, 0.8) > 0.08


def test_one_seed_moves_everybody_the_same_way(world, drift):
    again = add_drift(world, np.random.default_rng(1), drift_per_day=0.01, period_days=180)
    assert again.interactions.fingerprint() == drift.interactions.fingerprint()
    slower = add_drift(world, np.random.default_rng(1), drift_per_day=0.001, period_days=180)
    np.testing.assert_array_equal(slower.directions, drift.directions)
    np.testing.assert_array_equal(slower.item_births, drift.item_births)
    assert slower.interactions.fingerprint() != drift.interactions.fingerprint()


def test_drift_leaves_the_numbers_of_others_alone(world):
    used, untouched = np.random.default_rng(12), np.random.default_rng(12)
    add_drift(world, used)
    assert used.random() == untouched.random()


@pytest.mark.parametrize(
    "options",
    [
        {"drift_per_day": -0.1}, {"drift_per_day": np.inf}, {"drift_per_day": np.nan},
        {"period_days": 0}, {"born_within": -0.1}, {"born_within": 1.0}, {"born_within": np.nan},
    ],
)  # fmt: skip
def test_impossible_times_are_refused(world, options):
    name, value = next(iter(options.items()))
    with pytest.raises(ValueError, match=rf"{name}={value}"):
        add_drift(world, np.random.default_rng(0), **options)


def test_stars_come_last(world):
    with pytest.raises(ValueError, match=r"half stars.*round_to_stars"):
        add_drift(to_stars(world), np.random.default_rng(0))

"""Half stars: the truth about rounded ratings is the integral over their noise."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_course.data.stars import expected_stars, round_to_stars, to_stars
from recsys_course.data.world import make_world

MEANS = st.floats(-3, 9)
NOISE = st.floats(0.05, 3)


@pytest.fixture(scope="module", params=[0, 1, 2])
def pair(request):
    """A world of each seed, as made and in stars."""
    world = make_world(np.random.default_rng(request.param), preset="popular")
    return world, to_stars(world)


def test_rounding_by_hand():
    given_stars = [-2.0, 0.7, 0.75, 1.2, 1.25, 3.0, 4.74, 4.76, 5.3]
    assert round_to_stars(np.array(given_stars)).tolist() == [1, 1, 1, 1, 1.5, 3, 4.5, 5, 5]
    assert round_to_stars(np.array([0.1, 0.7, 0.75]), lowest=0.5).tolist() == [0.5, 0.5, 1]


def test_mean_and_variance_by_hand():
    # σ = ¼ puts the bounds at whole standard deviations: Φ(1) = 0.841345, Φ(3) = 0.998650.
    # t = 3: ±½ with chance Φ(3) − Φ(1) = 0.157305 each, ±1 with 0.001350 each:
    # variance 2(0.25 · 0.157305 + 0.001350) = 0.081352
    # t = 5: 4½ with 0.157305, 4 with 0.001350: mean 5 − 0.078653 − 0.001350 = 4.919997,
    # variance 0.25 · 0.157305 + 0.001350 − 0.080003² = 0.034276
    mean, variance = expected_stars(np.array([3.0, 5.0]), 0.25)
    np.testing.assert_allclose(mean, [3.0, 4.919997], atol=1e-5)
    np.testing.assert_allclose(variance, [0.081352, 0.034276], atol=1e-5)


@pytest.mark.parametrize("lowest", [0.5, 1.0])
@pytest.mark.parametrize("noise_sd", [0.2, 0.6, 1.5])
def test_mean_and_variance_are_the_sums_over_all_stars(noise_sd, lowest):
    means = np.array([-1.0, 0.6, 1.0, 2.3, 3.75, 4.9, 7.0])
    found = expected_stars(means, noise_sd, lowest)
    for n, t in enumerate(means):
        bell = NormalDist(t, noise_sd)
        stars = np.arange(2 * lowest, 11) / 2
        bounds = [bell.cdf(star + 0.25) for star in stars[:-1]]
        chances = np.diff([0.0, *bounds, 1.0])
        mean = float(stars @ chances)
        variance = float((stars - mean) ** 2 @ chances)
        assert found[0][n] == pytest.approx(mean, abs=1e-12)
        assert found[1][n] == pytest.approx(variance, abs=1e-12)


def test_mean_and_variance_are_those_of_many_rounded_ratings():
    rng = np.random.default_rng(4)
    n = 200_000
    for t in (1.1, 3.4, 4.2, 5.6):
        drawn = round_to_stars(t + 0.6 * rng.standard_normal(n))
        mean, variance = expected_stars(np.array([t]), 0.6)
        # 4 standard errors of a mean, and of a variance (kurtosis below 9: √(8/n))
        assert drawn.mean() == pytest.approx(mean[0], abs=4 * (variance[0] / n) ** 0.5)
        assert drawn.var() == pytest.approx(variance[0], rel=4 * (8 / n) ** 0.5)


@given(MEANS, NOISE)
def test_the_mean_stays_on_the_scale_and_the_variance_is_possible(t, noise_sd):
    mean, variance = expected_stars(np.array([t]), noise_sd)
    assert 1 - 1e-12 <= mean[0] <= 5 + 1e-12
    # the most variance that numbers from 1 to 5 with this mean can have
    assert 0 <= variance[0] <= (mean[0] - 1) * (5 - mean[0]) + 1e-9


@given(MEANS, NOISE)
def test_the_scale_is_symmetric(t, noise_sd):
    mean, variance = expected_stars(np.array([t, 6 - t]), noise_sd)
    assert mean[0] + mean[1] == pytest.approx(6, abs=1e-9)
    assert variance[0] == pytest.approx(variance[1], abs=1e-9)


def test_ratings_of_a_world_in_stars_can_be_given(pair):
    world, stars = pair
    ratings = stars.interactions.ratings
    assert sorted(set(ratings.tolist())) == [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    raw = world.interactions.ratings
    inside = (raw > 1) & (raw < 5)
    assert np.abs(raw - ratings)[inside].max() <= 0.25
    # an independent run has 22 % and 0.1 %; a seed's quality of items moves the first by 0.01
    assert (raw > 5).mean() == pytest.approx(0.22, abs=0.03)
    assert (raw < 1).mean() == pytest.approx(0.001, abs=0.0007)


def test_choices_and_everything_else_stay(pair):
    world, stars = pair
    np.testing.assert_array_equal(stars.interactions.users, world.interactions.users)
    np.testing.assert_array_equal(stars.interactions.items, world.interactions.items)
    assert stars.interactions.item_vocabulary is world.interactions.item_vocabulary
    assert stars.choice_logits is world.choice_logits
    assert stars.noise_sd == world.noise_sd
    assert world.interactions.ratings.max() > 5  # the world itself is as it was


def test_the_oracle_of_stars_errs_as_much_as_it_says(pair):
    world, stars = pair
    table = stars.interactions
    squared = (table.ratings - stars.true_ratings[table.users, table.items]) ** 2
    standard_error = squared.std() / len(table) ** 0.5
    assert squared.mean() == pytest.approx(stars.oracle_rmse**2, abs=4 * standard_error)
    # clipping takes more noise away than rounding (1/√48 = 0.14 at most) adds
    assert stars.oracle_rmse == pytest.approx(0.52, abs=0.02)
    before_rounding = (table.ratings - world.true_ratings[table.users, table.items]) ** 2
    gain = before_rounding - squared  # paired by rating
    assert gain.mean() > 4 * gain.std() / len(table) ** 0.5


def test_half_a_star_can_be_the_lowest():
    world = make_world(np.random.default_rng(0), n_users=300, n_items=300)
    low = to_stars(world, lowest=0.5)
    assert low.interactions.ratings.min() == 0.5
    np.testing.assert_allclose(
        low.true_ratings, expected_stars(world.true_ratings, 0.6, lowest=0.5)[0]
    )
    assert low.true_ratings.min() < to_stars(world).true_ratings.min()


def test_what_cannot_be_rounded_is_refused(pair):
    with pytest.raises(ValueError, match=r"half stars already.*make_world"):
        to_stars(pair[1])
    for lowest in (5.0, 0.3):
        with pytest.raises(ValueError, match=rf"lowest is {lowest}"):
            round_to_stars(np.ones(2), lowest)
        with pytest.raises(ValueError, match=rf"lowest is {lowest}"):
            expected_stars(np.ones(2), 0.6, lowest)
    for noise_sd in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match=rf"noise_sd is {noise_sd}"):
            expected_stars(np.ones(2), noise_sd)

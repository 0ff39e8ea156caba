"""Rating errors against a loop over the test rows, with predictions that are written down here."""

import math

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import Split, random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.evaluation.rating import evaluate_ratings
from recsys_course.models.baselines import Biases, Oracle, Popularity


def split_of(train: list[tuple], test: list[tuple], n_users: int, n_items: int) -> Split:
    people, things = Vocabulary(range(n_users)), Vocabulary(range(n_items))
    parts = [Interactions(*zip(*rows, strict=True), None, people, things) for rows in (train, test)]
    return Split(*parts, "by hand")


@pytest.fixture(scope="module")
def split() -> Split:
    world_rng, split_rng = np.random.default_rng(0).spawn(2)
    return random_split(make_world(world_rng, n_users=50, n_items=70).interactions, split_rng)


def test_rmse_is_pooled_over_rows():
    # user 0 is wrong by 1 twice, user 1 by 4 once; user 2 has no test row
    split = split_of(
        [(0, 0, 1.0), (1, 0, 5.0), (2, 0, 3.0)], [(0, 1, 3.0), (0, 2, 1.0), (1, 1, 5.0)], 3, 3
    )
    scores = np.array([[0, 2, 2], [0, 1, 0], [0, 0, 0]], dtype=float)
    errors = evaluate_ratings(Oracle(scores, "explicit").fit(split.train), split)
    np.testing.assert_allclose(errors.squared, [1, 16, np.nan])
    np.testing.assert_allclose(errors.absolute, [1, 4, np.nan])
    np.testing.assert_array_equal(errors.n_ratings, [2, 1, 0])
    rmse, mae = errors.rmse(np.random.default_rng(0)), errors.mae(np.random.default_rng(0))
    assert rmse.value == pytest.approx(2.449490, abs=1e-6)  # √(18/3); mean of users' RMSEs: 2.5
    assert mae.value == pytest.approx(2.0)  # 6/3
    assert (rmse.n_users, mae.n_users) == (2, 2)


def test_it_agrees_with_a_loop(split):
    model = Biases().fit(split.train)
    errors = evaluate_ratings(model, split)
    low, high = min(split.train.ratings), max(split.train.ratings)
    squares: dict[int, list[float]] = {}
    for user, item, rating in zip(
        split.test.users, split.test.items, split.test.ratings, strict=True
    ):
        guess = model.mean + model.user_biases[user] + model.item_biases[item]
        guess = min(max(guess, low), high)
        squares.setdefault(int(user), []).append(float(rating - guess) ** 2)
    for user in range(50):
        if user not in squares:
            assert math.isnan(errors.squared[user])
            continue
        mean = sum(squares[user]) / len(squares[user])
        assert errors.squared[user] == pytest.approx(mean, rel=1e-5)  # ratings are float32
        roots = sum(math.sqrt(one) for one in squares[user]) / len(squares[user])
        assert errors.absolute[user] == pytest.approx(roots, rel=1e-5)
        assert errors.n_ratings[user] == len(squares[user])
    pooled = math.sqrt(sum(map(sum, squares.values())) / len(split.test))
    assert errors.rmse(np.random.default_rng(0)).value == pytest.approx(pooled, rel=1e-6)


def test_predictions_are_clipped_to_the_training_ratings():
    # The test rows hold 0.5 and 5, but nobody may know: training went from 1 to 4.
    split = split_of([(0, 0, 1.0), (1, 0, 4.0)], [(0, 1, 0.5), (1, 1, 5.0), (1, 2, 3.0)], 2, 3)
    scores = np.array([[0, -7, 0], [0, 9, 3.5]])
    errors = evaluate_ratings(Oracle(scores, "explicit").fit(split.train), split)
    np.testing.assert_allclose(errors.squared, [0.5**2, (1**2 + 0.5**2) / 2])
    np.testing.assert_allclose(errors.absolute, [0.5, 0.75])


def test_the_truth_is_wrong_by_the_noise_alone():
    world = make_world(np.random.default_rng(1), n_users=300, n_items=200)
    split = random_split(world.interactions, np.random.default_rng(2))
    errors = evaluate_ratings(Oracle(world.true_ratings, "explicit").fit(split.train), split)
    # an sd from n normal numbers has a relative error of 1/√(2n); four of them
    tolerance = 4 / math.sqrt(2 * len(split.test))
    rmse = errors.rmse(np.random.default_rng(0))
    assert rmse.value == pytest.approx(world.noise_sd, rel=tolerance)
    assert rmse.low < world.noise_sd < rmse.high


def test_scores_that_are_no_ratings_are_refused(split):
    with pytest.raises(ValueError, match=r"implicit.*not ratings"):
        evaluate_ratings(Popularity().fit(split.train), split)

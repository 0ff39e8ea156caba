"""The baselines: counted and computed by hand, and the biases against a ridge regression."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores


def table_of(users, items, ratings, n_users: int, n_items: int) -> Interactions:
    return Interactions(
        users, items, ratings, None, Vocabulary(range(n_users)), Vocabulary(range(n_items))
    )


@pytest.fixture
def example() -> Interactions:
    """The running example: 13 ratings of 4 users for 5 items, mean 3."""
    dense = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]])
    users, items = np.nonzero(dense)
    return table_of(users, items, dense[users, items], 4, 5)


def random_table(seed: int, n_users: int = 15, n_items: int = 12) -> Interactions:
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((n_users, n_items)) < 0.4)
    return table_of(users, items, rng.integers(1, 11, len(users)) / 2, n_users, n_items)


def test_popularity_counts_rows(example):
    model = Popularity().fit(example)
    np.testing.assert_array_equal(model.score([0, 3]), [[3, 3, 1, 4, 2]] * 2)


def test_popularity_recommends_the_most_frequent_unseen_item(example):
    recommended = Popularity().fit(example).recommend([0, 1, 2, 3], 2)
    np.testing.assert_array_equal(recommended[0], [4, 2])  # items 5 and 3: counts 2 and 1
    np.testing.assert_array_equal(recommended[1], [1, 2])
    np.testing.assert_array_equal(recommended[2], [2, -1])
    np.testing.assert_array_equal(recommended[3], [0, 4])


def test_ties_of_popularity_are_not_in_the_order_of_the_ids():
    one_row_each = table_of(np.zeros(200, int), np.arange(200), np.ones(200), 2, 200)
    model = Popularity().fit(one_row_each)
    recommended = model.recommend([1], 50)[0]
    # mean of 50 of 0 … 199 without replacement: 99.5, sd 57.7 √(1/50 · 150/199) = 7.1
    assert recommended.mean() == pytest.approx(99.5, abs=4 * 7.1)
    other = model.recommend([1], 50, rng=np.random.default_rng(1))[0]
    assert not np.array_equal(recommended, other)


def test_random_scores_are_uniform_and_everybodys_own():
    model = RandomScores(np.random.default_rng(0)).fit(random_table(0, 200, 100))
    scores = model.score(np.arange(200))
    assert scores.min() >= 0
    assert scores.max() < 1
    # 20,000 uniform numbers: sd of the mean 0.2887/√20000 = 0.0020
    assert scores.mean() == pytest.approx(0.5, abs=4 * 0.0021)
    assert len(np.unique(scores)) == 20_000
    correlations = np.corrcoef(scores)[np.triu_indices(200, 1)]
    # 19,900 correlations of 100 numbers: sd 0.1, largest of as many normals about 4.1 sd
    assert np.abs(correlations).max() < 0.55


def test_random_lists_are_stable_until_the_next_fit():
    table = random_table(0)
    model = RandomScores(np.random.default_rng(0)).fit(table)
    first = model.score([0, 1])
    np.testing.assert_array_equal(model.score([1, 0])[::-1], first)
    assert not np.array_equal(model.fit(table).score([0, 1]), first)


def test_one_pass_of_damped_biases_worked_by_hand(example):
    model = Biases(user_damping=1, item_damping=1, sweeps=1).fit(example)
    assert model.mean == pytest.approx(3, rel=1e-14)
    np.testing.assert_allclose(model.item_biases, [1 / 4, -3 / 4, 1, 0, 0], atol=1e-14)
    np.testing.assert_allclose(model.user_biases, [1 / 8, -13 / 16, 1 / 10, 11 / 16], atol=1e-14)
    np.testing.assert_allclose(model.predict([0, 0], [4, 2]), [3.125, 4.125], rtol=1e-14)
    errors = example.ratings - model.predict(example.users, example.items)
    assert (errors**2).sum() == pytest.approx(96233 / 3200, rel=1e-12)


@pytest.mark.parametrize("damping", [(5.0, 3.0), (0.5, 8.0)])
def test_many_passes_reach_the_ridge_regression(damping):
    table = random_table(1)
    model = Biases(*damping, sweeps=300).fit(table)
    # the same problem as least squares: one 0/1 column a bias, damping as rows √γ I below
    n = len(table)
    design = np.zeros((n, 27))
    design[np.arange(n), table.users] = 1
    design[np.arange(n), 15 + table.items] = 1
    penalty = np.diag(np.sqrt([damping[0]] * 15 + [damping[1]] * 12))
    mean = table.ratings.mean(dtype=float)
    targets = np.concatenate([table.ratings - mean, np.zeros(27)])
    expected = np.linalg.lstsq(np.vstack([design, penalty]), targets, rcond=None)[0]
    np.testing.assert_allclose(model.user_biases, expected[:15], atol=1e-8)
    np.testing.assert_allclose(model.item_biases, expected[15:], atol=1e-8)


def test_biases_follow_a_shift_of_all_ratings():
    table = random_table(2)
    moved = table_of(table.users, table.items, table.ratings + 2, 15, 12)
    scores = Biases().fit(table).score(np.arange(15))
    np.testing.assert_allclose(Biases().fit(moved).score(np.arange(15)), scores + 2, rtol=1e-6)


def test_everybody_has_the_same_order_of_items():
    scores = Biases().fit(random_table(3)).score(np.arange(15))
    np.testing.assert_array_equal(np.argsort(scores, axis=1), [np.argsort(scores[0])] * 15)


def test_damping_pulls_towards_the_mean(example):
    weak, strong = (Biases(damping, damping).fit(example) for damping in (1.0, 1e9))
    assert np.abs(weak.score([0, 1])).std() > 0.1
    np.testing.assert_allclose(strong.score([0, 1, 2, 3]), 3, atol=1e-6)


def test_a_user_and_an_item_without_ratings_keep_zero():
    table = table_of([0, 0, 1], [0, 1, 1], [5, 4, 2], 3, 3)
    model = Biases(1, 1, 5).fit(table)
    assert model.user_biases[2] == 0
    assert model.item_biases[2] == 0
    assert model.predict([2], [2])[0] == pytest.approx(11 / 3, rel=1e-7)


def test_biases_without_damping_are_fine():
    table = table_of([0, 0, 1], [0, 1, 1], [5, 4, 2], 3, 3)
    assert np.isfinite(Biases(0, 0, 5).fit(table).score([0, 1, 2])).all()


def test_a_folded_in_user_gets_what_a_fitted_one_got(example):
    model = Biases().fit(example)
    mine = example.users == 2
    folded = model.fold_in(example.items[mine], example.ratings[mine])
    np.testing.assert_allclose(folded, model.score([2])[0], rtol=1e-12)
    np.testing.assert_allclose(model.fold_in([], []), 3 + model.item_biases, rtol=1e-12)


def test_the_oracle_says_what_it_was_told(example):
    truth = np.arange(20.0).reshape(4, 5)
    model = Oracle(truth, "explicit").fit(example)
    np.testing.assert_array_equal(model.score([2, 0]), truth[[2, 0]])
    np.testing.assert_array_equal(model.predict([3, 1], [4, 0]), [19, 5])


def test_an_oracle_of_another_world_is_refused(example):
    with pytest.raises(ValueError, match=r"\(4, 6\).*\(4, 5\)|\(4, 5\).*\(4, 6\)"):
        Oracle(np.zeros((4, 6)), "explicit").fit(example).recommend([0], 6)

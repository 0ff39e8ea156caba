"""ALS: its fixed point, its unique minimum, its limits, what it must find; and SGD's steps."""

from itertools import permutations

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.formulas.metrics import ndcg_at_k, rmse
from recsys_course.formulas.updates import sgd_epoch
from recsys_course.models import factorization as module
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores
from recsys_course.models.factorization import AlternatingLeastSquares, StochasticGradientDescent


def table_of(users, items, ratings, n_users: int, n_items: int) -> Interactions:
    return Interactions(
        users, items, ratings, None, Vocabulary(range(n_users)), Vocabulary(range(n_items))
    )


def random_table(seed: int, n_users: int = 12, n_items: int = 9) -> Interactions:
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((n_users, n_items)) < 0.5)
    return table_of(users, items, rng.integers(1, 11, len(users)) / 2, n_users, n_items)


FLOAT32 = 2e-5  # the model's arithmetic has 7 digits, and its systems are well conditioned
HALF_FOR_BIAS = np.array([1, 1, 1, 0.5])


def ridge(features: np.ndarray, targets: np.ndarray, l2: np.ndarray | float) -> np.ndarray:
    """Ridge regression as ordinary least squares on rows √λ I added below."""
    dim = features.shape[1]
    stacked = np.vstack([features, np.sqrt(l2) * np.eye(dim)])
    return np.linalg.lstsq(stacked, np.append(targets, np.zeros(dim)), rcond=None)[0]


def als(seed: int, feedback: str, **settings) -> AlternatingLeastSquares:
    return AlternatingLeastSquares(np.random.default_rng(seed), feedback, **settings)


def explicit_loss(model: AlternatingLeastSquares, table: Interactions) -> float:
    """Σ_Ω e² + λ Σ n_i^ρ (½b_i² + ‖u_i‖²) + λ Σ n_j^ρ (½c_j² + ‖v_j‖²), from scores and factors."""
    errors = table.ratings - model.score(np.arange(table.n_users))[table.users, table.items]
    n_user = np.bincount(table.users, minlength=table.n_users) ** model.l2_exponent
    n_item = np.bincount(table.items, minlength=table.n_items) ** model.l2_exponent
    norms = n_user @ ((model.user_factors**2).sum(axis=1) + model.user_biases**2 / 2)
    norms += n_item @ ((model.item_factors**2).sum(axis=1) + model.item_biases**2 / 2)
    return float((errors**2).sum() + model.l2 * norms)


def implicit_loss(model: AlternatingLeastSquares, table: Interactions) -> float:
    """Σ_Ω (1 − s)² + α Σ_all s² + the same penalty, n counting every cell with its weight."""
    scores = model.score(np.arange(table.n_users))
    filled = table.to_csr().toarray() != 0
    alpha = model.unobserved_weight
    n_user = (filled.sum(axis=1) + alpha * table.n_items) ** model.l2_exponent
    n_item = (filled.sum(axis=0) + alpha * table.n_users) ** model.l2_exponent
    norms = n_user @ ((model.user_factors**2).sum(axis=1) + model.user_biases**2)
    norms += n_item @ ((model.item_factors**2).sum(axis=1) + model.item_biases**2)
    return float(((1 - scores[filled]) ** 2).sum() + alpha * (scores**2).sum() + model.l2 * norms)


@pytest.mark.parametrize(
    ("feedback", "loss"), [("explicit", explicit_loss), ("implicit", implicit_loss)]
)
def test_every_epoch_lowers_the_loss_of_its_docstring(feedback, loss):
    table = random_table(0)
    losses = [
        loss(als(0, feedback, embedding_dim=3, epochs=epochs).fit(table), table)
        for epochs in range(1, 12)
    ]
    assert losses[0] > losses[-1]
    assert np.all(np.diff(losses) <= 1e-6 * losses[0])  # ratings are float32


def test_explicit_item_vectors_are_the_ridge_regression_on_the_users():
    table = random_table(1)
    model = als(0, "explicit", embedding_dim=3, l2=0.7, l2_exponent=0.5).fit(table)
    stars = table.to_csr().toarray()
    for item in range(9):
        rated = stars[:, item] != 0
        # the item's bias is one more unknown, whose feature is 1 for every user and λ is halved
        features = np.column_stack([model.user_factors[rated], np.ones(rated.sum())])
        targets = stars[rated, item] - model.mean - model.user_biases[rated]
        expected = ridge(features, targets, 0.7 * rated.sum() ** 0.5 * HALF_FOR_BIAS)
        found = np.append(model.item_factors[item], model.item_biases[item])
        np.testing.assert_allclose(found, expected, atol=FLOAT32)


def test_implicit_item_vectors_are_the_weighted_ridge_regression_on_the_users():
    table = random_table(2)
    model = als(0, "implicit", embedding_dim=3, l2=0.3, l2_exponent=0.5, unobserved_weight=0.2)
    model.fit(table)
    filled = (table.to_csr().toarray() != 0).astype(float)
    for item in range(9):
        chosen = filled[:, item]
        # Σ_Ω (1 − s)² + α Σ_all s² as rows: each chosen cell once to 1, every cell √α to 0
        features = np.vstack([model.user_factors[chosen > 0], 0.2**0.5 * model.user_factors])
        targets = np.append(np.ones(int(chosen.sum())), np.zeros(12))
        expected = ridge(features, targets, 0.3 * (chosen.sum() + 0.2 * 12) ** 0.5)
        np.testing.assert_allclose(model.item_factors[item], expected, atol=FLOAT32)


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
def test_with_enough_factors_the_minimum_is_one_whatever_the_start_and_the_order(feedback):
    # λ(‖U‖² + ‖V‖²) with embedding_dim ≥ n_items is a convex problem in the scores, so seeds
    # and the order of users and items can change the path but not the end
    table = random_table(3)
    settings = {"embedding_dim": 9, "epochs": 1000, "l2": 0.5, "l2_exponent": 0.4}
    scores = als(0, feedback, **settings).fit(table).score(np.arange(12))
    other = als(1, feedback, **settings).fit(table).score(np.arange(12))
    np.testing.assert_allclose(other, scores, atol=2e-3)  # the last steps of ALS are slow
    rng = np.random.default_rng(4)
    new_user, new_item = rng.permutation(12), rng.permutation(9)
    moved = table_of(new_user[table.users], new_item[table.items], table.ratings, 12, 9)
    after = als(2, feedback, **settings).fit(moved).score(np.arange(12))
    np.testing.assert_allclose(after[np.ix_(new_user, new_item)], scores, atol=2e-3)
    assert scores.std() > 0.05  # and it is not the empty model


def test_it_finds_a_factorisation_that_is_there():
    rng = np.random.default_rng(5)
    truth = 3 + rng.normal(size=(80, 2)) @ rng.normal(size=(2, 60))  # no noise, rank 2
    shown = rng.random((80, 60)) < 0.5
    users, items = np.nonzero(shown)
    table = table_of(users, items, truth[shown], 80, 60)
    model = als(0, "explicit", embedding_dim=2, epochs=100, l2=1e-3, l2_exponent=0).fit(table)
    hidden = model.score(np.arange(80))[~shown] - truth[~shown]
    biases = Biases().fit(table).score(np.arange(80))[~shown] - truth[~shown]
    assert np.sqrt((hidden**2).mean()) < 0.05 * np.sqrt((biases**2).mean())


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
@pytest.mark.parametrize("embedding_dim", [1, 3])
def test_the_rank_of_what_is_learned_is_the_number_of_factors(feedback, embedding_dim):
    table = random_table(6)
    model = als(0, feedback, embedding_dim=embedding_dim, l2=0.1).fit(table)
    learned = model.score(np.arange(12))
    if feedback == "explicit":
        learned = learned - model.mean - model.user_biases[:, None] - model.item_biases
    singular = np.linalg.svd(learned, compute_uv=False)
    assert singular[embedding_dim - 1] > 1e-3
    assert np.all(singular[embedding_dim:] < 1e-6)


def test_much_regularisation_leaves_the_mean():
    table = random_table(7)
    model = als(0, "explicit", l2=1e9).fit(table)
    np.testing.assert_allclose(model.score(np.arange(12)), table.ratings.mean(), atol=1e-6)


def test_without_factors_als_is_the_damped_biases():
    class Zeros(np.random.Generator):
        def normal(self, loc=0.0, scale=1.0, size=None):
            return np.zeros(size)  # factors that start at exactly 0 stay there

    table = random_table(8)
    start = Zeros(np.random.PCG64(0))
    model = AlternatingLeastSquares(start, epochs=300, l2=4.0, l2_exponent=0).fit(table)
    expected = Biases(2, 2, 300).fit(table)  # the same Σ e² + 4 (½ Σ b² + ½ Σ c²)
    np.testing.assert_allclose(model.user_biases, expected.user_biases, atol=FLOAT32)
    np.testing.assert_allclose(model.item_biases, expected.item_biases, atol=FLOAT32)


def test_a_user_without_ratings_gets_the_biases_or_nothing():
    table = table_of([0, 0, 1, 1], [0, 1, 1, 2], [5, 1, 4, 2], 3, 4)
    explicit = als(0, "explicit").fit(table)
    np.testing.assert_array_equal(explicit.user_factors[2], 0)
    np.testing.assert_allclose(explicit.score([2])[0], explicit.mean + explicit.item_biases)
    implicit = als(0, "implicit").fit(table)
    np.testing.assert_array_equal(implicit.score([2]), np.zeros((1, 4)))


def test_explicit_fold_in_is_the_ridge_regression_on_the_items():
    table = random_table(8)
    model = als(0, "explicit", embedding_dim=3, l2=0.7, l2_exponent=0.5).fit(table)
    items, stars = np.array([1, 4, 8]), np.array([5.0, 1.0, 3.5])
    features = np.column_stack([model.item_factors[items], np.ones(3)])
    targets = stars - model.mean - model.item_biases[items]
    *vector, bias = ridge(features, targets, 0.7 * 3**0.5 * HALF_FOR_BIAS)
    expected = model.mean + bias + model.item_biases + model.item_factors @ vector
    np.testing.assert_allclose(model.fold_in(items, stars), expected, atol=FLOAT32)


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
def test_a_converged_user_folds_in_to_their_own_scores(feedback):
    table = random_table(9)
    model = als(0, feedback, embedding_dim=3, epochs=500).fit(table)
    for user in (0, 5):
        mine = table.users == user
        folded = model.fold_in(table.items[mine], table.ratings[mine])
        # the items moved once more after the users did: equal only in the limit
        np.testing.assert_allclose(folded, model.score([user])[0], atol=1e-3)


def test_liking_something_raises_what_resembles_it():
    # two groups of films with two groups of fans
    rng = np.random.default_rng(10)
    fans, films = np.arange(40) % 2, np.arange(20) % 2
    users, items = np.nonzero(rng.random((40, 20)) < 0.6)
    stars = np.where(fans[users] == films[items], 5.0, 1.0)
    model = als(0, "explicit", embedding_dim=2).fit(table_of(users, items, stars, 40, 20))
    scores = model.fold_in([0, 2, 1], [5.0, 5.0, 1.0])
    assert scores[films == 0].min() > scores[films == 1].max() + 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"embedding_dim": 0}, r"embedding_dim"),
        ({"epochs": 0}, r"epochs"),
        ({"l2": -1.0}, r"l2"),
        ({"unobserved_weight": -0.1, "feedback": "implicit"}, r"unobserved_weight"),
        ({"feedback": "both"}, r"'both'.*explicit.*implicit"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        AlternatingLeastSquares(np.random.default_rng(0), **settings).fit(random_table(0))


def sgd(seed: int, **settings) -> StochasticGradientDescent:
    return StochasticGradientDescent(np.random.default_rng(seed), **settings)


def test_sgd_steps_are_those_of_the_equation():
    table = table_of([0, 1], [0, 1], [5, 1], 2, 2)
    model = sgd(0, embedding_dim=2, epochs=1, learning_rate=0.1, l2=0.3).fit(table)
    start = np.random.default_rng(0)
    users, items = start.normal(0, 0.1, (2, 2)), start.normal(0, 0.1, (2, 2))
    base = Biases().fit(table).score([0, 1])
    for n, rating in enumerate([5, 1]):  # the cells share no vector, so their order is nothing
        error = rating - base[n, n] - users[n] @ items[n]
        expected = users[n] + 0.2 * (error * items[n] - 0.3 * users[n])
        np.testing.assert_allclose(model.user_factors[n], expected)
        expected = items[n] + 0.2 * (error * users[n] - 0.3 * items[n])
        np.testing.assert_allclose(model.item_factors[n], expected)
    np.testing.assert_allclose(
        model.score([0, 1]), base + model.user_factors @ model.item_factors.T
    )


def test_sgd_comes_close_to_als_on_what_it_can_learn():
    rng = np.random.default_rng(5)
    truth = 3 + rng.normal(size=(60, 2)) @ rng.normal(size=(2, 40))  # no noise, rank 2
    shown = rng.random((60, 40)) < 0.5
    users, items = np.nonzero(shown)
    table = table_of(users, items, truth[shown], 60, 40)
    hidden = {}
    for name, model in {
        "sgd": sgd(0, embedding_dim=2, epochs=40, learning_rate=0.03, l2=0.01),
        "als": als(0, "explicit", embedding_dim=2, epochs=40, l2=0.1, l2_exponent=0),
        "biases": Biases(),
    }.items():
        errors = model.fit(table).score(np.arange(60))[~shown] - truth[~shown]
        hidden[name] = np.sqrt((errors**2).mean())
    assert hidden["sgd"] < 0.35 * hidden["biases"]
    assert hidden["als"] < 0.35 * hidden["biases"]


def test_sgd_leaves_rows_without_ratings_to_the_biases():
    table = table_of([0, 0, 1, 1], [0, 1, 1, 2], [5, 1, 4, 2], 3, 4)
    model = sgd(0).fit(table)
    np.testing.assert_array_equal(model.user_factors[2], 0)
    np.testing.assert_array_equal(model.item_factors[3], 0)
    np.testing.assert_array_equal(model.score([2]), model.biases.score([2]))


def test_sgd_fold_in_is_the_ridge_regression_on_the_items():
    table = random_table(8)
    model = sgd(0, embedding_dim=3, l2=0.2).fit(table)
    items, stars = np.array([1, 4, 8]), np.array([5.0, 1.0, 3.5])
    base = model.biases.fold_in(items, stars)
    vector = ridge(model.item_factors[items], stars - base[items], 0.2 * 3)
    np.testing.assert_allclose(
        model.fold_in(items, stars), base + model.item_factors @ vector, atol=1e-9
    )


def test_implicit_sgd_steps_towards_1_for_a_choice_and_0_for_another_item():
    table = table_of([0, 1], [0, 1], [5, 1], 2, 2)  # each has one other item, so no draw is open
    model = sgd(0, feedback="implicit", embedding_dim=2, epochs=1, learning_rate=0.1, l2=0.3)
    model.fit(table)
    start = np.random.default_rng(0)
    first = start.normal(0, 0.1, (2, 2)), start.normal(0, 0.1, (2, 2))
    possible = []
    for order in permutations([(0, 0, 1.0), (0, 1, 0.0), (1, 0, 0.0), (1, 1, 1.0)]):
        users, items = (one.copy() for one in first)
        for i, j, target in order:
            error, old = target - users[i] @ items[j], users[i].copy()
            users[i] += 0.2 * (error * items[j] - 0.3 * old)
            items[j] += 0.2 * (error * old - 0.3 * items[j])
        possible.append(np.concatenate([users, items]))
    found = np.concatenate([model.user_factors, model.item_factors])
    assert min(np.abs(one - found).max() for one in possible) < 1e-12
    np.testing.assert_allclose(model.score([0, 1]), found[:2] @ found[2:].T)


def test_implicit_sgd_draws_as_many_negatives_as_it_is_told_and_none_for_who_has_all(monkeypatch):
    steps = []

    def listening(users, items, targets, *rest):
        steps.append((users.tolist(), items.tolist(), targets.tolist()))
        return sgd_epoch(users, items, targets, *rest)

    monkeypatch.setattr(module, "sgd_epoch", listening)
    table = table_of([0, 0, 0, 1], [0, 1, 2, 1], [5, 1, 4, 2], 3, 3)  # user 0 has them all
    sgd(0, feedback="implicit", n_negatives=4, epochs=3).fit(table)
    assert len(steps) == 3
    for users, items, targets in steps:
        assert users == [0, 0, 0, 1] + [1] * 4
        assert items[:4] == [0, 1, 2, 1]
        assert set(items[4:]) <= {0, 2}
        assert targets == [1.0] * 4 + [0.0] * 4
    assert len({tuple(items) for _, items, _ in steps}) > 1  # drawn anew


def test_implicit_sgd_fold_in_weighs_the_other_items_as_often_as_they_are_drawn():
    table = random_table(8)
    model = sgd(0, feedback="implicit", embedding_dim=3, l2=0.2, n_negatives=2).fit(table)
    items = np.array([1, 4, 8])
    others = np.setdiff1d(np.arange(table.n_items), items)
    chosen, left = model.item_factors[items], model.item_factors[others]
    share = 2 * 3 / len(others)
    normal = chosen.T @ chosen + share * left.T @ left + 0.2 * 3 * (1 + 2) * np.eye(3)
    vector = np.linalg.solve(normal, chosen.sum(axis=0))
    np.testing.assert_allclose(
        model.fold_in(items, np.array([5.0, 1, 2])), model.item_factors @ vector
    )
    everything = np.arange(table.n_items)
    whole = model.item_factors
    vector = np.linalg.solve(
        whole.T @ whole + 0.2 * table.n_items * np.eye(3), whole.sum(axis=0)
    )  # nothing is left to draw
    np.testing.assert_allclose(model.fold_in(everything, np.ones(table.n_items)), whole @ vector)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sgd_beats_the_simple_models_and_never_the_truth(seed):
    world_rng, split_rng, model_rng, chance = np.random.default_rng(seed).spawn(4)
    world = make_world(world_rng, n_users=500, n_items=300)
    split = random_split(world.interactions, split_rng)
    explicit = sgd(seed, epochs=10, learning_rate=0.04).fit(split.train)
    errors = [
        rmse(split.test.ratings, each.predict(split.test.users, split.test.items))
        for each in (explicit, Biases().fit(split.train))
    ]
    assert world.noise_sd < errors[0] < errors[1] - 0.03
    models = [
        Oracle(world.choice_logits, "implicit"),
        StochasticGradientDescent(model_rng, "implicit", epochs=10),
        Popularity(),
        RandomScores(chance),
    ]
    gains = [
        np.nanmean(ndcg_at_k(each.fit(split.train).recommend(np.arange(500), 10), held_out, 10))
        for held_out in [split.test.to_csr()]
        for each in models
    ]
    assert np.all(-np.diff(gains) > 0.05)  # each is better than the next


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"embedding_dim": 0}, r"embedding_dim is 0"),
        ({"epochs": 0}, r"epochs is 0"),
        ({"l2": -0.1}, r"l2 is -0.1"),
        ({"learning_rate": -1.0}, r"learning_rate is -1"),
        ({"learning_rate": 50.0}, r"learning_rate=50.*ten times smaller"),
    ],
)
def test_sgd_settings_that_cannot_be_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        sgd(0, **settings).fit(random_table(0))

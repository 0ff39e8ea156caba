"""The factorisations trained with TensorFlow: what they minimise, promise and refuse."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.deep.factorization import TensorFlowFactorization
from recsys_course.deep.trainer import Trainer
from recsys_course.formulas import losses
from recsys_course.formulas.metrics import ndcg_at_k, rmse
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("feedback", ["explicit", "implicit"])


def table(rows, n_users, n_items):
    users, items, ratings = zip(*rows, strict=True)
    return Interactions(
        np.array(users),
        np.array(items),
        np.array(ratings),
        None,
        Vocabulary(range(n_users)),
        Vocabulary(range(n_items)),
    )


@pytest.fixture(scope="module")
def small():
    return make_world(np.random.default_rng(7), n_users=60, n_items=90).interactions


def fitted(interactions, seed=0, **settings):
    return TensorFlowFactorization(np.random.default_rng(seed), **settings).fit(interactions)


@BOTH
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_beats_the_simple_models_on_a_world_with_known_truth(feedback, seed):
    world_rng, split_rng, model_rng = np.random.default_rng(seed).spawn(3)
    world = make_world(world_rng, n_users=500, n_items=300)
    split = random_split(world.interactions, split_rng)
    model = TensorFlowFactorization(model_rng, feedback).fit(split.train)
    if feedback == "explicit":
        errors = [
            rmse(split.test.ratings, each.predict(split.test.users, split.test.items))
            for each in (model, Biases().fit(split.train))
        ]
        assert world.noise_sd < errors[0] < errors[1] - 0.03
    else:
        everyone = np.arange(model.n_users)
        oracle, chance = Oracle(world.choice_logits, "implicit"), RandomScores(model_rng)
        others = [each.fit(split.train) for each in (oracle, Popularity(), chance)]
        gains = [
            np.nanmean(ndcg_at_k(each.recommend(everyone, 10), split.test.to_csr(), 10))
            for each in (others[0], model, *others[1:])
        ]
        assert np.all(-np.diff(gains) > 0.05)  # each is better than the next


def no_steps(interactions, **settings):
    """A model whose parameters stay where they start: its steps vanish in float32."""
    return fitted(interactions, epochs=1, learning_rate=1e-15, **settings)


def in_float64(*arrays):
    return [array.astype(np.float64) for array in arrays]


@pytest.mark.parametrize("batch_size", [10_000, 64])
def test_the_explicit_history_is_the_loss_of_the_equation(small, batch_size):
    """Also in batches: their shares of the regularisation add up to the whole."""
    model = no_steps(small, batch_size=batch_size, embedding_dim=3, l2=0.7, l2_exponent=0.5)
    parameters = model.user_biases, model.item_biases, model.user_factors, model.item_factors
    value, _ = losses.biased_squared_error(
        small.users,
        small.items,
        small.ratings.astype(np.float64),
        model.mean,
        *in_float64(*parameters),
        0.7 * np.sqrt(np.bincount(small.users, minlength=small.n_users)),
        0.7 * np.sqrt(np.bincount(small.items, minlength=small.n_items)),
    )
    assert len(small) % 64 != 0
    assert model.history[0].loss == pytest.approx(value / len(small), rel=1e-5)  # float32 sums


@pytest.mark.parametrize("batch_size", [10_000, 7])
def test_the_implicit_history_is_the_loss_of_the_equation(small, batch_size):
    model = no_steps(
        small, feedback="implicit", batch_size=batch_size, l2=0.7, unobserved_weight=0.25
    )
    chosen = (small.to_csr().toarray() > 0).astype(np.float64)
    value, _ = losses.weighted_squared_error(
        chosen,
        np.where(chosen, 1.0, 0.25),
        *in_float64(model.user_factors, model.item_factors),
        l2=0.7,
    )
    assert small.n_users % 7 != 0
    assert model.history[0].loss == pytest.approx(value / small.n_users, rel=1e-5)


@BOTH
def test_training_lowers_the_loss(small, feedback):
    history = fitted(small, feedback=feedback).history
    assert history[-1].loss < 0.9 * history[0].loss


def test_explicit_scores_follow_the_equation_and_the_range(small):
    model = fitted(small)
    users = np.array([3, 0, 3])
    raw = model.mean + model.user_biases[users, None] + model.item_biases
    raw = raw + np.einsum("nd,md->nm", model.user_factors[users], model.item_factors)
    scores = model.score(users)
    assert scores.shape == (3, small.n_items)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(
        scores, raw.clip(small.ratings.min(), small.ratings.max()), rtol=1e-5
    )


def test_predictions_stay_inside_the_ratings_seen():
    """Ratings of 2 and 4 only, and a model without regularisation that could go beyond."""
    rows = [(0, 0, 4.0), (0, 1, 4.0), (1, 0, 4.0), (1, 2, 2.0), (2, 1, 2.0), (2, 2, 2.0)]
    scores = fitted(table(rows, 3, 3), l2=0.0, epochs=60).score([0, 1, 2])
    assert scores.min() == 2.0
    assert scores.max() == 4.0


def test_implicit_scores_ignore_the_ratings_and_are_not_predictions(small):
    ones = Interactions(
        small.users,
        small.items,
        np.ones(len(small)),
        None,
        small.user_vocabulary,
        small.item_vocabulary,
    )
    model = fitted(small, feedback="implicit")
    np.testing.assert_array_equal(
        model.score([1, 2]), fitted(ones, feedback="implicit").score([1, 2])
    )
    with pytest.raises(ValueError, match="not ratings"):
        model.predict([0], [0])


def test_nothing_is_made_up_for_rows_without_ratings():
    rows = [(0, 0, 4.0), (0, 1, 3.0), (1, 0, 5.0), (1, 1, 1.0)]  # user 2 and item 2 have none
    explicit = fitted(table(rows, 3, 3))
    np.testing.assert_allclose(
        explicit.score([2])[0], explicit.mean + explicit.item_biases, rtol=1e-6
    )
    np.testing.assert_allclose(
        explicit.score([0, 1])[:, 2], explicit.mean + explicit.user_biases[:2], rtol=1e-6
    )
    implicit = fitted(table(rows, 3, 3), feedback="implicit")
    np.testing.assert_array_equal(implicit.score([2])[0], 0)
    np.testing.assert_array_equal(implicit.score([0, 1])[:, 2], 0)


def test_a_newcomer_gets_the_minimum_of_the_explicit_loss(small):
    model = fitted(small, embedding_dim=4, l2=0.7, l2_exponent=0.5)
    items, ratings = np.array([4, 17, 30]), np.array([5.0, 2.0, 4.0])
    item_biases, item_factors = in_float64(model.item_biases, model.item_factors)

    def loss(row):
        errors = ratings - model.mean - row[0] - item_biases[items] - item_factors[items] @ row[1:]
        return errors @ errors + 0.7 * np.sqrt(3) * row @ row

    row = minimize(loss, np.zeros(5), tol=1e-12).x
    expected = model.mean + row[0] + item_biases + item_factors @ row[1:]
    np.testing.assert_allclose(
        model.fold_in(items, ratings), expected.clip(*model.rating_range), atol=1e-4
    )


def test_a_newcomer_gets_the_minimum_of_the_implicit_loss(small):
    model = fitted(small, feedback="implicit", embedding_dim=4, unobserved_weight=0.25, l2=0.7)
    items = np.array([4, 17, 30])
    chosen = np.isin(np.arange(small.n_items), items).astype(np.float64)
    (item_factors,) = in_float64(model.item_factors)

    def loss(row):
        errors = chosen - item_factors @ row
        return np.where(chosen, 1.0, 0.25) @ errors**2 + 0.7 * row @ row

    row = minimize(loss, np.zeros(4), tol=1e-12).x
    scores = model.fold_in(items, [5.0, 1.0, 3.0])
    np.testing.assert_allclose(scores, item_factors @ row, atol=1e-4)
    assert scores.shape == (small.n_items,)


@BOTH
def test_folding_in_a_known_user_gives_nearly_their_scores(small, feedback):
    model = fitted(small, feedback=feedback, epochs=200)
    rows = small.users == 5
    folded = model.fold_in(small.items[rows], small.ratings[rows])
    known = model.score([5])[0]
    assert np.corrcoef(folded, known)[0, 1] > 0.99
    assert np.abs(folded - known).max() < 0.1


def test_the_same_seed_gives_the_same_bits_in_two_processes(capsys):
    """A fresh one and this one, whose TensorFlow has trained other models before."""
    code = (
        "import numpy as np\n"
        "from recsys_course.data.world import make_world\n"
        "from recsys_course.deep.factorization import TensorFlowFactorization as Model\n"
        "data = make_world(np.random.default_rng(3), n_users=80, n_items=90).interactions\n"
        "for feedback in ('explicit', 'implicit'):\n"
        "    model = Model(np.random.default_rng(4), feedback, batch_size=50).fit(data)\n"
        "    print([record.loss.hex() for record in model.history])\n"
        "    print(model.score([0, 1]).tobytes().hex())"
    )
    fresh = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    exec(code, {})
    assert fresh.stdout == capsys.readouterr().out
    assert fresh.stdout.count("0x1.") == 12 + 20
    assert fresh.stderr == ""


@BOTH
def test_another_seed_gives_other_factors(small, feedback):
    models = [fitted(small, seed, feedback=feedback) for seed in (0, 0, 1)]
    scores = [model.score([0, 1]) for model in models]
    np.testing.assert_array_equal(scores[0], scores[1])
    assert not np.array_equal(scores[0], scores[2])


def test_the_start_cannot_coincide_with_what_others_draw_from_the_same_seed(small):
    """A world whose true factors came from seed 0, or from its children, gives nothing away."""
    start = no_steps(small, seed=0).user_factors.ravel() / 0.1
    parent = np.random.default_rng(0)
    for other in [np.random.default_rng(0), *parent.spawn(8), np.random.default_rng([0, 1])]:
        drawn = other.normal(size=start.size).astype(np.float32)
        assert abs(np.corrcoef(start, drawn)[0, 1]) < 0.1  # 4.4 standard errors of 1,920 numbers


@BOTH
def test_an_interrupted_fit_leaves_a_model(small, feedback, monkeypatch):
    train_one = Trainer._epoch

    def interrupted(trainer, epoch, bar):
        if epoch == 3:
            raise KeyboardInterrupt
        return train_one(trainer, epoch, bar)

    monkeypatch.setattr(Trainer, "_epoch", interrupted)
    model = TensorFlowFactorization(np.random.default_rng(0), feedback)
    with pytest.raises(KeyboardInterrupt):
        model.fit(small)
    assert [record.epoch for record in model.history] == [1, 2]
    assert np.isfinite(model.score([0])).all()


def test_a_model_that_drew_its_fit_can_be_saved(small, tmp_path):
    told = []
    model = fitted(small, epochs=2, on_epoch=lambda history: told.append(len(history)))
    assert told == [1, 2]
    model.save(tmp_path / "model.npz")
    loaded = TensorFlowFactorization.load(tmp_path / "model.npz")
    assert loaded.on_epoch is None
    np.testing.assert_array_equal(loaded.score([0, 1]), model.score([0, 1]))


@BOTH
def test_the_four_by_five_example_is_enough(feedback):
    ratings = [[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]]
    rows = [(i, j, r) for i, row in enumerate(ratings) for j, r in enumerate(row) if r]
    model = fitted(table(rows, 4, 5), feedback=feedback)
    assert np.isfinite(model.score(np.arange(4))).all()
    ranked = model.recommend([1], k=3)
    assert sorted(ranked[0]) == [-1, 1, 2]  # two items are left for user 2


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"feedback": "clicks"}, "feedback is 'clicks'"),
        ({"embedding_dim": 0}, "embedding_dim is 0"),
        ({"l2": -1.0}, "l2 is -1.0"),
        ({"unobserved_weight": -0.1}, "unobserved_weight is -0.1"),
    ],
)
def test_impossible_settings_are_named(settings, named):
    with pytest.raises(ValueError, match=named):
        TensorFlowFactorization(np.random.default_rng(0), **settings)


def test_a_learning_rate_that_is_too_large_says_so(small):
    with pytest.raises(FloatingPointError, match="smaller learning_rate"):
        fitted(small, learning_rate=1e25)

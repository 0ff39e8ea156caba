"""Settings, generators and tables that no model can work with, refused before any work is done."""

import numpy as np
import pandas as pd
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.formulas.neighbors import similarity_matrix
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores
from recsys_course.models.ease import EASE
from recsys_course.models.factorization import AlternatingLeastSquares, StochasticGradientDescent
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors

INF, NAN = float("inf"), float("nan")
NEIGHBOURS = (ItemNeighbors, UserNeighbors)


def rng():
    return np.random.default_rng(0)


def table() -> Interactions:
    return Interactions(
        [0, 0, 1, 2], [0, 1, 1, 2], [5, 4, 3, 2], None, Vocabulary("abc"), Vocabulary("xyz")
    )


def als(**settings):
    return AlternatingLeastSquares(rng(), **settings)


def sgd(**settings):
    return StochasticGradientDescent(rng(), **settings)


def deep(**settings):
    # imported here: TensorFlow takes seconds that the other models' tests do not need
    from recsys_course.deep.factorization import TensorFlowFactorization

    return TensorFlowFactorization(rng(), **settings)


COUNTS = [
    (als, "embedding_dim"), (als, "epochs"), (sgd, "embedding_dim"), (sgd, "epochs"),
    (deep, "embedding_dim"), (deep, "epochs"), (deep, "batch_size"), (Biases, "sweeps"),
    (ItemNeighbors, "n_neighbors"), (UserNeighbors, "n_neighbors"),
]  # fmt: skip
ABOVE_ZERO = [(als, "l2"), (sgd, "learning_rate"), (deep, "learning_rate"), (EASE, "l2")]
FROM_ZERO = [
    (als, "l2_exponent"), (als, "unobserved_weight"), (sgd, "l2"), (deep, "l2"),
    (deep, "l2_exponent"), (deep, "unobserved_weight"), (Biases, "user_damping"),
    (Biases, "item_damping"), (ItemNeighbors, "shrinkage"), (UserNeighbors, "shrinkage"),
    (ItemNeighbors, "damping"), (UserNeighbors, "damping"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "setting"), COUNTS)
@pytest.mark.parametrize("given", [2.5, 0, True, "3"])
def test_what_is_counted_is_a_whole_number(model, setting, given):
    with pytest.raises(ValueError, match=rf"^{setting} is {given!r}; give a whole .* at least 1$"):
        model(**{setting: given})


@pytest.mark.parametrize("model", NEIGHBOURS)
def test_least_support_may_be_0_and_all_may_be_neighbours(model):
    assert model(min_support=0, n_neighbors=None).fit(table()).score([0]).shape == (1, 3)
    with pytest.raises(ValueError, match=r"^min_support is 1\.5; give a whole .* at least 0$"):
        model(min_support=1.5)


@pytest.mark.parametrize(("model", "setting"), ABOVE_ZERO)
@pytest.mark.parametrize("given", [0, -0.5, NAN, INF, "1"])
def test_what_must_be_above_zero_is_so_and_finite(model, setting, given):
    with pytest.raises(
        ValueError, match=rf"^{setting} is {given!r}; give a finite number above 0$"
    ):
        model(**{setting: given})


@pytest.mark.parametrize(("model", "setting"), FROM_ZERO)
@pytest.mark.parametrize("given", [-0.5, NAN, INF, "1"])
def test_what_is_no_finite_number_is_no_setting(model, setting, given):
    with pytest.raises(ValueError, match=rf"^{setting} is {given!r}; give a finite .* at least 0$"):
        model(**{setting: given})


@pytest.mark.parametrize(("model", "setting"), [*FROM_ZERO, *COUNTS])
def test_the_least_of_each_setting_is_taken(model, setting):
    least = 0 if (model, setting) in FROM_ZERO else np.int64(1)
    assert getattr(model(**{setting: least}), setting) == least


def deep_model(seed):
    from recsys_course.deep.factorization import TensorFlowFactorization

    return TensorFlowFactorization(seed)


def trainer(seed):
    from recsys_course.deep.trainer import Trainer

    return Trainer([], sum, n_examples=1, batch_size=1, epochs=1, learning_rate=0.1, rng=seed)


@pytest.mark.parametrize(
    "make",
    [RandomScores, AlternatingLeastSquares, StochasticGradientDescent, deep_model, trainer],
)
def test_a_seed_is_no_generator(make):
    with pytest.raises(TypeError, match=r"^rng is 7; give numpy\.random\.default_rng\(7\)$"):
        make(7)


@pytest.mark.parametrize("seed", [0, 5])
def test_ties_are_ordered_by_a_generator(seed):
    with pytest.raises(TypeError, match=rf"^rng is {seed}; give numpy\.random\.default_rng"):
        Popularity().fit(table()).recommend([0], 2, rng=seed)


@pytest.mark.parametrize("k", [2.5, True, "3", None, np.float64(2)])
def test_a_list_has_a_whole_number_of_items(k):
    with pytest.raises(ValueError, match=r"^k is .*; give a whole number of at least 1$"):
        Popularity().fit(table()).recommend([0], k)
    assert Popularity().fit(table()).recommend([0], np.int64(2)).shape == (1, 2)


UNFITTED = {
    "RandomScores": lambda: RandomScores(rng()),
    "Popularity": Popularity,
    "Biases": Biases,
    "Oracle": lambda: Oracle(np.ones((3, 3)), "implicit"),
    "EASE": EASE,
    "ItemNeighbors": ItemNeighbors,
    "UserNeighbors": UserNeighbors,
    "AlternatingLeastSquares": als,
    "StochasticGradientDescent": sgd,
    "TensorFlowFactorization": deep,
}


@pytest.mark.parametrize("name", UNFITTED)
def test_what_is_no_table_of_interactions_is_not_learned_from(name):
    frame = pd.DataFrame({"user": [1], "item": [2], "rating": [3.0]})
    split = random_split(table(), rng(), 0.5)
    model = UNFITTED[name]()
    for given, said in (
        (None, r"None; give a split's train, or Interactions\.from_frame\(frame\)"),
        (frame, r"a DataFrame; give Interactions\.from_frame\(frame\)"),
        (split, r"a Split; give its part, split\.train"),
    ):
        with pytest.raises(TypeError, match=rf"^{name}\.fit takes Interactions, not {said}$"):
            model.fit(given)
    with pytest.raises(RuntimeError, match="not fitted"):
        model.recommend([0], 1)


def test_scores_may_be_a_list_of_lists():
    model = Oracle([[0.1, 0.2, 0.3]] * 3, "implicit").fit(table())
    assert model.score([1]).tolist() == [[0.1, 0.2, 0.3]]


def test_a_newcomers_masked_ratings_are_not_read():
    model = Biases().fit(table())
    hidden = np.ma.masked_array([5.0, 1.0], [False, True])
    with pytest.raises(ValueError, match=r"^ratings\[1\] is masked; drop its row, or fill"):
        model.fold_in([0, 1], hidden)
    with pytest.raises(ValueError, match=r"^users\[0\] is masked"):
        model.score(np.ma.masked_array([0, 1], [True, False]))


@pytest.mark.parametrize("kind", ["pearson", "common_cosine"])
def test_neighbours_may_be_found_by_another_similarity(kind, tmp_path):
    ratings = make_world(rng(), n_users=40, n_items=30).interactions
    for model in NEIGHBOURS:
        made = model(shrinkage=2.0, min_support=3, kind=kind).fit(ratings)
        rows = made.cells if model is UserNeighbors else made.cells.T.tocsr()
        expected = similarity_matrix(rows, 100, kind, shrinkage=2.0, min_support=3)
        np.testing.assert_array_equal(made.similarities.toarray(), expected.toarray())
        cosine = model(shrinkage=2.0, min_support=3).fit(ratings)
        news = ratings.items[:10], ratings.ratings[:10]  # a twin of the first user
        assert not np.allclose(made.score([0]), cosine.score([0]))
        assert not np.allclose(made.fold_in(*news), cosine.fold_in(*news))
        made.save(tmp_path / "model.npz")
        back = model.load(tmp_path / "model.npz")
        assert back.kind == kind
        np.testing.assert_array_equal(back.fold_in(*news), made.fold_in(*news))


@pytest.mark.parametrize("model", NEIGHBOURS)
def test_a_similarity_that_finds_nobody_is_refused(model):
    with pytest.raises(ValueError, match=r"^kind is 'manhattan'; choose from cosine, common_cos"):
        model(kind="manhattan")
    with pytest.raises(ValueError, match=r"'pearson' with implicit feedback.*choose 'cosine'$"):
        model("implicit", kind="pearson")

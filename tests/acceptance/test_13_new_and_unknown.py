"""New users fold in; unknown ids get a clear error or the documented fallback, in every model."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.formulas.metrics import recall_at_k
from recsys_course.models.baselines import Popularity
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.neighborhood import ItemNeighbors
from recsys_course.models.recommender import Recommender

# The baselines to which ratings say nothing; every other model folds in.
CANNOT = {"random", "popularity"}


@pytest.fixture(scope="module")
def fitted(split, make_models):
    return {name: model.fit(split.train) for name, model in make_models().items()}


def newcomers(train: Interactions) -> list[list[str]]:
    """What two people rated, in ids: one as the first user did, the other as the second."""
    histories = []
    for user in (0, 1):
        items = train.items[train.users == user]
        histories.append([train.item_vocabulary.id_of(int(item)) for item in items])
    return histories


def test_every_model_folds_a_newcomer_in_or_says_that_it_cannot(split, fitted):
    vocabulary = split.train.item_vocabulary
    mine = vocabulary.indices_of(["item0003", "item0014", "item0025"])
    for name, model in fitted.items():
        if name in CANNOT:
            said = rf"^{type(model).__name__} cannot fold in a new user; fit it again .* or use"
            with pytest.raises(TypeError, match=said):
                model.fold_in(mine, [5.0, 4.0, 1.0])
            continue
        scores = model.fold_in(mine, [5.0, 4.0, 1.0])
        assert scores.shape == (len(vocabulary),), name
        assert np.isfinite(scores).all(), name


def test_folding_in_changes_nothing_for_those_who_are_known(split, fitted):
    users = np.arange(5)
    for name, model in fitted.items():
        if name not in CANNOT:
            before = np.array(model.score(users))
            model.fold_in([0, 1], [5.0, 1.0])
            np.testing.assert_array_equal(model.score(users), before, err_msg=name)
            assert model.n_users == split.train.n_users, name


def test_newcomers_with_different_pasts_get_different_scores(split, fitted):
    vocabulary = split.train.item_vocabulary
    for name, model in fitted.items():
        if name in CANNOT | {"biases"}:  # which knows how generous somebody is, and no taste
            continue
        first, second = (
            model.fold_in(vocabulary.indices_of(ids), np.full(len(ids), 4.0))
            for ids in newcomers(split.train)
        )
        order = np.argsort(first, kind="stable"), np.argsort(second, kind="stable")
        assert (order[0] != order[1]).any(), name


@pytest.mark.parametrize("kind", ["ALS", "neighbours"])
def test_a_folded_in_list_finds_what_a_newcomer_goes_on_to_choose(kind):
    """Forty users are kept from fitting altogether, and meet the model with half of their past."""
    whole = make_world(np.random.default_rng(5), n_users=240, n_items=120).interactions
    cut = random_split(whole, np.random.default_rng(6), test_fraction=0.5)
    known = cut.train.subset(cut.train.users >= 40)
    made: dict[str, Recommender] = {
        "ALS": AlternatingLeastSquares(np.random.default_rng(7), "implicit"),
        "neighbours": ItemNeighbors("implicit"),
    }
    model, popularity = made[kind].fit(known), Popularity().fit(known)
    found, by_popularity = [], []
    for user in range(40):
        past = cut.train.items[cut.train.users == user]
        future = set(cut.test.items[cut.test.users == user].tolist())
        for scores, into in (
            (np.array(model.fold_in(past, np.ones(len(past)))), found),
            (np.array(popularity.counts), by_popularity),
        ):
            scores[past] = -np.inf
            listed = np.argsort(-scores, kind="stable")[None, :10]
            into.append(recall_at_k(listed, [future], 10)[0])
    gain = np.array(found) - np.array(by_popularity)  # paired by newcomer
    assert gain.mean() > 3 * gain.std() / np.sqrt(40)


def test_an_unknown_id_is_named_beside_ids_that_are_known(split):
    for vocabulary, unknown, like in (
        (split.train.user_vocabulary, "nobody", "user0001"),
        (split.train.item_vocabulary, "item9999", "item0001"),
        (split.train.item_vocabulary, 7, "item0001"),  # its position is not its id
    ):
        with pytest.raises(KeyError) as caught:
            vocabulary.index_of(unknown)
        said = caught.value.args[0]
        assert repr(unknown) in said
        assert repr(like) in said
        assert "fold_in()" in said
        with pytest.raises(KeyError, match="is not among"):
            vocabulary.indices_of([like, unknown])


def test_an_id_where_an_index_belongs_is_refused_by_every_model(split, fitted):
    for name, model in fitted.items():
        with pytest.raises(TypeError, match=r"users has .*vocabulary\.index_of"):
            model.recommend(["user0001"], 5)
        if name not in CANNOT:
            with pytest.raises(TypeError, match=r"items has .*vocabulary\.index_of"):
                model.fold_in(["item0001"], [5.0])


def test_an_index_that_the_model_does_not_know_is_refused_by_every_model(split, fitted):
    after_the_last = split.train.n_users
    for name, model in fitted.items():
        with pytest.raises(IndexError, match=rf"users\[1\] is {after_the_last}, outside 0 … 79"):
            model.recommend([0, after_the_last], 5)
        if name not in CANNOT:
            with pytest.raises(IndexError, match=r"items\[0\] is 60, outside 0 … 59"):
                model.fold_in([60], [5.0])


def test_somebody_known_by_id_alone_gets_a_full_list(split, make_models):
    """An id in the vocabulary without a training row: nobody's taste, but no crash and no nan."""
    train, somebody = split.train, split.train.user_vocabulary.index_of("user0033")
    without = train.subset(train.users != somebody)
    for name, model in make_models().items():
        model.fit(without)
        assert np.isfinite(model.score([somebody])).all(), name
        listed = model.recommend([somebody], train.n_items)[0]
        assert sorted(listed.tolist()) == list(range(train.n_items)), name


def test_without_ratings_a_rating_model_falls_back_to_what_everybody_thinks(split, fitted):
    """The documented fallback: with nothing rated, only the mean and the items' biases are left."""
    biases = fitted["biases"]
    everybody = biases.mean + biases.item_biases
    for name in ("biases", "neighbours of ratings", "ALS of ratings"):
        scores = fitted[name].fold_in([], [])
        assert np.corrcoef(scores, everybody)[0, 1] > 0.99, name

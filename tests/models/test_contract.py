"""What every recommender promises, asked of each of them."""

from collections.abc import Callable

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores
from recsys_course.models.ease import EASE
from recsys_course.models.factorization import AlternatingLeastSquares, StochasticGradientDescent
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors
from recsys_course.models.recommender import Recommender


def oracle(interactions: Interactions, seed: int, feedback: str) -> Recommender:
    scores = np.random.default_rng(seed).normal(size=(interactions.n_users, interactions.n_items))
    return Oracle(scores, feedback)


def alternating(interactions: Interactions, seed: int, feedback: str) -> Recommender:
    return AlternatingLeastSquares(np.random.default_rng(seed), feedback, embedding_dim=4)


def stochastic(interactions: Interactions, seed: int, feedback: str) -> Recommender:
    rng = np.random.default_rng(seed)
    return StochasticGradientDescent(rng, feedback, embedding_dim=4, epochs=3)


def deep(interactions: Interactions, seed: int, feedback: str) -> Recommender:
    # imported here: TensorFlow takes seconds that the other models' tests do not need
    from recsys_course.deep.factorization import TensorFlowFactorization

    return TensorFlowFactorization(np.random.default_rng(seed), feedback, embedding_dim=4, epochs=3)


# Each makes an unfitted model for a table; "truth" is an Oracle of made-up scores.
MODELS: dict[str, Callable[[Interactions, int], Recommender]] = {
    "random": lambda table, seed: RandomScores(np.random.default_rng(seed)),
    "popularity": lambda table, seed: Popularity(),
    "biases": lambda table, seed: Biases(),
    "truth-explicit": lambda table, seed: oracle(table, seed, "explicit"),
    "truth-implicit": lambda table, seed: oracle(table, seed, "implicit"),
    "neighbours-explicit": lambda table, seed: ItemNeighbors("explicit"),
    "neighbours-implicit": lambda table, seed: ItemNeighbors("implicit"),
    "user-neighbours-explicit": lambda table, seed: UserNeighbors("explicit"),
    "user-neighbours-implicit": lambda table, seed: UserNeighbors("implicit"),
    "ease": lambda table, seed: EASE(l2=5.0),
    "sgd-explicit": lambda table, seed: stochastic(table, seed, "explicit"),
    "sgd-implicit": lambda table, seed: stochastic(table, seed, "implicit"),
    "als-explicit": lambda table, seed: alternating(table, seed, "explicit"),
    "als-implicit": lambda table, seed: alternating(table, seed, "implicit"),
    "deep-explicit": lambda table, seed: deep(table, seed, "explicit"),
    "deep-implicit": lambda table, seed: deep(table, seed, "implicit"),
}
EXPLICIT = [
    "biases", "truth-explicit", "neighbours-explicit", "user-neighbours-explicit",
    "sgd-explicit", "als-explicit", "deep-explicit",
]  # fmt: skip
IMPLICIT = [name for name in MODELS if name not in EXPLICIT]
FOLDING = [
    "biases", "neighbours-explicit", "neighbours-implicit", "user-neighbours-explicit",
    "user-neighbours-implicit", "ease", "sgd-explicit", "sgd-implicit", "als-explicit",
    "als-implicit", "deep-explicit", "deep-implicit",
]  # fmt: skip
WITHOUT_CHANCE = [
    "popularity", "biases", "neighbours-explicit", "neighbours-implicit",
    "user-neighbours-explicit", "user-neighbours-implicit", "ease",
]  # fmt: skip


def table_of(users, items, ratings, n_users: int, n_items: int) -> Interactions:
    return Interactions(
        users, items, ratings, None, Vocabulary(range(n_users)), Vocabulary(range(n_items))
    )


def running_example() -> Interactions:
    """13 ratings of 4 users for 5 items."""
    dense = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]])
    users, items = np.nonzero(dense)
    return table_of(users, items, dense[users, items], 4, 5)


@pytest.fixture(scope="module")
def ratings() -> Interactions:
    """60 users, 90 items, 20 to 30 ratings a user."""
    return make_world(np.random.default_rng(0), n_users=60, n_items=90).interactions


@pytest.fixture(scope="module", params=MODELS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name, ratings):
    """The model, fitted on `ratings` with seed 0; no test changes it."""
    return MODELS[name](ratings, 0).fit(ratings)


def test_scores_have_their_shape_and_are_finite(model):
    scores = model.score(np.array([3, 0, 59]))
    assert scores.shape == (3, 90)
    assert np.issubdtype(scores.dtype, np.floating)
    assert np.isfinite(scores).all()
    assert (model.n_users, model.n_items) == (60, 90)
    assert model.feedback in {"explicit", "implicit"}


def test_scores_of_a_user_do_not_depend_on_who_else_is_asked_for(model):
    together = model.score(np.arange(60))
    # float32 products of another shape may round differently
    np.testing.assert_allclose(model.score([3, 0, 3]), together[[3, 0, 3]], rtol=1e-4, atol=1e-5)
    assert model.score(np.empty(0, dtype=int)).shape == (0, 90)


def test_seen_items_are_never_recommended(model, ratings):
    recommended = model.recommend(np.arange(60), 10)
    assert recommended.shape == (60, 10)
    seen = ratings.to_csr().toarray() != 0
    for user, items in enumerate(recommended):
        assert not seen[user, items].any()
        assert len(set(items.tolist())) == 10


def test_seen_items_come_back_when_asked_for(model):
    recommended = model.recommend([0, 7], 90, exclude_seen=False)
    np.testing.assert_array_equal(np.sort(recommended, axis=1), [np.arange(90)] * 2)


def test_a_list_longer_than_what_is_left_is_padded(model, ratings):
    counts = np.bincount(ratings.users, minlength=60)
    recommended = model.recommend(np.arange(60), 100)
    assert recommended.shape == (60, 100)
    for user in range(60):
        n_left = 90 - counts[user]
        assert np.all(recommended[user, :n_left] >= 0)
        np.testing.assert_array_equal(recommended[user, n_left:], -1)


def test_recommendations_are_the_best_scores_in_order(model, ratings):
    scores = np.array(model.score(np.arange(60)))
    scores[ratings.to_csr().toarray() != 0] = -np.inf
    recommended = model.recommend(np.arange(60), 12)
    listed = np.take_along_axis(scores, recommended, axis=1)
    best = -np.sort(-scores, axis=1)[:, :12]
    np.testing.assert_allclose(listed, best, rtol=1e-6)  # as values: ties may change places


def test_the_same_question_gets_the_same_answer(model):
    scores = np.array(model.score([5, 6]))
    first = model.recommend([5, 6], 20)
    np.testing.assert_array_equal(model.recommend([5, 6], 20), first)
    np.testing.assert_array_equal(model.score([5, 6]), scores)


@pytest.mark.parametrize("bad", [-1, 60, 10**12])
def test_an_unknown_user_is_named(model, bad):
    for ask in (model.score, lambda users: model.recommend(users, 5)):
        with pytest.raises((IndexError, ValueError), match=rf"users\[1\] is {bad}\b"):
            ask([0, bad])


@pytest.mark.parametrize("bad", ["ann", 1.5, None])
def test_an_id_is_not_an_index(model, bad):
    with pytest.raises((TypeError, ValueError), match=r"users.*index"):
        model.score([bad])


def test_predictions_are_the_scores_of_explicit_models_alone(name, model):
    rng = np.random.default_rng(1)
    users, items = rng.integers(60, size=300), rng.integers(90, size=300)
    if name in IMPLICIT:
        with pytest.raises(ValueError, match=r"implicit.*not ratings"):
            model.predict(users, items)
        return
    predictions = model.predict(users, items)
    assert predictions.shape == (300,)
    expected = model.score(np.arange(60))[users, items]
    np.testing.assert_allclose(predictions, expected, rtol=1e-5)
    assert model.predict([], []).shape == (0,)
    with pytest.raises((IndexError, ValueError), match=r"items\[0\] is 90"):
        model.predict([0], [90])
    with pytest.raises(ValueError, match=r"2 users but 1 items"):
        model.predict([0, 1], [0])


def test_an_unfitted_model_says_so(name, ratings):
    unfitted = MODELS[name](ratings, 0)
    questions = [
        lambda: unfitted.score([0]),
        lambda: unfitted.recommend([0], 5),
        lambda: unfitted.n_items,
        lambda: unfitted.seen,
    ]
    if name in EXPLICIT:
        questions.append(lambda: unfitted.predict([0], [0]))
    if name in FOLDING:
        questions.append(lambda: unfitted.fold_in([0], [4.0]))
    for ask in questions:
        with pytest.raises(RuntimeError, match=r"not fitted.*fit\(interactions\)"):
            ask()


def test_the_same_seed_gives_the_same_scores(name, model, ratings):
    again = MODELS[name](ratings, 0)
    assert again.fit(ratings) is again
    np.testing.assert_array_equal(again.score([0, 30]), model.score([0, 30]))


def test_another_seed_gives_other_scores_where_chance_plays(name, model, ratings):
    other = MODELS[name](ratings, 1).fit(ratings)
    same = np.array_equal(other.score([0, 30]), model.score([0, 30]))
    assert same == (name in WITHOUT_CHANCE)


def test_the_model_keeps_nothing_of_an_earlier_fit(name, model, ratings):
    if name not in WITHOUT_CHANCE:
        return  # their generator has moved on; `test_the_same_seed…` covers a new model
    again = MODELS[name](ratings, 0).fit(running_example()).fit(ratings)
    np.testing.assert_array_equal(again.score([0, 30]), model.score([0, 30]))


def test_changing_the_arrays_afterwards_changes_no_score(name):
    example = running_example()
    columns = [np.array(column) for column in (example.users, example.items, example.ratings)]
    model = MODELS[name](example, 0).fit(table_of(*columns, 4, 5))
    before = np.array(model.score([0, 1, 2, 3]))
    listed = model.recommend([0, 1, 2, 3], 5)
    for column in columns:
        column[:] = 1
    np.testing.assert_array_equal(model.score([0, 1, 2, 3]), before)
    np.testing.assert_array_equal(model.recommend([0, 1, 2, 3], 5), listed)


def test_changing_a_score_table_changes_no_model(model):
    scores = model.score([0])
    before = np.array(scores)
    if scores.flags.writeable:
        scores += 1
    np.testing.assert_array_equal(model.score([0]), before)


TABLES = {
    "4x5": running_example,
    "one-user": lambda: table_of([0, 0, 0], [0, 2, 4], [5, 3, 1], 1, 5),
    "one-item": lambda: table_of([0, 1, 3], [0, 0, 0], [5, 3, 1], 4, 1),
    "one-rating": lambda: table_of([0], [0], [4], 1, 1),
    "one-rating-of-many": lambda: table_of([2], [7], [4], 5, 9),
    "more-items-than-users": lambda: table_of([0, 0, 1, 2], [39, 3, 3, 8], [5, 3, 1, 2], 3, 40),
    "more-users-than-items": lambda: table_of(
        np.arange(40), np.arange(40) % 3, np.arange(40) % 5 + 1, 40, 3
    ),
    "equal-ratings": lambda: table_of([0, 0, 1, 1, 2], [0, 1, 1, 2, 2], [3] * 5, 3, 3),
}


@pytest.mark.parametrize("shape", TABLES)
def test_tables_of_every_shape(name, shape):
    table = TABLES[shape]()
    model = MODELS[name](table, 0).fit(table)
    everybody = np.arange(table.n_users)
    scores = model.score(everybody)
    assert scores.shape == (table.n_users, table.n_items)
    assert np.isfinite(scores).all()
    recommended = model.recommend(everybody, table.n_items)
    seen = table.to_csr().toarray() != 0
    np.testing.assert_array_equal((recommended >= 0).sum(axis=1), (~seen).sum(axis=1))
    assert not any(seen[user, items[items >= 0]].any() for user, items in enumerate(recommended))


@pytest.mark.parametrize("permuted", WITHOUT_CHANCE)
def test_a_permutation_of_ids_permutes_the_scores(permuted, ratings):
    rng = np.random.default_rng(2)
    new_user, new_item = rng.permutation(60), rng.permutation(90)
    moved = table_of(
        new_user[ratings.users], new_item[ratings.items], ratings.ratings, 60, 90
    ).subset(rng.permutation(len(ratings)))  # the order of the rows changes too
    scores = MODELS[permuted](ratings, 0).fit(ratings).score(np.arange(60))
    after = MODELS[permuted](moved, 0).fit(moved).score(np.arange(60))
    # sums in another order round differently; EASE works in float32
    loose = {"rtol": 1e-4, "atol": 1e-5} if permuted == "ease" else {"rtol": 1e-6, "atol": 1e-9}
    np.testing.assert_allclose(after[np.ix_(new_user, new_item)], scores, **loose)


@pytest.mark.parametrize("permuted", ["als-explicit", "als-implicit"])
def test_als_starts_from_the_items_so_users_can_be_permuted(permuted, ratings):
    # Items start at random by index, so their order changes the path, not the goal:
    # test_factorization shows that the minimum itself permutes with them.
    rng = np.random.default_rng(3)
    new_user = rng.permutation(60)
    moved = table_of(new_user[ratings.users], ratings.items, ratings.ratings, 60, 90)
    scores = MODELS[permuted](ratings, 0).fit(ratings).score(np.arange(60))
    after = MODELS[permuted](moved, 0).fit(moved).score(np.arange(60))
    np.testing.assert_allclose(after[new_user], scores, rtol=1e-3, atol=1e-4)  # float32, 8 sweeps


@pytest.mark.parametrize(
    "trained", ["sgd-explicit", "sgd-implicit", "deep-explicit", "deep-implicit"]
)
def test_gradient_descent_does_not_care_for_the_values_of_ids(trained, ratings):
    # Factors start and examples are shuffled by index, so only names may change freely.
    renamed = Interactions(
        ratings.users, ratings.items, ratings.ratings, None,
        Vocabulary([f"u{n}" for n in range(60)]), Vocabulary([("item", n) for n in range(90)]),
    )  # fmt: skip
    scores = MODELS[trained](ratings, 0).fit(ratings).score([0, 1])
    np.testing.assert_array_equal(MODELS[trained](renamed, 0).fit(renamed).score([0, 1]), scores)


def test_implicit_models_do_not_look_at_the_stars(name, model, ratings):
    turned = table_of(ratings.users, ratings.items, 6 - ratings.ratings, 60, 90)
    scores = MODELS[name](turned, 0).fit(turned).score([0, 1, 2])
    looked = not np.array_equal(scores, model.score([0, 1, 2]))
    assert looked == (name in EXPLICIT and name != "truth-explicit")


@pytest.mark.parametrize(
    "personal",
    ["neighbours-implicit", "user-neighbours-implicit", "ease", "als-implicit", "deep-implicit"],
)
def test_lists_differ_between_users(personal, ratings):
    lists = MODELS[personal](ratings, 0).fit(ratings).recommend(np.arange(60), 10)
    assert len({frozenset(items) for items in lists.tolist()}) > 45  # three quarters of them


def test_somebody_new_folds_in_or_hears_why_not(name, model):
    items, stars = [4, 50, 80], [5.0, 1.0, 3.5]
    if name not in FOLDING:
        with pytest.raises(TypeError, match=r"cannot fold in.*fit"):
            model.fold_in(items, stars)
        return
    scores = model.fold_in(items, stars)
    assert scores.shape == (90,)
    assert np.isfinite(scores).all()
    assert np.isfinite(model.fold_in([], [])).all()  # knows nothing, says something
    np.testing.assert_allclose(
        model.fold_in([80, 4, 50], [3.5, 5.0, 1.0]), scores, rtol=1e-4, atol=1e-5
    )
    with pytest.raises((IndexError, ValueError), match=r"items\[1\] is 90"):
        model.fold_in([4, 90], [5.0, 1.0])


@pytest.mark.parametrize("folding", FOLDING)
def test_a_newcomers_columns_must_fit_together(folding, ratings):
    model = MODELS[folding](ratings, 0).fit(ratings)
    with pytest.raises(ValueError, match=r"2.*1|1.*2"):
        model.fold_in([4, 50], [5.0])  # would broadcast
    with pytest.raises(ValueError, match=r"nan"):
        model.fold_in([4, 50], [5.0, np.nan])
    with pytest.raises(ValueError, match=r"50"):
        model.fold_in([50, 4, 50], [5.0, 4.0, 3.0])  # the same item twice


def test_ids_survive_from_fit_to_recommendation(name):
    people, films = Vocabulary(["007", "7", "Ю"]), Vocabulary([("film", n) for n in range(6)])
    table = Interactions([0, 0, 1, 2], [0, 1, 1, 2], [5, 4, 3, 2], None, people, films)
    model = MODELS[name](table, 0).fit(table)
    listed = model.recommend(people.indices_of(["007"]), 6)[0]
    found = {films.id_of(int(item)) for item in listed if item >= 0}
    assert found == {("film", 2), ("film", 3), ("film", 4), ("film", 5)}


@pytest.mark.parametrize("bad", [0, -1])
def test_a_list_of_nothing_is_refused(model, bad):
    with pytest.raises(ValueError, match=rf"k is {bad}"):
        model.recommend([0], bad)


def test_a_saved_model_comes_back_whole(name, model, ratings, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    back = type(model).load(path)
    np.testing.assert_array_equal(back.score([0, 7, 59]), model.score([0, 7, 59]))
    np.testing.assert_array_equal(back.recommend([3, 4], 20), model.recommend([3, 4], 20))
    assert (back.feedback, back.n_users, back.n_items) == (model.feedback, 60, 90)
    if name in FOLDING:
        items, stars = [4, 50, 80], [5.0, 1.0, 3.5]
        np.testing.assert_array_equal(back.fold_in(items, stars), model.fold_in(items, stars))


def test_a_loaded_model_fits_on_as_the_saved_one_would(name, ratings, tmp_path):
    first = MODELS[name](ratings, 0).fit(ratings)
    first.save(tmp_path / "model.npz")
    second = type(first).load(tmp_path / "model.npz")
    fewer = ratings.subset(np.arange(900))
    scores = first.fit(fewer).score([0, 1])  # its generator has moved on since the save: so has
    np.testing.assert_array_equal(second.fit(fewer).score([0, 1]), scores)  # the loaded one's


def test_saving_needs_a_fit_and_keeps_the_ids(name, tmp_path):
    path = tmp_path / "model.npz"
    people, films = Vocabulary(["007", "7", ("Ю", 1)]), Vocabulary([b"\x00", None, 10**30])
    table = Interactions([0, 0, 1, 2], [0, 1, 1, 2], [5, 4, 3, 2], None, people, films)
    model = MODELS[name](table, 0)
    with pytest.raises(RuntimeError, match=r"not fitted"):
        model.save(path)
    assert not path.exists()
    model.fit(table).save(path)
    train = type(model).load(path).trained_on
    assert train.user_vocabulary.ids == people.ids
    assert train.item_vocabulary.ids == films.ids

"""Neighbours against loops that follow the formulas, and what support must do."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.models.baselines import Biases
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors

MODELS = [ItemNeighbors, UserNeighbors]


def table_of(users, items, ratings, n_users: int, n_items: int) -> Interactions:
    return Interactions(
        users, items, ratings, None, Vocabulary(range(n_users)), Vocabulary(range(n_items))
    )


def running_example() -> Interactions:
    dense = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]])
    users, items = np.nonzero(dense)
    return table_of(users, items, dense[users, items], 4, 5)


def random_table(seed: int, n_users: int = 20, n_items: int = 15) -> Interactions:
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((n_users, n_items)) < 0.4)
    return table_of(users, items, rng.integers(1, 11, len(users)) / 2, n_users, n_items)


def neighbours_by_hand(
    values: np.ndarray,
    filled: np.ndarray,
    n_neighbors: int,
    shrinkage: float,
    min_support: int = 1,
):
    """{item: {neighbour: similarity}} by sorting all shrunk cosines of the columns."""
    cosines = cosine_similarity(values.T)
    neighbours = {}
    for item in range(values.shape[1]):
        found = {}
        for other in range(values.shape[1]):
            common = int((filled[:, item] & filled[:, other]).sum())
            if other != item and common >= min_support and cosines[item, other] != 0:
                found[other] = cosines[item, other] * common / (common + shrinkage)
        best = sorted(found, key=found.get, reverse=True)[:n_neighbors]
        neighbours[item] = {other: found[other] for other in best}
    return neighbours


@pytest.mark.parametrize(("n_neighbors", "shrinkage"), [(100, 10.0), (3, 10.0), (100, 0.0)])
def test_implicit_scores_are_sums_of_similarities(n_neighbors, shrinkage):
    table = random_table(0)
    filled = table.to_csr().toarray() != 0
    neighbours = neighbours_by_hand(filled.astype(float), filled, n_neighbors, shrinkage)
    expected = np.zeros((20, 15))
    for user in range(20):
        for item in range(15):
            expected[user, item] = sum(
                similarity for other, similarity in neighbours[item].items() if filled[user, other]
            )
    model = ItemNeighbors("implicit", n_neighbors, shrinkage).fit(table)
    found = model.score(np.arange(20))
    if n_neighbors == 100:
        np.testing.assert_allclose(found, expected, atol=1e-12)
    else:  # equal similarities at the border: which neighbour stays is free, how many is not
        kept = np.count_nonzero(model.similarities.toarray(), axis=1)
        np.testing.assert_array_equal(kept, [len(neighbours[item]) for item in range(15)])
        sums = model.similarities.toarray().sum(axis=1)
        by_hand = [sum(neighbours[item].values()) for item in range(15)]
        np.testing.assert_allclose(sums, by_hand, atol=1e-12)


@pytest.mark.parametrize(("n_neighbors", "shrinkage"), [(100, 10.0), (3, 10.0), (100, 0.0)])
@pytest.mark.parametrize("damping", [1.0, 0.0])
def test_explicit_scores_are_weighted_residuals(n_neighbors, shrinkage, damping):
    table = random_table(1)
    filled = table.to_csr().toarray() != 0
    base = Biases(5, 3, 10).fit(table).score(np.arange(20))
    residuals = np.where(filled, table.to_csr().toarray() - base, 0)
    neighbours = neighbours_by_hand(residuals, filled, n_neighbors, shrinkage)
    expected = base.copy()
    for user in range(20):
        for item in range(15):
            rated = {k: s for k, s in neighbours[item].items() if filled[user, k]}
            weight = sum(abs(similarity) for similarity in rated.values())
            if weight:
                total = sum(s * residuals[user, k] for k, s in rated.items())
                expected[user, item] += total / (damping + weight)
    model = ItemNeighbors("explicit", n_neighbors, shrinkage, damping=damping).fit(table)
    np.testing.assert_allclose(model.score(np.arange(20)), expected, atol=1e-10)


@pytest.mark.parametrize(
    ("n_neighbors", "shrinkage", "min_support"), [(100, 10.0, 1), (3, 10.0, 1), (100, 0.0, 3)]
)
def test_implicit_scores_of_user_neighbours_are_sums_of_similarities(
    n_neighbors, shrinkage, min_support
):
    table = random_table(4)
    filled = table.to_csr().toarray() != 0
    neighbours = neighbours_by_hand(
        filled.T.astype(float), filled.T, n_neighbors, shrinkage, min_support
    )
    model = UserNeighbors("implicit", n_neighbors, shrinkage, min_support).fit(table)
    found = model.score(np.arange(20))
    if n_neighbors == 100:
        expected = np.zeros((20, 15))
        for user in range(20):
            for other, similarity in neighbours[user].items():
                expected[user] += similarity * filled[other]
        np.testing.assert_allclose(found, expected, atol=1e-12)
    else:  # equal similarities at the border: which neighbour stays is free
        by_hand = [sum(neighbours[user].values()) for user in range(20)]
        np.testing.assert_allclose(model.similarities.toarray().sum(axis=1), by_hand, atol=1e-12)


@pytest.mark.parametrize(
    ("n_neighbors", "shrinkage", "min_support"),
    [(100, 10.0, 1), (3, 10.0, 1), (100, 0.0, 3), (4, 2.0, 3)],
)
@pytest.mark.parametrize("damping", [1.0, 0.0])
def test_explicit_scores_of_user_neighbours_are_weighted_residuals(
    n_neighbors, shrinkage, min_support, damping
):
    table = random_table(5)
    filled = table.to_csr().toarray() != 0
    base = Biases(5, 3, 10).fit(table).score(np.arange(20))
    residuals = np.where(filled, table.to_csr().toarray() - base, 0)
    neighbours = neighbours_by_hand(residuals.T, filled.T, n_neighbors, shrinkage, min_support)
    expected = base.copy()
    for user in range(20):
        for item in range(15):
            raters = {v: s for v, s in neighbours[user].items() if filled[v, item]}
            weight = sum(abs(similarity) for similarity in raters.values())
            if weight:
                total = sum(s * residuals[v, item] for v, s in raters.items())
                expected[user, item] += total / (damping + weight)
    model = UserNeighbors("explicit", n_neighbors, shrinkage, min_support, damping).fit(table)
    np.testing.assert_allclose(model.score(np.arange(20)), expected, atol=1e-10)


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
def test_items_need_their_least_support(feedback):
    table = random_table(6)
    model = ItemNeighbors(feedback, min_support=5).fit(table)
    filled = (table.to_csr().toarray() != 0).astype(int)
    together = filled.T @ filled
    assert (model.similarities.toarray()[together < 5] == 0).all()
    assert model.similarities.nnz > 0


def test_a_newcomer_scores_like_the_only_user_left_out():
    # fitted without user 0, then given user 0's choices: the same sums as fitting with them
    table = random_table(7)
    mine = table.users == 0
    whole = UserNeighbors("implicit", 5).fit(table).score([0])[0]
    others = UserNeighbors("implicit", 5).fit(table.subset(~mine))
    np.testing.assert_allclose(others.fold_in(table.items[mine], table.ratings[mine]), whole)


def test_a_newcomers_ratings_move_what_the_biases_say():
    table = random_table(8)
    items, ratings = np.array([1, 4, 6, 9]), np.array([5.0, 1.0, 4.5, 2.0])
    model = UserNeighbors("explicit", 6, 2.0, 2, 0.5).fit(table)
    base = model.biases.fold_in(items, ratings)
    row = np.zeros(15)
    row[items] = ratings - base[items]
    known = model.cells.toarray()
    filled = table.to_csr().toarray() != 0
    together = filled[:, items].sum(axis=1)
    similarities = cosine_similarity([row], known)[0] * together / (together + 2.0)
    similarities[together < 2] = -np.inf
    best = [v for v in np.argsort(-similarities)[:6] if similarities[v] > -np.inf]
    expected = base.copy()
    for item in range(15):
        raters = [v for v in best if filled[v, item]]
        if raters:
            weights = similarities[raters]
            expected[item] += weights @ known[raters, item] / (0.5 + np.abs(weights).sum())
    np.testing.assert_allclose(model.fold_in(items, ratings), expected, atol=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_an_item_nobody_rated_has_the_neutral_score(model):
    table = table_of([0, 0, 1, 1], [0, 1, 0, 1], [5, 1, 4, 2], 2, 3)
    implicit = model("implicit").fit(table).score([0, 1])
    np.testing.assert_array_equal(implicit[:, 2], 0)
    explicit = model("explicit").fit(table).score([0, 1])
    np.testing.assert_allclose(explicit[:, 2], Biases(5, 3, 10).fit(table).score([0, 1])[:, 2])


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
def test_somebody_new_with_the_ratings_of_a_fitted_user_gets_the_same(feedback):
    table = random_table(2)
    model = ItemNeighbors(feedback).fit(table)
    for user in (0, 7):
        mine = table.users == user
        folded = model.fold_in(table.items[mine], table.ratings[mine])
        np.testing.assert_allclose(folded, model.score([user])[0], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", MODELS)
def test_no_ratings_fold_in_to_the_neutral_scores(kind):
    model = kind("explicit").fit(running_example())
    np.testing.assert_allclose(model.fold_in([], []), model.biases.mean + model.biases.item_biases)
    silent = kind("implicit").fit(running_example())
    np.testing.assert_array_equal(silent.fold_in([], []), np.zeros(5))


@pytest.mark.parametrize("model", MODELS)
def test_a_constant_added_to_all_ratings_is_added_to_all_predictions(model):
    table = random_table(3)
    moved = table_of(table.users, table.items, table.ratings + 2, 20, 15)
    scores = model().fit(table).score(np.arange(20))
    after = model().fit(moved).score(np.arange(20))
    np.testing.assert_allclose(after, scores + 2, rtol=1e-5)  # ratings are kept as float32


def test_the_same_settings_mean_the_same_in_both_models():
    for model in MODELS:
        made = model("implicit", 7, 3.0, 4, 0.5)
        assert (made.n_neighbors, made.shrinkage, made.min_support, made.damping) == (7, 3, 4, 0.5)
        made = model()  # defaults that a validation cut of the embedded ratings chose
        assert (made.n_neighbors, made.shrinkage, made.min_support) == (100, 10, 1)
        assert (made.feedback, made.damping) == ("explicit", 0.3)
        with pytest.raises(ValueError, match="feedback is 'stars'"):
            model("stars")


@pytest.mark.parametrize("model", MODELS)
def test_two_groups_are_told_apart(model):
    # users 0–9 choose among items 0–4, users 10–19 among 5–9; one item each is held back
    users, items = zip(
        *[
            (user, 5 * (user // 10) + item)
            for user in range(20)
            for item in range(5)
            if item != user % 5
        ],
        strict=True,
    )
    table = table_of(users, items, np.ones(len(users)), 20, 10)
    recommended = model("implicit").fit(table).recommend(np.arange(20), 1)[:, 0]
    np.testing.assert_array_equal(recommended, [5 * (user // 10) + user % 5 for user in range(20)])

"""Item neighbours against loops that follow the formula, and what support must do."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.models.baselines import Biases
from recsys_course.models.neighborhood import ItemNeighbors


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


def neighbours_by_hand(values: np.ndarray, filled: np.ndarray, n_neighbors: int, shrinkage: float):
    """{item: {neighbour: similarity}} by sorting all shrunk cosines."""
    cosines = cosine_similarity(values.T)
    neighbours = {}
    for item in range(values.shape[1]):
        found = {}
        for other in range(values.shape[1]):
            common = int((filled[:, item] & filled[:, other]).sum())
            if other != item and common and cosines[item, other] != 0:
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
    model = ItemNeighbors("explicit", n_neighbors, shrinkage, damping).fit(table)
    np.testing.assert_allclose(model.score(np.arange(20)), expected, atol=1e-10)


def test_one_common_user_does_not_make_items_alike():
    # items 0 and 1 share one user and nothing else; 2 and 3 share twenty
    users = [0, 0, *np.repeat(np.arange(1, 21), 2)]
    items = [0, 1, *([2, 3] * 20)]
    model = ItemNeighbors("implicit", shrinkage=10.0).fit(
        table_of(users, items, np.ones(42), 21, 4)
    )
    similarities = model.similarities.toarray()
    assert similarities[0, 1] == pytest.approx(1 / 11, rel=1e-12)
    assert similarities[2, 3] == pytest.approx(20 / 30, rel=1e-12)


def test_an_item_nobody_rated_has_the_neutral_score():
    table = table_of([0, 0, 1, 1], [0, 1, 0, 1], [5, 1, 4, 2], 2, 3)
    implicit = ItemNeighbors("implicit").fit(table).score([0, 1])
    np.testing.assert_array_equal(implicit[:, 2], 0)
    explicit = ItemNeighbors("explicit").fit(table).score([0, 1])
    np.testing.assert_allclose(explicit[:, 2], Biases(5, 3, 10).fit(table).score([0, 1])[:, 2])


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
def test_somebody_new_with_the_ratings_of_a_fitted_user_gets_the_same(feedback):
    table = random_table(2)
    model = ItemNeighbors(feedback).fit(table)
    for user in (0, 7):
        mine = table.users == user
        folded = model.fold_in(table.items[mine], table.ratings[mine])
        np.testing.assert_allclose(folded, model.score([user])[0], rtol=1e-6, atol=1e-9)


def test_no_ratings_fold_in_to_the_neutral_scores():
    model = ItemNeighbors("explicit").fit(running_example())
    np.testing.assert_allclose(model.fold_in([], []), model.biases.mean + model.biases.item_biases)
    silent = ItemNeighbors("implicit").fit(running_example())
    np.testing.assert_array_equal(silent.fold_in([], []), np.zeros(5))


def test_a_constant_added_to_all_ratings_is_added_to_all_predictions():
    table = random_table(3)
    moved = table_of(table.users, table.items, table.ratings + 2, 20, 15)
    scores = ItemNeighbors().fit(table).score(np.arange(20))
    after = ItemNeighbors().fit(moved).score(np.arange(20))
    np.testing.assert_allclose(after, scores + 2, rtol=1e-5)  # ratings are kept as float32


def test_two_groups_of_items_are_told_apart():
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
    recommended = ItemNeighbors("implicit").fit(table).recommend(np.arange(20), 1)[:, 0]
    np.testing.assert_array_equal(recommended, [5 * (user // 10) + user % 5 for user in range(20)])

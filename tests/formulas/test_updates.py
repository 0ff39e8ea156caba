"""One step of SGD, one sweep of ALS: hand-worked numbers, enumeration and least squares."""

import re
import tracemalloc
from itertools import permutations

import numpy as np
import pytest
from scipy import optimize, sparse

from recsys_course.formulas.updates import (
    als_sweep,
    als_user_update,
    implicit_als_sweep,
    sgd_epoch,
    sgd_step,
)

# The running example; 0 = not rated (no rating is 0 there).
TABLE = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=float)
USER_FACTORS = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])
ITEM_FACTORS = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float)
USER_VECTOR = np.array([1, 0.5])
ITEM_VECTOR = np.array([2.0, 1.0])


def step_by_hand(user_vector, item_vector, rating, learning_rate, l2):
    """The update written out for embedding_dim = 2, the oracle of the epoch tests."""
    (a, b), (c, d) = user_vector, item_vector
    error = rating - (a * c + b * d)
    rate = 2 * learning_rate
    return (
        np.array([a + rate * (error * c - l2 * a), b + rate * (error * d - l2 * b)]),
        np.array([c + rate * (error * a - l2 * c), d + rate * (error * b - l2 * d)]),
    )


def ridge(features: np.ndarray, targets: np.ndarray, l2: float) -> np.ndarray:
    """Ridge regression as ordinary least squares on rows √λ I added below."""
    padding = np.sqrt(l2) * np.eye(features.shape[1])
    stacked = np.vstack([features, padding])
    return np.linalg.lstsq(stacked, np.append(targets, np.zeros(len(padding))), rcond=None)[0]


def regularised_loss(user_factors: np.ndarray, item_factors: np.ndarray, l2: float) -> float:
    errors = np.where(TABLE > 0, TABLE - np.einsum("if,jf->ij", user_factors, item_factors), 0)
    return float((errors**2).sum() + l2 * ((user_factors**2).sum() + (item_factors**2).sum()))


@pytest.mark.parametrize(
    ("learning_rate", "l2", "new_user", "new_item", "new_prediction"),
    [
        pytest.param(0.1, 0.0, [2, 1], [5 / 2, 5 / 4], 6.25, id="e2-no-l2-overshoots-5"),
        pytest.param(0.1, 0.1, [1.98, 0.99], [2.46, 1.23], 6.0885, id="e2-l2"),
        # ½e² with step η is e² with step η/2: the "Funk" rows of the table
        pytest.param(0.05, 0.0, [3 / 2, 3 / 4], [9 / 4, 9 / 8], 135 / 32, id="half-e2-no-l2"),
        pytest.param(0.05, 0.1, [1.49, 0.745], [2.23, 1.115], 4.153375, id="half-e2-l2"),
    ],
)
def test_one_sgd_step_of_cell_one_one(learning_rate, l2, new_user, new_item, new_prediction):
    user, item = sgd_step(USER_VECTOR, ITEM_VECTOR, 5.0, learning_rate, l2)
    np.testing.assert_allclose(user, new_user, rtol=1e-14)
    np.testing.assert_allclose(item, new_item, rtol=1e-14)
    assert user[0] * item[0] + user[1] * item[1] == pytest.approx(new_prediction, rel=1e-14)


def test_both_vectors_are_updated_from_the_old_ones():
    user, item = sgd_step(USER_VECTOR, ITEM_VECTOR, 5.0, 0.1)
    assert not np.allclose(item, [3, 1.5])  # what the already updated user vector would give
    np.testing.assert_array_equal(USER_VECTOR, [1, 0.5])
    np.testing.assert_array_equal(ITEM_VECTOR, [2, 1])
    assert not np.shares_memory(user, USER_VECTOR)


def test_learning_rate_zero_and_error_zero_change_nothing():
    user, item = sgd_step(USER_VECTOR, ITEM_VECTOR, 5.0, 0.0, 0.1)
    np.testing.assert_array_equal(user, USER_VECTOR)
    np.testing.assert_array_equal(item, ITEM_VECTOR)
    user, item = sgd_step(USER_VECTOR, ITEM_VECTOR, 2.5, 0.1)
    np.testing.assert_array_equal(user, USER_VECTOR)
    np.testing.assert_array_equal(item, ITEM_VECTOR)


def test_vectors_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)|embedding_dim"):
        sgd_step(np.ones(2), np.ones(3), 5.0, 0.1)


def test_an_epoch_of_disjoint_cells_is_one_step_each():
    cells = [(0, 0, 5.0), (1, 3, 1.0), (3, 2, 5.0)]  # no user and no item twice: no order
    users, items, ratings = (np.array(column) for column in zip(*cells, strict=True))
    user_factors, item_factors = sgd_epoch(
        users, items, ratings, USER_FACTORS, ITEM_FACTORS, 0.1, 0.1, np.random.default_rng(0)
    )
    expected_user, expected_item = USER_FACTORS.copy(), ITEM_FACTORS.copy()
    for user, item, rating in cells:
        expected_user[user], expected_item[item] = step_by_hand(
            USER_FACTORS[user], ITEM_FACTORS[item], rating, 0.1, 0.1
        )
    np.testing.assert_allclose(user_factors, expected_user, rtol=1e-14)
    np.testing.assert_allclose(item_factors, expected_item, rtol=1e-14)
    np.testing.assert_array_equal(user_factors[2], USER_FACTORS[2])  # unrated: untouched


def test_an_epoch_visits_every_cell_once_in_each_possible_order():
    cells = [(0, 0, 5.0), (0, 1, 3.0), (0, 3, 1.0)]
    users, items, ratings = (np.array(column) for column in zip(*cells, strict=True))
    possible = []
    for order in permutations(cells):
        user_factors, item_factors = USER_FACTORS.copy(), ITEM_FACTORS.copy()
        for user, item, rating in order:
            user_factors[user], item_factors[item] = step_by_hand(
                user_factors[user], item_factors[item], rating, 0.05, 0.1
            )
        possible.append(np.vstack([user_factors, item_factors]))
    seen = set()
    for seed in range(100):  # one order of six stays away 100 times with p = 7e-8
        found = np.vstack(
            sgd_epoch(
                users, items, ratings, USER_FACTORS, ITEM_FACTORS, 0.05, 0.1,
                np.random.default_rng(seed),
            )
        )  # fmt: skip
        matches = [n for n, outcome in enumerate(possible) if np.allclose(found, outcome)]
        assert len(matches) == 1
        seen.add(matches[0])
    assert seen == set(range(6))


def test_an_epoch_returns_new_arrays_and_repeats_with_its_seed():
    users, items = np.nonzero(TABLE)
    before = USER_FACTORS.copy(), ITEM_FACTORS.copy()
    results = [
        sgd_epoch(
            users, items, TABLE[users, items], USER_FACTORS, ITEM_FACTORS, 0.02, 0.1,
            np.random.default_rng(7),
        )
        for _ in range(2)
    ]  # fmt: skip
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
    np.testing.assert_array_equal(USER_FACTORS, before[0])
    np.testing.assert_array_equal(ITEM_FACTORS, before[1])


def test_small_steps_lower_the_loss():
    users, items = np.nonzero(TABLE)
    user_factors, item_factors = USER_FACTORS, ITEM_FACTORS
    rng = np.random.default_rng(0)
    losses = [regularised_loss(user_factors, item_factors, 0.0)]
    for _ in range(30):
        user_factors, item_factors = sgd_epoch(
            users, items, TABLE[users, items], user_factors, item_factors, 0.005, 0.0, rng
        )
        losses.append(regularised_loss(user_factors, item_factors, 0.0))
    assert losses[0] == pytest.approx(42.25)
    assert np.all(np.diff(losses) < 0)


@pytest.mark.parametrize(
    ("l2", "expected"),
    [
        (1.0, [17 / 8, -7 / 48]),
        (0.1, [2980 / 1057, -1690 / 3171]),
        (3.0, [13 / 9, 1 / 6]),  # λ n_i with λ = 1: the weighted-λ model
    ],
)
def test_als_update_of_user_one(l2, expected):
    user = als_user_update(ITEM_FACTORS[[0, 1, 3]], np.array([5.0, 3.0, 1.0]), l2)
    np.testing.assert_allclose(user, expected, rtol=1e-12)


def test_predictions_after_the_als_update_of_user_one():
    user = als_user_update(ITEM_FACTORS[[0, 1, 3]], np.array([5.0, 3.0, 1.0]), 1.0)
    np.testing.assert_allclose(
        ITEM_FACTORS @ user, [4.104167, 1.979167, 1.833333, 1.6875, -0.291667], atol=5e-7
    )


@pytest.mark.parametrize(
    ("ratings", "expected", "predictions"),
    [
        ([5.0, 3.0], [5 / 3, 1], [13 / 3, 8 / 3, 11 / 3, 14 / 3, 2]),
        ([5.0, 1.0], [5 / 3, 1 / 3], [11 / 3, 2, 7 / 3, 8 / 3, 2 / 3]),
    ],
)
def test_fold_in_of_a_new_user_is_the_same_update(ratings, expected, predictions):
    user = als_user_update(ITEM_FACTORS[:2], np.array(ratings), 1.0)
    np.testing.assert_allclose(user, expected, rtol=1e-12)
    np.testing.assert_allclose(ITEM_FACTORS @ user, predictions, rtol=1e-12)


def test_one_rating_needs_regularisation():
    item_vectors = ITEM_FACTORS[:1]
    assert np.linalg.matrix_rank(item_vectors.T @ item_vectors) == 1  # embedding_dim is 2
    user = als_user_update(item_vectors, np.array([5.0]), 1.0)
    np.testing.assert_allclose(user, [10 / 6, 5 / 6], rtol=1e-12)  # r v / (‖v‖² + λ)


def test_a_user_without_ratings_gets_the_zero_vector():
    user = als_user_update(np.empty((0, 2)), np.empty(0), 0.1)
    np.testing.assert_array_equal(user, [0, 0])


def test_ratings_and_vectors_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"3.*2|2.*3"):
        als_user_update(ITEM_FACTORS[:3], np.array([5.0, 3.0]), 1.0)


def test_als_sweep_solves_every_user():
    swept = als_sweep(sparse.csr_array(TABLE), ITEM_FACTORS, 1.0)
    assert swept.shape == (4, 2)
    np.testing.assert_allclose(swept[0], [17 / 8, -7 / 48], rtol=1e-12)
    for user in range(4):
        rated = TABLE[user] > 0
        expected = ridge(ITEM_FACTORS[rated], TABLE[user, rated], 1.0)
        np.testing.assert_allclose(swept[user], expected, rtol=1e-10)


def test_als_sweep_with_a_strength_for_each_user():
    strengths = np.array([0.1, 2.0, 0.5, 7.0])
    swept = als_sweep(sparse.csr_array(TABLE), ITEM_FACTORS, strengths)
    np.testing.assert_allclose(swept[0], [2980 / 1057, -1690 / 3171], rtol=1e-12)
    for user in range(4):
        rated = TABLE[user] > 0
        expected = ridge(ITEM_FACTORS[rated], TABLE[user, rated], strengths[user])
        np.testing.assert_allclose(swept[user], expected, rtol=1e-10)


def test_als_sweep_on_rows_of_every_length():
    rng = np.random.default_rng(1)
    dense = rng.integers(1, 6, size=(40, 25)) * (rng.random((40, 25)) < rng.random((40, 1)))
    dense[[3, 17]] = 0  # users without ratings
    dense[5] = 4  # a user who rated everything
    item_factors = rng.normal(size=(25, 6))
    swept = als_sweep(sparse.csr_array(dense.astype(float)), item_factors, 0.3)
    for user in range(40):
        rated = dense[user] > 0
        expected = ridge(item_factors[rated], dense[user, rated], 0.3)
        np.testing.assert_allclose(swept[user], expected, atol=1e-9)
    np.testing.assert_array_equal(swept[[3, 17]], 0)


def test_alternating_sweeps_never_raise_the_loss():
    ratings = sparse.csr_array(TABLE)
    transposed = sparse.csr_array(TABLE.T)
    item_factors = ITEM_FACTORS
    losses = []
    for _ in range(15):
        user_factors = als_sweep(ratings, item_factors, 0.5)
        losses.append(regularised_loss(user_factors, item_factors, 0.5))
        item_factors = als_sweep(transposed, user_factors, 0.5)
        losses.append(regularised_loss(user_factors, item_factors, 0.5))
    assert np.all(np.diff(losses) <= 1e-10)  # rounding only


def test_implicit_sweep_of_a_case_worked_by_hand():
    item_factors = np.array([[1.0, 0], [1, 1], [0, 1]])
    interactions = sparse.csr_array(np.array([[1.0, 1, 0]]))
    swept = implicit_als_sweep(interactions, item_factors, 1.0, 0.1)
    np.testing.assert_allclose(swept, [[30 / 53, 100 / 583]], rtol=1e-12)
    np.testing.assert_allclose(swept @ item_factors.T, [[0.566038, 0.737564, 0.171527]], atol=5e-7)


def test_implicit_sweep_agrees_with_the_confidence_form():
    # Σ c (p − u·v)² with c = 1 + 40 on choices and 1 elsewhere, divided by 40
    item_factors = np.array([[1.0, 0], [1, 1], [0, 1]])
    weights, choices = np.array([41.0, 41, 1]) / 40, np.array([1.0, 1, 0])
    normal = (item_factors.T * weights) @ item_factors + np.eye(2) / 40
    confidence = np.linalg.solve(normal, (item_factors.T * weights) @ choices)
    np.testing.assert_allclose(confidence, [1845 / 1888, 41 / 1888], rtol=1e-12)
    swept = implicit_als_sweep(sparse.csr_array(choices[None]), item_factors, 1 / 40, 1 / 40)
    # the target of a choice is 1 there and 40/41 here: the same up to that factor
    np.testing.assert_allclose(swept[0] * 41 / 40, confidence, rtol=1e-12)


def test_implicit_sweep_minimises_its_loss_and_ignores_the_values():
    rng = np.random.default_rng(2)
    chosen = rng.random((3, 12)) < 0.3
    item_factors = rng.normal(size=(12, 3))
    strengths = np.array([0.4, 1.0, 3.0])
    stars = sparse.csr_array(np.where(chosen, rng.integers(1, 6, (3, 12)), 0).astype(float))
    swept = implicit_als_sweep(stars, item_factors, strengths, 0.2)
    for row, l2, found in zip(chosen, strengths, swept, strict=True):

        def loss(user: np.ndarray, row=row, l2=l2) -> float:
            scores = item_factors @ user
            on_choices = ((1 - scores[row]) ** 2).sum()
            return float(on_choices + 0.2 * (scores**2).sum() + l2 * (user**2).sum())

        expected = optimize.minimize(loss, np.zeros(3), tol=1e-12).x
        np.testing.assert_allclose(found, expected, atol=1e-5)  # a numerical minimum


def test_implicit_sweep_of_a_user_without_interactions_is_zero():
    swept = implicit_als_sweep(sparse.csr_array((2, 5)), ITEM_FACTORS, 0.5, 0.1)
    np.testing.assert_array_equal(swept, np.zeros((2, 2)))


def test_whole_number_factors_are_not_rounded():
    whole = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]])  # as a learner would type them
    ratings = sparse.csr_array(TABLE)
    np.testing.assert_allclose(
        als_sweep(ratings, whole, 0.1), als_sweep(ratings, ITEM_FACTORS, 0.1)
    )
    np.testing.assert_allclose(
        implicit_als_sweep(ratings, whole, 0.1, 0.1),
        implicit_als_sweep(ratings, ITEM_FACTORS, 0.1, 0.1),
    )
    cell = np.array([0]), np.array([0]), np.array([5.0])
    user_factors, item_factors = sgd_epoch(
        *cell, np.array([[1, 0]]), np.array([[2, 1]]), 0.1, 0.0, np.random.default_rng(0)
    )
    np.testing.assert_allclose(user_factors, [[2.2, 0.6]], rtol=1e-14)  # error 3
    np.testing.assert_allclose(item_factors, [[2.6, 1.0]], rtol=1e-14)


def test_a_sweep_with_the_wrong_table_is_refused():
    with pytest.raises(ValueError, match=r"4 columns.*5 vectors"):
        als_sweep(sparse.csr_array(TABLE.T), ITEM_FACTORS, 1.0)
    with pytest.raises(ValueError, match=r"4 columns.*5 vectors"):
        implicit_als_sweep(sparse.csr_array(TABLE.T), ITEM_FACTORS, 1.0, 0.1)


def test_a_learning_rate_that_explodes_is_named():
    users, items = np.nonzero(TABLE)
    user_factors, item_factors = USER_FACTORS, ITEM_FACTORS

    def train():
        factors = user_factors, item_factors
        for _ in range(200):
            factors = sgd_epoch(
                users, items, TABLE[users, items], *factors, 5.0, 0.0, np.random.default_rng(0)
            )

    with pytest.raises(ValueError, match=r"learning_rate=5\.0.*smaller"):
        train()


def test_a_singular_system_asks_for_regularisation():
    with pytest.raises(ValueError, match=r"1 ratings.*2 factors.*l2"):
        als_user_update(np.array([[1.0, 0.0]]), np.array([5.0]), 0.0)


@pytest.mark.parametrize(
    ("user_shape", "item_shape"), [((2,), (3,)), ((2, 1), (2, 1)), ((2,), (2, 1))]
)
def test_an_sgd_step_needs_two_vectors_of_one_length(user_shape, item_shape):
    message = re.escape(
        f"user_vector {user_shape} and item_vector {item_shape} must be two vectors of one length; "
        "pass one row of U and one row of V"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        sgd_step(np.ones(user_shape), np.ones(item_shape), 5.0, 0.1)


@pytest.mark.parametrize("exploding", ["users", "items"])
def test_factors_that_explode_on_one_side_alone_are_noticed(exploding):
    # r = 0 and a zero on the other side: no error, so only λ acts, and only on the large one
    factors = [np.array([[1e300]]), np.array([[0.0]])]
    if exploding == "items":
        factors.reverse()
    cell = np.array([0]), np.array([0]), np.array([0.0])
    message = re.escape(
        "the factors grew beyond all numbers with learning_rate=10000000000.0; try a learning "
        "rate ten times smaller"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        sgd_epoch(*cell, *factors, 1e10, 1.0, np.random.default_rng(0))


@pytest.mark.parametrize("vectors_shape", [(3,), (3, 2, 2), (4, 2)])
def test_an_als_update_needs_one_vector_for_each_rating(vectors_shape):
    message = re.escape(
        f"item_vectors {vectors_shape} must be (n_rated, embedding_dim) and ratings (3,) "
        "(n_rated,); pass only the rated items"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        als_user_update(np.ones(vectors_shape), np.ones(3), 1.0)


@pytest.mark.parametrize(
    "sweep", [lambda t, v: als_sweep(t, v, 1.0), lambda t, v: implicit_als_sweep(t, v, 1.0, 0.1)]
)
def test_a_sweep_says_what_to_pass(sweep):
    message = re.escape(
        "the table has 4 columns but there are 5 vectors; pass V for users and the transposed "
        "table with U for items"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        sweep(sparse.csr_array(np.ones((5, 4))), np.ones((5, 2)))


def test_single_precision_stays_single():
    rng = np.random.default_rng(0)
    table = sparse.csr_array(np.where(rng.random((6, 8)) < 0.5, 3.0, 0))
    vectors = rng.normal(size=(8, 3))
    for sweep in (
        lambda v: als_sweep(table, v, 1.0),
        lambda v: implicit_als_sweep(table, v, 1.0, 0.1),
    ):
        single = sweep(vectors.astype(np.float32))
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, sweep(vectors), atol=1e-5)  # float32: 6e-8, times 8 rows


def test_a_row_without_ratings_is_zero_without_regularisation_too():
    table = sparse.csr_array(np.array([[4.0, 2.0], [0, 0]]))
    np.testing.assert_allclose(als_sweep(table, np.eye(2), 0.0), [[4, 2], [0, 0]], rtol=1e-12)


def test_a_sweep_takes_the_memory_of_a_batch_and_not_of_the_table():
    """All rows at once would take 4000 · 20 · 20 numbers, 12.8 MB, and more than once."""
    rng = np.random.default_rng(0)
    columns = np.argsort(rng.random((4000, 60)), axis=1)[:, :20].ravel()
    table = sparse.csr_array((np.ones(80_000), columns, np.arange(0, 80_001, 20)), (4000, 60))
    vectors = rng.normal(size=(60, 20))
    als_sweep(table, vectors, 1.0)  # what is loaded once is not counted
    tracemalloc.start()
    als_sweep(table, vectors, 1.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6  # 11 MB, in batches

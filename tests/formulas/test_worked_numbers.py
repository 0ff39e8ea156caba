"""Numbers that lessons print and no other test of a formula holds, worked by hand."""

import numpy as np
import pytest

from recsys_course.formulas.losses import biased_squared_error, predict_pairs, predict_ratings
from recsys_course.formulas.metrics import mae, rmse
from recsys_course.formulas.updates import als_user_update, sgd_step

# The course's running example: 4 users, 5 items; 0 = not rated.
TABLE = np.array([[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=float)
USERS, ITEMS = np.nonzero(TABLE)
RATINGS = TABLE[USERS, ITEMS]
USER_FACTORS = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])
ITEM_FACTORS = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float)


def test_the_running_example_has_whole_means():
    assert RATINGS.size == 13
    assert RATINGS.sum() / 13 == 3
    np.testing.assert_array_equal(np.bincount(USERS), [3, 3, 4, 3])
    np.testing.assert_array_equal(np.bincount(ITEMS), [3, 3, 1, 4, 2])
    np.testing.assert_array_equal(np.bincount(USERS, RATINGS) / np.bincount(USERS), [3, 2, 3, 4])
    np.testing.assert_allclose(
        np.bincount(ITEMS, RATINGS) / np.bincount(ITEMS), [10 / 3, 2, 5, 3, 3], rtol=1e-15
    )


def test_errors_and_their_averages():
    predictions = predict_pairs(USERS, ITEMS, USER_FACTORS, ITEM_FACTORS)
    np.testing.assert_array_equal(
        RATINGS - predictions,
        [5 / 2, 3 / 2, -3 / 2, 2, 0, 1, -1, -1 / 2, 3 / 2, 3, 1, 3, 2],
    )
    assert mae(RATINGS, predictions) == pytest.approx(1.576923, abs=5e-7)


def test_the_squares_of_the_factors_and_of_the_empty_cells():
    assert (USER_FACTORS**2).sum() == 9 / 2
    assert (ITEM_FACTORS**2).sum() == 26
    predicted = predict_ratings(USER_FACTORS, ITEM_FACTORS)
    assert (predicted[TABLE == 0] ** 2).sum() == 73 / 4


def test_a_sequential_step_goes_further_than_the_library_does():
    old_user, old_item = np.array([1.0, 0.5]), np.array([2.0, 1.0])
    user, item = sgd_step(old_user, old_item, 5.0, 0.1)
    # the misreading: the item steps by the user's new vector, with the old error
    sequential = old_item + 0.2 * 2.5 * user
    np.testing.assert_allclose(sequential, [3, 3 / 2], rtol=1e-14)
    assert user @ sequential == pytest.approx(7.5, rel=1e-14)
    assert user @ item == pytest.approx(25 / 4, rel=1e-14)


@pytest.mark.parametrize(
    ("rated", "normal", "right", "determinant", "solution"),
    [
        ([0, 1, 3], [[7, 6], [6, 12]], [14, 11], 48, [17 / 8, -7 / 48]),
        ([0, 1], [[6, 3], [3, 3]], [13, 8], 9, [5 / 3, 1]),
    ],
)
def test_the_normal_equations_of_the_first_user(rated, normal, right, determinant, solution):
    """VᵀV + I, Vᵀr and det by hand; Cramer's rule gives the vector, and so does the update."""
    item_vectors, ratings = ITEM_FACTORS[rated], TABLE[0, rated]
    np.testing.assert_array_equal(item_vectors.T @ item_vectors + np.eye(2), normal)
    np.testing.assert_array_equal(item_vectors.T @ ratings, right)
    (a, b), (_, d) = normal
    assert a * d - b * b == determinant
    cramer = [
        (right[0] * d - b * right[1]) / determinant,
        (a * right[1] - b * right[0]) / determinant,
    ]
    np.testing.assert_allclose(cramer, solution, rtol=1e-14)
    np.testing.assert_allclose(als_user_update(item_vectors, ratings, 1.0), solution, rtol=1e-12)


def test_damped_biases_predict_without_factors():
    user_biases, item_biases = np.array([1 / 8, -13 / 16, 1 / 10, 11 / 16]), np.zeros(5)
    item_biases[:3] = 1 / 4, -3 / 4, 1
    for item, prediction in ((4, 25 / 8), (2, 33 / 8)):  # 3.125 and 4.125
        value, _ = biased_squared_error(
            np.array([0]), np.array([item]), np.array([prediction]), 3.0,
            user_biases, item_biases, np.zeros((4, 2)), np.zeros((5, 2)),
        )  # fmt: skip
        assert value == 0


@pytest.mark.parametrize("n_rated", [1, 2, 3])
@pytest.mark.parametrize("l2", [0.1, 1.0])
def test_a_newcomer_with_few_ratings_may_be_solved_ratings_by_ratings(n_rated, l2):
    """Woodbury: u = Vᵀ (V Vᵀ + λI)⁻¹ r, a system of n_rated equations instead of embedding_dim."""
    item_vectors, ratings = ITEM_FACTORS[:n_rated], np.array([5.0, 3.0, 2.0])[:n_rated]
    inner = item_vectors @ item_vectors.T + l2 * np.eye(n_rated)
    expected = item_vectors.T @ np.linalg.inv(inner) @ ratings
    found = als_user_update(item_vectors, ratings, l2)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_the_average_of_the_items_ignores_what_the_newcomer_said():
    item_vectors = ITEM_FACTORS[:2]
    np.testing.assert_array_equal(item_vectors.mean(axis=0), [1.5, 1])  # whatever the ratings
    liked = als_user_update(item_vectors, np.array([5.0, 3.0]), 1.0)
    disliked = als_user_update(item_vectors, np.array([5.0, 1.0]), 1.0)
    np.testing.assert_allclose(liked, [5 / 3, 1], rtol=1e-12)
    np.testing.assert_allclose(disliked, [5 / 3, 1 / 3], rtol=1e-12)


def test_the_bias_of_a_newcomer_is_the_weight_of_a_constant_one():
    """Without taste (V = 0) it is the damped mean of the residuals: (2 + 1) / (2 + λ)."""
    residuals = np.array([2.0, 1.0])  # r − μ − c_j
    with_one = np.column_stack([np.zeros((2, 2)), np.ones(2)])
    found = als_user_update(with_one, residuals, 1.0)
    np.testing.assert_allclose(found, [0, 0, 1], atol=1e-14)


def test_the_mean_of_rmses_is_not_the_rmse():
    """Errors 1, 1, 4: √6 = 2.449490; the mean of the RMSEs so far and that of batches differ."""
    errors, zeros = np.array([1.0, 1.0, 4.0]), np.zeros(3)
    assert rmse(errors, zeros) == pytest.approx(2.449490, abs=5e-7)
    running = [rmse(errors[:n], zeros[:n]) for n in (1, 2, 3)]
    assert np.mean(running) == pytest.approx(1.483163, abs=5e-7)
    batches = rmse(errors[:2], zeros[:2]), rmse(errors[2:], zeros[2:])
    assert np.mean(batches) == pytest.approx(2.5, rel=1e-14)

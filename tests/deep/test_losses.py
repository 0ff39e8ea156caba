"""The TensorFlow losses equal the NumPy ones and the hand-worked table, gradients included."""

import numpy as np
import pytest

from recsys_course.deep import losses as with_tape
from recsys_course.deep.runtime import tf
from recsys_course.formulas import losses as by_hand

# The course's running example: 4 users, 5 items, 13 ratings.
RATINGS = np.array(
    [[5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0]], dtype=np.float64
)
USERS, ITEMS = np.nonzero(RATINGS)
OBSERVED = RATINGS[USERS, ITEMS]
USER_FACTORS = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])
ITEM_FACTORS = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=np.float64)

SIZES = (7, 9, 3)  # n_users, n_items, embedding_dim
RELATIVE = 1e-9  # float64 sums of some dozens of terms, in another order


def value_and_gradients(loss, *parameters):
    """The loss at float64 parameters, and its gradient by the tape."""
    variables = [tf.Variable(parameter, dtype=tf.float64) for parameter in parameters]
    with tf.GradientTape() as tape:
        value = loss(*variables)
    assert value.shape == ()
    return float(value), [tf.convert_to_tensor(g).numpy() for g in tape.gradient(value, variables)]


def assert_twins(first, second):
    assert first[0] == pytest.approx(second[0], rel=RELATIVE)
    for one, other in zip(first[1], second[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=RELATIVE, atol=1e-12)


@pytest.fixture
def problem():
    rng = np.random.default_rng(5)
    n_users, n_items, embedding_dim = SIZES
    cells = rng.choice(n_users * n_items, 30, replace=False)
    return {
        "users": cells // n_items,
        "items": cells % n_items,
        "ratings": rng.normal(3, 1, 30),
        "table": rng.normal(3, 1, (n_users, n_items)),
        "weights": rng.random((n_users, n_items)),
        "user_biases": rng.normal(size=n_users),
        "item_biases": rng.normal(size=n_items),
        "user_factors": rng.normal(size=(n_users, embedding_dim)),
        "item_factors": rng.normal(size=(n_items, embedding_dim)),
        "user_l2": rng.random(n_users),
        "item_l2": rng.random(n_items),
    }


@pytest.mark.parametrize(("l2", "expected"), [(0.0, 42.25), (0.1, 45.3)])
def test_observed_value_worked_by_hand(l2, expected):
    value, _ = value_and_gradients(
        lambda u, v: with_tape.observed_squared_error(USERS, ITEMS, OBSERVED, u, v, l2),
        USER_FACTORS,
        ITEM_FACTORS,
    )
    assert value == pytest.approx(expected, rel=1e-12)


def test_observed_gradient_worked_by_hand():
    _, (by_user, by_item) = value_and_gradients(
        lambda u, v: with_tape.observed_squared_error(USERS, ITEMS, OBSERVED, u, v, 0.1),
        USER_FACTORS,
        ITEM_FACTORS,
    )
    np.testing.assert_allclose(by_user, [[-9.8, 1.1], [-7.8, -8], [2.1, -17.8], [-12, -25.8]])
    np.testing.assert_allclose(
        by_item, [[-7.6, -0.3], [-2.3, -2.3], [0.2, -5.6], [1.7, -4.9], [-5, -5.6]]
    )


@pytest.mark.parametrize(
    ("unobserved_weight", "expected"), [(0.0, 42.25), (0.1, 44.075), (1.0, 60.5)]
)
def test_weighted_value_worked_by_hand(unobserved_weight, expected):
    weights = np.where(RATINGS > 0, 1.0, unobserved_weight)
    value, _ = value_and_gradients(
        lambda u, v: with_tape.weighted_squared_error(RATINGS, weights, u, v),
        USER_FACTORS,
        ITEM_FACTORS,
    )
    assert value == pytest.approx(expected, rel=1e-12)


def test_zeros_as_ratings_gradient_worked_by_hand():
    _, (by_user, by_item) = value_and_gradients(
        lambda u, v: with_tape.weighted_squared_error(RATINGS, np.ones_like(RATINGS), u, v),
        USER_FACTORS,
        ITEM_FACTORS,
    )
    np.testing.assert_allclose(by_user, [[-6, 13], [-4, -2], [7, -8], [-8, -16]])
    np.testing.assert_allclose(by_item, [[-8, 1.5], [-0.5, -2.5], [8.5, 1], [1.5, -5.5], [-3, -1]])


def test_observed_twin(problem):
    p = problem
    data = p["users"], p["items"], p["ratings"]
    factors = p["user_factors"], p["item_factors"]
    assert_twins(
        value_and_gradients(
            lambda u, v: with_tape.observed_squared_error(*data, u, v, 0.3), *factors
        ),
        by_hand.observed_squared_error(*data, *factors, 0.3),
    )


def test_weighted_twin(problem):
    p = problem
    factors = p["user_factors"], p["item_factors"]
    assert_twins(
        value_and_gradients(
            lambda u, v: with_tape.weighted_squared_error(p["table"], p["weights"], u, v, 0.3),
            *factors,
        ),
        by_hand.weighted_squared_error(p["table"], p["weights"], *factors, 0.3),
    )


@pytest.mark.parametrize("per_row", [True, False])
def test_biased_twin(problem, per_row):
    p = problem
    data = p["users"], p["items"], p["ratings"], 3.1
    parameters = p["user_biases"], p["item_biases"], p["user_factors"], p["item_factors"]
    l2 = (p["user_l2"], p["item_l2"]) if per_row else (0.2, 0.7)
    assert_twins(
        value_and_gradients(
            lambda *variables: with_tape.biased_squared_error(*data, *variables, *l2), *parameters
        ),
        by_hand.biased_squared_error(*data, *parameters, *l2),
    )


def test_an_item_rated_twice_gets_both_gradients():
    """The tape adds up repeated rows; a scatter that overwrites would lose one."""
    _, (by_user, by_item) = value_and_gradients(
        lambda u, v: with_tape.observed_squared_error([0, 1], [0, 0], np.array([1.0, 2.0]), u, v),
        np.array([[1.0], [1.0]]),
        np.array([[0.0]]),
    )
    np.testing.assert_allclose(by_item, [[-6.0]])  # −2·1·1 − 2·2·1
    np.testing.assert_allclose(by_user, [[0.0], [0.0]])

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
# In float32 each number is off by 6e-8 of itself. A gradient adds some ten terms of size 10 that
# may cancel, so what is left is off by about 10 · 10 · 6e-8.
SINGLE = {"rtol": 1e-5, "atol": 1e-5}


def value_and_gradients(loss, *parameters, dtype=tf.float64):
    """The loss, and its gradient by the tape."""
    variables = [tf.Variable(parameter, dtype=dtype) for parameter in parameters]
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
    value, (by_user, by_item) = value_and_gradients(
        lambda u, v: with_tape.dense_squared_error(RATINGS, u, v),
        USER_FACTORS,
        ITEM_FACTORS,
    )
    assert value == pytest.approx(60.5, rel=1e-12)
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


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_dense_twin(problem, l2):
    p = problem
    factors = p["user_factors"], p["item_factors"]
    assert_twins(
        value_and_gradients(
            lambda u, v: with_tape.dense_squared_error(p["table"], u, v, l2), *factors
        ),
        by_hand.dense_squared_error(p["table"], *factors, l2),
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


def test_twins_in_the_precision_of_training(problem):
    """Models train in float32; there the twins agree up to its rounding, with λ n^ρ of each row."""
    p = {
        name: np.float32(array) if array.dtype == float else array
        for name, array in problem.items()
    }
    cells, factors = (p["users"], p["items"], p["ratings"]), (p["user_factors"], p["item_factors"])
    parameters = p["user_biases"], p["item_biases"], *factors
    l2 = [
        by_hand.frequency_l2(np.bincount(p[side], minlength=n), 0.3, 0.4).astype(np.float32)
        for side, n in (("users", SIZES[0]), ("items", SIZES[1]))
    ]
    for name, before, at, after in (
        ("observed_squared_error", cells, factors, [0.3]),
        ("dense_squared_error", [p["table"]], factors, [0.3]),
        ("weighted_squared_error", [p["table"], p["weights"]], factors, [0.3]),
        ("biased_squared_error", [*cells, 3.0], parameters, l2),
    ):
        twin = getattr(with_tape, name)
        value, gradients = value_and_gradients(
            lambda *v, twin=twin, before=before, after=after: twin(*before, *v, *after),
            *at,
            dtype=tf.float32,
        )
        expected, by_equation = getattr(by_hand, name)(*before, *at, *after)
        np.testing.assert_allclose(value, expected, **SINGLE, err_msg=name)
        for one, other in zip(gradients, by_equation, strict=True):
            assert one.dtype == np.float32
            np.testing.assert_allclose(one, other, **SINGLE, err_msg=name)


def test_every_loss_has_its_twin():
    assert {name for name in by_hand.__all__ if name.endswith("_error")} == set(with_tape.__all__)


def test_rows_of_a_batch_are_cut_out_where_the_tape_sees_it():
    """Cut out before, they are numbers without a past: the users' table gets no gradient."""
    user_factors, item_factors = (tf.Variable(table) for table in (USER_FACTORS, ITEM_FACTORS))
    batch = tf.constant([0, 2])
    ratings = RATINGS[[0, 2]]

    def gradients(cut_before):
        early = tf.gather(user_factors, batch)
        with tf.GradientTape() as tape:
            rows = early if cut_before else tf.gather(user_factors, batch)
            loss = with_tape.dense_squared_error(ratings, rows, item_factors)
        return tape.gradient(loss, [user_factors, item_factors])

    assert gradients(cut_before=True)[0] is None
    by_user, by_item = gradients(cut_before=False)
    assert isinstance(by_user, tf.IndexedSlices)  # rows 0 and 2, and nothing for the others
    np.testing.assert_array_equal(by_user.indices, batch)
    np.testing.assert_allclose(by_user.values, [[-6, 13], [7, -8]])
    assert by_item.shape == (5, 2)

"""The losses against the 4 × 5 running example, finite differences and their invariances."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.formulas.losses import (
    biased_squared_error,
    dense_squared_error,
    frequency_l2,
    observed_squared_error,
    predict_pairs,
    predict_ratings,
    weighted_squared_error,
)

# The running example: 13 of 20 cells observed, embedding_dim = 2. nan marks "not rated".
TABLE = np.array(
    [
        [5, 3, np.nan, 1, np.nan],
        [4, np.nan, np.nan, 1, 1],
        [1, 1, np.nan, 5, 5],
        [np.nan, 2, 5, 5, np.nan],
    ]
)
OBSERVED = ~np.isnan(TABLE)
USERS, ITEMS = np.nonzero(OBSERVED)
RATINGS = TABLE[OBSERVED]
FILLED = np.nan_to_num(TABLE)  # the zeros stand where nobody has rated
USER_FACTORS = np.array([[1, 0.5], [1, 0], [0.5, 1], [0, 1]])
ITEM_FACTORS = np.array([[2, 1], [1, 1], [1, 2], [1, 3], [0, 2]], dtype=float)

# Worked by hand in exact fractions.
PREDICTIONS = np.array(
    [[2.5, 1.5, 2, 2.5, 1], [2, 1, 1, 1, 0], [2, 1.5, 2.5, 3.5, 2], [1, 1, 2, 3, 2]]
)
USER_GRADIENT = {
    0.0: [[-10, 1], [-8, -8], [2, -18], [-12, -26]],
    0.1: [[-9.8, 1.1], [-7.8, -8], [2.1, -17.8], [-12, -25.8]],
}
ITEM_GRADIENT = {
    0.0: [[-8, -0.5], [-2.5, -2.5], [0, -6], [1.5, -5.5], [-5, -6]],
    0.1: [[-7.6, -0.3], [-2.3, -2.3], [0.2, -5.6], [1.7, -4.9], [-5, -5.6]],
}
DENSE_USER_GRADIENT = [[-6, 13], [-4, -2], [7, -8], [-8, -16]]
DENSE_ITEM_GRADIENT = [[-8, 1.5], [-0.5, -2.5], [8.5, 1], [1.5, -5.5], [-3, -1]]

# Damped biases of the example (damping 1, items first), exact fractions.
MEAN = 3.0
USER_BIASES = np.array([1 / 8, -13 / 16, 1 / 10, 11 / 16])
ITEM_BIASES = np.array([1 / 4, -3 / 4, 1, 0, 0])
NO_USER_FACTORS = np.zeros((4, 2))
NO_ITEM_FACTORS = np.zeros((5, 2))


def observed_loss(**changes):
    """The observed loss of the running example, with single arguments replaced."""
    arguments = {
        "users": USERS,
        "items": ITEMS,
        "ratings": RATINGS,
        "user_factors": USER_FACTORS,
        "item_factors": ITEM_FACTORS,
    }
    return observed_squared_error(**(arguments | changes))


def biased_loss(**changes):
    """The loss with the damped biases and the factors of the running example."""
    arguments = {
        "users": USERS,
        "items": ITEMS,
        "ratings": RATINGS,
        "mean": MEAN,
        "user_biases": USER_BIASES,
        "item_biases": ITEM_BIASES,
        "user_factors": USER_FACTORS,
        "item_factors": ITEM_FACTORS,
    }
    return biased_squared_error(**(arguments | changes))


def numeric_gradient(loss: Callable[[np.ndarray], float], point: np.ndarray) -> np.ndarray:
    """Central differences: exact for losses that are quadratic along every axis."""
    gradient = np.zeros_like(point)
    step = 1e-4
    for index in np.ndindex(point.shape):
        up, down = point.copy(), point.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (loss(up) - loss(down)) / (2 * step)
    return gradient


def random_problem(seed: int):
    """Parallel arrays of observed cells and factors of a 6 × 9 table, embedding_dim = 3."""
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((6, 9)) < 0.4)
    ratings = rng.integers(1, 11, size=len(users)) / 2
    return users, items, ratings, rng.normal(size=(6, 3)), rng.normal(size=(9, 3))


def test_predict_ratings_of_the_running_example():
    predicted = predict_ratings(USER_FACTORS, ITEM_FACTORS)
    assert predicted.shape == (4, 5)
    np.testing.assert_allclose(predicted, PREDICTIONS, rtol=1e-15)


def test_a_prediction_is_the_dot_product_and_not_a_product_of_sums():
    user = np.array([[1.0, 2.0]])
    item = np.array([[3.0, 4.0]])
    assert predict_ratings(user, item).item() == 11  # (1 + 2)(3 + 4) would be 21
    assert predict_ratings(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])).item() == 0


def test_two_by_four_factors_give_two_by_two_ratings():
    user_factors = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    item_factors = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    predicted = predict_ratings(user_factors, item_factors)
    np.testing.assert_allclose(predicted, [[0.30, 0.70], [0.70, 1.74]], rtol=1e-14)


@pytest.mark.parametrize(
    ("user_shape", "item_shape"), [((2, 4), (4, 2)), ((4,), (3, 4)), ((3, 4), (4,)), ((4,), (4,))]
)
def test_factors_that_are_not_tables_of_one_embedding_dim_are_refused(user_shape, item_shape):
    message = re.escape(
        f"user_factors {user_shape} and item_factors {item_shape} must be (n_users, embedding_dim) "
        "and (n_items, embedding_dim) with the same embedding_dim; did you transpose one of them?"
    )
    factors = np.ones(user_shape), np.ones(item_shape)
    with pytest.raises(ValueError, match=f"^{message}$"):
        predict_ratings(*factors)
    with pytest.raises(ValueError, match=f"^{message}$"):
        predict_pairs(np.array([0]), np.array([0]), *factors)


def test_predict_pairs_is_row_wise():
    predicted = predict_pairs(USERS, ITEMS, USER_FACTORS, ITEM_FACTORS)
    assert predicted.shape == (13,)
    np.testing.assert_allclose(predicted, PREDICTIONS[OBSERVED], rtol=1e-15)


def test_observed_loss_is_the_sum_over_the_observed_cells():
    value, (user_gradient, item_gradient) = observed_loss()
    assert value == pytest.approx(169 / 4, rel=1e-14)
    assert isinstance(value, float)
    assert user_gradient.shape == (4, 2)
    assert item_gradient.shape == (5, 2)


def test_l2_adds_both_squared_norms():
    value, _ = observed_loss(l2=0.1)
    assert value == pytest.approx(45.3, rel=1e-14)  # 42.25 + 0.1 (9/2 + 26)


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_observed_gradients_of_the_running_example(l2):
    _, (user_gradient, item_gradient) = observed_loss(l2=l2)
    np.testing.assert_allclose(user_gradient, USER_GRADIENT[l2], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(item_gradient, ITEM_GRADIENT[l2], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_observed_gradients_match_finite_differences(seed):
    users, items, ratings, user_factors, item_factors = random_problem(seed)
    cells = (users, items, ratings)
    _, gradients = observed_squared_error(*cells, user_factors, item_factors, l2=0.3)
    numeric_user = numeric_gradient(
        lambda factors: observed_squared_error(*cells, factors, item_factors, l2=0.3)[0],
        user_factors,
    )
    numeric_item = numeric_gradient(
        lambda factors: observed_squared_error(*cells, user_factors, factors, l2=0.3)[0],
        item_factors,
    )
    # 1e-16 · loss (≈ 500) / step 1e-4 leaves about 1e-9 of rounding
    np.testing.assert_allclose(gradients[0], numeric_user, atol=1e-7)
    np.testing.assert_allclose(gradients[1], numeric_item, atol=1e-7)


def test_the_order_of_the_observed_cells_does_not_matter():
    order = np.random.default_rng(0).permutation(13)
    value, gradients = observed_loss(
        users=USERS[order], items=ITEMS[order], ratings=RATINGS[order], l2=0.1
    )
    assert value == pytest.approx(45.3, rel=1e-14)
    np.testing.assert_allclose(gradients[0], USER_GRADIENT[0.1], rtol=1e-13, atol=1e-13)


def test_a_user_and_an_item_without_ratings_feel_only_the_regularisation():
    user_factors = np.vstack([USER_FACTORS, [7.0, -3.0]])
    item_factors = np.vstack([ITEM_FACTORS, [2.0, 5.0]])
    value, gradients = observed_loss(user_factors=user_factors, item_factors=item_factors, l2=0.1)
    assert value == pytest.approx(45.3 + 0.1 * (58 + 29), rel=1e-14)
    np.testing.assert_allclose(gradients[0][4], [1.4, -0.6], rtol=1e-14)  # 2λu
    np.testing.assert_allclose(gradients[1][5], [0.4, 1.0], rtol=1e-14)


def test_only_regularisation_fixes_the_scale_of_the_factors():
    mixing = np.array([[2.0, 1.0], [0.0, 0.5]])
    user_factors = USER_FACTORS @ mixing
    item_factors = ITEM_FACTORS @ np.linalg.inv(mixing).T
    moved = {"user_factors": user_factors, "item_factors": item_factors}
    assert observed_loss(**moved)[0] == pytest.approx(42.25, rel=1e-12)
    assert abs(observed_loss(**moved, l2=0.1)[0] - 45.3) > 0.1


def test_inputs_stay_as_they_were():
    user_factors, item_factors = USER_FACTORS.copy(), ITEM_FACTORS.copy()
    observed_loss(user_factors=user_factors, item_factors=item_factors, l2=0.1)
    np.testing.assert_array_equal(user_factors, USER_FACTORS)
    np.testing.assert_array_equal(item_factors, ITEM_FACTORS)


def test_fitting_the_zeros_is_another_loss_with_other_gradients():
    value, gradients = dense_squared_error(FILLED, USER_FACTORS, ITEM_FACTORS)
    assert value == pytest.approx(121 / 2, rel=1e-14)  # 169/4 on the observed cells, 73/4 beside
    assert isinstance(value, float)
    np.testing.assert_allclose(gradients[0], DENSE_USER_GRADIENT, rtol=1e-13)
    np.testing.assert_allclose(gradients[1], DENSE_ITEM_GRADIENT, rtol=1e-13)


def test_means_over_different_cells_are_not_comparable():
    dense, _ = dense_squared_error(FILLED, USER_FACTORS, ITEM_FACTORS)
    observed, _ = observed_loss()
    assert dense / 20 == pytest.approx(3.025, rel=1e-14)  # the larger sum has the smaller mean
    assert observed / 13 == pytest.approx(3.25, rel=1e-14)


def test_the_dense_loss_adds_the_regularisation_once():
    value, gradients = dense_squared_error(FILLED, USER_FACTORS, ITEM_FACTORS, 0.1)
    assert value == pytest.approx(60.5 + 3.05, rel=1e-14)
    np.testing.assert_allclose(gradients[0][0], [-5.8, 13.1], rtol=1e-13)  # (−6, 13) + 2λu₁
    np.testing.assert_allclose(gradients[1][0], [-7.6, 1.7], rtol=1e-13)  # (−8, 1.5) + 2λv₁


def test_the_dense_loss_is_the_weighted_one_with_weights_of_one():
    rng = np.random.default_rng(6)
    ratings, users, items = (
        rng.normal(size=(5, 7)),
        rng.normal(size=(5, 3)),
        rng.normal(size=(7, 3)),
    )
    dense = dense_squared_error(ratings, users, items, l2=0.2)
    weighted = weighted_squared_error(ratings, np.ones((5, 7)), users, items, l2=0.2)
    assert dense[0] == weighted[0]
    for one, other in zip(dense[1], weighted[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_best_dense_fit_is_the_truncated_singular_value_decomposition():
    left, sizes, right = np.linalg.svd(FILLED)
    roots = np.sqrt(sizes[:2])
    value, gradients = dense_squared_error(FILLED, left[:, :2] * roots, right[:2].T * roots)
    assert value == pytest.approx((sizes[2:] ** 2).sum(), rel=1e-12)
    for gradient in gradients:
        np.testing.assert_allclose(gradient, 0, atol=1e-12)


def test_a_small_weight_on_the_zeros():
    weights = np.where(OBSERVED, 1.0, 0.1)
    value, _ = weighted_squared_error(FILLED, weights, USER_FACTORS, ITEM_FACTORS)
    assert value == pytest.approx(1763 / 40, rel=1e-14)  # 169/4 + 0.1 · 73/4


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_the_mask_as_weights_gives_the_observed_loss(l2):
    value, gradients = weighted_squared_error(
        FILLED, OBSERVED.astype(float), USER_FACTORS, ITEM_FACTORS, l2=l2
    )
    assert value == pytest.approx(42.25 + l2 * 30.5, rel=1e-14)
    np.testing.assert_allclose(gradients[0], USER_GRADIENT[l2], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(gradients[1], ITEM_GRADIENT[l2], rtol=1e-13, atol=1e-13)


def test_what_stands_in_an_unobserved_cell_does_not_move_the_loss():
    filled = np.where(OBSERVED, TABLE, 1e3)
    value, gradients = weighted_squared_error(
        filled, OBSERVED.astype(float), USER_FACTORS, ITEM_FACTORS
    )
    assert value == pytest.approx(42.25, rel=1e-14)
    np.testing.assert_allclose(gradients[0], USER_GRADIENT[0.0], atol=1e-12)


def test_observed_and_dense_agree_when_every_cell_is_observed():
    users, items = np.divmod(np.arange(20), 5)
    value, gradients = observed_loss(users=users, items=items, ratings=FILLED.ravel())
    assert value == pytest.approx(60.5, rel=1e-14)
    np.testing.assert_allclose(gradients[0], DENSE_USER_GRADIENT, rtol=1e-13)
    np.testing.assert_allclose(gradients[1], DENSE_ITEM_GRADIENT, rtol=1e-13)


def test_weighted_gradients_match_finite_differences():
    rng = np.random.default_rng(3)
    ratings, weights = rng.normal(size=(5, 7)), rng.random((5, 7))
    user_factors, item_factors = rng.normal(size=(5, 3)), rng.normal(size=(7, 3))
    _, gradients = weighted_squared_error(ratings, weights, user_factors, item_factors, l2=0.2)
    numeric_user = numeric_gradient(
        lambda factors: weighted_squared_error(ratings, weights, factors, item_factors, l2=0.2)[0],
        user_factors,
    )
    numeric_item = numeric_gradient(
        lambda factors: weighted_squared_error(ratings, weights, user_factors, factors, l2=0.2)[0],
        item_factors,
    )
    np.testing.assert_allclose(gradients[0], numeric_user, atol=1e-7)
    np.testing.assert_allclose(gradients[1], numeric_item, atol=1e-7)


def test_squared_error_of_the_mean_and_of_the_damped_biases():
    cells = (USERS, ITEMS, RATINGS)
    no_factors = (NO_USER_FACTORS, NO_ITEM_FACTORS)
    mean_only, _ = biased_squared_error(
        *cells, MEAN, np.zeros(4), np.zeros(5), *no_factors, 0.0, 0.0
    )
    biases, _ = biased_squared_error(*cells, MEAN, USER_BIASES, ITEM_BIASES, *no_factors, 0.0, 0.0)
    assert mean_only == pytest.approx(42, rel=1e-14)
    assert biases == pytest.approx(96233 / 3200, rel=1e-14)


def test_regularisation_of_the_biases_with_one_and_with_many_strengths():
    arguments = (USERS, ITEMS, RATINGS, MEAN, USER_BIASES, ITEM_BIASES)
    no_factors = (NO_USER_FACTORS, NO_ITEM_FACTORS)
    one, _ = biased_squared_error(*arguments, *no_factors, 1.0, 1.0)
    many, _ = biased_squared_error(
        *arguments, *no_factors, np.arange(1.0, 5.0), np.arange(1.0, 6.0)
    )
    assert one == pytest.approx(30.0728125 + 1.1584375 + 1.625, rel=1e-14)
    assert many == pytest.approx(30.0728125 + 3.2565625 + 4.1875, rel=1e-14)


def test_bias_gradients_at_the_mean():
    _, gradients = biased_squared_error(
        USERS, ITEMS, RATINGS, MEAN, np.zeros(4), np.zeros(5), NO_USER_FACTORS, NO_ITEM_FACTORS,
        0.0, 0.0,
    )  # fmt: skip
    np.testing.assert_allclose(gradients[0], [0, 6, 0, -6], atol=1e-14)  # −2 Σ (r − 3), rows
    np.testing.assert_allclose(gradients[1], [-2, 6, -4, 0, 0], atol=1e-14)  # and columns


def test_without_biases_the_biased_loss_is_the_observed_loss():
    value, gradients = biased_squared_error(
        USERS, ITEMS, RATINGS, 0.0, np.zeros(4), np.zeros(5), USER_FACTORS, ITEM_FACTORS, 0.1, 0.1
    )
    assert value == pytest.approx(45.3, rel=1e-14)
    np.testing.assert_allclose(gradients[2], USER_GRADIENT[0.1], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(gradients[3], ITEM_GRADIENT[0.1], rtol=1e-13, atol=1e-13)


def test_there_is_no_regularisation_unless_asked_for():
    value, _ = biased_loss(user_factors=NO_USER_FACTORS, item_factors=NO_ITEM_FACTORS)
    assert value == pytest.approx(96233 / 3200, rel=1e-14)
    assert observed_loss()[0] == pytest.approx(42.25, rel=1e-14)
    weights = OBSERVED.astype(float)
    value, _ = weighted_squared_error(FILLED, weights, USER_FACTORS, ITEM_FACTORS)
    assert value == pytest.approx(42.25, rel=1e-14)


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_biased_gradients_match_finite_differences(position):
    users, items, ratings, user_factors, item_factors = random_problem(4)
    rng = np.random.default_rng(5)
    point = [rng.normal(size=6), rng.normal(size=9), user_factors, item_factors]
    user_l2, item_l2 = rng.random(6), rng.random(9)

    def loss(parameters: list[np.ndarray]):
        return biased_squared_error(users, items, ratings, 3.2, *parameters, user_l2, item_l2)

    def along(parameter: np.ndarray) -> float:
        return loss([*point[:position], parameter, *point[position + 1 :]])[0]

    np.testing.assert_allclose(
        loss(point)[1][position], numeric_gradient(along, point[position]), atol=1e-7
    )


def test_a_cell_rated_twice_counts_twice():
    twice = {"users": np.array([0, 0]), "items": np.array([0, 0]), "ratings": np.array([5.0, 4.0])}
    value, gradients = observed_loss(**twice)
    assert value == 2.5**2 + 1.5**2
    np.testing.assert_allclose(gradients[0][0], [-16, -8], rtol=1e-14)  # −2 (2.5 + 1.5) (2, 1)
    np.testing.assert_allclose(gradients[1][0], [-8, -4], rtol=1e-14)  # −2 (2.5 + 1.5) (1, ½)
    _, gradients = biased_loss(**twice, mean=0.0, user_biases=np.zeros(4), item_biases=np.zeros(5))
    np.testing.assert_allclose(gradients[0], [-8, 0, 0, 0], rtol=1e-14)
    np.testing.assert_allclose(gradients[1], [-8, 0, 0, 0, 0], rtol=1e-14)
    np.testing.assert_allclose(gradients[2][0], [-16, -8], rtol=1e-14)


def test_without_cells_only_the_regularisation_is_left():
    nothing = np.empty(0, dtype=np.intp)
    value, gradients = observed_loss(users=nothing, items=nothing, ratings=np.empty(0), l2=0.1)
    assert value == pytest.approx(3.05, rel=1e-14)
    np.testing.assert_allclose(gradients[0], 0.2 * USER_FACTORS, rtol=1e-14)
    np.testing.assert_allclose(gradients[1], 0.2 * ITEM_FACTORS, rtol=1e-14)


def test_single_precision_stays_single():
    factors = USER_FACTORS.astype(np.float32), ITEM_FACTORS.astype(np.float32)
    _, observed = observed_squared_error(USERS, ITEMS, RATINGS.astype(np.float32), *factors, 0.1)
    _, dense = dense_squared_error(FILLED.astype(np.float32), *factors, 0.1)
    assert {gradient.dtype for gradient in (*observed, *dense)} == {np.dtype(np.float32)}
    np.testing.assert_allclose(observed[0], USER_GRADIENT[0.1], rtol=1e-5, atol=1e-5)


def test_frequency_l2_worked_by_hand():
    counts = np.array([3, 3, 4, 3])
    np.testing.assert_allclose(frequency_l2(counts, 0.5, 0.0), [0.5, 0.5, 0.5, 0.5], rtol=1e-14)
    np.testing.assert_allclose(frequency_l2(counts, 1.0, 1.0), [3, 3, 4, 3], rtol=1e-14)  # ALS-WR
    np.testing.assert_allclose(frequency_l2(np.array([32, 243]), 2.0, 0.4), [8, 18], rtol=1e-14)


@pytest.mark.parametrize("exponent", [0.0, 0.4, 1.0])
def test_a_row_without_ratings_is_held_as_if_it_had_one(exponent):
    strengths = frequency_l2(np.array([0, 1]), 0.5, exponent)
    np.testing.assert_allclose(strengths, [0.5, 0.5], rtol=1e-14)
    assert frequency_l2(np.array([0.25]), 0.5, exponent).tolist() == [0.5]  # a sum of weights


@given(
    counts=st.lists(st.integers(0, 10_000), min_size=2, max_size=2).map(sorted),
    l2=st.floats(0, 100),
    exponent=st.floats(0, 1),
)
@settings(deadline=None)
def test_frequency_l2_lies_between_one_strength_and_one_for_each_rating(counts, l2, exponent):
    less, more = frequency_l2(np.array(counts), l2, exponent).tolist()
    assert less <= more
    assert l2 <= less
    assert more <= l2 * max(counts[1], 1) * (1 + 1e-12)  # rounding


def test_weighted_lambda_is_one_lambda_for_each_rating():
    """ρ = 1: Σ_Ω e² + λ Σ_i n_i ‖u_i‖² + … is Σ_Ω (e² + λ‖u_i‖² + λ‖v_j‖²)."""
    user_l2 = frequency_l2(np.bincount(USERS), 0.1, 1.0)
    item_l2 = frequency_l2(np.bincount(ITEMS), 0.1, 1.0)
    no_biases = {"mean": 0.0, "user_biases": np.zeros(4), "item_biases": np.zeros(5)}
    value, _ = biased_loss(**no_biases, user_l2=user_l2, item_l2=item_l2)
    # 42.25 + 0.1 (3·1.25 + 3·1 + 4·1.25 + 3·1) + 0.1 (3·5 + 3·2 + 1·5 + 4·10 + 2·4)
    assert value == pytest.approx(42.25 + 1.475 + 7.4, rel=1e-14)


@pytest.mark.parametrize("count", [-1.0, np.nan, np.inf])
def test_a_count_that_counts_nothing_is_refused(count):
    with pytest.raises(
        ValueError,
        match=rf"^counts\[1\] is {count}; a row has a finite number of ratings, 0 or more$",
    ):
        frequency_l2(np.array([2.0, count]), 0.1, 1.0)


@pytest.mark.parametrize("number", [-0.1, np.nan, np.inf])
def test_negative_strengths_and_exponents_are_refused(number):
    with pytest.raises(
        ValueError, match=rf"^l2 is {number}; regularisation is a finite number of 0 or more$"
    ):
        frequency_l2(np.array([1]), number, 1.0)
    with pytest.raises(
        ValueError,
        match=rf"^exponent is {number}; give 0 \(all rows alike\) or more, and no infinity$",
    ):
        frequency_l2(np.array([1]), 0.1, number)
    assert frequency_l2(np.array([1]), 0.0, 1.0).tolist() == [0.0]


@pytest.mark.parametrize("call", [observed_loss, biased_loss])
@pytest.mark.parametrize("short", ["users", "items", "ratings"])
def test_columns_of_different_length_are_refused(call, short):
    columns = {"users": USERS, "items": ITEMS, "ratings": RATINGS}
    columns[short] = columns[short][:-1]
    shapes = ", ".join(f"{name} {column.shape}" for name, column in columns.items())
    message = re.escape(f"{shapes} must be parallel arrays of one length; check the lengths")
    with pytest.raises(ValueError, match=f"^{message}$"):
        call(**columns)


def test_pairs_of_different_length_and_tables_of_pairs_are_refused():
    message = (
        r"^users \(13,\), items \(12,\) must be parallel arrays of one length; check the lengths$"
    )
    with pytest.raises(ValueError, match=message):
        predict_pairs(USERS, ITEMS[:-1], USER_FACTORS, ITEM_FACTORS)
    with pytest.raises(ValueError, match=r"^users \(13, 1\), items \(13, 1\) must be parallel"):
        predict_pairs(USERS[:, None], ITEMS[:, None], USER_FACTORS, ITEM_FACTORS)


@pytest.mark.parametrize("call", [observed_loss, biased_loss])
@pytest.mark.parametrize(("name", "last"), [("users", 3), ("items", 4)])
@pytest.mark.parametrize("beyond", [-1, 1])
def test_an_index_without_a_row_is_refused(call, name, last, beyond):
    indices = {"users": USERS, "items": ITEMS}[name].copy()
    indices[2] = wrong = -1 if beyond < 0 else last + 1  # −1 is not the last row
    message = rf"^{name}\[2\] is {wrong}; an index of {name} counts from 0 to {last}$"
    with pytest.raises(ValueError, match=message):
        call(**{name: indices})


@pytest.mark.parametrize("call", [observed_loss, biased_loss])
@pytest.mark.parametrize("rating", [np.nan, np.inf])
def test_a_rating_that_is_not_a_number_is_named_by_its_row(call, rating):
    ratings = RATINGS.copy()
    ratings[[5, 9]] = rating
    message = rf"^ratings\[5\] is {rating}; leave out what nobody has rated$"
    with pytest.raises(ValueError, match=message):
        call(ratings=ratings)


def test_a_rating_that_is_not_a_number_is_refused_where_its_weight_is_zero_too():
    message = (
        r"^ratings\[0, 2\] is nan; put 0 where there is no rating \(not even a weight of 0 hides"
    )
    with pytest.raises(ValueError, match=message):
        weighted_squared_error(TABLE, OBSERVED.astype(float), USER_FACTORS, ITEM_FACTORS)
    with pytest.raises(ValueError, match=message):
        dense_squared_error(TABLE, USER_FACTORS, ITEM_FACTORS)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_negative_weight_is_refused(weight):
    weights = np.ones((4, 5))
    weights[3, 1] = weight
    message = rf"^weights\[3, 1\] is {weight}; give each cell a finite weight of 0 or more$"
    with pytest.raises(ValueError, match=message):
        weighted_squared_error(FILLED, weights, USER_FACTORS, ITEM_FACTORS)


@pytest.mark.parametrize("l2", [-0.1, np.nan, np.inf])
def test_a_negative_regularisation_is_refused(l2):
    message = rf" is {l2}; regularisation is a finite number of 0 or more$"
    factors = USER_FACTORS, ITEM_FACTORS
    with pytest.raises(ValueError, match=f"^l2{message}"):
        observed_loss(l2=l2)
    with pytest.raises(ValueError, match=f"^l2{message}"):
        weighted_squared_error(FILLED, np.ones((4, 5)), *factors, l2)
    with pytest.raises(ValueError, match=f"^l2{message}"):
        dense_squared_error(FILLED, *factors, l2)
    for name, n_rows in (("user_l2", 4), ("item_l2", 5)):
        with pytest.raises(ValueError, match=f"^{name}{message}"):
            biased_loss(**{name: l2})
        strengths = np.ones(n_rows)
        strengths[1] = l2
        with pytest.raises(ValueError, match=rf"^{name}\[1\]{message}"):
            biased_loss(**{name: strengths})


@pytest.mark.parametrize(("side", "n_rows"), [("user", 4), ("item", 5)])
def test_biases_and_strengths_need_one_number_for_each_row(side, n_rows):
    for name, wrong, shapes in (
        ("biases", np.ones(n_rows + 1), rf"biases \({n_rows + 1},\) and {side}_l2 \(\)"),
        ("l2", np.ones(n_rows - 1), rf"biases \({n_rows},\) and {side}_l2 \({n_rows - 1},\)"),
        ("l2", np.ones(1), rf"biases \({n_rows},\) and {side}_l2 \(1,\)"),
    ):
        tail = rf" must have one number for each of the {n_rows} rows of {side}_factors; a single "
        with pytest.raises(ValueError, match=f"^{side}_{shapes}{tail}{side}_l2 may serve all$"):
            biased_loss(**{f"{side}_{name}": wrong})


@pytest.mark.parametrize(("shape", "weights_shape"), [((4, 5), (5, 4)), ((4, 4), (4, 4))])
def test_tables_of_different_shapes_are_refused(shape, weights_shape):
    message = re.escape(
        f"ratings {shape} and weights {weights_shape} must have the shape of U Vᵀ, (4, 5); give "
        "one row a user and one column an item"
    )
    ratings, weights = np.ones(shape), np.ones(weights_shape)
    with pytest.raises(ValueError, match=f"^{message}$"):
        weighted_squared_error(ratings, weights, USER_FACTORS, ITEM_FACTORS)

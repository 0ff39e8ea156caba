"""Numbers that lessons print and no other test of a formula holds, worked by hand.

The right ones, and what common misreadings of the same formulas give instead.
"""

import numpy as np
import pytest
from scipy import sparse, stats
from sklearn.metrics import ndcg_score

from recsys_course.formulas.losses import biased_squared_error, predict_pairs, predict_ratings
from recsys_course.formulas.metrics import mae, ndcg_at_k, rmse
from recsys_course.formulas.neighbors import (
    centred_rows,
    predict_from_neighbors,
    similarity_matrix,
)
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


@pytest.mark.parametrize(
    ("n_common", "shrunk", "capped", "one_less"),
    [
        (1, 1 / 11, 0.02, 0),
        (2, 1 / 6, 0.04, 1 / 11),
        (3, 3 / 13, 0.06, 1 / 6),
        (10, 1 / 2, 0.2, 9 / 19),
        (50, 5 / 6, 1, 49 / 59),
    ],
)
def test_shrinkage_is_one_of_three_that_are_called_so(n_common, shrunk, capped, one_less):
    twins = sparse.csr_array(np.full((2, n_common), 3.0))  # of similarity 1
    found = similarity_matrix(twins, shrinkage=10).toarray()[0, 1]
    assert found == pytest.approx(shrunk, rel=1e-12)
    assert min(n_common, 50) / 50 == capped  # Herlocker and others (1999), γ = 50
    assert (n_common - 1) / (n_common - 1 + 10) == one_less  # as if one common item were none


def test_a_neighbourhood_prediction_and_its_misreadings():
    deviations = centred_rows(sparse.csr_array(TABLE))
    similarities = similarity_matrix(deviations).toarray()
    moved = predict_from_neighbors(sparse.csr_array(similarities), deviations)
    assert moved[0, 4] == pytest.approx(-1.449490, abs=5e-7)
    weights = similarities[0, [1, 2]]  # of those who rated item 5
    np.testing.assert_allclose(weights, [0.866025, -0.707107], atol=5e-7)
    pulled = weights @ deviations.toarray()[[1, 2], 4]
    assert pulled == pytest.approx(-2.280239, abs=5e-7)
    assert np.abs(weights).sum() == pytest.approx(1.573132, abs=5e-7)
    assert 3 + pulled / weights.sum() == pytest.approx(-11.348469, abs=5e-6)
    # deviations from the items' means, and no denominator
    from_items = TABLE - [10 / 3, 2, 5, 3, 3]
    for user, item, mean, misread in ((0, 4, 3, -0.146264), (1, 1, 2, 3.682522)):
        raters = TABLE[:, item] > 0
        wrong = mean + similarities[user, raters] @ from_items[raters, item]
        assert wrong == pytest.approx(misread, abs=5e-7)


def test_discounted_gains_with_and_without_grades():
    ranked, relevant = np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}]
    discounts = 1 / np.log2(np.arange(2, 7))
    gain, ideal = discounts[[0, 3]].sum(), discounts[:3].sum()
    assert gain == pytest.approx(1.430677, abs=5e-7)
    assert ideal == pytest.approx(2.130930, abs=5e-7)
    assert ndcg_at_k(ranked, relevant, 5)[0] == pytest.approx(gain / ideal, rel=1e-12)
    # items 0, 3 and 5 of grades 3, 1 and 2: this course's metrics know no grades
    grades, scores = np.zeros((1, 10)), -np.arange(10.0)[None]
    grades[0, [0, 3, 5]] = 3, 1, 2
    for gains, of_list, best, expected in (
        (grades, 3.430677, 4.761860, 0.720449),
        (2**grades - 1, 7.430677, 9.392789, 0.791104),
    ):
        assert gains[0, :5] @ discounts == pytest.approx(of_list, abs=5e-7)
        assert np.sort(gains[0])[:-6:-1] @ discounts == pytest.approx(best, abs=5e-7)
        assert ndcg_score(gains, scores, k=5) == pytest.approx(expected, abs=5e-7)


def test_sampled_negatives_by_chance_and_in_closed_form():
    """Rank 30 of 1000 is among ten of a hundred: nearly always."""
    exact = stats.hypergeom.cdf(9, 999, 29, 99)
    assert exact == pytest.approx(0.99976, abs=5e-6)
    above = np.random.default_rng(0).hypergeometric(29, 999 - 29, 99, size=200_000)
    drawn = np.mean(above < 10)
    assert drawn == pytest.approx(0.99978, abs=2e-5)
    assert drawn == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 200_000) ** 0.5)


@pytest.mark.parametrize(
    ("listed", "expected"), [(1.0, 1.133982), (0.9, 0.149280), (0.8, 0.027547), (0.7, 0.0)]
)
def test_calibration_is_the_divergence_of_the_list_from_the_taste(listed, expected):
    """KL(p‖q̃) with q̃ = 0.99 q + 0.01 p, natural logarithm (Steck, 2018)."""
    taste, shown = np.array([0.7, 0.3]), np.array([listed, 1 - listed])
    divergence = stats.entropy(taste, 0.99 * shown + 0.01 * taste)
    assert divergence == pytest.approx(expected, abs=5e-7)

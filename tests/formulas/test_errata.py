"""What is commonly misprinted about matrix factorisation, each turned into what is right.

The numbers A1, A4, … are those of the list of errata that the course started from. Those that are
not here are asserted beside the function that they are about.
"""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.formulas.losses import (
    dense_squared_error,
    observed_squared_error,
    predict_pairs,
    predict_ratings,
)
from recsys_course.formulas.optimizers import adam_step
from recsys_course.formulas.updates import als_sweep

FIRST_CELL = np.array([0]), np.array([0])


def choices(rng, n_users, n_items, density):
    return (rng.random((n_users, n_items)) < density).astype(float)


def uniform_factors(rng, n_users, n_items, embedding_dim):
    """U(0, 1) without the luck: each factor takes the middles of n equal steps, once each."""
    return [
        (np.column_stack([rng.permutation(n) for _ in range(embedding_dim)]) + 0.5) / n
        for n in (n_users, n_items)
    ]


def best_fit(table, embedding_dim):
    """The factors of the smallest dense loss that there is, by singular values."""
    left, sizes, right = np.linalg.svd(table, full_matrices=False)
    roots = np.sqrt(sizes[:embedding_dim])
    return left[:, :embedding_dim] * roots, right[:embedding_dim].T * roots


def test_a_user_with_fewer_ratings_than_factors_needs_regularisation():
    """A4: one rating, two factors: a whole line of vectors fits, with λ there is one."""
    item_vector, rating = np.array([[2.0, 1.0]]), np.array([5.0])
    fits = [np.array([[2.0, 1.0]]), np.array([[2.5, 0.0]]), np.array([[0.0, 5.0]])]
    losses = [observed_squared_error(*FIRST_CELL, rating, user, item_vector)[0] for user in fits]
    assert losses == [0, 0, 0]
    held = [observed_squared_error(*FIRST_CELL, rating, u, item_vector, 0.1)[0] for u in fits]
    # 0.1 (‖u‖² + 5), the same for none of them
    np.testing.assert_allclose(held, [1.0, 1.125, 3.0], rtol=1e-12)


def test_a_prediction_is_an_entry_of_its_table_and_vectors_are_free_parameters():
    """A5: u = (1, 2) and v = (3, 4) predict 11; a user is a vector, not that number."""
    user_factors, item_factors = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[3.0, 4.0]])
    predicted = predict_ratings(user_factors, item_factors)
    np.testing.assert_array_equal(predicted, [[11], [4]])
    _, (by_user, by_item) = dense_squared_error(np.zeros((2, 1)), user_factors, item_factors)
    assert by_user.shape == (2, 2)  # one slope for each number of each vector
    assert by_item.shape == (1, 2)


def test_one_number_a_user_cannot_hold_opposite_tastes():
    """A7: with embedding_dim = 1 the table has rank 1: [[5, 1], [1, 5]] keeps an error of 16."""
    ratings = sparse.csr_array(np.array([[5.0, 1.0], [1.0, 5.0]]))
    left_over = []
    for embedding_dim in (1, 2):
        item_factors = np.array([[1.0, 0.2], [0.9, -0.3]])[:, :embedding_dim]
        for _ in range(200):
            user_factors = als_sweep(ratings, item_factors, 1e-12)
            item_factors = als_sweep(ratings.T.tocsr(), user_factors, 1e-12)
        predicted = predict_ratings(user_factors, item_factors)
        assert np.linalg.matrix_rank(predicted, tol=1e-6) == embedding_dim
        left_over.append(dense_squared_error(ratings.toarray(), user_factors, item_factors)[0])
    # the singular values are 6 and 4
    np.testing.assert_allclose(left_over, [16, 0], atol=1e-6)


def test_one_number_a_user_gives_everybody_the_same_order():
    """A7: r̂_ij = a_i b_j with a_i > 0 ranks the items alike for all users."""
    rng = np.random.default_rng(0)
    predicted = predict_ratings(rng.random((6, 1)) + 0.1, rng.normal(size=(9, 1)))
    assert len({tuple(order) for order in np.argsort(predicted, axis=1).tolist()}) == 1
    predicted = predict_ratings(rng.random((6, 2)) + 0.1, rng.normal(size=(9, 2)))
    assert len({tuple(order) for order in np.argsort(predicted, axis=1).tolist()}) > 1


def test_two_rows_of_factors_know_no_fifth_item():
    """A9: two users and two items; item 5, index 4, is not among them."""
    factors = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
    with pytest.raises(
        ValueError, match=r"^items\[0\] is 4; an index of items counts from 0 to 1$"
    ):
        predict_pairs(np.array([0]), np.array([4]), factors, factors)
    assert predict_pairs(np.array([0]), np.array([1]), factors, factors).item() == pytest.approx(
        0.7
    )


@pytest.mark.parametrize(("density", "expected"), [(0.01, 6.696), (0.1, 6.336), (0.5, 4.736)])
def test_the_first_loss_is_the_one_that_the_start_implies(density, expected):
    """A20: with ten factors U(0, 1), u·v has mean 5/2 and variance 35/72.

    So the mean squared error starts at 485/72 − 4p on choices of density p; 0.4885 cannot be.
    """
    rng = np.random.default_rng(20)
    table, factors = choices(rng, 300, 800, density), uniform_factors(rng, 300, 800, 10)
    predicted = predict_ratings(*factors)
    assert predicted.mean() == pytest.approx(5 / 2, rel=1e-12)
    # The factors' correlations in the sample, 1/√300 each, add up to a few hundredths
    assert predicted.var() == pytest.approx(35 / 72, abs=0.05)
    value, _ = dense_squared_error(table, *factors)
    assert value / table.size == pytest.approx(485 / 72 - 4 * table.mean(), rel=0.01)
    assert value / table.size == pytest.approx(expected, rel=0.012)  # p itself is off a little


def test_zero_everywhere_scores_the_density_and_a_constant_somewhat_less():
    """A21: on choices of density p, 0 has the mean squared error p and p itself p(1 − p)."""
    table = np.zeros((20, 30))
    table.flat[:60] = 1  # p = 1/10
    for constant, expected in ((0.0, 0.1), (0.1, 0.09), (0.5, 0.25)):
        factors = np.full((20, 1), constant), np.ones((30, 1))
        value, _ = dense_squared_error(table, *factors)
        assert value / table.size == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_best_fit_of_noise_removes_no_more_than_its_share(seed):
    """A21: d factors take at most about d(√n + √m)² / (nm) of the variance of pure noise."""
    n_users, n_items, embedding_dim, density = 60, 200, 5, 0.1
    table = choices(np.random.default_rng(seed), n_users, n_items, density) - density
    factors = best_fit(table, embedding_dim)
    left_over, gradient = dense_squared_error(table, *factors)
    np.testing.assert_allclose(gradient[0], 0, atol=1e-9)  # it is the best
    removed = 1 - left_over / (table**2).sum()
    bound = embedding_dim * (n_users**0.5 + n_items**0.5) ** 2 / (n_users * n_items)
    assert 0.8 * bound < removed < bound


def test_a_falling_loss_is_not_learning():
    """A21: on choices at random the loss falls to a hundredth, and ends no better than 0 does."""
    rng = np.random.default_rng(21)
    density = 0.02
    table = choices(rng, 60, 200, density)
    state = [[factors, np.zeros_like(factors), np.zeros_like(factors)] for factors in
             uniform_factors(rng, 60, 200, 4)]  # fmt: skip
    losses = []
    for step in range(1, 301):
        value, gradient = dense_squared_error(table, state[0][0], state[1][0])
        losses.append(value / table.size)
        for n, slope in enumerate(gradient):
            state[n] = list(adam_step(*state[n], slope / table.size, step, learning_rate=0.03))
    floor, _ = dense_squared_error(table, *best_fit(table, 4))
    zero = table.mean()
    assert losses[-1] < losses[0] / 50
    assert floor / table.size <= losses[-1] < zero  # of the little that is left, noise is all
    fresh = choices(rng, 60, 200, density)  # the same users and items on another day
    again, _ = dense_squared_error(fresh, state[0][0], state[1][0])
    assert again / table.size > fresh.mean() * (1 - density)  # a constant does better


@pytest.mark.parametrize(("choice", "squared", "times"), [(1.0, 0.1229, 27), (0.0, 0.4219, 94)])
def test_one_prediction_close_to_a_half_is_close_to_no_choice(choice, squared, times):
    """A22: 0.6495 is off by 0.35 at least, 27 or 94 times a mean squared error of 0.0045."""
    value, _ = observed_squared_error(
        *FIRST_CELL, np.array([choice]), np.array([[0.6495]]), np.array([[1.0]])
    )
    assert value == pytest.approx(squared, abs=5e-5)
    assert round(value / 0.0045) == times

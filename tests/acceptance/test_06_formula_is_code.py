"""Property 6: gradients match finite differences, empty cells count for nothing, slow = fast."""

from typing import NamedTuple

import numpy as np
import pytest

from recsys_course.formulas import losses
from recsys_course.formulas.updates import als_sweep, als_user_update, sgd_step

N_USERS, N_ITEMS, DIM = 5, 7, 3


class Problem(NamedTuple):
    """A table with gaps, and parameters of every kind."""

    table: np.ndarray
    observed: np.ndarray
    weights: np.ndarray
    parameters: dict[str, np.ndarray]
    user_l2: np.ndarray
    item_l2: np.ndarray

    @property
    def cells(self):
        users, items = np.nonzero(self.observed)
        return users, items, self.table[users, items]

    @property
    def filled(self):
        return np.where(self.observed, self.table, 0)


def problem_of(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    observed = rng.random((N_USERS, N_ITEMS)) < 0.5
    observed[0] = False  # somebody without ratings
    return Problem(
        rng.integers(1, 11, size=observed.shape) / 2,
        observed,
        np.where(observed, 1 + rng.random(observed.shape), 0),
        {
            "user_biases": rng.normal(size=N_USERS),
            "item_biases": rng.normal(size=N_ITEMS),
            "user_factors": rng.normal(size=(N_USERS, DIM)),
            "item_factors": rng.normal(size=(N_ITEMS, DIM)),
        },
        rng.random(N_USERS),
        rng.random(N_ITEMS),
    )


FACTORS = ["user_factors", "item_factors"]
L2, MEAN = 0.3, 3.2
# For each loss: its parameters in the order of its gradient, and how it is called.
LOSSES = {
    "observed_squared_error": (
        FACTORS,
        lambda p, *at: losses.observed_squared_error(*p.cells, *at, l2=L2),
    ),
    "dense_squared_error": (
        FACTORS,
        lambda p, *at: losses.dense_squared_error(p.filled, *at, l2=L2),
    ),
    "weighted_squared_error": (
        FACTORS,
        lambda p, *at: losses.weighted_squared_error(p.table, p.weights, *at, l2=L2),
    ),
    "biased_squared_error": (
        ["user_biases", "item_biases", *FACTORS],
        lambda p, *at: losses.biased_squared_error(*p.cells, MEAN, *at, p.user_l2, p.item_l2),
    ),
}


def by_loops(name: str, p: Problem) -> float:
    """The loss as the equation says it, one cell and one number at a time."""
    b, c, users, items = p.parameters.values()
    total = 0.0
    for i in range(N_USERS):
        for j in range(N_ITEMS):
            if not p.observed[i, j] and name != "dense_squared_error":
                continue
            guess = sum(float(users[i, f]) * float(items[j, f]) for f in range(DIM))
            if name == "biased_squared_error":
                guess += MEAN + b[i] + c[j]
            weight = p.weights[i, j] if name == "weighted_squared_error" else 1
            rating = p.table[i, j] if p.observed[i, j] else 0
            total += weight * (rating - guess) ** 2
    biased = name == "biased_squared_error"
    for i in range(N_USERS):
        size = sum(float(x) ** 2 for x in users[i])
        total += p.user_l2[i] * (b[i] ** 2 + size) if biased else L2 * size
    for j in range(N_ITEMS):
        size = sum(float(x) ** 2 for x in items[j])
        total += p.item_l2[j] * (c[j] ** 2 + size) if biased else L2 * size
    return total


@pytest.fixture(params=range(3))
def problem(request) -> Problem:
    return problem_of(request.param)


def test_every_loss_is_proved_here():
    assert {name for name in losses.__all__ if name.endswith("_error")} == set(LOSSES)


@pytest.mark.parametrize("name", LOSSES)
def test_the_slow_and_the_fast_version_agree(name, problem):
    named, loss = LOSSES[name]
    value, _ = loss(problem, *(problem.parameters[one] for one in named))
    assert value == pytest.approx(by_loops(name, problem), rel=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_match_finite_differences(name, problem):
    named, loss = LOSSES[name]
    point = [problem.parameters[one].copy() for one in named]
    _, gradient = loss(problem, *point)
    assert len(gradient) == len(named)
    step = 1e-4
    for which, parameter in enumerate(point):
        assert gradient[which].shape == parameter.shape
        for index in np.ndindex(parameter.shape):
            kept = parameter[index]
            parameter[index] = kept + step
            up, _ = loss(problem, *point)
            parameter[index] = kept - step
            down, _ = loss(problem, *point)
            parameter[index] = kept
            # Along one number the loss is a parabola, so this is exact up to rounding, 1e-12 / step
            slope = (up - down) / (2 * step)
            assert gradient[which][index] == pytest.approx(slope, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"dense_squared_error"}))
def test_an_unobserved_cell_changes_no_loss_and_no_gradient(name, problem):
    named, loss = LOSSES[name]
    point = [problem.parameters[one] for one in named]
    value, gradient = loss(problem, *point)
    changed = problem._replace(table=np.where(problem.observed, problem.table, -1e6))
    again, same = loss(changed, *point)
    assert again == value
    for one, other in zip(gradient, same, strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_the_dense_loss_has_an_opinion_on_empty_cells(problem):
    """It pulls every empty cell to 0: that is what it is there to show."""
    point = [problem.parameters[one] for one in FACTORS]
    value, gradient = losses.dense_squared_error(problem.filled, *point)
    on_observed, by_observed = losses.observed_squared_error(*problem.cells, *point)
    guesses = point[0] @ point[1].T
    beside = sum(float(guess) ** 2 for guess in guesses[~problem.observed])
    assert value == pytest.approx(on_observed + beside, rel=1e-12)
    nobody = 0  # rated nothing: the observed loss leaves this user alone, the dense one does not
    np.testing.assert_array_equal(by_observed[0][nobody], 0)
    assert np.abs(gradient[0][nobody]).min() > 0


@pytest.mark.parametrize("name", LOSSES)
def test_an_observed_cell_does_change_it(name, problem):
    named, loss = LOSSES[name]
    point = [problem.parameters[one] for one in named]
    value, _ = loss(problem, *point)
    for user, item in np.argwhere(problem.observed):
        table = problem.table.copy()
        table[user, item] += 1
        assert loss(problem._replace(table=table), *point)[0] != value


def test_predictions_of_pairs_are_row_wise(problem):
    users, items, _ = problem.cells
    user_factors, item_factors = (problem.parameters[one] for one in FACTORS)
    predicted = losses.predict_pairs(users, items, user_factors, item_factors)
    by_hand = [
        sum(float(user_factors[i, f]) * float(item_factors[j, f]) for f in range(DIM))
        for i, j in zip(users, items, strict=True)
    ]
    np.testing.assert_allclose(predicted, by_hand, rtol=1e-12)
    table = losses.predict_ratings(user_factors, item_factors)
    np.testing.assert_allclose(predicted, table[users, items], rtol=1e-12)
    changed = item_factors.copy()
    changed[items[0]] += 1  # reaches the pairs of this item and no other
    moved = losses.predict_pairs(users, items, user_factors, changed) != predicted
    np.testing.assert_array_equal(moved, items == items[0])


def test_updates_follow_the_gradients(problem):
    users, items, ratings = problem.cells
    user_factors, item_factors = (problem.parameters[one] for one in FACTORS)
    u, v, rating = user_factors[users[0]], item_factors[items[0]], ratings[0]
    first = np.zeros(1, dtype=int)
    _, (by_u, by_v) = losses.observed_squared_error(
        first, first, np.array([rating]), u[None], v[None], L2
    )
    new_u, new_v = sgd_step(u, v, rating, learning_rate=0.01, l2=L2)
    np.testing.assert_allclose(new_u, u - 0.01 * by_u[0], rtol=1e-12)
    np.testing.assert_allclose(new_v, v - 0.01 * by_v[0], rtol=1e-12)
    # after a sweep nothing is left of the users' gradient
    by_row = losses_csr(problem)
    solved = als_sweep(by_row, item_factors, L2)
    _, (left, _) = losses.observed_squared_error(*problem.cells, solved, item_factors, L2)
    np.testing.assert_allclose(left, 0, atol=1e-9)
    for user in range(N_USERS):  # slow = fast
        mine = problem.observed[user]
        alone = als_user_update(item_factors[mine], problem.table[user, mine], L2)
        np.testing.assert_allclose(solved[user], alone, rtol=1e-9, atol=1e-12)


def losses_csr(problem: Problem):
    from scipy import sparse

    users, items, ratings = problem.cells
    return sparse.csr_array((ratings, (users, items)), shape=problem.table.shape)

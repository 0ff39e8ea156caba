"""EASE: a case worked by hand, the regressions it stands for, and its limits."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.models.ease import EASE

CHOICES = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0]])


def table_of(choices: np.ndarray) -> Interactions:
    users, items = np.nonzero(choices)
    n_users, n_items = choices.shape
    return Interactions(
        users, items, np.ones(len(users)), None, Vocabulary(range(n_users)),
        Vocabulary(range(n_items)),
    )  # fmt: skip


def test_scores_of_a_case_worked_by_hand():
    """X and λ = 1 of the worked example: B = [[0, 4/11, 0], [1/2, 0, 1/2], [0, 6/11, 0]]."""
    model = EASE(l2=1.0).fit(table_of(CHOICES))
    weights = np.array([[0, 4 / 11, 0], [1 / 2, 0, 1 / 2], [0, 6 / 11, 0]])
    np.testing.assert_allclose(model.weights, weights, atol=1e-6)  # float32
    np.testing.assert_allclose(model.score([0, 1, 2, 3]), CHOICES @ weights, atol=1e-6)
    np.testing.assert_allclose(model.fold_in([0], [1.0]), [0, 4 / 11, 0], atol=1e-6)
    assert model.recommend([3], 2).tolist() == [[1, 2]]


def test_every_column_is_the_ridge_regression_on_the_other_items():
    choices = (np.random.default_rng(0).random((30, 7)) < 0.4).astype(float)
    model = EASE(l2=3.0).fit(table_of(choices))
    for item in range(7):
        others = np.delete(np.arange(7), item)
        features = np.vstack([choices[:, others], np.sqrt(3.0) * np.eye(6)])
        targets = np.append(choices[:, item], np.zeros(6))
        expected = np.linalg.lstsq(features, targets, rcond=None)[0]
        np.testing.assert_allclose(model.weights[others, item], expected, atol=1e-5)
        assert model.weights[item, item] == 0


def test_much_regularisation_leaves_the_counts_of_common_users():
    choices = (np.random.default_rng(1).random((30, 7)) < 0.4).astype(float)
    together = choices.T @ choices
    np.fill_diagonal(together, 0)
    model = EASE(l2=1e5).fit(table_of(choices))
    # B = G/λ to first order, G the off-diagonal of XᵀX, whose next term is smaller by G/λ
    np.testing.assert_allclose(model.weights * 1e5, together, rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize("l2", [0, -1.0, np.nan, np.inf])
def test_without_regularisation_there_is_no_solution(l2):
    with pytest.raises(ValueError, match=r"l2 is .*above 0"):
        EASE(l2=l2)


def test_too_little_regularisation_says_so():
    twins = np.ones((40, 3))  # XᵀX of equal columns is singular
    with pytest.raises(ValueError, match=r"l2=1e-12 is too small.*try 1e-11"):
        EASE(l2=1e-12).fit(table_of(twins))

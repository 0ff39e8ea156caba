"""Closed-form item weights, against exact fractions and their own optimality."""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.formulas.linear import ease_weights


def test_the_worked_case_to_all_digits_of_float32():
    choices = sparse.csr_array(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0]]))
    expected = [[0, 4 / 11, 0], [1 / 2, 0, 1 / 2], [0, 6 / 11, 0]]
    found = ease_weights(choices, l2=1.0)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-7)


@pytest.mark.parametrize("l2", [0.5, 20.0])
def test_no_other_weights_with_an_empty_diagonal_err_less(l2):
    rng = np.random.default_rng(0)
    table = (rng.random((25, 6)) < 0.4).astype(float)

    def loss(weights: np.ndarray) -> float:
        return float(((table - table @ weights) ** 2).sum() + l2 * (weights**2).sum())

    best = ease_weights(sparse.csr_array(table), l2).astype(float)
    assert np.all(best.diagonal() == 0)
    for _ in range(50):
        step = rng.normal(0, 0.01, (6, 6))
        np.fill_diagonal(step, 0)
        assert loss(best + step) > loss(best)


def test_an_item_that_nobody_chose_has_no_weights():
    weights = ease_weights(sparse.csr_array(np.array([[1.0, 0, 1], [1, 0, 0]])), l2=1.0)
    np.testing.assert_array_equal(weights[1], 0)
    np.testing.assert_array_equal(weights[:, 1], 0)


def test_a_singular_system_is_refused():
    message = r"^l2=1e-12 is too small for these choices in 32 bits; try 1e-11$"
    with pytest.raises(ValueError, match=message):
        ease_weights(sparse.csr_array(np.ones((40, 3))), l2=1e-12)


def test_the_choices_are_left_as_they_were():
    choices = sparse.csr_array(np.array([[1.0, 1], [0, 1]]))
    ease_weights(choices, l2=1.0)
    np.testing.assert_array_equal(choices.toarray(), [[1, 1], [0, 1]])

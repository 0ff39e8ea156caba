"""What every check rests on: two results are the same, a loss has this slope."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recsys_course.classroom.expectations import close
from recsys_course.classroom.rating_tables import random_example, slopes, the_example, the_gradient

numbers = st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1e-9])
shapes = arrays.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)


@st.composite
def pairs(draw: Any) -> tuple[np.ndarray, np.ndarray]:
    reference = draw(arrays.arrays(np.float64, shapes, elements=numbers))
    other = draw(arrays.arrays(np.float64, reference.shape, elements=numbers))
    bounds = draw(st.sampled_from([0.0, 0.99, 1.01, -0.99, -1.01]))
    with np.errstate(invalid="ignore"):
        sizes = np.abs(reference)
        near = reference + bounds * 1e-4 * (max(1.0, sizes.max(initial=0.0)) + sizes)
    return draw(st.sampled_from([near, other])), reference


@given(pairs())
def test_close_is_what_numpy_calls_close(pair: tuple[np.ndarray, np.ndarray]) -> None:
    answer, reference = pair
    with np.errstate(invalid="ignore"):
        scale = max(1.0, float(np.abs(reference).max(initial=0.0)))
        same = np.allclose(answer, reference, rtol=1e-4, atol=1e-4 * scale)
        assert close(answer, reference) is bool(same)


def test_another_shape_is_not_close() -> None:
    assert not close(np.zeros(3), np.zeros((3, 1)))
    assert not close(np.zeros(1), 0.0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_a_slope_is_a_difference_of_two_losses(seed: int, l2: float) -> None:
    example = random_example(np.random.default_rng(seed))
    found = slopes(example, l2)
    for factors, gradient in zip(example[2:], found, strict=True):
        assert gradient.shape == factors.shape
        for cell in np.ndindex(factors.shape):
            middle = factors[cell]
            factors[cell] = middle + 0.5
            above = example.loss(l2)
            factors[cell] = middle - 0.5
            assert gradient[cell] == pytest.approx(above - example.loss(l2), abs=1e-9)
            factors[cell] = middle


@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_the_slopes_of_the_printed_example_are_its_gradient(l2: float) -> None:
    """Worked out by hand, as the exercise prints it."""
    for found, printed in zip(slopes(the_example(), l2), the_gradient(l2), strict=True):
        np.testing.assert_allclose(found, printed, atol=1e-12)

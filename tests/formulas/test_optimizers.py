"""Momentum and Adam: steps worked by hand, what they become at their limits, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.formulas.optimizers import adam_step, momentum_step

GRADIENTS = [2.0, 1.0, -1.0]  # of the worked case: one weight, 1 at first, η = 0.1

rates = st.floats(0, 10)
shares = st.floats(0, 0.99)
numbers = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2).map(np.array)
sizes = st.floats(1e-3, 1e6)  # of gradients: far above ε = 1e-7
signs = st.sampled_from([-1.0, 1.0])


def momentum_path(nesterov):
    weights, velocity, path = np.array([1.0]), np.zeros(1), []
    for gradient in GRADIENTS:
        weights, velocity = momentum_step(
            weights, velocity, np.array([gradient]), 0.1, 0.9, nesterov
        )
        path.append((weights.item(), velocity.item()))
    return path


def adam_path(gradients, **options):
    weights, first, second, path = np.array([1.0]), np.zeros(1), np.zeros(1), []
    for step, gradient in enumerate(gradients, start=1):
        weights, first, second = adam_step(
            weights, first, second, np.array([gradient]), step, 0.1, **options
        )
        path.append((weights.item(), first.item(), second.item()))
    return path


def test_three_steps_of_momentum():
    # z = −0.2, −0.18 − 0.1, −0.252 + 0.1
    expected = [(0.8, -0.2), (0.52, -0.28), (0.368, -0.152)]
    np.testing.assert_allclose(momentum_path(nesterov=False), expected, rtol=1e-12)


def test_three_steps_of_nesterov_momentum():
    expected = [(0.62, -0.2), (0.268, -0.28), (0.2312, -0.152)]
    np.testing.assert_allclose(momentum_path(nesterov=True), expected, rtol=1e-12)


def test_nesterov_is_off_unless_asked_for():
    weights, _ = momentum_step(np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.9)
    assert weights.item() == pytest.approx(0.8, rel=1e-12)


def test_three_steps_of_adam():
    path = adam_path(GRADIENTS)
    np.testing.assert_allclose(
        [weights for weights, _, _ in path], [0.9000000, 0.8067820, 0.7671115], atol=5e-8
    )
    # m = 0.2, 0.18 + 0.1, 0.252 − 0.1 and v = 0.004, 0.003996 + 0.001, 0.004991004 + 0.001
    np.testing.assert_allclose([first for _, first, _ in path], [0.2, 0.28, 0.152], rtol=1e-12)
    np.testing.assert_allclose(
        [second for _, _, second in path], [0.004, 0.004996, 0.005991004], rtol=1e-12
    )


def test_the_settings_of_adam_are_its_own():
    """β₁ = ½, β₂ = ¾, ε = 1: every number is a small fraction."""
    options = {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1.0}
    # step 1: m = 1, v = 1, m̂ = 2, √v̂ = 2, change = 0.2 / 3
    # step 2: m = 1, v = 1, m̂ = 4/3, v̂ = 16/7, change = (4/30) / (4/√7 + 1)
    expected = [(1 - 0.2 / 3, 1, 1), (1 - 0.2 / 3 - (4 / 30) / (4 / np.sqrt(7) + 1), 1, 1)]
    np.testing.assert_allclose(adam_path([2.0, 1.0], **options), expected, rtol=1e-12)


def test_the_defaults_of_adam_are_those_of_keras():
    written_out = adam_path(GRADIENTS, beta_1=0.9, beta_2=0.999, epsilon=1e-7)
    assert adam_path(GRADIENTS) == written_out
    # With a gradient of the size of ε the first step is half of η: it names ε
    assert adam_path([1e-7])[0][0] == pytest.approx(1 - 0.05, rel=1e-9)


@given(size=sizes, sign=signs, learning_rate=st.floats(1e-4, 1))
@settings(deadline=None)
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient(
    size, sign, learning_rate
):
    zero = np.zeros(1)
    weights, _, _ = adam_step(zero, zero, zero, np.array([sign * size]), 1, learning_rate)
    # ε = 1e-7 takes the share ε / |g| off, at most 1e-4
    assert weights.item() == pytest.approx(-sign * learning_rate, rel=2e-4)


@given(sign=signs, size=sizes, n_steps=st.integers(1, 30))
@settings(deadline=None)
def test_a_constant_gradient_keeps_adam_at_one_learning_rate_a_step(sign, size, n_steps):
    path = adam_path([sign * size] * n_steps)
    assert path[-1][0] == pytest.approx(1 - sign * 0.1 * n_steps, rel=1e-3, abs=1e-3)


@given(size=sizes, scale=st.floats(1e-2, 1e3))
@settings(deadline=None)
def test_the_scale_of_the_loss_hardly_moves_adam(size, scale):
    gradients = [2 * size, size, -size]
    path, scaled = adam_path(gradients), adam_path([scale * gradient for gradient in gradients])
    # ε against a gradient of 1e-5 or more is a share of 1e-2; three steps of 0.1 at most
    assert scaled[-1][0] == pytest.approx(path[-1][0], abs=5e-3)


@given(weights=numbers, velocity=numbers, gradient=numbers, rate=rates, nesterov=st.booleans())
@settings(deadline=None)
def test_without_momentum_a_step_is_plain_gradient_descent(
    weights, velocity, gradient, rate, nesterov
):
    stepped, _ = momentum_step(weights, velocity, gradient, rate, 0.0, nesterov)
    np.testing.assert_allclose(stepped, weights - rate * gradient, rtol=1e-12, atol=1e-12)


@given(weights=numbers, velocity=numbers, momentum=shares)
@settings(deadline=None)
def test_without_a_gradient_momentum_rolls_on_and_slows_down(weights, velocity, momentum):
    stepped, slower = momentum_step(weights, velocity, np.zeros(2), 0.1, momentum)
    np.testing.assert_allclose(slower, momentum * velocity)
    np.testing.assert_allclose(stepped, weights + momentum * velocity)


def test_a_constant_gradient_ends_at_one_over_one_minus_momentum():
    weights, velocity = np.zeros(1), np.zeros(1)
    for _ in range(400):
        weights, velocity = momentum_step(weights, velocity, np.array([2.0]), 0.1, 0.9)
    assert velocity.item() == pytest.approx(-2.0)  # η g / (1 − μ), ten steps at once


def test_adam_moves_a_row_that_has_no_gradient_in_this_step():
    """An embedding row outside the batch goes on by its first moment; one never met stays."""
    table, first, second = np.zeros((3, 1)), np.zeros((3, 1)), np.zeros((3, 1))
    met_first, met_then = np.array([[2.0], [0], [0]]), np.array([[0.0], [1], [0]])
    table, first, second = adam_step(table, first, second, met_first, 1, 0.1)
    before = table.copy()
    table, first, second = adam_step(table, first, second, met_then, 2, 0.1)
    # row 0: m = 0.18, v = 0.003996; m̂ = 0.18 / 0.19, v̂ = 0.003996 / 0.001999
    assert table[0, 0] - before[0, 0] == pytest.approx(-0.0670059, abs=1e-6)
    assert table[1, 0] < 0
    assert table[2, 0] == 0


def test_both_go_downhill_on_a_bowl():
    """L = Σ a w² with a = 1, 10, from (1, 1)."""
    curvature = np.array([1.0, 10.0])
    weights, velocity = np.ones(2), np.zeros(2)
    adaptive, first, second = np.ones(2), np.zeros(2), np.zeros(2)
    for step in range(1, 301):
        weights, velocity = momentum_step(weights, velocity, 2 * curvature * weights, 0.02, 0.9)
        adaptive, first, second = adam_step(
            adaptive, first, second, 2 * curvature * adaptive, step, 0.05
        )
    assert float(curvature @ weights**2) < 1e-6
    assert float(curvature @ adaptive**2) < 1e-6


def test_tables_keep_their_shape_and_inputs_stay_as_they_were():
    rng = np.random.default_rng(0)
    weights, memory, gradient = (rng.normal(size=(3, 2)) for _ in range(3))
    second = rng.random((3, 2))
    copies = [array.copy() for array in (weights, memory, gradient, second)]
    for results in (
        momentum_step(weights, memory, gradient, 0.1, 0.9),
        momentum_step(weights, memory, gradient, 0.1, 0.9, nesterov=True),
        adam_step(weights, memory, second, gradient, 3, 0.1),
    ):
        assert [result.shape for result in results] == [(3, 2)] * len(results)
        for result in results:
            assert not any(np.shares_memory(result, a) for a in (weights, memory, second))
    for array, copy in zip((weights, memory, gradient, second), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_single_precision_stays_single():
    one = np.ones(2, np.float32)
    assert {array.dtype for array in momentum_step(one, one, one, 0.1, 0.9, True)} == {
        np.dtype(np.float32)
    }
    assert {array.dtype for array in adam_step(one, one, one, one, 1, 0.1)} == {
        np.dtype(np.float32)
    }


def momentum_with(**changes):
    arguments = {
        "weights": np.ones(2),
        "velocity": np.zeros(2),
        "gradient": np.ones(2),
        "learning_rate": 0.1,
        "momentum": 0.9,
    }
    return momentum_step(**arguments | changes)


def adam_with(**changes):
    arguments = {
        "weights": np.ones(2),
        "first_moment": np.zeros(2),
        "second_moment": np.zeros(2),
        "gradient": np.ones(2),
        "step": 1,
        "learning_rate": 0.1,
    }
    return adam_step(**arguments | changes)


@pytest.mark.parametrize("call", [momentum_with, adam_with])
@pytest.mark.parametrize("rate", [-0.1, np.nan, np.inf])
def test_an_impossible_learning_rate_is_refused(call, rate):
    message = (
        rf"^learning_rate is {rate}; give a finite number of 0 or more, the step goes downhill by "
        "itself$"
    )
    with pytest.raises(ValueError, match=message):
        call(learning_rate=rate)


@pytest.mark.parametrize(
    ("call", "name"), [(momentum_with, "momentum"), (adam_with, "beta_1"), (adam_with, "beta_2")]
)
@pytest.mark.parametrize("share", [-0.1, 1.0, np.nan])
def test_a_share_outside_its_range_is_refused(call, name, share):
    with pytest.raises(ValueError, match=rf"^{name} is {share}; .*\[0, 1\)$"):
        call(**{name: share})


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (momentum_with, "gradient"),
        (momentum_with, "velocity"),
        (adam_with, "gradient"),
        (adam_with, "first_moment"),
        (adam_with, "second_moment"),
    ],
)
def test_arrays_of_another_shape_are_refused(call, name):
    message = (
        rf"^{name} \(1, 2\) must have the shape of weights, \(2,\); before the first step a memory "
        r"is np\.zeros_like\(weights\)$"
    )
    with pytest.raises(ValueError, match=message):
        call(**{name: np.zeros((1, 2))})  # would broadcast to a table


@pytest.mark.parametrize("call", [momentum_with, adam_with])
def test_a_gradient_that_is_not_a_number_is_named_by_its_place(call):
    with pytest.raises(
        ValueError, match=r"^gradient\[1\] is nan; the weights would never .* ten times smaller$"
    ):
        call(gradient=np.array([1.0, np.nan]))
    table = np.ones((2, 2))
    table[1, 0] = np.inf
    memory = (
        {"velocity": np.zeros((2, 2))}
        if call is momentum_with
        else {"first_moment": np.zeros((2, 2)), "second_moment": np.zeros((2, 2))}
    )
    with pytest.raises(ValueError, match=r"^gradient\[1, 0\] is inf; "):
        call(weights=np.ones((2, 2)), gradient=table, **memory)


def test_a_gradient_of_one_number_has_no_place():
    with pytest.raises(ValueError, match=r"^gradient is nan; "):
        momentum_step(np.array(1.0), np.array(0.0), np.array(np.nan), 0.1, 0.9)


@pytest.mark.parametrize("step", [0, -1])
def test_the_first_step_of_adam_is_number_one(step):
    with pytest.raises(ValueError, match=rf"^step is {step}; count from 1, .* by 1 − β\*\*step$"):
        adam_with(step=step)


@pytest.mark.parametrize("epsilon", [0.0, -1e-7, np.nan])
def test_epsilon_is_above_zero(epsilon):
    with pytest.raises(ValueError, match=rf"^epsilon is {epsilon}; .* such as 1e-7$"):
        adam_with(epsilon=epsilon)


def test_the_ends_of_the_ranges_are_allowed():
    np.testing.assert_array_equal(momentum_with(learning_rate=0.0, momentum=0.0)[0], [1, 1])
    weights, first, second = adam_with(learning_rate=0.0, beta_1=0.0, beta_2=0.0)
    np.testing.assert_array_equal([weights, first, second], np.ones((3, 2)))

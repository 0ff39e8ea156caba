"""The steps of `recsys_course.formulas.optimizers` and of `deep.adam` are those of Keras."""

import numpy as np
import pytest

from recsys_course.deep.adam import Adam
from recsys_course.deep.runtime import keras, tf
from recsys_course.formulas.optimizers import adam_step, momentum_step

# Keras rounds its settings to float32 (0.1 is 0.10000000149 then); both sides get these
RATE, NINE, NEARLY_ONE = (float(np.float32(number)) for number in (0.1, 0.9, 0.999))
GRADIENTS = np.random.default_rng(0).normal(size=(8, 3, 2))  # of 8 steps


def keras_path(optimizer, gradients, dtype="float64"):
    """The weights after each step, from 1 everywhere."""
    weights = keras.Variable(np.ones(gradients.shape[1:]), dtype=dtype)
    path = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient, dtype)], [weights])
        path.append(weights.value.numpy().copy())
    return np.array(path)


def momentum_path(gradients, momentum, nesterov):
    weights, velocity, path = np.ones(gradients.shape[1:]), np.zeros(gradients.shape[1:]), []
    for gradient in gradients:
        weights, velocity = momentum_step(weights, velocity, gradient, RATE, momentum, nesterov)
        path.append(weights)
    return np.array(path)


def adam_path(gradients, **settings):
    shape = gradients.shape[1:]
    weights, first, second, path = np.ones(shape), np.zeros(shape), np.zeros(shape), []
    for step, gradient in enumerate(gradients, start=1):
        weights, first, second = adam_step(weights, first, second, gradient, step, RATE, **settings)
        path.append(weights)
    return np.array(path)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.5, NINE])
def test_momentum_is_that_of_keras(momentum, nesterov):
    optimizer = keras.optimizers.SGD(RATE, momentum=momentum, nesterov=nesterov)
    np.testing.assert_allclose(
        keras_path(optimizer, GRADIENTS), momentum_path(GRADIENTS, momentum, nesterov), atol=1e-13
    )


@pytest.mark.parametrize(("beta_1", "beta_2"), [(NINE, NEARLY_ONE), (0.5, 0.75), (0.0, 0.0)])
@pytest.mark.parametrize(
    # Keras corrects v after ε was added: of a step, the share ε / √v, at most 1e-4 here
    ("epsilon", "tolerance"),
    [(1e-14, 1e-11), (1e-7, 1e-5)],
)
def test_adam_is_that_of_keras(beta_1, beta_2, epsilon, tolerance):
    settings = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
    optimizer = keras.optimizers.Adam(RATE, **settings)
    np.testing.assert_allclose(
        keras_path(optimizer, GRADIENTS), adam_path(GRADIENTS, **settings), atol=tolerance
    )


def test_the_defaults_of_adam_are_those_of_keras():
    ours = adam_step(np.ones(1), np.zeros(1), np.zeros(1), np.array([3e-7]), 1, 0.1)[0].item()
    settings = keras.optimizers.Adam().get_config()
    named = {name: settings[name] for name in ("beta_1", "beta_2", "epsilon")}
    assert named == {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    theirs = adam_step(np.ones(1), np.zeros(1), np.zeros(1), np.array([3e-7]), 1, 0.1, **named)
    assert ours == theirs[0].item()


def test_three_steps_worked_by_hand_in_single_precision():
    gradients = np.array([[2.0], [1.0], [-1.0]])
    # 1 − 0.999 keeps four or five digits in float32, and so do the steps
    found = keras_path(keras.optimizers.Adam(0.1), gradients, "float32")[:, 0]
    np.testing.assert_allclose(found, [0.9000000, 0.8067820, 0.7671115], atol=3e-6)
    np.testing.assert_allclose(found, [0.9000008, 0.8067839, 0.7671136], atol=5e-7)
    for nesterov, expected in ((False, [0.8, 0.52, 0.368]), (True, [0.62, 0.268, 0.2312])):
        optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=nesterov)
        np.testing.assert_allclose(
            keras_path(optimizer, gradients, "float32")[:, 0], expected, rtol=1e-6
        )


@pytest.mark.parametrize("n_steps", [None, 20])
def test_adam_in_a_graph_takes_the_steps_of_keras_and_of_the_formula(n_steps):
    rate = RATE
    if n_steps is not None:
        rate = keras.optimizers.schedules.PolynomialDecay(RATE, n_steps, 0.0)
    theirs = keras_path(keras.optimizers.Adam(rate), GRADIENTS, "float32")
    weights, ours = tf.Variable(np.ones((3, 2), np.float32)), []
    optimizer = Adam([weights], RATE, n_steps)
    apply = tf.function(lambda gradient: optimizer.apply([gradient]))
    for gradient in GRADIENTS:
        apply(tf.constant(gradient, tf.float32))
        ours.append(weights.numpy())
    np.testing.assert_allclose(ours, theirs, atol=1e-5)  # float32, and ε stands elsewhere
    if n_steps is None:
        np.testing.assert_allclose(ours, adam_path(GRADIENTS), atol=1e-5)
    assert int(optimizer.iterations) == len(GRADIENTS)


def test_adam_in_a_graph_keeps_a_memory_of_its_own_for_each_variable():
    first, second = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
    optimizer = Adam([first, second], 0.1, beta_1=0.0, beta_2=0.0)
    optimizer.apply([tf.constant([5.0, -7.0]), tf.constant(0.0)])
    np.testing.assert_allclose(first.numpy(), [0.9, 2.1], rtol=1e-6)  # η · sign(g)
    assert float(second) == 3.0
    assert [variable.shape.rank for variable in optimizer.variables] == [0, 1, 0, 1, 0]
    with pytest.raises(ValueError, match="zip"):
        optimizer.apply([tf.constant([5.0, -7.0])])

"""Steps of gradient descent with a memory: momentum and Adam, in the conventions of Keras."""

from __future__ import annotations

import numpy as np

from recsys_course.formulas.inputs import as_finite, as_floats, check_learning_rate
from recsys_course.formulas.losses import Floats

__all__ = ["adam_step", "momentum_step"]


def momentum_step(
    weights: Floats,
    velocity: Floats,
    gradient: Floats,
    learning_rate: float,
    momentum: float,
    nesterov: bool = False,
) -> tuple[Floats, Floats]:
    """One step of gradient descent that keeps a part of its last step.

    z ← μz − ηg,  w ← w + z;  Nesterov: w ← w + μz − ηg with the new z

    Some libraries keep η outside the velocity (z ← μz + g, w ← w − ηz): the same only as long as η
    stays the same.

    Args:
        weights: w, any shape.
        velocity: z, in the shape of w and in its unit; zeros before the first step.
        gradient: g = ∂L/∂w, in the shape of w.
        learning_rate: η ≥ 0.
        momentum: μ in [0, 1), without a unit; 0 is plain gradient descent.
        nesterov: Step on from where the momentum alone would lead.

    Returns:
        The new w and the new z.

    Raises:
        TypeError: If an array does not hold real numbers.
        ValueError: If the shapes differ, the gradient or η is not finite, η < 0, or μ is outside
            [0, 1).

    Source: Polyak (1964); Nesterov in the form of Sutskever, Martens, Dahl and Hinton (2013).

    >>> momentum_step(np.array([0.8]), np.array([-0.2]), np.array([1.0]), 0.1, momentum=0.9)
    (array([0.52]), array([-0.28]))
    """
    weights, gradient, velocity = _arrays(weights, gradient, velocity=velocity)
    check_learning_rate(learning_rate)
    _check_decay("momentum", momentum)
    new_velocity = momentum * velocity - learning_rate * gradient
    if nesterov:
        return weights + momentum * new_velocity - learning_rate * gradient, new_velocity
    return weights + new_velocity, new_velocity


def adam_step(
    weights: Floats,
    first_moment: Floats,
    second_moment: Floats,
    gradient: Floats,
    step: int,
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[Floats, Floats, Floats]:
    """One step of Adam: every weight moves by about η, whatever the size of its gradient.

    m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²
    w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)

    m and v start at 0, and the two divisions take that start out again. All of w moves, also a row
    of an embedding without a gradient in this step: its m is not 0 yet. Keras corrects v
    after ε was added, which changes a step by less than the share ε / √v.

    Args:
        weights: w, any shape.
        first_moment: m, in the shape of w and the unit of g; zeros before the first step.
        second_moment: v ≥ 0, in the shape of w and the unit of g²; zeros before the first step.
        gradient: g = ∂L/∂w, in the shape of w.
        step: t, 1 in the first step.
        learning_rate: η ≥ 0, in the unit of w.
        beta_1: β₁ in [0, 1), the share of m that stays.
        beta_2: β₂ in [0, 1), the share of v that stays.
        epsilon: ε > 0, in the unit of g; holds a weight still that never had a gradient.

    Returns:
        The new w, m and v.

    Raises:
        TypeError: If an array does not hold real numbers.
        ValueError: If the shapes differ, the gradient is not finite, t < 1, or a number is outside
            its range.

    Source: Kingma and Ba (2015), algorithm 1; ε = 10⁻⁷ as in Keras (there 10⁻⁸).

    >>> weights, m, v = adam_step(np.ones(2), np.zeros(2), np.zeros(2), np.array([2.0, -500.0]),
    ...                           step=1, learning_rate=0.1)
    >>> weights.round(6)
    array([0.9, 1.1])
    """
    weights, gradient, first_moment, second_moment = _arrays(
        weights, gradient, first_moment=first_moment, second_moment=second_moment
    )
    check_learning_rate(learning_rate)
    _check_decay("beta_1", beta_1)
    _check_decay("beta_2", beta_2)
    if step < 1:
        raise ValueError(f"step is {step}; count from 1, the corrections divide by 1 − β**step")
    if not epsilon > 0:
        raise ValueError(f"epsilon is {epsilon}; give a small number above 0, such as 1e-7")
    new_first = beta_1 * first_moment + (1 - beta_1) * gradient
    new_second = beta_2 * second_moment + (1 - beta_2) * gradient**2
    corrected_first = new_first / (1 - beta_1**step)
    corrected_second = new_second / (1 - beta_2**step)
    change = learning_rate * corrected_first / (np.sqrt(corrected_second) + epsilon)
    return weights - change, new_first, new_second


def _arrays(weights: Floats, gradient: Floats, **memory: Floats) -> list[Floats]:
    """The arrays as floats, in their order; refused are other shapes, and a broken gradient."""
    named = {"weights": weights, "gradient": gradient, **memory}
    floats = {name: as_floats(name, array) for name, array in named.items()}
    shape = floats["weights"].shape
    for name, array in floats.items():
        if array.shape != shape:
            raise ValueError(
                f"{name} {array.shape} must have the shape of weights, {shape}; before the first "
                "step a memory is np.zeros_like(weights)"
            )
    as_finite(
        "gradient",
        floats["gradient"],
        "the weights would never recover, so try a learning rate ten times smaller",
    )
    return list(floats.values())


def _check_decay(name: str, decay: float) -> None:
    if not 0 <= decay < 1:
        raise ValueError(f"{name} is {decay}; the share that stays lies in [0, 1)")

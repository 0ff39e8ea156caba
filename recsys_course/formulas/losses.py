"""Squared-error losses of matrix factorisation, each with its gradient.

Every loss returns ``value, gradient`` and is a plain sum: no mean, no factor ½. Learning rates are
not portable between the conventions, so all of them state theirs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Indices = npt.NDArray[np.integer]

__all__ = [
    "biased_squared_error",
    "observed_squared_error",
    "predict_pairs",
    "predict_ratings",
    "weighted_squared_error",
]


def predict_ratings(user_factors: Floats, item_factors: Floats) -> Floats:
    """Predicted ratings of all users for all items.

    R̂ = U Vᵀ, so r̂_ij = u_i · v_j.

    Args:
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).

    Returns:
        R̂, shape (n_users, n_items), in the unit of the ratings.

    Raises:
        ValueError: If U and V are not tables of the same embedding_dim.

    Source: Koren, Bell and Volinsky (2009), equation 1.

    >>> predict_ratings(np.array([[1.0, 0.5]]), np.array([[2.0, 1.0], [0.0, 2.0]]))
    array([[2.5, 1. ]])
    """
    _check_factors(user_factors, item_factors)
    return user_factors @ item_factors.T


def predict_pairs(
    users: Indices, items: Indices, user_factors: Floats, item_factors: Floats
) -> Floats:
    """Predicted ratings of chosen (user, item) pairs, without the whole table.

    r̂_n = u_{users[n]} · v_{items[n]}, row by row.

    Args:
        users: User indices, shape (n,).
        items: Item indices, shape (n,).
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).

    Returns:
        Predictions, shape (n,).

    Raises:
        ValueError: If the shapes do not fit.

    Source: Koren, Bell and Volinsky (2009), equation 1.

    >>> predict_pairs(np.array([0]), np.array([1]), np.eye(2), np.array([[1.0, 0.0], [3.0, 4.0]]))
    array([3.])
    """
    _check_factors(user_factors, item_factors)
    _check_parallel(users=users, items=items)
    for name, indices in (("users", users), ("items", items)):
        if indices.min(initial=0) < 0:  # NumPy would take it for a row counted from the end
            row = int(np.argmin(indices))
            raise ValueError(f"{name}[{row}] is {indices[row]}; an index counts from 0")
    pairs: Floats = np.einsum("nd,nd->n", user_factors[users], item_factors[items])
    return pairs


def observed_squared_error(
    users: Indices,
    items: Indices,
    ratings: Floats,
    user_factors: Floats,
    item_factors: Floats,
    l2: float = 0.0,
) -> tuple[float, tuple[Floats, Floats]]:
    """Squared error over the observed ratings, and its gradient.

    L = Σ_Ω (r_ij − u_i·v_j)² + λ(‖U‖² + ‖V‖²)
    ∂L/∂u_i = −2 Σ_{j∈Ω_i} e_ij v_j + 2λu_i,  ∂L/∂v_j = −2 Σ_{i∈Ω_j} e_ij u_i + 2λv_j

    Args:
        users: User index of each observed rating, shape (n,).
        items: Item index of each observed rating, shape (n,).
        ratings: The observed ratings, shape (n,), in stars.
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).
        l2: λ ≥ 0, in stars² per squared unit of the factors.

    Returns:
        The loss in stars², and its gradient by U and by V in their shapes.

    Raises:
        ValueError: If the shapes do not fit.

    Source: Koren, Bell and Volinsky (2009), equation 2.

    >>> value, (by_user, by_item) = observed_squared_error(
    ...     np.array([0]), np.array([0]), np.array([5.0]),
    ...     np.array([[1.0, 0.5]]), np.array([[2.0, 1.0]]))
    >>> value, by_user
    (6.25, array([[-10., -5.]]))
    """
    _check_parallel(users=users, items=items, ratings=ratings)
    errors = ratings - predict_pairs(users, items, user_factors, item_factors)  # (n,)
    value = float(errors @ errors) + l2 * _squared_norm(user_factors, item_factors)
    return value, (
        _scatter(users, -2 * errors, item_factors[items], user_factors) + 2 * l2 * user_factors,
        _scatter(items, -2 * errors, user_factors[users], item_factors) + 2 * l2 * item_factors,
    )


def weighted_squared_error(
    ratings: Floats,
    weights: Floats,
    user_factors: Floats,
    item_factors: Floats,
    l2: float = 0.0,
) -> tuple[float, tuple[Floats, Floats]]:
    """Squared error over every cell of a table, each with a weight, and its gradient.

    L = Σ_ij w_ij (r_ij − u_i·v_j)² + λ(‖U‖² + ‖V‖²)

    Weights of 1 on the observed cells and 0 elsewhere give `observed_squared_error`; weights of 1
    everywhere claim that an empty cell is a rating of 0; a small weight on the empty cells is the
    loss for implicit feedback.

    Args:
        ratings: R, shape (n_users, n_items); finite also where the weight is 0.
        weights: W ≥ 0, shape (n_users, n_items), without a unit.
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).
        l2: λ ≥ 0.

    Returns:
        The loss, and its gradient by U and by V in their shapes.

    Raises:
        ValueError: If the shapes do not fit, or a rating is not finite.

    Source: Hu, Koren and Volinsky (2008), equation 3.

    >>> weighted_squared_error(np.array([[1.0, 0.0]]), np.array([[1.0, 0.1]]),
    ...                        np.array([[1.0]]), np.array([[0.0], [1.0]]))[0]
    1.1
    """
    predictions = predict_ratings(user_factors, item_factors)  # (n_users, n_items)
    if not ratings.shape == weights.shape == predictions.shape:
        raise ValueError(
            f"ratings {ratings.shape} and weights {weights.shape} must have the shape of U Vᵀ, "
            f"{predictions.shape}; give one row a user and one column an item"
        )
    if not np.isfinite(ratings).all():
        row, column = np.argwhere(~np.isfinite(ratings))[0]
        raise ValueError(
            f"ratings[{row}, {column}] is {ratings[row, column]}; put any finite number where the "
            "weight is 0 (0 × nan is nan)"
        )
    errors = ratings - predictions
    weighted = weights * errors  # (n_users, n_items)
    value = float(np.sum(weighted * errors)) + l2 * _squared_norm(user_factors, item_factors)
    return value, (
        -2 * weighted @ item_factors + 2 * l2 * user_factors,
        -2 * weighted.T @ user_factors + 2 * l2 * item_factors,
    )


def biased_squared_error(
    users: Indices,
    items: Indices,
    ratings: Floats,
    mean: float,
    user_biases: Floats,
    item_biases: Floats,
    user_factors: Floats,
    item_factors: Floats,
    user_l2: float | Floats = 0.0,
    item_l2: float | Floats = 0.0,
) -> tuple[float, tuple[Floats, Floats, Floats, Floats]]:
    """Squared error of the model with biases, each row with its own regularisation.

    r̂_ij = μ + b_i + c_j + u_i·v_j
    L = Σ_Ω (r_ij − r̂_ij)² + Σ_i λ_i (b_i² + ‖u_i‖²) + Σ_j λ_j (c_j² + ‖v_j‖²)

    With λ_i = λ·n_i^ρ (n_i ratings of user i) the regularisation is frequency-aware.

    Args:
        users: User index of each observed rating, shape (n,).
        items: Item index of each observed rating, shape (n,).
        ratings: The observed ratings, shape (n,), in stars.
        mean: μ, in stars.
        user_biases: b, shape (n_users,), in stars.
        item_biases: c, shape (n_items,), in stars.
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).
        user_l2: λ_i, a number or shape (n_users,).
        item_l2: λ_j, a number or shape (n_items,).

    Returns:
        The loss in stars², and its gradient by b, c, U and V in their shapes.

    Raises:
        ValueError: If the shapes do not fit.

    Source: Koren, Bell and Volinsky (2009), equation 5; the weighting of λ after Zhou, Wilkinson,
    Schreiber and Pan (2008).

    >>> biased_squared_error(np.array([0]), np.array([0]), np.array([5.0]), 3.0, np.array([0.5]),
    ...                      np.array([0.5]), np.zeros((1, 2)), np.zeros((1, 2)))[0]
    1.0
    """
    _check_parallel(users=users, items=items, ratings=ratings)
    interaction = predict_pairs(users, items, user_factors, item_factors)
    errors = ratings - (mean + user_biases[users] + item_biases[items] + interaction)  # (n,)
    per_user = np.broadcast_to(np.asarray(user_l2), user_biases.shape)  # (n_users,)
    per_item = np.broadcast_to(np.asarray(item_l2), item_biases.shape)  # (n_items,)
    value = (
        float(errors @ errors)
        + float(per_user @ (user_biases**2 + np.sum(user_factors**2, axis=1)))
        + float(per_item @ (item_biases**2 + np.sum(item_factors**2, axis=1)))
    )
    return value, (
        np.bincount(users, -2 * errors, len(user_biases)) + 2 * per_user * user_biases,
        np.bincount(items, -2 * errors, len(item_biases)) + 2 * per_item * item_biases,
        _scatter(users, -2 * errors, item_factors[items], user_factors)
        + 2 * per_user[:, None] * user_factors,
        _scatter(items, -2 * errors, user_factors[users], item_factors)
        + 2 * per_item[:, None] * item_factors,
    )


def _scatter(rows: Indices, weights: Floats, vectors: Floats, like: Floats) -> Floats:
    """Sum weights[n] · vectors[n] into row rows[n] of a table shaped as `like`."""
    total = np.zeros_like(like, dtype=np.result_type(like, weights))
    np.add.at(total, rows, weights[:, None] * vectors)
    return total


def _squared_norm(*tables: Floats) -> float:
    return float(sum(np.sum(table**2) for table in tables))


def _check_factors(user_factors: Floats, item_factors: Floats) -> None:
    if (
        user_factors.ndim != 2
        or item_factors.ndim != 2
        or user_factors.shape[1] != item_factors.shape[1]
    ):
        raise ValueError(
            f"user_factors {user_factors.shape} and item_factors {item_factors.shape} must be "
            "(n_users, embedding_dim) and (n_items, embedding_dim) with the same embedding_dim; "
            "did you transpose one of them?"
        )


def _check_parallel(**arrays: npt.NDArray[np.generic]) -> None:
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
        described = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"{described} must be parallel arrays of one length; check the lengths")

"""Squared-error losses of matrix factorisation, each with its gradient.

Every loss returns ``value, gradient`` and is a plain sum: no mean, no factor ½. Learning rates are
not portable between the conventions, so all of them state theirs.

Longer than 250 lines: the losses differ only in the cells and the weights that they sum over, which
is seen best side by side, and each brings its equation, its units and an example.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.formulas.inputs import (
    as_factors,
    as_finite,
    as_floats,
    as_indices,
    as_number,
    as_observed,
    as_strength,
    as_strengths,
    check_parallel,
    check_rows,
    refuse,
)

Floats = npt.NDArray[np.floating]
Indices = npt.NDArray[np.integer]

__all__ = [
    "biased_squared_error",
    "dense_squared_error",
    "frequency_l2",
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
        TypeError: If the factors are not real numbers.
        ValueError: If U and V are not tables of the same embedding_dim.

    Source: Koren, Bell and Volinsky (2009), equation 1.

    >>> predict_ratings(np.array([[1.0, 0.5]]), np.array([[2.0, 1.0], [0.0, 2.0]]))
    array([[2.5, 1. ]])
    """
    user_factors, item_factors = as_factors(user_factors, item_factors)
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
        TypeError: If an index is no whole number, or a factor no real one.
        ValueError: If the shapes do not fit, or an index has no row.

    Source: Koren, Bell and Volinsky (2009), equation 1.

    >>> predict_pairs(np.array([0]), np.array([1]), np.eye(2), np.array([[1.0, 0.0], [3.0, 4.0]]))
    array([3.])
    """
    user_factors, item_factors = as_factors(user_factors, item_factors)
    users, items = as_indices("users", users), as_indices("items", items)
    check_parallel(users=users, items=items)
    check_rows("users", users, len(user_factors))
    check_rows("items", items, len(item_factors))
    pairs: Floats = np.sum(user_factors[users] * item_factors[items], axis=1)  # (n,)
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
        TypeError: If an index is no whole number, or another input no real one.
        ValueError: If the shapes do not fit, an index has no row, a rating, a factor or λ is not
            finite, or λ < 0.

    Source: Koren, Bell and Volinsky (2009), equation 2.

    >>> value, (by_user, by_item) = observed_squared_error(
    ...     np.array([0]), np.array([0]), np.array([5.0]),
    ...     np.array([[1.0, 0.5]]), np.array([[2.0, 1.0]]))
    >>> value, by_user
    (6.25, array([[-10., -5.]]))
    """
    users, items, ratings = as_observed(users, items, ratings)
    l2 = as_strength("l2", l2)
    user_factors, item_factors = as_factors(user_factors, item_factors, finite=True)
    errors = ratings - predict_pairs(users, items, user_factors, item_factors)  # (n,)
    value = float(errors @ errors) + l2 * _squared_norm(user_factors, item_factors)
    table = _table_of(users, items, errors, user_factors, item_factors)
    return value, (
        -2 * table @ item_factors + 2 * l2 * user_factors,
        -2 * table.T @ user_factors + 2 * l2 * item_factors,
    )


def dense_squared_error(
    ratings: Floats, user_factors: Floats, item_factors: Floats, l2: float = 0.0
) -> tuple[float, tuple[Floats, Floats]]:
    """Squared error that takes every empty cell for a rating of 0, and its gradient.

    L = Σ_ij (r_ij − u_i·v_j)² + λ(‖U‖² + ‖V‖²), with r_ij = 0 where nobody has rated.

    Here to show what it does: most cells are empty, so the best fit is close to 0 everywhere. It
    equals `observed_squared_error` only where every cell is observed.

    Args:
        ratings: R, shape (n_users, n_items), in stars; 0 in an empty cell.
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).
        l2: λ ≥ 0, in stars² per squared unit of the factors.

    Returns:
        The loss in stars², and its gradient by U and by V in their shapes.

    Raises:
        TypeError: If an input is no real number.
        ValueError: If the shapes do not fit, a rating, a factor or λ is not finite, or λ < 0.

    Source: the loss of a truncated singular value decomposition (Eckart and Young, 1936), plus λ.

    >>> value, (by_user, _) = dense_squared_error(
    ...     np.array([[5.0, 0.0]]), np.array([[1.0, 0.5]]), np.array([[2.0, 1.0], [2.0, 1.0]]))
    >>> value, by_user
    (12.5, array([[0., 0.]]))
    """
    ratings = as_floats("ratings", ratings)
    return weighted_squared_error(ratings, np.ones_like(ratings), user_factors, item_factors, l2)


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
    everywhere give `dense_squared_error`; a small weight on the empty cells is the loss for
    implicit feedback.

    Args:
        ratings: R, shape (n_users, n_items); finite also where the weight is 0.
        weights: W ≥ 0, shape (n_users, n_items), without a unit.
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).
        l2: λ ≥ 0.

    Returns:
        The loss, and its gradient by U and by V in their shapes.

    Raises:
        TypeError: If an input is no real number.
        ValueError: If the shapes do not fit, a number is not finite, or a weight or λ < 0.

    Source: Hu, Koren and Volinsky (2008), equation 3.

    >>> weighted_squared_error(np.array([[1.0, 0.0]]), np.array([[1.0, 0.1]]),
    ...                        np.array([[1.0]]), np.array([[0.0], [1.0]]))[0]
    1.1
    """
    user_factors, item_factors = as_factors(user_factors, item_factors, finite=True)
    predictions = predict_ratings(user_factors, item_factors)  # (n_users, n_items)
    ratings, weights = as_floats("ratings", ratings), as_floats("weights", weights)
    if not ratings.shape == weights.shape == predictions.shape:
        raise ValueError(
            f"ratings {ratings.shape} and weights {weights.shape} must have the shape of U Vᵀ, "
            f"{predictions.shape}; give one row a user and one column an item"
        )
    empty = "put 0 where there is no rating (not even a weight of 0 hides it: 0 × nan is nan)"
    as_finite("ratings", ratings, empty)
    wrong = ~((weights >= 0) & (weights < np.inf))
    refuse(wrong, "weights", weights, "give each cell a finite weight of 0 or more")
    l2 = as_strength("l2", l2)
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

    With λ_i and λ_j from `frequency_l2` a row is held the tighter the more ratings it has.

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
        TypeError: If an index is no whole number, or another input no real one.
        ValueError: If the shapes do not fit, an index has no row, a number is not finite, or a
            λ < 0.

    Source: Koren, Bell and Volinsky (2009), equation 5; the weighting of λ after Zhou, Wilkinson,
    Schreiber and Pan (2008).

    >>> biased_squared_error(np.array([0]), np.array([0]), np.array([5.0]), 3.0, np.array([0.5]),
    ...                      np.array([0.5]), np.zeros((1, 2)), np.zeros((1, 2)))[0]
    1.0
    """
    users, items, ratings = as_observed(users, items, ratings)
    mean = as_number("mean", mean)
    as_finite("mean", mean, "give the mean of the ratings, or 0")
    user_factors, item_factors = as_factors(user_factors, item_factors, finite=True)
    interaction = predict_pairs(users, items, user_factors, item_factors)
    user_biases, per_user = _per_row("user", user_biases, user_l2, len(user_factors))  # (n_users,)
    item_biases, per_item = _per_row("item", item_biases, item_l2, len(item_factors))  # (n_items,)
    errors = ratings - (mean + user_biases[users] + item_biases[items] + interaction)  # (n,)
    value = (
        float(errors @ errors)
        + float(per_user @ (user_biases**2 + np.sum(user_factors**2, axis=1)))
        + float(per_item @ (item_biases**2 + np.sum(item_factors**2, axis=1)))
    )
    table = _table_of(users, items, errors, user_factors, item_factors)
    return value, (
        -2 * table.sum(axis=1) + 2 * per_user * user_biases,
        -2 * table.sum(axis=0) + 2 * per_item * item_biases,
        -2 * table @ item_factors + 2 * per_user[:, None] * user_factors,
        -2 * table.T @ user_factors + 2 * per_item[:, None] * item_factors,
    )


def frequency_l2(counts: npt.NDArray[np.number], l2: float, exponent: float) -> Floats:
    """Regularisation of each row by its number of ratings.

    λ_i = λ · max(n_i, 1)^ρ

    The errors of a row add up over its n_i ratings: ρ = 0 lets them outweigh λ the more the larger
    n_i is, ρ = 1 keeps their ratio. A row without ratings gets λ, as if it had one: with 0^ρ = 0 it
    would be free, and its system singular.

    Args:
        counts: n_i, shape (n_rows,), in ratings; with implicit feedback the sum of the weights of
            the row's cells.
        l2: λ ≥ 0.
        exponent: ρ ≥ 0, without a unit.

    Returns:
        λ_i, shape (n_rows,), in the unit of λ.

    Raises:
        TypeError: If an input is no real number.
        ValueError: If a count, λ or ρ is negative or not finite.

    Source: Zhou, Wilkinson, Schreiber and Pan (2008), with ρ = 1; the exponent after
    Rendle, Krichene, Zhang and Koren (2022).

    >>> frequency_l2(np.array([0, 1, 4]), l2=0.5, exponent=0.5)
    array([0.5, 0.5, 1. ])
    """
    counts = as_floats("counts", counts)
    wrong = ~((counts >= 0) & (counts < np.inf))
    refuse(wrong, "counts", counts, "a row has a finite number of ratings, 0 or more")
    l2 = as_strength("l2", l2)
    if not 0 <= exponent < np.inf:
        raise ValueError(
            f"exponent is {exponent}; give 0 (all rows alike) or more, and no infinity"
        )
    strengths: Floats = l2 * np.maximum(counts, 1.0) ** exponent
    return strengths


def _table_of(
    users: Indices, items: Indices, values: Floats, user_factors: Floats, item_factors: Floats
) -> sparse.csr_array:
    """The values in their cells, (n_users, n_items); values of one cell add up."""
    return sparse.csr_array((values, (users, items)), (len(user_factors), len(item_factors)))


def _squared_norm(*tables: Floats) -> float:
    return float(sum(np.sum(table**2) for table in tables))


def _per_row(side: str, biases: Floats, l2: float | Floats, n_rows: int) -> tuple[Floats, Floats]:
    """Biases and λ of each row of one side, after a look at what was given for them."""
    biases, strengths = as_floats(f"{side}_biases", biases), as_strengths(f"{side}_l2", l2)
    if biases.shape != (n_rows,) or strengths.shape not in {(), (n_rows,)}:
        raise ValueError(
            f"{side}_biases {biases.shape} and {side}_l2 {strengths.shape} must have one number "
            f"for each of the {n_rows} rows of {side}_factors; a single {side}_l2 may serve all"
        )
    as_finite(f"{side}_biases", biases, "train again with a learning rate ten times smaller")
    return biases, np.broadcast_to(strengths, (n_rows,))

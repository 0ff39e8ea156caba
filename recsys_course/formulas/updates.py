"""Steps that lower a factorisation's loss: stochastic gradient and alternating least squares.

Longer than 250 lines, half of them docstrings: an epoch and a sweep stand beside their single step.
"""

from __future__ import annotations

from math import inf, isfinite

import numpy as np
from scipy import sparse

from recsys_course.formulas.inputs import (
    as_factors,
    as_finite,
    as_floats,
    as_number,
    as_observed,
    as_sparse,
    as_strength,
    as_strengths,
    check_learning_rate,
    check_rows,
)
from recsys_course.formulas.losses import Floats, Indices

__all__ = ["als_sweep", "als_user_update", "implicit_als_sweep", "sgd_epoch", "sgd_step"]

_FINITE = "each number of a vector must be finite"


def sgd_step(
    user_vector: Floats, item_vector: Floats, rating: float, learning_rate: float, l2: float = 0.0
) -> tuple[Floats, Floats]:
    """One stochastic gradient step on one rating.

    L = e² + λ(‖u‖² + ‖v‖²) with e = r − u·v;  u ← u + 2η(e v − λu),  v ← v + 2η(e u − λv)

    Both new vectors are computed from both old ones. As it is written below, for speed:
    u ← (1 − 2ηλ) u + 2ηe v; L2 shrinks a vector by a fixed share, the error pulls it along the
    other.

    Args:
        user_vector: u, shape (embedding_dim,).
        item_vector: v, shape (embedding_dim,).
        rating: r, in stars.
        learning_rate: η ≥ 0.
        l2: λ ≥ 0.

    Returns:
        The new u and the new v, each shape (embedding_dim,).

    Raises:
        TypeError: If an input is no real number.
        ValueError: If the shapes of u and v differ, a number is not finite, or η or λ < 0.

    Source: the gradient of Koren, Bell and Volinsky (2009), equation 2; their update drops the 2.

    >>> sgd_step(np.array([1.0, 0.5]), np.array([2.0, 1.0]), rating=5.0, learning_rate=0.1)
    (array([2., 1.]), array([2.5 , 1.25]))
    """
    user_vector = as_floats("user_vector", user_vector)
    item_vector = as_floats("item_vector", item_vector)
    if user_vector.ndim != 1 or user_vector.shape != item_vector.shape:
        raise ValueError(
            f"user_vector {user_vector.shape} and item_vector {item_vector.shape} must be two "
            "vectors of one length; pass one row of U and one row of V"
        )
    if not type(rating) is type(learning_rate) is type(l2) is float:
        rating, l2 = as_number("rating", rating), as_number("l2", l2)
        learning_rate = as_number("learning_rate", learning_rate)
    error = rating - float(user_vector @ item_vector)
    if not (isfinite(error) and 0 <= learning_rate < inf and 0 <= l2 < inf):
        _explain(user_vector, item_vector, rating, learning_rate, l2)
    return _moved(user_vector, item_vector, error, learning_rate, l2)


def sgd_epoch(
    users: Indices,
    items: Indices,
    ratings: Floats,
    user_factors: Floats,
    item_factors: Floats,
    learning_rate: float,
    l2: float,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """One pass of `sgd_step` over every observed rating, in random order.

    Args:
        users: User index of each observed rating, shape (n,).
        items: Item index of each observed rating, shape (n,).
        ratings: The observed ratings, shape (n,), in stars.
        user_factors: U, shape (n_users, embedding_dim); not changed.
        item_factors: V, shape (n_items, embedding_dim); not changed.
        learning_rate: η ≥ 0.
        l2: λ ≥ 0.
        rng: Decides the order.

    Returns:
        The new U and V.

    Raises:
        TypeError: If an index is no whole number, or another input no real one.
        ValueError: If the shapes do not fit, an index has no row, a number is not finite, η or
            λ < 0, or the factors are no longer finite: the learning rate is too large.

    Source: Koren, Bell and Volinsky (2009), "Stochastic gradient descent".

    >>> U, V = sgd_epoch(np.array([0]), np.array([0]), np.array([5.0]), np.array([[1.0, 0.5]]),
    ...                  np.array([[2.0, 1.0]]), 0.1, 0.0, np.random.default_rng(0))
    >>> V
    array([[2.5 , 1.25]])
    """
    users, items, ratings = as_observed(users, items, ratings)
    user_factors, item_factors = as_factors(user_factors, item_factors, finite=True)
    check_rows("users", users, len(user_factors))
    check_rows("items", items, len(item_factors))
    learning_rate, l2 = as_number("learning_rate", learning_rate), as_strength("l2", l2)
    check_learning_rate(learning_rate)
    new_users, new_items = (np.array(one, float) for one in (user_factors, item_factors))  # copies
    with np.errstate(over="ignore", invalid="ignore"):
        for n in rng.permutation(len(ratings)):
            i, j = users[n], items[n]
            error = float(ratings[n]) - float(new_users[i] @ new_items[j])
            new_users[i], new_items[j] = _moved(
                new_users[i], new_items[j], error, learning_rate, l2
            )
    if not (np.isfinite(new_users).all() and np.isfinite(new_items).all()):
        raise ValueError(
            f"the factors grew beyond all numbers with learning_rate={learning_rate}; try a "
            "learning rate ten times smaller"
        )
    return new_users, new_items


def als_user_update(item_vectors: Floats, ratings: Floats, l2: float) -> Floats:
    """The best vector of one user while the items' vectors stand still.

    u = (V_Ωᵀ V_Ω + λI)⁻¹ V_Ωᵀ r, the minimum of Σ_Ω (r_j − u·v_j)² + λ‖u‖².

    Args:
        item_vectors: V_Ω, the vectors of the items this user rated, shape (n_rated, embedding_dim).
        ratings: r, shape (n_rated,), in stars.
        l2: λ ≥ 0; above 0 where n_rated < embedding_dim, or the system has no single solution.

    Returns:
        u, shape (embedding_dim,).

    Raises:
        TypeError: If an input is no real number.
        ValueError: If the shapes do not fit, a number is not finite, λ < 0, or the system is
            singular.

    Source: Zhou, Wilkinson, Schreiber and Pan (2008), with λ instead of λ·n_rated.

    >>> als_user_update(np.array([[2.0, 1.0], [1.0, 1.0], [1.0, 3.0]]),
    ...                 np.array([5.0, 3.0, 1.0]), l2=1.0).round(6)
    array([ 2.125   , -0.145833])
    """
    item_vectors, ratings = as_floats("item_vectors", item_vectors), as_floats("ratings", ratings)
    if item_vectors.ndim != 2 or ratings.shape != item_vectors.shape[:1]:
        raise ValueError(
            f"item_vectors {item_vectors.shape} must be (n_rated, embedding_dim) and ratings "
            f"{ratings.shape} (n_rated,); pass only the rated items"
        )
    as_finite("item_vectors", item_vectors, _FINITE)
    as_finite("ratings", ratings, "leave out what nobody has rated")
    l2 = as_strength("l2", l2)
    normal = item_vectors.T @ item_vectors + l2 * np.eye(item_vectors.shape[1])
    try:
        solution: Floats = np.linalg.solve(normal, item_vectors.T @ ratings)
    except np.linalg.LinAlgError:
        raise ValueError(
            f"{len(ratings)} ratings do not determine {item_vectors.shape[1]} factors with "
            f"l2={l2}; use l2 > 0"
        ) from None
    return solution


def als_sweep(ratings: sparse.csr_array, item_factors: Floats, l2: float | Floats) -> Floats:
    """`als_user_update` for every user at once; the transpose of the ratings updates the items.

    u_i = (V_Ωᵀ V_Ω + λ_i I)⁻¹ V_Ωᵀ r_i for each row i; a row without ratings becomes 0.

    Args:
        ratings: Observed ratings, shape (n_users, n_items); a stored 0 is a rating of 0.
        item_factors: V, shape (n_items, embedding_dim).
        l2: λ ≥ 0, a number or one for each row, shape (n_users,); above 0 where a row has fewer
            than embedding_dim ratings, or its system has no single solution.

    Returns:
        U, shape (n_users, embedding_dim).

    Raises:
        TypeError: If an input is no real number.
        ValueError: If V does not have one row for each column of the ratings, a number is not
            finite, λ < 0 or not one for each row, or a system is singular.

    Source: Zhou, Wilkinson, Schreiber and Pan (2008).

    >>> als_sweep(sparse.csr_array(np.array([[2.0], [0.0]])), np.array([[1.0]]), l2=1.0)
    array([[1.], [0.]])
    """
    item_factors = as_finite("item_factors", item_factors, _FINITE)
    return _solve_rows(as_sparse("ratings", ratings), item_factors, l2, np.float32(0))


def implicit_als_sweep(
    interactions: sparse.csr_array,
    item_factors: Floats,
    l2: float | Floats,
    unobserved_weight: float,
) -> Floats:
    """The best user vectors when every empty cell counts a little as "not chosen".

    u_i = (α VᵀV + V_Ωᵀ V_Ω + λ_i I)⁻¹ V_Ωᵀ 1, the minimum of
    Σ_Ω (1 − u·v_j)² + α Σ_all (u·v_j)² + λ‖u‖².

    Args:
        interactions: A stored entry for each choice, shape (n_users, n_items); values are ignored.
        item_factors: V, shape (n_items, embedding_dim).
        l2: λ ≥ 0, a number or one for each row, shape (n_users,); above 0 where a system would
            have no single solution.
        unobserved_weight: α ≥ 0, the weight of "score 0" that every cell carries.

    Returns:
        U, shape (n_users, embedding_dim); a row without choices becomes 0.

    Raises:
        TypeError: If an input is no real number.
        ValueError: If V does not have one row for each column of the interactions, a number is not
            finite, λ < 0 or not one for each row, α < 0, or a system is singular.

    Source: Hu, Koren and Volinsky (2008); the form of the loss after Rendle, Krichene, Zhang and
    Koren (2022).

    >>> implicit_als_sweep(sparse.csr_array(np.array([[1.0, 0.0]])), np.array([[1.0], [1.0]]),
    ...                    l2=1.0, unobserved_weight=1.0)
    array([[0.25]])
    """
    item_factors = as_finite("item_factors", item_factors, _FINITE)
    unobserved_weight = as_number("unobserved_weight", unobserved_weight)
    if not 0 <= unobserved_weight < inf:
        raise ValueError(
            f"unobserved_weight is {unobserved_weight}; give a finite number of 0 or more"
        )
    rows = as_sparse("interactions", interactions, finite=False)
    choices = sparse.csr_array(
        (np.ones_like(rows.data), rows.indices, rows.indptr), shape=rows.shape
    )
    shared = unobserved_weight * (item_factors.T @ item_factors)
    return _solve_rows(choices, item_factors, l2, shared)


def _moved(
    user_vector: Floats, item_vector: Floats, error: float, learning_rate: float, l2: float
) -> tuple[Floats, Floats]:
    """Both vectors after a step, unchecked: an epoch takes it once for each rating."""
    kept, pull = 1 - 2 * learning_rate * l2, 2 * learning_rate * error
    return kept * user_vector + pull * item_vector, kept * item_vector + pull * user_vector


def _explain(
    user_vector: Floats, item_vector: Floats, rating: float, learning_rate: float, l2: float
) -> None:
    """Say what is wrong with a step; asked afterwards, so that a sound step does not pay for it."""
    check_learning_rate(learning_rate)
    as_strengths("l2", l2)
    as_finite("rating", rating, "leave out what nobody has rated")
    as_finite("user_vector", user_vector, _FINITE)
    as_finite("item_vector", item_vector, _FINITE)
    raise ValueError(
        "user_vector and item_vector have grown so large that u·v is beyond all numbers; try a "
        "learning rate ten times smaller"
    )


def _solve_rows(
    targets: sparse.csr_array,
    factors: Floats,
    l2: float | Floats,
    shared: Floats | np.float32,
    block_values: int = 300_000,
) -> Floats:
    """Solve (shared + F_Ωᵀ F_Ω + λ_i I) x_i = F_Ωᵀ t_i for every row, in batches of like length.

    A batch is small enough to stay in the processor's cache: that halves the time.
    """
    ridge = _ridge(targets, factors, l2)
    n_rows, embedding_dim = targets.shape[0], factors.shape[1]
    padded = np.vstack([factors, np.zeros((1, embedding_dim), factors.dtype)])
    counts = np.diff(targets.indptr)
    solution = np.zeros((n_rows, embedding_dim), dtype=factors.dtype)
    order = np.argsort(counts)
    order = order[counts[order] > 0]
    while len(order):
        # Rows sorted by length: a batch pads to its longest row, and padding stays small.
        longest = counts[order]
        values_so_far = np.maximum(longest, embedding_dim) * np.arange(1, len(order) + 1)
        size = max(1, int(np.searchsorted(values_so_far * embedding_dim, block_values)))
        size = min(size, int(np.searchsorted(longest, 1.5 * longest[0] + 8)))
        rows, order = order[:size], order[size:]
        position = np.arange(counts[rows].max())
        inside = position < counts[rows, None]  # (size, longest)
        cell = np.where(inside, targets.indptr[rows, None] + position, 0)
        partners = np.where(inside, targets.indices[cell], len(factors))
        vectors = np.take(padded, partners, axis=0)  # (size, longest, dim)
        values = np.where(inside, targets.data[cell], 0).astype(factors.dtype)
        normal = np.swapaxes(vectors, 1, 2) @ vectors + shared  # (size, dim, dim)
        normal[:, np.arange(embedding_dim), np.arange(embedding_dim)] += ridge[rows, None]
        right = values[:, None] @ vectors  # (size, 1, dim)
        try:
            solution[rows] = np.linalg.solve(normal, np.swapaxes(right, 1, 2))[..., 0]
        except np.linalg.LinAlgError:
            row = rows[np.argmax(np.linalg.matrix_rank(normal) < embedding_dim)]
            raise ValueError(
                f"row {row}: {counts[row]} ratings do not determine {embedding_dim} factors with "
                f"l2={ridge[row]}; use l2 > 0"
            ) from None
    return solution


def _ridge(targets: sparse.csr_array, factors: Floats, l2: float | Floats) -> Floats:
    """λ of each row, after a look at whether the three inputs fit together."""
    n_rows, n_columns = targets.shape
    if factors.ndim != 2:
        raise ValueError(f"item_factors has shape {factors.shape}; give one vector a row")
    if n_columns != len(factors):
        raise ValueError(
            f"the table has {n_columns} columns but there are {len(factors)} vectors; "
            "pass V for users and the transposed table with U for items"
        )
    strengths = as_strengths("l2", l2)
    if strengths.shape not in {(), (1,), (n_rows,)}:
        raise ValueError(
            f"l2 has shape {strengths.shape}; give one number, or one for each of the {n_rows} rows"
        )
    return np.broadcast_to(strengths, (n_rows,))

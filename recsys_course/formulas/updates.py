"""Steps that lower a factorisation's loss: stochastic gradient and alternating least squares."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_course.formulas.losses import Floats, Indices

__all__ = ["als_sweep", "als_user_update", "implicit_als_sweep", "sgd_epoch", "sgd_step"]


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
        learning_rate: η > 0.
        l2: λ ≥ 0.

    Returns:
        The new u and the new v, each shape (embedding_dim,).

    Raises:
        ValueError: If the shapes of u and v differ.

    Source: the gradient of Koren, Bell and Volinsky (2009), equation 2; their update drops the 2.

    >>> sgd_step(np.array([1.0, 0.5]), np.array([2.0, 1.0]), rating=5.0, learning_rate=0.1)
    (array([2., 1.]), array([2.5 , 1.25]))
    """
    if user_vector.ndim != 1 or user_vector.shape != item_vector.shape:
        raise ValueError(
            f"user_vector {user_vector.shape} and item_vector {item_vector.shape} must be two "
            "vectors of one length; pass one row of U and one row of V"
        )
    error = rating - float(user_vector @ item_vector)
    kept, pull = 1 - 2 * learning_rate * l2, 2 * learning_rate * error
    return kept * user_vector + pull * item_vector, kept * item_vector + pull * user_vector


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
        learning_rate: η > 0.
        l2: λ ≥ 0.
        rng: Decides the order.

    Returns:
        The new U and V.

    Raises:
        ValueError: If the factors are no longer finite: the learning rate is too large.

    Source: Koren, Bell and Volinsky (2009), "Stochastic gradient descent".

    >>> U, V = sgd_epoch(np.array([0]), np.array([0]), np.array([5.0]), np.array([[1.0, 0.5]]),
    ...                  np.array([[2.0, 1.0]]), 0.1, 0.0, np.random.default_rng(0))
    >>> V
    array([[2.5 , 1.25]])
    """
    new_users, new_items = (np.array(one, float) for one in (user_factors, item_factors))  # copies
    with np.errstate(over="ignore", invalid="ignore"):
        for n in rng.permutation(len(ratings)):
            i, j = users[n], items[n]
            new_users[i], new_items[j] = sgd_step(
                new_users[i], new_items[j], float(ratings[n]), learning_rate, l2
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
        ValueError: If the shapes do not fit, or the system is singular.

    Source: Zhou, Wilkinson, Schreiber and Pan (2008), with λ instead of λ·n_rated.

    >>> als_user_update(np.array([[2.0, 1.0], [1.0, 1.0], [1.0, 3.0]]),
    ...                 np.array([5.0, 3.0, 1.0]), l2=1.0).round(6)
    array([ 2.125   , -0.145833])
    """
    if item_vectors.ndim != 2 or ratings.shape != item_vectors.shape[:1]:
        raise ValueError(
            f"item_vectors {item_vectors.shape} must be (n_rated, embedding_dim) and ratings "
            f"{ratings.shape} (n_rated,); pass only the rated items"
        )
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
        l2: λ > 0, a number or one for each row, shape (n_users,).

    Returns:
        U, shape (n_users, embedding_dim).

    Raises:
        ValueError: If V does not have one row for each column of the ratings.

    Source: Zhou, Wilkinson, Schreiber and Pan (2008).

    >>> als_sweep(sparse.csr_array(np.array([[2.0], [0.0]])), np.array([[1.0]]), l2=1.0)
    array([[1.], [0.]])
    """
    return _solve_rows(ratings, item_factors, l2, np.float32(0))


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
        l2: λ > 0, a number or one for each row, shape (n_users,).
        unobserved_weight: α > 0, the weight of "score 0" that every cell carries.

    Returns:
        U, shape (n_users, embedding_dim); a row without choices becomes 0.

    Raises:
        ValueError: If V does not have one row for each column of the interactions.

    Source: Hu, Koren and Volinsky (2008); the form of the loss after Rendle, Krichene, Zhang and
    Koren (2022).

    >>> implicit_als_sweep(sparse.csr_array(np.array([[1.0, 0.0]])), np.array([[1.0], [1.0]]),
    ...                    l2=1.0, unobserved_weight=1.0)
    array([[0.25]])
    """
    choices = sparse.csr_array(
        (np.ones_like(interactions.data), interactions.indices, interactions.indptr),
        shape=interactions.shape,
    )
    shared = unobserved_weight * (item_factors.T @ item_factors)
    return _solve_rows(choices, item_factors, l2, shared)


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
    factors = factors.astype(np.result_type(factors, np.float32))  # whole numbers would round
    n_rows, embedding_dim = targets.shape[0], factors.shape[1]
    if targets.shape[1] != len(factors):
        raise ValueError(
            f"the table has {targets.shape[1]} columns but there are {len(factors)} vectors; "
            "pass V for users and the transposed table with U for items"
        )
    ridge = np.broadcast_to(l2, (n_rows,))
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
        solution[rows] = np.linalg.solve(normal, np.swapaxes(right, 1, 2))[..., 0]
    return solution

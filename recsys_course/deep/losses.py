"""The losses of `recsys_course.formulas.losses`, written for a gradient tape.

Each returns only the value, a scalar tensor; `tf.GradientTape` finds the gradient. The arguments,
the equations and the units are those of the NumPy functions of the same names, and a test holds
values and gradients together. They look at no input: a step of training must not wait for that.
"""

from typing import Any

from recsys_course.deep.runtime import tf

__all__ = [
    "biased_squared_error",
    "dense_squared_error",
    "observed_squared_error",
    "weighted_squared_error",
]

Tensor = Any  # TensorFlow ships no types that a checker can use


def observed_squared_error(
    users: Tensor,
    items: Tensor,
    ratings: Tensor,
    user_factors: Tensor,
    item_factors: Tensor,
    l2: float = 0.0,
) -> Tensor:
    """Squared error over the observed ratings.

    L = Σ_Ω (r_ij − u_i·v_j)² + λ(‖U‖² + ‖V‖²)

    Args:
        users: User index of each observed rating, integers (n,).
        items: Item index of each observed rating, integers (n,).
        ratings: The observed ratings, (n,), in stars.
        user_factors: U, (n_users, embedding_dim).
        item_factors: V, (n_items, embedding_dim).
        l2: λ ≥ 0.

    Returns:
        L in stars², a scalar tensor.

    Source: Koren, Bell and Volinsky (2009), equation 2.

    >>> user_factors, item_factors = tf.constant([[1.0, 0.5]]), tf.constant([[2.0, 1.0]])
    >>> float(observed_squared_error([0], [0], tf.constant([5.0]), user_factors, item_factors))
    6.25
    """
    errors = ratings - _pair_products(users, items, user_factors, item_factors)  # (n,)
    penalty = tf.reduce_sum(user_factors**2) + tf.reduce_sum(item_factors**2)
    return tf.reduce_sum(errors**2) + l2 * penalty


def dense_squared_error(
    ratings: Tensor, user_factors: Tensor, item_factors: Tensor, l2: float = 0.0
) -> Tensor:
    """Squared error that takes every empty cell for a rating of 0.

    L = Σ_ij (r_ij − u_i·v_j)² + λ(‖U‖² + ‖V‖²), with r_ij = 0 where nobody has rated.

    Args:
        ratings: R, (n_users, n_items), in stars; 0 in an empty cell.
        user_factors: U, (n_users, embedding_dim).
        item_factors: V, (n_items, embedding_dim).
        l2: λ ≥ 0.

    Returns:
        L in stars², a scalar tensor.

    Source: the loss of a truncated singular value decomposition (Eckart and Young, 1936), plus λ.

    >>> user_factors, item_factors = tf.constant([[1.0, 0.5]]), tf.constant([[2.0, 1.0]] * 2)
    >>> float(dense_squared_error(tf.constant([[5.0, 0.0]]), user_factors, item_factors))
    12.5
    """
    weights = tf.ones_like(ratings)
    return weighted_squared_error(ratings, weights, user_factors, item_factors, l2)


def weighted_squared_error(
    ratings: Tensor,
    weights: Tensor,
    user_factors: Tensor,
    item_factors: Tensor,
    l2: float = 0.0,
) -> Tensor:
    """Squared error over every cell of a table, each with a weight.

    L = Σ_ij w_ij (r_ij − u_i·v_j)² + λ(‖U‖² + ‖V‖²)

    Args:
        ratings: R, (n_users, n_items).
        weights: W ≥ 0, (n_users, n_items).
        user_factors: U, (n_users, embedding_dim).
        item_factors: V, (n_items, embedding_dim).
        l2: λ ≥ 0.

    Returns:
        L, a scalar tensor.

    Source: Hu, Koren and Volinsky (2008), equation 3.

    >>> user_factors, item_factors = tf.constant([[1.0]]), tf.constant([[0.0], [1.0]])
    >>> loss = weighted_squared_error(
    ...     tf.constant([[1.0, 0.0]]), tf.constant([[1.0, 0.5]]), user_factors, item_factors)
    >>> float(loss)
    1.5
    """
    errors = ratings - tf.matmul(user_factors, item_factors, transpose_b=True)  # (n_users, n_items)
    penalty = tf.reduce_sum(user_factors**2) + tf.reduce_sum(item_factors**2)
    return tf.reduce_sum(weights * errors**2) + l2 * penalty


def biased_squared_error(
    users: Tensor,
    items: Tensor,
    ratings: Tensor,
    mean: float,
    user_biases: Tensor,
    item_biases: Tensor,
    user_factors: Tensor,
    item_factors: Tensor,
    user_l2: Tensor = 0.0,
    item_l2: Tensor = 0.0,
) -> Tensor:
    """Squared error of the model with biases, each row with its own regularisation.

    r̂_ij = μ + b_i + c_j + u_i·v_j
    L = Σ_Ω (r_ij − r̂_ij)² + Σ_i λ_i (b_i² + ‖u_i‖²) + Σ_j λ_j (c_j² + ‖v_j‖²)

    Args:
        users: User index of each observed rating, integers (n,).
        items: Item index of each observed rating, integers (n,).
        ratings: The observed ratings, (n,), in stars.
        mean: μ, in stars.
        user_biases: b, (n_users,), in stars.
        item_biases: c, (n_items,), in stars.
        user_factors: U, (n_users, embedding_dim).
        item_factors: V, (n_items, embedding_dim).
        user_l2: λ_i, a number or (n_users,).
        item_l2: λ_j, a number or (n_items,).

    Returns:
        L in stars², a scalar tensor.

    Source: Koren, Bell and Volinsky (2009), equation 5; the weighting of λ after Zhou, Wilkinson,
    Schreiber and Pan (2008).

    >>> bias, factors = tf.constant([0.5]), tf.zeros((1, 2))
    >>> float(biased_squared_error([0], [0], tf.constant([5.0]), 3.0, bias, bias, factors, factors))
    1.0
    """
    biases = mean + tf.gather(user_biases, users) + tf.gather(item_biases, items)  # (n,)
    errors = ratings - biases - _pair_products(users, items, user_factors, item_factors)  # (n,)
    user_norms = user_biases**2 + tf.reduce_sum(user_factors**2, axis=1)  # (n_users,)
    item_norms = item_biases**2 + tf.reduce_sum(item_factors**2, axis=1)  # (n_items,)
    penalty = tf.reduce_sum(user_l2 * user_norms) + tf.reduce_sum(item_l2 * item_norms)
    return tf.reduce_sum(errors**2) + penalty


def _pair_products(
    users: Tensor, items: Tensor, user_factors: Tensor, item_factors: Tensor
) -> Tensor:
    """u_i·v_j of each pair, (n,)."""
    pairs = tf.gather(user_factors, users) * tf.gather(item_factors, items)  # (n, embedding_dim)
    return tf.reduce_sum(pairs, axis=1)

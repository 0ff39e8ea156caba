"""Who knows whom, when it is known how much friends resemble each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from recsys_course.data.arguments import check_generator
from recsys_course.formulas.losses import Floats

__all__ = ["Friendships", "make_friendships"]

_HALVINGS = 32  # leave less than 1e-8 logits


@dataclass(frozen=True, eq=False)
class Friendships:
    """A network of friends together with the chances that made it.

    Args:
        links: 1 where two users are friends, symmetric, nobody is their own friend; (n_users,
            n_users), float64.
        chances: P(link), (n_users, n_users); 0 on the diagonal.
        intercept: a, in logits.
        strength: b, in logits per unit of cosine.
    """

    links: sparse.csr_array
    chances: Floats
    intercept: float
    strength: float


def make_friendships(
    user_factors: Floats,
    rng: np.random.Generator,
    mean_degree: float = 10.0,
    strength: float = 4.0,
) -> Friendships:
    """Make friends among users, more readily among those of one taste.

    P(i and i' are friends) = 1 / (1 + exp(−a − b·cos(p_i, p_i'))), each pair on its own; a is found
    by bisection so that a user has the wished number of friends in the mean. b = 0 is the control
    in which friends carry no information about taste.

    Give it a generator of its own (``rng.spawn``), so that a world with friends is the same world.

    Args:
        user_factors: P, (n_users, d), such as ``world.user_factors``; memory is n_users² × 24
            bytes.
        rng: Draws the links.
        mean_degree: Expected number of friends, above 0 and below n_users − 1.
        strength: b; negative where opposites attract.

    Returns:
        The friendships; with one seed, another b draws with the same luck.

    Raises:
        ValueError: If the mean degree does not fit the number of users, or a value is not finite.
        TypeError: If rng is no generator.

    Source: a latent space model after Hoff, Raftery and Handcock (2002), with the cosine of tastes.

    >>> friends = make_friendships(np.eye(4), np.random.default_rng(0), mean_degree=1.5)
    >>> friends.links.shape, round(float(friends.chances.sum()) / 4, 6)
    ((4, 4), 1.5)
    """
    check_generator(rng)
    n_users = len(user_factors)
    if user_factors.ndim != 2 or not np.isfinite(user_factors).all():
        raise ValueError(
            f"user_factors of shape {user_factors.shape} must be a finite table, (n_users, d)"
        )
    if not 0 < mean_degree < n_users - 1:
        raise ValueError(
            f"mean_degree is {mean_degree}; {n_users} users can have more than 0 and less than "
            f"{n_users - 1} friends"
        )
    if not np.isfinite(strength):
        raise ValueError(f"strength is {strength}; give a finite number, 0 for no influence")
    first, second = np.triu_indices(n_users, k=1)  # every pair once
    logits = strength * _cosines(user_factors)[first, second]
    intercept = _intercept(logits, mean_degree / (n_users - 1), abs(strength))
    chance = special.expit(intercept + logits)
    linked = rng.spawn(1)[0].random(len(chance)) < chance
    one_way = sparse.coo_array(
        (np.ones(linked.sum()), (first[linked], second[linked])), shape=(n_users, n_users)
    ).tocsr()
    chances = np.zeros((n_users, n_users))
    chances[first, second] = chances[second, first] = chance
    return Friendships(sparse.csr_array(one_way + one_way.T), chances, intercept, strength)


def _cosines(vectors: Floats) -> Floats:
    """Cosines of all pairs of rows; 0 where a row is all zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.divide(vectors, lengths, out=np.zeros_like(vectors, dtype=float), where=lengths > 0)
    return units @ units.T


def _intercept(logits: Floats, density: float, bound: float) -> float:
    """The a for which sigmoid(a + logits) has the mean `density`; |logits| ≤ bound."""
    middle = float(special.logit(density))
    low, high = middle - bound, middle + bound  # all chances are too low at one, too high at other
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if special.expit(middle + logits).mean() < density:
            low = middle
        else:
            high = middle
    return (low + high) / 2

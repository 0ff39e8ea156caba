"""Negatives: items that a user has no row for, drawn to stand against those that they chose."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recsys_course.data.arguments import check_generator
from recsys_course.data.columns import index_column
from recsys_course.data.interactions import Interactions, check_interactions
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats

__all__ = ["popularity_weights", "sample_negatives"]

_TICKS = 2**40  # weights become whole numbers of about this sum: exact sums, rounded by 1e-12


def sample_negatives(
    interactions: Interactions,
    users: npt.ArrayLike,
    rng: np.random.Generator,
    n_negatives: int = 1,
    weights: npt.ArrayLike | None = None,
    replace: bool = True,
) -> npt.NDArray[np.int32]:
    """Draw items that are not among a user's rows.

    P(j | i) = w_j / Σ_{l ∉ Ω_i} w_l for j ∉ Ω_i, and 0 for the items Ω_i of user i's rows.

    Nothing is drawn and rejected: a number below Σ_{l ∉ Ω_i} w_l is drawn and moved up past the
    weights of Ω_i, so a user who misses a single item costs no more than anybody else. Preparing
    costs a pass over all rows: call it once an epoch for all pairs, not once a batch.

    Args:
        interactions: The training rows, and no others: a sampler that avoids test rows leaks them.
        users: User index of each draw, shape (n,); a user may stand there many times.
        rng: Draws.
        n_negatives: Items for each place in users, at least 1.
        weights: w, how readily each item is drawn, shape (n_items,), without a unit, 0 or more;
            None draws uniformly.
        replace: Whether an item may stand twice among the n_negatives of one place; if not, all
            weights must be equal (None).

    Returns:
        Item indices, shape (n, n_negatives).

    Raises:
        ValueError: If a user has no item, or without replace too few items, to draw from, or an
            argument is not what it should be.
        TypeError: If the table is no Interactions, or rng no generator.

    Source: Rendle, Freudenthaler, Gantner and Schmidt-Thieme (2009), section 4, for uniform ones.

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> table = Interactions([0, 0, 1], [0, 2, 1], [5, 4, 3], None,
    ...                      Vocabulary(["ann", "bo"]), Vocabulary(["alien", "brazil", "cube"]))
    >>> sample_negatives(table, [0, 0], np.random.default_rng(0), n_negatives=2).tolist()
    [[1, 1], [1, 1]]
    """
    check_interactions(interactions, "sample_negatives")
    check_generator(rng)
    rows = index_column("users", users, interactions.n_users)
    n_negatives = whole_number("n_negatives", n_negatives)
    if weights is not None and not replace:
        raise ValueError("replace=False draws uniformly; leave out weights, or allow repetition")
    ticks = _whole_weights(weights, interactions)
    ends = np.cumsum(ticks)  # (n_items,) item j owns the ticks from ends[j] − ticks[j] to ends[j]
    positives = interactions.to_csr()
    positives.sort_indices()  # SciPy does so already, but does not promise it
    owners = np.repeat(np.arange(interactions.n_users), np.diff(positives.indptr))
    # Ticks of each user's earlier positives, so that what stands before each positive is known.
    taken = np.concatenate([[0], np.cumsum(ticks[positives.indices])])
    starts = taken[positives.indptr]  # (n_users + 1,)
    free = ends[-1] - np.diff(starts)  # (n_users,) ticks of the items that are no positives
    before = (ends - ticks)[positives.indices] - (taken[:-1] - starts[owners])  # (n,) free ticks
    _refuse_too_few(interactions, rows, free, 1 if replace else n_negatives)
    drawn = _draw(free[rows], n_negatives, rng, replace)  # (len(rows), n_negatives)
    # One sorted array for all users: user i's free ticks begin at i · ends[-1].
    passed = _count_up_to(owners * ends[-1] + before, rows[:, None] * ends[-1] + drawn)
    moved = drawn + taken[passed] - starts[rows][:, None]
    # Of equal weights, the tick is the item.
    items = moved if weights is None else _count_up_to(ends, moved)
    return items.astype(np.int32)


def popularity_weights(interactions: Interactions, exponent: float = 0.75) -> Floats:
    """Weights by which popular items are drawn more often.

    w_j = n_j^exponent, with n_j the number of rows of item j.

    Args:
        interactions: The training rows.
        exponent: 0 draws all items alike (also those without a row), 1 as often as they were
            chosen.

    Returns:
        The weights, shape (n_items,), without a unit.

    Raises:
        ValueError: If the exponent is negative or not finite.
        TypeError: If the table is no Interactions.

    Source: Mikolov, Sutskever, Chen, Corrado and Dean (2013), section 2.2, for words and 3/4.

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> table = Interactions([0, 1, 1], [0, 0, 1], [5, 4, 3], None,
    ...                      Vocabulary(["ann", "bo"]), Vocabulary(["alien", "brazil", "cube"]))
    >>> popularity_weights(table, 0.5)
    array([1.41421356, 1.        , 0.        ])
    """
    check_interactions(interactions, "popularity_weights")
    if not 0 <= exponent < np.inf:
        raise ValueError(f"exponent is {exponent}; choose 0 (uniform) to about 1 (as chosen)")
    counts = np.bincount(interactions.items, minlength=interactions.n_items)
    return np.asarray(counts.astype(np.float64) ** exponent)


def _whole_weights(
    weights: npt.ArrayLike | None, interactions: Interactions
) -> npt.NDArray[np.int64]:
    """Weights in whole ticks; whole numbers have no rounding to fall over a positive by."""
    if weights is None:
        return np.ones(interactions.n_items, dtype=np.int64)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (interactions.n_items,):
        raise ValueError(
            f"weights have shape {given.shape}; give one an item, ({interactions.n_items},)"
        )
    bad = np.flatnonzero(~((given >= 0) & np.isfinite(given)))
    if len(bad):
        raise ValueError(f"weights[{bad[0]}] is {given[bad[0]]}; give finite weights of 0 or more")
    if not given.any():
        raise ValueError("all weights are 0, so there is nothing to draw; give one above 0")
    n_ticks = min(_TICKS, 2**61 // interactions.n_users)  # all users' ticks fit into int64
    share = given / given.max()
    return np.ceil(share * (n_ticks / share.sum())).astype(np.int64)  # up: none above 0 is lost


def _refuse_too_few(
    interactions: Interactions,
    users: npt.NDArray[np.int32],
    free: npt.NDArray[np.int64],
    needed: int,
) -> None:
    short = np.flatnonzero(free[users] < needed)
    if len(short):
        user = int(users[short[0]])
        known = interactions.user_vocabulary.id_of(user)
        have = "no item" if needed == 1 else f"{free[user]} of the {needed} items"
        raise ValueError(
            f"users[{short[0]}] is {user} (id {known!r}), who leaves {have} to draw as negatives; "
            "leave this user out, draw fewer, or give weights above 0 to more items"
        )


def _draw(
    free: npt.NDArray[np.int64], n_negatives: int, rng: np.random.Generator, replace: bool
) -> npt.NDArray[np.int64]:
    """Whole numbers from 0 to free − 1, shape (len(free), n_negatives)."""
    if replace:
        return rng.integers(0, free[:, None], size=(len(free), n_negatives))
    drawn = np.empty((len(free), 0), dtype=np.int64)
    for n in range(n_negatives):  # one column at a time, of the n + 1 fewer numbers that are left
        number = rng.integers(0, free - n)
        for earlier in drawn.T:  # sorted: step over each number that is taken
            number += number >= earlier
        drawn = np.sort(np.column_stack([drawn, number]), axis=1)
    return rng.permuted(drawn, axis=1)


def _count_up_to(
    known: npt.NDArray[np.int64], values: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """How many of the sorted numbers are not above each value; shape as values."""
    order = np.argsort(values, axis=None)  # in order, each search finds its numbers in the cache
    counts = np.empty(values.size, dtype=np.int64)
    counts[order] = np.searchsorted(known, values.ravel()[order], side="right")
    return counts.reshape(values.shape)

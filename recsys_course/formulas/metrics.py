"""Error of predicted ratings, and quality of ranked lists.

Ranking metrics take ranked items and the relevant ones, and give one value for each user; the mean
is taken last. Ties are not their business: `formulas.ranking.top_k` orders equals at random.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.formulas.losses import Floats, Indices

Relevant: TypeAlias = Sequence[Collection[int]] | sparse.csr_array

__all__ = ["hit_rate_at_k", "mae", "ndcg_at_k", "recall_at_k", "rmse"]


def rmse(ratings: Floats, predictions: Floats) -> float:
    """Root mean squared error.

    RMSE = √( Σ (r − r̂)² / n )

    Args:
        ratings: True ratings, shape (n,), in stars.
        predictions: Predicted ratings, shape (n,).

    Returns:
        The error in stars.

    Raises:
        ValueError: If the shapes differ, there is nothing to compare, or a value is not finite.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.1.

    >>> round(rmse(np.array([1.0, 1.0, 4.0]), np.zeros(3)), 6)
    2.44949
    """
    return float(np.sqrt(np.mean(_errors(ratings, predictions) ** 2)))


def mae(ratings: Floats, predictions: Floats) -> float:
    """Mean absolute error.

    MAE = Σ |r − r̂| / n

    Args:
        ratings: True ratings, shape (n,), in stars.
        predictions: Predicted ratings, shape (n,).

    Returns:
        The error in stars.

    Raises:
        ValueError: If the shapes differ, there is nothing to compare, or a value is not finite.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.1.

    >>> mae(np.array([1.0, 1.0, 4.0]), np.zeros(3))
    2.0
    """
    return float(np.mean(np.abs(_errors(ratings, predictions))))


def recall_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Share of a user's relevant items that stand among the first k.

    recall@k = |relevant ∩ ranked[:k]| / |relevant|

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items: one collection of indices for each user, or a sparse table
            (n_users, n_items) whose stored entries are relevant.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: If k < 1, a list is shorter than k or names an item twice, or the numbers of
            users differ.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.2.

    >>> recall_at_k(np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}], k=2)
    array([0.33333333])
    """
    hits, n_relevant = _hits(ranked, relevant, k)
    return _per_user(hits.sum(axis=1), n_relevant)


def hit_rate_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Whether any relevant item stands among the first k.

    hit@k = 1 if |relevant ∩ ranked[:k]| > 0, else 0

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        0 or 1 for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `recall_at_k`.

    Source: Deshpande and Karypis (2004), section 6.2.

    >>> hit_rate_at_k(np.array([[7, 3]]), [{3}], k=2)
    array([1.])
    """
    hits, n_relevant = _hits(ranked, relevant, k)
    return _per_user(np.minimum(hits.sum(axis=1), 1), np.minimum(n_relevant, 1))


def ndcg_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Discounted cumulative gain of the first k, as a share of the best possible.

    DCG@k = Σ_{r≤k} hit_r / log₂(r + 1);  NDCG@k = DCG@k / Σ_{r ≤ min(k, |relevant|)} 1/log₂(r + 1)

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `recall_at_k`.

    Source: Järvelin and Kekäläinen (2002), with binary gains and the discount log₂(rank + 1).

    >>> ndcg_at_k(np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}], k=5).round(6)
    array([0.671386])
    """
    hits, n_relevant = _hits(ranked, relevant, k)
    discounts = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])
    return _per_user(hits @ discounts, ideal[np.minimum(n_relevant, k)])


def _errors(ratings: Floats, predictions: Floats) -> Floats:
    if ratings.shape != predictions.shape or ratings.ndim != 1:
        raise ValueError(
            f"ratings {ratings.shape} and predictions {predictions.shape} must be two arrays of "
            "one length"
        )
    if not len(ratings):
        raise ValueError("there is no rating to compare; the test part is empty")
    errors = np.subtract(ratings, predictions, dtype=np.float64)
    if not np.isfinite(errors).all():
        row = int(np.argmin(np.isfinite(errors)))
        raise ValueError(
            f"row {row}: rating {ratings[row]}, prediction {predictions[row]}; both must be finite"
        )
    return errors


def _hits(
    ranked: Indices, relevant: Relevant, k: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """Where the first k are relevant (n_users, k), and how many items are (n_users,)."""
    if k < 1:
        raise ValueError(f"k is {k}; look at one item at least")
    if ranked.ndim != 2 or ranked.shape[1] < k:
        raise ValueError(
            f"ranked has shape {ranked.shape}; k={k} needs (n_users, at least {k}), padded with −1"
        )
    table = _relevant_table(relevant, len(ranked), int(ranked.max(initial=0)))
    first = ranked[:, :k]
    ordered = np.sort(first, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row = int(np.argmax(twice.any(axis=1)))
        raise ValueError(f"ranked[{row}] names item {ordered[row, 1:][twice[row]][0]} twice")
    keys = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)) * table.shape[1]
    listed = np.arange(len(first))[:, None] * table.shape[1] + first  # (n_users, k)
    hits = np.isin(listed, keys + table.indices) & (first >= 0)
    return hits, np.diff(table.indptr)


def _relevant_table(relevant: Relevant, n_users: int, last_item: int) -> sparse.csr_array:
    if isinstance(relevant, sparse.csr_array):
        table = relevant
    else:
        sets = [np.unique(np.fromiter(items, dtype=np.int64)) for items in relevant]
        indices = np.concatenate(sets) if sets else np.empty(0, dtype=np.int64)
        if indices.min(initial=0) < 0:
            raise ValueError(f"relevant names item {indices.min()}; an index counts from 0")
        pointers = np.cumsum([0, *map(len, sets)])
        width = max(last_item, int(indices.max(initial=0))) + 1
        table = sparse.csr_array(
            (np.ones(len(indices), dtype=bool), indices, pointers), shape=(len(sets), width)
        )
    if table.shape[0] != n_users:
        raise ValueError(f"{n_users} ranked lists but {table.shape[0]} sets of relevant items")
    if last_item >= table.shape[1]:
        raise ValueError(f"ranked names item {last_item}, but there are {table.shape[1]} items")
    return table


def _per_user(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Floats:
    numerator, denominator = np.asarray(numerator), np.asarray(denominator)
    result = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result

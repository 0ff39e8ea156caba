"""Error of predicted ratings, and quality of ranked lists.

Ranking metrics take ranked items and the relevant ones, and give one value for each user; the mean
is taken last. Ties are not their business: `formulas.ranking.top_k` orders equals at random.
Longer than 250 lines, most of them docstrings: all metrics at k read one table of hits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.formulas.inputs import as_array, as_floats, as_scores, whole_number
from recsys_course.formulas.losses import Floats, Indices

Relevant: TypeAlias = Sequence[Collection[int]] | sparse.sparray | sparse.spmatrix
Hits: TypeAlias = npt.NDArray[np.bool_]

__all__ = [
    "auc",
    "average_precision_at_k",
    "check_ranked",
    "hit_rate_at_k",
    "mae",
    "ndcg_at_k",
    "precision_at_k",
    "ranking_metrics",
    "recall_at_k",
    "reciprocal_rank_at_k",
    "rmse",
]


def rmse(ratings: Floats, predictions: Floats) -> float:
    """Root mean squared error.

    RMSE = √( Σ (r − r̂)² / n )

    Args:
        ratings: True ratings, shape (n,), in stars.
        predictions: Predicted ratings, shape (n,).

    Returns:
        The error in stars.

    Raises:
        TypeError: If a value is no real number.
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
        TypeError: If a value is no real number.
        ValueError: If the shapes differ, there is nothing to compare, or a value is not finite.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.1.

    >>> mae(np.array([1.0, 1.0, 4.0]), np.zeros(3))
    2.0
    """
    return float(np.mean(np.abs(_errors(ratings, predictions))))


def recall_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Share of a user's relevant items that stand among the first k.

    recall@k = |relevant ∩ ranked[:k]| / |relevant|

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items: one collection of indices for each user, or a sparse table
            (n_users, n_items) whose stored entries are relevant. Naming an item twice adds nothing.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        TypeError: If relevant does not hold collections.
        ValueError: If k is no whole number of at least 1, a list is shorter than k or names an item
            twice, an index is not a whole number from 0 on, the numbers of users differ, or
            relevant is a dense table of zeros and ones.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.2. Some papers divide by
    min(k, |relevant|) under the same name.

    >>> recall_at_k(np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}], k=2)
    array([0.33333333])
    """
    return _recall(*_hits(ranked, relevant, k))


def precision_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Share of the first k places that a relevant item holds.

    precision@k = |relevant ∩ ranked[:k]| / k, also where the list ends before place k

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        TypeError: As in `recall_at_k`.
        ValueError: As in `recall_at_k`.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.2.

    >>> precision_at_k(np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}], k=5)
    array([0.4])
    """
    return _precision(*_hits(ranked, relevant, k))


def hit_rate_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Whether any relevant item stands among the first k.

    hit@k = 1 if |relevant ∩ ranked[:k]| > 0, else 0

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        0 or 1 for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        TypeError: As in `recall_at_k`.
        ValueError: As in `recall_at_k`.

    Source: Deshpande and Karypis (2004), section 6.2.

    >>> hit_rate_at_k(np.array([[7, 3]]), [{3}], k=2)
    array([1.])
    """
    return _hit_rate(*_hits(ranked, relevant, k))


def ndcg_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Discounted cumulative gain of the first k, as a share of the best possible.

    DCG@k = Σ_{r≤k} hit_r / log₂(r + 1);  NDCG@k = DCG@k / Σ_{r ≤ min(k, |relevant|)} 1/log₂(r + 1)

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        TypeError: As in `recall_at_k`.
        ValueError: As in `recall_at_k`.

    Source: Järvelin and Kekäläinen (2002), with binary gains and the discount log₂(rank + 1).

    >>> ndcg_at_k(np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}], k=5).round(6)
    array([0.671386])
    """
    return _ndcg(*_hits(ranked, relevant, k))


def average_precision_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """Precision at the place of each hit, summed, as a share of the best possible.

    AP@k = Σ_{r≤k} hit_r · precision@r / min(k, |relevant|)

    With this divisor a perfect list is worth 1 for any k. TREC divides by |relevant|: the same
    while k ≥ |relevant|, less below. The mean over users is called MAP.

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        TypeError: As in `recall_at_k`.
        ValueError: As in `recall_at_k`.

    Source: Manning, Raghavan and Schütze (2008), section 8.4, with |relevant| capped at k.

    >>> average_precision_at_k(np.array([[0, 1, 2, 3, 4]]), [{0, 3, 5}], k=5)
    array([0.5])
    """
    return _average_precision(*_hits(ranked, relevant, k))


def reciprocal_rank_at_k(ranked: Indices, relevant: Relevant, k: int) -> Floats:
    """One over the place of the first hit.

    RR@k = 1 / min{r ≤ k : hit_r}, and 0 without a hit. The mean over users is called MRR.

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        TypeError: As in `recall_at_k`.
        ValueError: As in `recall_at_k`.

    Source: Voorhees (1999), on the question answering track of TREC-8.

    >>> reciprocal_rank_at_k(np.array([[7, 3, 5]]), [{3, 5}], k=3)
    array([0.5])
    """
    return _reciprocal_rank(*_hits(ranked, relevant, k))


def ranking_metrics(ranked: Indices, relevant: Relevant, k: int) -> dict[str, Floats]:
    """All metrics at k, for the price of finding the hits once.

    Ties are broken where the list is made: by `formulas.ranking.top_k`, at random.

    Args:
        ranked: Item indices, best first, shape (n_users, at least k); −1 where the list has ended.
        relevant: Relevant items, as in `recall_at_k`.
        k: How far down the list to look, at least 1.

    Returns:
        By the name of the metric, what its own function gives: shape (n_users,).

    Raises:
        TypeError: As in `recall_at_k`.
        ValueError: As in `recall_at_k`.

    Source: As in the functions of the single metrics.

    >>> list(ranking_metrics(np.array([[7, 3]]), [{3}], k=2))
    ['precision', 'recall', 'hit rate', 'NDCG', 'average precision', 'reciprocal rank']
    """
    hits, n_relevant = _hits(ranked, relevant, k)
    formulas: dict[str, Callable[[Hits, Indices], Floats]] = {
        "precision": _precision,
        "recall": _recall,
        "hit rate": _hit_rate,
        "NDCG": _ndcg,
        "average precision": _average_precision,
        "reciprocal rank": _reciprocal_rank,
    }
    return {name: formula(hits, n_relevant) for name, formula in formulas.items()}


def auc(scores: Floats, relevant: Relevant) -> Floats:
    """Share of (relevant, irrelevant) pairs that the scores put in the right order.

    AUC = Σ_{i relevant, j irrelevant} (1{s_i > s_j} + ½ 1{s_i = s_j}) / (|relevant| · |irrelevant|)

    A tie counts one half: the expected value over random orders of the equal items. An item with
    the score −inf is no candidate: irrelevant, it makes no pair; relevant, it loses all its pairs,
    as it is a miss in recall. Otherwise a model could hide what it ranks badly.

    Args:
        scores: Shape (n_users, n_items); −inf marks an item that is no candidate.
        relevant: Relevant items, as in `recall_at_k`.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items
        or without irrelevant candidates.

    Raises:
        TypeError: If the scores are not real numbers, or relevant does not hold collections.
        ValueError: If scores is not a table, a score is nan, the numbers of users or items differ,
            or relevant is a dense table of zeros and ones.

    Source: Hanley and McNeil (1982), on the Wilcoxon statistic.

    >>> auc(np.array([[3.0, 2.0, 1.0, 0.0]]), [{0, 2}])
    array([0.75])
    """
    scores = as_scores(scores)
    if np.isnan(scores).any():
        row, column = np.argwhere(np.isnan(scores))[0]
        raise ValueError(f"scores[{row}, {column}] is nan; a nan has no rank, so mend the model")
    n_users, n_items = scores.shape
    users, items, width = _relevant_cells(relevant, n_users)
    width = width if width is not None else max(n_items, int(items.max(initial=-1)) + 1)
    if width != n_items:
        raise ValueError(f"scores has {n_items} items, but relevant has {width}")
    ends = np.searchsorted(users, np.arange(n_users + 1))
    cells = (items[ends[user] : ends[user + 1]] for user in range(n_users))
    return np.array([_right_order(row, own) for row, own in zip(scores, cells, strict=True)])


def check_ranked(ranked: Indices) -> None:
    """Refuse a table that does not hold one ranked list a user.

    Args:
        ranked: Item indices, best first, shape (n_users, k); −1 where the list has ended.

    Raises:
        ValueError: If it is no table of whole numbers, an index is below −1, or a list names an
            item twice: it would earn its gain twice, and a metric could exceed 1.

    >>> check_ranked(np.array([[4, 0, -1, -1]]))
    """
    ranked = as_array("ranked", ranked)
    if ranked.ndim != 2 or ranked.dtype.kind not in "iu":
        raise ValueError(
            f"ranked has shape {ranked.shape} and holds {ranked.dtype}; give item indices, whole "
            "numbers, one list a user: (n_users, k)"
        )
    ordered = np.sort(ranked, axis=1)
    if ordered.min(initial=0) < -1:
        row = int(np.argmax(ordered.min(axis=1) < -1))
        raise ValueError(
            f"ranked[{row}] names item {ordered[row, 0]}; an index counts from 0, and −1 says that "
            "the list has ended"
        )
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row = int(np.argmax(twice.any(axis=1)))
        raise ValueError(f"ranked[{row}] names item {ordered[row, 1:][twice[row]][0]} twice")


def _errors(ratings: Floats, predictions: Floats) -> Floats:
    ratings, predictions = as_floats("ratings", ratings), as_floats("predictions", predictions)
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


def _hits(ranked: Indices, relevant: Relevant, k: int) -> tuple[Hits, Indices]:
    """Where the first k are relevant (n_users, k), and how many items are (n_users,)."""
    k, ranked = whole_number("k", k), as_array("ranked", ranked)
    if ranked.ndim != 2 or ranked.shape[1] < k:
        raise ValueError(
            f"ranked has shape {ranked.shape}; k={k} needs (n_users, at least {k}), padded with −1"
        )
    first = ranked[:, :k]
    check_ranked(first)
    users, items, n_items = _relevant_cells(relevant, len(first))
    last = int(first.max(initial=0))
    if n_items is not None and last >= n_items:
        raise ValueError(f"ranked names item {last}, but relevant has {n_items} items")
    width = max(last, int(items.max(initial=0))) + 1
    keys = users * width + items  # sorted, as the cells are
    listed = np.arange(len(first))[:, None] * width + first  # (n_users, k)
    place = np.searchsorted(keys, listed)
    # The key of a −1 is that of the user before, so it is never asked for.
    hits = (first >= 0) & (np.append(keys, -1)[place] == listed)
    return hits, np.bincount(users, minlength=len(first))


def _relevant_cells(relevant: Relevant, n_users: int) -> tuple[Indices, Indices, int | None]:
    """User and item of each relevant cell, once and in order; n_items where a table says it."""
    if sparse.issparse(relevant):
        table = sparse.csr_array(relevant)
        lengths, items, n_items = np.diff(table.indptr), table.indices, table.shape[1]
    else:
        _refuse_dense(relevant)
        try:
            lengths = np.array([len(each) for each in relevant], dtype=np.int64)
        except TypeError:
            raise TypeError(
                "relevant holds no collections; give one for each user, such as [{1, 2}, {3}]"
            ) from None
        items, n_items = np.array([*chain.from_iterable(relevant)]), None
        if not len(items):
            items = items.astype(np.int64)
        if items.dtype.kind not in "iu":
            raise ValueError(
                f"relevant holds {items.dtype}; name items by their indices, or give a sparse table"
            )
        if items.min(initial=0) < 0:
            raise ValueError(f"relevant names item {items.min()}; an index counts from 0")
    if len(lengths) != n_users:
        raise ValueError(f"{n_users} users are ranked, but relevant is given for {len(lengths)}")
    width = int(items.max(initial=0)) + 1
    keys = np.sort(np.repeat(np.arange(n_users) * width, lengths) + items.astype(np.int64))
    keys = keys[np.diff(keys, prepend=-1) > 0]  # np.unique is many times slower here
    return *np.divmod(keys, width), n_items


def _refuse_dense(relevant: object) -> None:
    """Refuse an array that can only be a table of zeros and ones, not lists of indices."""
    if isinstance(relevant, np.ndarray) and relevant.ndim == 2 and relevant.dtype.kind in "iu":
        ordered = np.sort(relevant, axis=1)
        twice = ordered[:, 1:] == ordered[:, :-1]
        if twice.any():
            row = int(np.argmax(twice.any(axis=1)))
            raise ValueError(
                f"relevant[{row}] names item {ordered[row, 1:][twice[row]][0]} twice; pass "
                "sparse.csr_array(relevant) if it is a table of zeros and ones"
            )


def _right_order(row: Floats, relevant: Indices) -> float:
    """AUC of one user."""
    candidates, own = np.sort(row[row > -np.inf]), row[relevant]
    n_own = np.count_nonzero(own > -np.inf)
    n_pairs = len(own) * (len(candidates) - n_own)
    if not n_pairs:
        return np.nan
    # Below and not above: twice the number of candidates that each relevant item beats. Among
    # themselves the relevant ones share n_own² such points, whatever their order.
    points = np.searchsorted(candidates, own) + np.searchsorted(candidates, own, side="right")
    return float((points.sum() - n_own**2) / (2 * n_pairs))


def _recall(hits: Hits, n_relevant: Indices) -> Floats:
    return _per_user(hits.sum(axis=1), n_relevant)


def _precision(hits: Hits, n_relevant: Indices) -> Floats:
    return _per_user(hits.sum(axis=1), hits.shape[1] * (n_relevant > 0))


def _hit_rate(hits: Hits, n_relevant: Indices) -> Floats:
    return _per_user(hits.any(axis=1), n_relevant > 0)


def _ndcg(hits: Hits, n_relevant: Indices) -> Floats:
    k = hits.shape[1]
    discounts = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])
    return _per_user(hits @ discounts, ideal[np.minimum(n_relevant, k)])


def _average_precision(hits: Hits, n_relevant: Indices) -> Floats:
    k = hits.shape[1]
    precisions = np.cumsum(hits, axis=1) / np.arange(1, k + 1)  # (n_users, k)
    return _per_user((hits * precisions).sum(axis=1), np.minimum(n_relevant, k))


def _reciprocal_rank(hits: Hits, n_relevant: Indices) -> Floats:
    return _per_user(hits.any(axis=1) / (1 + hits.argmax(axis=1)), n_relevant > 0)


def _per_user(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Floats:
    numerator, denominator = np.asarray(numerator), np.asarray(denominator)
    result = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result

"""What a uniformly random order is worth: the expected value of every ranking metric.

A metric means little beside nothing: 0.1 is what chance gives among 100 candidates, and 37 times
chance among 3,706. All-equal scores, their ties broken at random, must come out at these levels.
Longer than 250 lines, most of them docstrings: there is one function a metric.
"""

from __future__ import annotations

import numpy as np

from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats, Indices

__all__ = [
    "expected_auc",
    "expected_average_precision_at_k",
    "expected_by_chance",
    "expected_hit_rate_at_k",
    "expected_ndcg_at_k",
    "expected_precision_at_k",
    "expected_recall_at_k",
    "expected_reciprocal_rank_at_k",
]


def expected_precision_at_k(
    n_candidates: Indices | int, n_relevant: Indices | int, k: int
) -> Floats:
    """Expected precision at k of a random order.

    E[precision@k] = (P / n) · min(k, n) / k, with n candidates and P relevant ones among them

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; beyond n its places stay empty.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: If k is no whole number of at least 1, a count is negative or no whole number,
            P > n, or the shapes differ.

    Source: A place of a random order holds a relevant item with probability P / n.

    >>> expected_precision_at_k(10, np.array([3, 0]), k=5)
    array([0.3, nan])
    """
    candidates, relevant = _counts(n_candidates, n_relevant, k)
    return _hits_a_place(candidates, relevant) * np.minimum(k, candidates) / k


def expected_recall_at_k(n_candidates: Indices | int, n_relevant: Indices | int, k: int) -> Floats:
    """Expected recall at k of a random order.

    E[recall@k] = min(k, n) / n: the share of the candidates that is shown

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; beyond n its places stay empty.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: Mean of the hypergeometric distribution, over P.

    >>> expected_recall_at_k(3706, 1, k=10).round(6)
    array([0.002698])
    """
    candidates, relevant = _counts(n_candidates, n_relevant, k)
    shown = np.minimum(k, candidates) / np.maximum(candidates, 1)
    return np.where(relevant > 0, shown, np.nan)


def expected_hit_rate_at_k(
    n_candidates: Indices | int, n_relevant: Indices | int, k: int
) -> Floats:
    """Probability that a random list of k holds a relevant item.

    E[hit@k] = 1 − C(n − P, k) / C(n, k), summed here from the chances of a first hit at each place

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; memory is n_users × min(k, n) × 8 bytes.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: Hypergeometric distribution.

    >>> expected_hit_rate_at_k(10, 1, k=3).round(12)
    array([0.3])
    """
    return _first_hits(*_counts(n_candidates, n_relevant, k), k).sum(axis=1)


def expected_ndcg_at_k(n_candidates: Indices | int, n_relevant: Indices | int, k: int) -> Floats:
    """Expected NDCG at k of a random order.

    E[NDCG@k] = (P / n) · Σ_{r ≤ min(k, n)} 1/log₂(r + 1) / Σ_{r ≤ min(k, P)} 1/log₂(r + 1)

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; beyond n its places stay empty.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: Järvelin and Kekäläinen (2002) for the metric; its expectation is a sum over places.

    >>> expected_ndcg_at_k(np.array([100, 3706]), 1, k=10).round(6)
    array([0.045436, 0.001226])
    """
    candidates, relevant = _counts(n_candidates, n_relevant, k)
    gains = np.cumsum(1 / np.log2(np.arange(2, _length(candidates, k) + 2)))  # gains[r − 1]: r ones
    expected = _hits_a_place(candidates, relevant) * _up_to(gains, candidates)
    return expected / _up_to(gains, relevant)


def expected_average_precision_at_k(
    n_candidates: Indices | int, n_relevant: Indices | int, k: int
) -> Floats:
    """Expected average precision at k of a random order.

    E[AP@k] = (1 / min(k, P)) · Σ_{r ≤ min(k, n)} (P / n) · (1 + (r − 1) (P − 1) / (n − 1)) / r

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; beyond n its places stay empty.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: Given a hit at place r, each of the r − 1 places above holds one of the other P − 1
    relevant items with probability (P − 1) / (n − 1).

    >>> expected_average_precision_at_k(10, 3, k=5).round(6)
    array([0.288704])
    """
    candidates, relevant = _counts(n_candidates, n_relevant, k)
    shown = np.minimum(k, candidates)
    harmonic = _up_to(np.cumsum(1 / np.arange(1, _length(candidates, k) + 1)), candidates)
    others = (relevant - 1) / np.maximum(candidates - 1, 1)
    # Σ (1 + (r − 1) c) / r = H + c (m − H), with H = Σ 1/r over the m places that are shown
    expected = _hits_a_place(candidates, relevant) * (harmonic + others * (shown - harmonic))
    return expected / np.minimum(k, relevant)


def expected_reciprocal_rank_at_k(
    n_candidates: Indices | int, n_relevant: Indices | int, k: int
) -> Floats:
    """Expected reciprocal rank at k of a random order.

    E[RR@k] = Σ_{r ≤ min(k, n)} (1 / r) · C(n − r, P − 1) / C(n, P)

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; memory is n_users × min(k, n) × 8 bytes.

    Returns:
        One value in [0, 1] for each user, shape (n_users,); nan for a user without relevant items.

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: Negative hypergeometric distribution of the place of the first hit.

    >>> expected_reciprocal_rank_at_k(100, 1, k=10).round(6)
    array([0.02929])
    """
    first = _first_hits(*_counts(n_candidates, n_relevant, k), k)
    return first @ (1 / np.arange(1, first.shape[1] + 1))


def expected_auc(n_candidates: Indices | int, n_relevant: Indices | int) -> Floats:
    """Expected AUC of a random order.

    E[AUC] = ½: each pair is as often in the right order as in the wrong one

    Args:
        n_candidates: n, items that have a score, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.

    Returns:
        ½ for each user, shape (n_users,); nan for a user without relevant items, or without
        irrelevant ones.

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: Hanley and McNeil (1982).

    >>> expected_auc(10, np.array([3, 10]))
    array([0.5, nan])
    """
    candidates, relevant = _counts(n_candidates, n_relevant, k=1)
    return np.where((relevant > 0) & (relevant < candidates), 0.5, np.nan)


def expected_by_chance(
    n_candidates: Indices | int, n_relevant: Indices | int, k: int
) -> dict[str, Floats]:
    """Chance level of each metric at k.

    Args:
        n_candidates: n, items that may be listed, shape (n_users,) or one number for all.
        n_relevant: P, relevant items among the candidates, shape (n_users,) or one number.
        k: Length of the list, at least 1; memory is n_users × min(k, n) × 8 bytes.

    Returns:
        By the names of `formulas.metrics.ranking_metrics`, in their order: shape (n_users,).

    Raises:
        ValueError: As in `expected_precision_at_k`.

    Source: As in the functions of the single metrics.

    >>> expected_by_chance(10, 3, k=5)["reciprocal rank"].round(6)
    array([0.522917])
    """
    return {
        "precision": expected_precision_at_k(n_candidates, n_relevant, k),
        "recall": expected_recall_at_k(n_candidates, n_relevant, k),
        "hit rate": expected_hit_rate_at_k(n_candidates, n_relevant, k),
        "NDCG": expected_ndcg_at_k(n_candidates, n_relevant, k),
        "average precision": expected_average_precision_at_k(n_candidates, n_relevant, k),
        "reciprocal rank": expected_reciprocal_rank_at_k(n_candidates, n_relevant, k),
    }


def _counts(
    n_candidates: Indices | int, n_relevant: Indices | int, k: int
) -> tuple[Indices, Indices]:
    """The two counts user by user, each of shape (n_users,)."""
    whole_number("k", k)
    candidates, relevant = np.atleast_1d(n_candidates), np.atleast_1d(n_relevant)
    if candidates.dtype.kind not in "iu" or relevant.dtype.kind not in "iu":
        raise ValueError(
            f"n_candidates holds {candidates.dtype}, n_relevant {relevant.dtype}; count items in "
            "whole numbers"
        )
    if candidates.ndim > 1 or relevant.ndim > 1 or len({len(candidates), len(relevant)} - {1}) > 1:
        raise ValueError(
            f"n_candidates {candidates.shape} and n_relevant {relevant.shape} must have one value "
            "for each user, or one for all"
        )
    candidates, relevant = np.broadcast_arrays(
        candidates.astype(np.int64), relevant.astype(np.int64)
    )
    wrong = (relevant < 0) | (relevant > candidates)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"user {row} has {relevant[row]} relevant items among {candidates[row]} candidates; "
            "count those only that are candidates, 0 or more"
        )
    return candidates, relevant


def _hits_a_place(candidates: Indices, relevant: Indices) -> Floats:
    """Probability that a place holds a relevant item, P / n; nan where P is 0."""
    return np.where(relevant > 0, relevant / np.maximum(candidates, 1), np.nan)


def _length(candidates: Indices, k: int) -> int:
    """Places that any user's list can fill, and at least one."""
    return min(int(k), int(candidates.max(initial=1)))


def _up_to(sums: Floats, counts: Indices) -> Floats:
    """The running sum after as many places as each count says; of no use where it says 0."""
    return sums[np.minimum(counts, len(sums)) - 1]


def _first_hits(candidates: Indices, relevant: Indices, k: int) -> Floats:
    """Probability that the first hit is at place r, shape (n_users, min(k, n)); nan where P is 0.

    A product of misses and one hit: no factorial, and no 1 − (nearly 1) when a hit is rare.
    """
    above = np.arange(_length(candidates, k))  # r − 1 items stand above place r
    left = np.maximum(candidates[:, None] - above, 1)  # (n_users, k)
    hit = relevant[:, None] / left  # 1 where only relevant ones are left: miss is 0 from there on
    miss = np.cumprod(1 - hit, axis=1)
    miss = np.concatenate([np.ones((len(miss), 1)), miss[:, :-1]], axis=1)
    return np.where(relevant[:, None] > 0, miss * hit, np.nan)

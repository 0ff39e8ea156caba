"""What accuracy does not see: how much of the catalogue is shown, how evenly, how new, how alike.

Exposure is counted over the lists of all users; novelty and similarity are values of one list. A
−1 in a list is no item. Longer than 250 lines, most of them docstrings.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.formulas.inputs import as_array, as_floats
from recsys_course.formulas.losses import Floats, Indices
from recsys_course.formulas.metrics import check_ranked

__all__ = [
    "catalogue_coverage",
    "exposure_counts",
    "exposure_entropy",
    "gini",
    "intra_list_diversity",
    "intra_list_similarity",
    "novelty",
]


def exposure_counts(ranked: Indices, n_items: int) -> npt.NDArray[np.int64]:
    """How many lists show each item.

    x_i = |{u : i ∈ ranked_u}|

    Args:
        ranked: Item indices, shape (n_users, k); −1 where the list has ended.
        n_items: Items of the catalogue, those never shown included.

    Returns:
        Counts, shape (n_items,).

    Raises:
        ValueError: If ranked is no table of indices below n_items, or a list names an item twice.

    Source: Shani and Gunawardana (2011), on coverage of the item space.

    >>> exposure_counts(np.array([[2, 4], [2, -1]]), n_items=5)
    array([0, 0, 2, 0, 1])
    """
    ranked = as_array("ranked", ranked)
    check_ranked(ranked)
    shown = ranked[ranked >= 0].astype(np.int64)
    if shown.max(initial=-1) >= n_items:
        raise ValueError(f"ranked names item {shown.max()}, but there are {n_items} items")
    return np.bincount(shown, minlength=n_items)


def catalogue_coverage(ranked: Indices, n_items: int) -> float:
    """Share of the catalogue that stands on at least one list.

    coverage = |∪_u ranked_u| / n_items

    Args:
        ranked: Item indices, shape (n_users, k); −1 where the list has ended.
        n_items: Items of the catalogue, at least 1.

    Returns:
        A share in [0, 1]. It grows with the number of lists: compare equal numbers of users.

    Raises:
        ValueError: As in `exposure_counts`, or if the catalogue is empty.

    Source: Ge, Delgado-Battenfeld and Jannach (2010), section 3.1.

    >>> catalogue_coverage(np.array([[2, 4], [2, 1]]), n_items=5)
    0.6
    """
    if n_items < 1:
        raise ValueError(f"n_items is {n_items}; a catalogue has one item at least")
    return float(np.mean(exposure_counts(ranked, n_items) > 0))


def gini(counts: Indices) -> float:
    """Inequality of exposure: 0 where all items are shown equally often.

    G = Σ_r (2r − n − 1) x_(r) / (n Σ x), with x_(1) ≤ … ≤ x_(n);  G = Σ_ij |x_i − x_j| / (2n Σ x)

    Both forms are one number. One item with all the exposure has G = (n − 1) / n; some authors
    correct by n / (n − 1), so that it has 1. This is the uncorrected form.

    Args:
        counts: x, exposure of each item of the catalogue, zeros included, shape (n_items,).

    Returns:
        A value in [0, 1), without a unit.

    Raises:
        TypeError: If the counts are not real numbers.
        ValueError: If counts is no list of finite numbers from 0 on, or all are 0.

    Source: Shani and Gunawardana (2011), on coverage of the item space, with both ends of the
    ranks weighted alike.

    >>> gini(np.array([1, 2, 3, 0, 2]))
    0.35
    """
    shares = np.sort(_shares(counts))
    n_items = len(shares)
    return float((2 * np.arange(1, n_items + 1) - n_items - 1) @ shares / n_items)


def exposure_entropy(counts: Indices) -> float:
    """Evenness of exposure: how many bits tell which item a place shows.

    H = −Σ_i p_i log₂ p_i, with p_i = x_i / Σ x, and nothing for an item that is never shown

    Args:
        counts: x, exposure of each item, shape (n_items,).

    Returns:
        Bits, from 0 (one item has it all) to log₂ n_items (all are shown equally often).

    Raises:
        TypeError: If the counts are not real numbers.
        ValueError: If counts is no list of finite numbers from 0 on, or all are 0.

    Source: Shani and Gunawardana (2011), on coverage of the item space.

    >>> exposure_entropy(np.array([1, 1, 0, 2]))
    1.5
    """
    shares = _shares(counts)
    shown = shares[shares > 0]
    return float(shown @ np.log2(1 / shown))


def novelty(ranked: Indices, n_interactions: Indices, n_users: int) -> Floats:
    """How surprising the items of a list are to somebody who knows what is popular.

    novelty = mean over the list of −log₂ p_i, with p_i = max(n_i, 1) / n_users

    An item that nobody interacted with counts as if one user had: its −log₂ 0 would be infinite,
    and one such item would drown all others in a mean.

    Args:
        ranked: Item indices, shape (n_users on lists, k); −1 where the list has ended.
        n_interactions: n, how many users interacted with each item, shape (n_items,).
        n_users: Users who could have interacted, at least 1.

    Returns:
        Bits for each list, in [0, log₂ n_users]; nan for an empty list.

    Raises:
        TypeError: If the counts are not real numbers.
        ValueError: As in `exposure_counts`, or if a count is not in 0 … n_users.

    Source: Zhou, Kuscsik, Liu, Medo, Wakeling and Zhang (2010), on surprisal.

    >>> novelty(np.array([[0, 1], [1, -1]]), np.array([2, 1, 4]), n_users=4)
    array([1.5, 2. ])
    """
    ranked = as_array("ranked", ranked)
    n_interactions = as_array("n_interactions", n_interactions)
    counts = as_floats("n_interactions", n_interactions)
    exposure_counts(ranked, len(counts))
    wrong = ~((counts >= 0) & (counts <= n_users))
    if n_users < 1 or wrong.any():
        item = int(np.argmax(wrong))
        raise ValueError(
            f"n_interactions[{item}] is {n_interactions[item]} of n_users {n_users}; count each "
            "user once an item"
        )
    surprise = np.log2(n_users / np.maximum(counts, 1))  # (n_items,)
    listed = ranked >= 0
    # The surprise that a −1 picks is that of the last item; it is set to 0 and not counted.
    return _mean(np.where(listed, surprise[ranked], 0).sum(axis=1), listed.sum(axis=1))


def intra_list_similarity(ranked: Indices, item_vectors: Floats) -> Floats:
    """How alike the items of a list are: mean cosine of its pairs.

    ILS = Σ_{i<j} cos(v_i, v_j) / (m (m − 1) / 2) = (‖Σ e_i‖² − Σ ‖e_i‖²) / (m (m − 1)), with m
    items on the list and e_i = v_i / ‖v_i‖; the cosine with a vector of zeros is 0

    Args:
        ranked: Item indices, shape (n_users, k); −1 where the list has ended.
        item_vectors: v, what an item is described by, shape (n_items, embedding_dim).

    Returns:
        One value in [−1, 1] for each list, shape (n_users,); nan for a list without a pair.

    Raises:
        TypeError: If the vectors do not hold real numbers.
        ValueError: As in `exposure_counts`, or if item_vectors is no table of finite numbers.

    Source: Ziegler, McNee, Konstan and Lausen (2005), section 3.2, as a mean over the pairs.

    >>> intra_list_similarity(np.array([[0, 1], [0, -1]]), np.array([[3.0, 0.0], [4.0, 3.0]]))
    array([0.8, nan])
    """
    item_vectors = as_floats("item_vectors", item_vectors)
    if item_vectors.ndim != 2 or not np.isfinite(item_vectors).all():
        raise ValueError(
            f"item_vectors has shape {item_vectors.shape}; give a table of finite numbers, one row "
            "an item"
        )
    ranked = as_array("ranked", ranked)
    exposure_counts(ranked, len(item_vectors))
    norms = np.linalg.norm(item_vectors, axis=1, keepdims=True)
    units = item_vectors / np.where(norms > 0, norms, 1)
    listed = ranked >= 0
    n_listed = listed.sum(axis=1)
    pointers = np.concatenate([[0], np.cumsum(n_listed)])
    lists = sparse.csr_array(
        (np.ones(pointers[-1]), ranked[listed], pointers), shape=(len(ranked), len(units))
    )
    total = ((lists @ units) ** 2).sum(axis=1)
    alone = lists @ (units**2).sum(axis=1)
    return np.clip(_mean(total - alone, n_listed * (n_listed - 1)), -1, 1)  # rounding steps over


def intra_list_diversity(ranked: Indices, item_vectors: Floats) -> Floats:
    """How different the items of a list are.

    diversity = 1 − ILS, as in `intra_list_similarity`

    Args:
        ranked: Item indices, shape (n_users, k); −1 where the list has ended.
        item_vectors: What an item is described by, shape (n_items, embedding_dim).

    Returns:
        One value in [0, 2] for each list, shape (n_users,); nan for a list without a pair.

    Raises:
        TypeError: As in `intra_list_similarity`.
        ValueError: As in `intra_list_similarity`.

    Source: Ziegler, McNee, Konstan and Lausen (2005), section 3.2, turned round.

    >>> intra_list_diversity(np.array([[0, 1]]), np.eye(2))
    array([1.])
    """
    return 1 - intra_list_similarity(ranked, item_vectors)


def _shares(counts: Indices) -> Floats:
    """Each count as a share of their sum, (n_items,)."""
    exposure = as_floats("counts", counts)
    wrong = ~((exposure >= 0) & (exposure < np.inf))
    if exposure.ndim != 1 or wrong.any():
        raise ValueError(
            f"counts has shape {exposure.shape} and {np.count_nonzero(wrong)} values that are no "
            "counts; give one number from 0 on for each item"
        )
    if not exposure.any():
        raise ValueError("all counts are 0; nothing was shown, so there is nothing to share out")
    return exposure / exposure.sum()


def _mean(sums: Floats, n: Indices) -> Floats:
    """Sum by number, nan where there is nothing to average."""
    return np.divide(sums, n, out=np.full(len(n), np.nan), where=n > 0)

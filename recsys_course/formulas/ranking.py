"""From scores to an ordered list, without favour among equals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recsys_course.formulas.losses import Floats

__all__ = ["top_k"]


def top_k(scores: Floats, k: int, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """The k best items of each user, best first; equal scores in random order.

    Sorting alone would prefer low item indices among equals, and indices often follow popularity:
    a model that knows nothing would then look as if it knew something.

    Args:
        scores: Shape (n_users, n_items); −inf marks an item that must not be listed.
        k: Length of the list, at least 1; it may exceed n_items.
        rng: Orders the ties.

    Returns:
        Item indices, shape (n_users, k); −1 where there are not enough items.

    Raises:
        ValueError: If k < 1, scores is not a table, or a score is nan.

    Source: McSherry and Najork (2008), on ranking metrics in the presence of ties.

    >>> top_k(np.array([[0.1, 0.9, 0.5]]), k=2, rng=np.random.default_rng(0))
    array([[1, 2]], dtype=int32)
    """
    if k < 1:
        raise ValueError(f"k is {k}; ask for at least one item")
    if scores.ndim != 2:
        raise ValueError(
            f"scores has shape {scores.shape}; give one row a user: (n_users, n_items)"
        )
    n_users, n_items = scores.shape
    if np.isnan(scores).any():
        row, column = np.argwhere(np.isnan(scores))[0]
        raise ValueError(f"scores[{row}, {column}] is nan; a nan has no rank, so mend the model")
    ranked = np.full((n_users, k), -1, dtype=np.int32)
    if n_items == 0 or n_users == 0:
        return ranked
    kept = min(k, n_items)
    threshold = np.partition(scores, n_items - kept, axis=1)[:, n_items - kept, None]
    rows, items = np.nonzero((scores >= threshold) & (scores > -np.inf))
    # Only items at or above the k-th best score are sorted; those that tie come in random order.
    order = np.lexsort((rng.random(len(rows)), -scores[rows, items], rows))
    rows, items = rows[order], items[order]
    position = np.arange(len(rows)) - np.searchsorted(rows, rows)
    listed = position < kept
    ranked[rows[listed], position[listed]] = items[listed]
    return ranked

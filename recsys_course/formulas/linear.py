"""Linear models of each item by the others, in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from recsys_course.formulas.inputs import as_sparse, as_strength

__all__ = ["ease_weights"]


def ease_weights(choices: sparse.csr_array, l2: float) -> npt.NDArray[np.float32]:
    """The linear model of each item by all others that errs least.

    B = argmin ‖X − X B‖² + λ‖B‖² with diag B = 0, which is B_ij = −P_ij / P_jj for i ≠ j, where
    P = (XᵀX + λI)⁻¹, from a Cholesky factor of half the work that a general inverse takes.

    Args:
        choices: X, a stored 1 for each choice, shape (n_users, n_items).
        l2: λ > 0, in users.

    Returns:
        B, shape (n_items, n_items); column j holds the weights that item j is predicted with.

    Raises:
        TypeError: If a choice or λ is not a real number.
        ValueError: If a number is not finite, λ < 0, or λ is so small that XᵀX + λI is singular in
            32 bits.

    Source: Steck (2019), equations 5 to 8.

    >>> X = sparse.csr_array(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0]]))
    >>> (ease_weights(X, l2=1.0) * 22).round(4)
    array([[ 0.,  8.,  0.],
           [11.,  0., 11.],
           [ 0., 12.,  0.]], dtype=float32)
    """
    choices, l2 = as_sparse("choices", choices), as_strength("l2", l2)
    # Fortran order: LAPACK then works in place instead of on a copy.
    gram = np.asfortranarray((choices.T @ choices).toarray(), dtype=np.float32)
    gram[np.diag_indices_from(gram)] += l2
    factor, failed = linalg.lapack.spotrf(gram, overwrite_a=True)
    if not failed:
        precision, failed = linalg.lapack.spotri(factor, overwrite_c=True)
    if failed:
        raise ValueError(f"l2={l2} is too small for these choices in 32 bits; try {10 * l2 or 1:g}")
    weights: npt.NDArray[np.float32] = np.triu(precision)
    weights += np.triu(precision, 1).T  # LAPACK leaves the lower triangle as it was
    diagonal = -weights.diagonal()
    weights /= diagonal
    np.fill_diagonal(weights, 0)
    return weights

"""Matrix factorisation by alternating least squares: a few passes, no learning rate."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.formulas.losses import Floats
from recsys_course.formulas.updates import als_sweep, implicit_als_sweep
from recsys_course.models.recommender import Feedback, Recommender, known_feedback

__all__ = ["AlternatingLeastSquares"]


class AlternatingLeastSquares(Recommender):
    """Each user's vector solved exactly while the items stand still, then the other way round.

    explicit: r̂_ij = μ + b_i + c_j + u_i·v_j, the minimum of
    Σ_Ω (r − r̂)² + λ Σ_i n_i^ρ (b_i² + ‖u_i‖²) + λ Σ_j n_j^ρ (c_j² + ‖v_j‖²), by `als_sweep`.
    implicit: Σ_Ω (1 − u·v)² + α Σ_all (u·v)² + the same regularisation, by `implicit_als_sweep`.

    n_i is the number of ratings of a row (with implicit feedback plus α times the number of
    columns, the weight of all its cells).

    Args:
        rng: Starts the factors.
        feedback: What to learn from.
        embedding_dim: d, the length of every vector.
        epochs: Times that both sides are solved.
        l2: λ > 0.
        l2_exponent: ρ; 0 treats all rows alike, 1 is the weighted-λ of ALS-WR.
        unobserved_weight: α, used with implicit feedback only.

    Source: Zhou, Wilkinson, Schreiber and Pan (2008); implicit: Hu, Koren and Volinsky (2008) in
    the form of Rendle, Krichene, Zhang and Koren (2022).
    """

    name: ClassVar[str] = "ALS"

    def __init__(
        self,
        rng: np.random.Generator,
        feedback: Feedback = "explicit",
        embedding_dim: int = 20,
        epochs: int = 8,
        l2: float | None = None,
        l2_exponent: float | None = None,
        unobserved_weight: float = 0.05,
    ) -> None:
        explicit = feedback == "explicit"
        self._rng, self.feedback, self.epochs = rng, known_feedback(feedback), epochs
        self.embedding_dim, self.unobserved_weight = embedding_dim, unobserved_weight
        self.l2 = l2 if l2 is not None else (2.0 if explicit else 0.05)
        self.l2_exponent = l2_exponent if l2_exponent is not None else (0.4 if explicit else 1.0)
        for setting, least in (
            ("embedding_dim", 1),
            ("epochs", 1),
            ("l2", 0),
            ("l2_exponent", 0),
            ("unobserved_weight", 0),
        ):
            if not getattr(self, setting) >= least:
                raise ValueError(f"{setting} is {getattr(self, setting)}; give {least} or more")

    def fit(self, interactions: Interactions) -> Self:
        """Solve for the users and the items in turn.

        Args:
            interactions: The training part.

        Returns:
            The model itself.
        """
        super().fit(interactions)
        by_user = interactions.to_csr().astype(np.float64)
        by_item = sparse.csr_array(by_user.T)
        user_l2, item_l2 = self._row_l2(by_user), self._row_l2(by_item)
        self.mean = float(by_user.data.mean()) if self.feedback == "explicit" else 0.0
        self.item_biases: Floats = np.zeros(self.n_items)
        self.item_factors: Floats = self._rng.normal(
            0, self.embedding_dim**-0.5, (self.n_items, self.embedding_dim)
        )
        for _ in range(self.epochs):
            self.user_factors, self.user_biases = self._solve(
                by_user, self.item_factors, self.item_biases, user_l2
            )
            self.item_factors, self.item_biases = self._solve(
                by_item, self.user_factors, self.user_biases, item_l2
            )
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings, or preferences.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items).
        """
        rows = self._known(users, "users", self.n_users)
        return self._scores(self.user_factors[rows], self.user_biases[rows])

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new: one ALS step with the items' vectors as they are.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, shape (n_items,).
        """
        known, given = self._newcomer(items, ratings)
        row = sparse.csr_array(
            (given, (np.zeros(len(known), np.intp), known)),
            shape=(1, self.n_items),
        )
        vectors, biases = self._solve(row, self.item_factors, self.item_biases, self._row_l2(row))
        return self._scores(vectors, biases)[0]

    def _scores(self, user_vectors: Floats, user_biases: Floats) -> Floats:
        preferences = user_vectors @ self.item_factors.T  # (n, n_items)
        if self.feedback == "implicit":
            return preferences
        return self.mean + user_biases[:, None] + self.item_biases + preferences

    def _row_l2(self, rows: sparse.csr_array) -> Floats:
        weight = np.diff(rows.indptr).astype(np.float64)
        if self.feedback == "implicit":
            weight += self.unobserved_weight * rows.shape[1]
        return self.l2 * np.maximum(weight, 1) ** self.l2_exponent

    def _solve(
        self, rows: sparse.csr_array, factors: Floats, biases: Floats, l2: Floats
    ) -> tuple[Floats, Floats]:
        """The vectors and biases of one side while the other side stands still.

        A bias is one more coordinate whose partner is the constant 1, so both come from one solve.
        """
        if self.feedback == "implicit":
            vectors = implicit_als_sweep(rows, factors, l2, self.unobserved_weight)
            return vectors, np.zeros(len(vectors))
        targets = sparse.csr_array(
            (rows.data - self.mean - biases[rows.indices], rows.indices, rows.indptr), rows.shape
        )
        with_one = np.column_stack([factors, np.ones(len(factors))])  # (n, embedding_dim + 1)
        solved = als_sweep(targets, with_one, l2)
        return solved[:, :-1], solved[:, -1]

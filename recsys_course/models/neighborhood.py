"""Recommending what resembles what somebody liked."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.formulas.losses import Floats
from recsys_course.formulas.similarity import nearest_neighbors
from recsys_course.models.baselines import Biases
from recsys_course.models.recommender import Feedback, Recommender, known_feedback

__all__ = ["ItemNeighbors"]


class ItemNeighbors(Recommender):
    """Item-based neighbourhoods, with cosine similarities shrunk by the number of common users.

    explicit: r̂_ij = b_ij + Σ_{k∈N(j)∩Ω_i} s_jk (r_ik − b_ik) / (δ + Σ_{k∈N(j)∩Ω_i} |s_jk|), with
    the bias prediction b of `Biases` and similarities of the residuals r − b.
    implicit: score_ij = Σ_{k∈N(j)∩Ω_i} s_jk, with similarities of who chose what.

    Args:
        feedback: What to learn from.
        n_neighbors: |N(j)|, neighbours kept for each item.
        shrinkage: β of the similarity, in common users.
        damping: δ ≥ 0; keeps a single weak neighbour from deciding a rating.

    Source: Sarwar, Karypis, Konstan and Riedl (2001); residuals after Bell and Koren (2007);
    the implicit form is Deshpande and Karypis (2004).
    """

    name: ClassVar[str] = "item neighbours"

    def __init__(
        self,
        feedback: Feedback = "explicit",
        n_neighbors: int = 100,
        shrinkage: float = 10.0,
        damping: float = 1.0,
    ) -> None:
        self.feedback = known_feedback(feedback)
        self.n_neighbors, self.shrinkage, self.damping = n_neighbors, shrinkage, damping

    def fit(self, interactions: Interactions) -> Self:
        """Find each item's neighbours.

        Args:
            interactions: The training part.

        Returns:
            The model itself.
        """
        super().fit(interactions)
        values = np.ones(len(interactions))
        if self.feedback == "explicit":
            self.biases = Biases().fit(interactions)
            users, items = interactions.users, interactions.items
            values = interactions.ratings - self.biases.predict(users, items)
        self._rows = sparse.csr_array(
            (values, (interactions.users, interactions.items)), shape=(self.n_users, self.n_items)
        )
        self.similarities = nearest_neighbors(
            sparse.csr_array(self._rows.T), self.n_neighbors, self.shrinkage
        )
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings, or sums of similarities.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items).
        """
        rows = self._known(users, "users", self.n_users)
        if self.feedback == "implicit":
            return self._sums(self._rows[rows])
        return self.biases.score(rows) + self._step(self._rows[rows])

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, shape (n_items,).
        """
        known, given = self._newcomer(items, ratings)
        values = np.ones(len(known))
        if self.feedback == "explicit":
            base = self.biases.fold_in(known, given)  # (n_items,)
            values = given - base[known]
        row = sparse.csr_array(
            (values, (np.zeros(len(known), int), known)), shape=(1, self.n_items)
        )
        return self._sums(row)[0] if self.feedback == "implicit" else base + self._step(row)[0]

    def _sums(self, rows: sparse.csr_array) -> Floats:
        """Σ_k s_jk x_ik for every item j, (n, n_items)."""
        sums: Floats = (rows @ self.similarities.T).toarray()
        return sums

    def _step(self, rows: sparse.csr_array) -> Floats:
        """How far the neighbours move each item's rating away from the biases, (n, n_items)."""
        present = sparse.csr_array(
            (np.ones_like(rows.data), rows.indices, rows.indptr), shape=rows.shape
        )
        sums = self._sums(rows)
        weight = (present @ abs(self.similarities).T).toarray()  # (n, n_items)
        return np.divide(sums, weight + self.damping, out=np.zeros_like(sums), where=weight > 0)

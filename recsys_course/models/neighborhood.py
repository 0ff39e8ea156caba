"""Recommending what resembles what somebody liked."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.formulas.losses import Floats
from recsys_course.formulas.similarity import nearest_neighbors
from recsys_course.models.baselines import damped_biases
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
            self.mean, self.user_biases, self.item_biases = damped_biases(interactions, 5, 3, 10)
            values = (
                interactions.ratings.astype(np.float64)
                - self.mean
                - self.user_biases[interactions.users]
                - self.item_biases[interactions.items]
            )
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
        base = self.user_biases[rows] if self.feedback == "explicit" else np.zeros(len(rows))
        return self._combine(self._rows[rows], base)

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, shape (n_items,).
        """
        known, given = self._newcomer(items, ratings)
        values, base = np.ones(len(known)), 0.0
        if self.feedback == "explicit":
            deviations = given - self.mean - self.item_biases[known]
            base = float(deviations.sum() / (len(known) + 5))
            values = deviations - base
        row = sparse.csr_array(
            (values, (np.zeros(len(known), int), known)), shape=(1, self.n_items)
        )
        return self._combine(row, np.array([base]))[0]

    def _combine(self, rows: sparse.csr_array, user_biases: Floats) -> Floats:
        weighted = (rows @ self.similarities.T).toarray()  # (n, n_items)
        if self.feedback == "implicit":
            return weighted
        present = sparse.csr_array(
            (np.ones_like(rows.data), rows.indices, rows.indptr), shape=rows.shape
        )
        weight = (present @ abs(self.similarities).T).toarray()  # (n, n_items)
        step = np.divide(
            weighted, weight + self.damping, out=np.zeros_like(weighted), where=weight > 0
        )
        return self.mean + user_biases[:, None] + self.item_biases + step

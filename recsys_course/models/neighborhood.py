"""Recommending what resembles what somebody liked, or what people alike liked.

The defaults are a compromise between ratings and choices, and between users and items, found on a
validation cut inside the training part of the embedded ratings. Two models that mirror each other,
each with its contract, make this module longer than others.
"""

from __future__ import annotations

from typing import ClassVar, Self, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.arguments import finite_number
from recsys_course.data.interactions import Interactions
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats, Indices
from recsys_course.formulas.neighbors import (
    Kind,
    neighbors_among,
    predict_from_neighbors,
    similarity_matrix,
)
from recsys_course.models.baselines import Biases
from recsys_course.models.recommender import Feedback, Recommender, known_feedback

__all__ = ["ItemNeighbors", "UserNeighbors"]


class _Neighborhood:
    """The settings of both kinds of neighbourhoods."""

    biases: Biases | None = None  # stays so with implicit feedback
    kind: Kind = "cosine"  # of a model that was saved before there was a choice

    def __init__(
        self,
        feedback: Feedback = "explicit",
        n_neighbors: int | None = 100,
        shrinkage: float = 10.0,
        min_support: int = 1,
        damping: float = 0.3,
        kind: Kind = "cosine",
    ) -> None:
        self.feedback = known_feedback(feedback)
        if n_neighbors is not None:
            n_neighbors = whole_number("n_neighbors", n_neighbors)
        self.n_neighbors = n_neighbors
        self.shrinkage = finite_number("shrinkage", shrinkage)
        self.min_support = whole_number("min_support", min_support, least=0)
        self.damping = finite_number("damping", damping)
        self.kind = _known_kind(kind, feedback)


class ItemNeighbors(_Neighborhood, Recommender):
    """Item-based neighbourhoods, with similarities shrunk by the number of common users.

    explicit: r̂_ij = b_ij + Σ_{k∈N(j)∩Ω_i} s_jk (r_ik − b_ik) / (δ + Σ_{k∈N(j)∩Ω_i} |s_jk|), with
    the bias prediction b of `Biases` and similarities of the residuals r − b.
    implicit: score_ij = Σ_{k∈N(j)∩Ω_i} s_jk, with similarities of who chose what.

    Args:
        feedback: What to learn from.
        n_neighbors: |N(j)|, neighbours kept for each item; None keeps all.
        shrinkage: β ≥ 0 of the similarity, in common users.
        min_support: Common users that two items need to be neighbours.
        damping: δ ≥ 0; keeps a single weak neighbour from deciding a rating.
        kind: Which similarity, as `formulas.neighbors.similarity_matrix` defines them; "pearson"
            needs explicit feedback.

    Raises:
        ValueError: If a setting is not a finite number in its range, or feedback or kind are not
            known or do not go together.

    Source: Sarwar, Karypis, Konstan and Riedl (2001); residuals after Bell and Koren (2007);
    the implicit form is Deshpande and Karypis (2004).
    """

    name: ClassVar[str] = "item neighbours"

    def fit(self, interactions: Interactions) -> Self:
        """Find each item's neighbours.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        if self.feedback == "explicit":
            self.biases = Biases().fit(interactions)
        self.cells = _cells(interactions, self.biases)
        self.similarities = similarity_matrix(
            sparse.csr_array(self.cells.T),
            self.n_neighbors,
            self.kind,
            shrinkage=self.shrinkage,
            min_support=self.min_support,
        )
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings, or sums of similarities.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        moved = self._moved(self.cells[rows])
        return moved if self.biases is None else self.biases.score(rows) + moved

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, shape (n_items,).

        Raises:
            ValueError: If it is no history of ratings; see `Recommender.fold_in` for the others.
        """
        base, row = _folded(self.biases, *self._newcomer(items, ratings), self.n_items)
        return base + self._moved(row)[0]

    def _moved(self, rows: sparse.csr_array) -> Floats:
        """What the neighbours of every item say to some users' cells, (n, n_items)."""
        columns = sparse.csr_array(rows.T)
        return _said(self.similarities, columns, self.feedback, self.damping).T


class UserNeighbors(_Neighborhood, Recommender):
    """User-based neighbourhoods: what people alike think of an item.

    explicit: r̂_ij = b_ij + Σ_{v∈N(i), v rated j} s_iv (r_vj − b_vj) / (δ + Σ |s_iv|), the sums
    over the same v, with the bias prediction b of `Biases` and similarities of the residuals r − b.
    implicit: score_ij = Σ_{v∈N(i), v chose j} s_iv, with similarities of who chose what.

    Args:
        feedback: What to learn from.
        n_neighbors: |N(i)|, neighbours kept for each user; None keeps all.
        shrinkage: β ≥ 0 of the similarity, in common items.
        min_support: Common items that two users need to be neighbours.
        damping: δ ≥ 0; keeps a single weak neighbour from deciding a rating.
        kind: Which similarity, as `formulas.neighbors.similarity_matrix` defines them; "pearson"
            needs explicit feedback.

    Raises:
        ValueError: If a setting is not a finite number in its range, or feedback or kind are not
            known or do not go together.

    Source: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994); Herlocker, Konstan, Borchers and
    Riedl (1999); residuals after Bell and Koren (2007).
    """

    name: ClassVar[str] = "user neighbours"

    def fit(self, interactions: Interactions) -> Self:
        """Find each user's neighbours.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        if self.feedback == "explicit":
            self.biases = Biases().fit(interactions)
        self.cells = _cells(interactions, self.biases)
        self.similarities = similarity_matrix(
            self.cells,
            self.n_neighbors,
            self.kind,
            shrinkage=self.shrinkage,
            min_support=self.min_support,
        )
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings, or sums of similarities.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        moved = _said(self.similarities[rows], self.cells, self.feedback, self.damping)
        return moved if self.biases is None else self.biases.score(rows) + moved

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new, whose neighbours are found among the known users.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, shape (n_items,).

        Raises:
            ValueError: If it is no history of ratings; see `Recommender.fold_in` for the others.
        """
        base, row = _folded(self.biases, *self._newcomer(items, ratings), self.n_items)
        similarities = neighbors_among(
            row,
            self.cells,
            self.n_neighbors,
            self.kind,
            shrinkage=self.shrinkage,
            min_support=self.min_support,
        )
        return base + _said(similarities, self.cells, self.feedback, self.damping)[0]


def _known_kind(kind: Kind, feedback: Feedback) -> Kind:
    """The kind itself, refused where it can find no neighbour."""
    if kind not in get_args(Kind):
        raise ValueError(f"kind is {kind!r}; choose from {', '.join(get_args(Kind))}")
    if kind == "pearson" and feedback == "implicit":
        raise ValueError(
            "kind is 'pearson' with implicit feedback, where all choices are 1 and none correlate; "
            "choose 'cosine'"
        )
    return kind


def _cells(interactions: Interactions, biases: Biases | None) -> sparse.csr_array:
    """What is compared: each rating's residual, or 1 for each choice, (n_users, n_items)."""
    users, items = interactions.users, interactions.items
    values = np.ones(len(interactions))
    if biases is not None:
        values = interactions.ratings - biases.predict(users, items)
    shape = (interactions.n_users, interactions.n_items)
    return sparse.csr_array((values, (users, items)), shape=shape)


def _folded(
    biases: Biases | None, items: Indices, ratings: Floats, n_items: int
) -> tuple[Floats, sparse.csr_array]:
    """A newcomer's scores without neighbours, (n_items,), and their row of cells, (1, n_items)."""
    base: Floats = np.zeros(n_items)
    values: Floats = np.ones(len(items))
    if biases is not None:
        base = biases.fold_in(items, ratings)
        values = ratings - base[items]
    places = (np.zeros(len(items), np.intp), items)
    return base, sparse.csr_array((values, places), shape=(1, n_items))


def _said(
    similarities: sparse.csr_array, cells: sparse.csr_array, feedback: Feedback, damping: float
) -> Floats:
    """What neighbours say: a weighted mean of their residuals, or the sum of similarities."""
    if feedback == "explicit":
        return predict_from_neighbors(similarities, cells, damping)
    sums: Floats = (similarities @ cells).toarray()
    return sums

"""A linear model of every item by all others, solved in closed form."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.arguments import finite_number
from recsys_course.data.interactions import Interactions
from recsys_course.formulas.linear import ease_weights
from recsys_course.formulas.losses import Floats
from recsys_course.models.recommender import Feedback, Recommender

__all__ = ["EASE"]


class EASE(Recommender):
    """Scores are weighted sums of what the user chose: S = X B, the diagonal of B being 0.

    Memory: B takes n_items² × 4 bytes (11 MB for 1,682 items, 330 MB for 9,066), and fitting three
    times that.

    Args:
        l2: λ > 0, in users; without it the problem may have no solution.

    Raises:
        ValueError: If λ is not a finite number above 0.

    Source: Steck (2019), equations 5 to 8.

    >>> from recsys_course.data.world import make_world
    >>> choices = make_world(np.random.default_rng(0), n_users=30, n_items=90).interactions
    >>> EASE(l2=5.0).fit(choices).recommend([0, 1], k=3).shape
    (2, 3)
    """

    name: ClassVar[str] = "EASE"
    feedback: Feedback = "implicit"

    def __init__(self, l2: float = 200.0) -> None:
        self.l2 = finite_number("l2", l2, above_zero=True)

    def fit(self, interactions: Interactions) -> Self:
        """Solve for the weights; the ratings are ignored.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            ValueError: If λ is too small for these choices.
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        self.weights = ease_weights(_choices(self.seen), self.l2)
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Preferences.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, float32, shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        scores: Floats = _choices(self.seen[rows]) @ self.weights
        return scores

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new.

        Args:
            items: Item indices that the newcomer chose, shape (n,).
            ratings: Their ratings, shape (n,); ignored.

        Returns:
            Scores, float32, shape (n_items,).

        Raises:
            ValueError: If it is no history of ratings; see `Recommender.fold_in` for the others.
        """
        known, _ = self._newcomer(items, ratings)
        scores: Floats = self.weights[known].sum(axis=0)
        return scores


def _choices(seen: sparse.csr_array) -> sparse.csr_array:
    """1 where something was rated, whatever the rating."""
    return sparse.csr_array((np.ones(seen.nnz, np.float32), seen.indices, seen.indptr), seen.shape)

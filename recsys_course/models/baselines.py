"""The models that every other model has to beat, and the one that nothing can.

Four models, each with its contract, make this module longer than others.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from recsys_course.data.arguments import check_generator, finite_number
from recsys_course.data.interactions import Interactions, check_interactions
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats
from recsys_course.models.recommender import Feedback, Recommender, known_feedback

__all__ = ["Biases", "Oracle", "Popularity", "RandomScores"]


class RandomScores(Recommender):
    """Scores without meaning: what a ranking metric gives to chance.

    Args:
        rng: Makes the scores, in ``fit``; a user's scores do not change afterwards.

    Raises:
        TypeError: If rng is no generator.

    Source: this course's own; what it is expected to reach is in closed form in `formulas.chance`.
    """

    name: ClassVar[str] = "random"
    feedback: Feedback = "implicit"

    def __init__(self, rng: np.random.Generator) -> None:
        check_generator(rng)
        self._rng = rng

    def fit(self, interactions: Interactions) -> Self:
        """Draw a seed; the ratings are ignored.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        self._seed = int(self._rng.integers(2**63))
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Uniform random scores, the same for a user each time.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores in [0, 1), shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        scores = [np.random.default_rng([self._seed, row]).random(self.n_items) for row in rows]
        return np.reshape(scores, (len(rows), self.n_items))


class Popularity(Recommender):
    """The same list for everybody: s_ij = number of training rows of item j.

    Source: the non-personalised baseline of Cremonesi, Koren and Turrin (2010), "TopPop".
    """

    name: ClassVar[str] = "popularity"
    feedback: Feedback = "implicit"

    def fit(self, interactions: Interactions) -> Self:
        """Count each item's rows.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        self.counts = np.bincount(interactions.items, minlength=self.n_items).astype(np.float64)
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """The counts, for every user.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items), in training rows.

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        return np.broadcast_to(self.counts, (len(rows), self.n_items))


class Biases(Recommender):
    """Who is generous and what is good, without taste: r̂_ij = μ + b_i + c_j.

    c_j = Σ_{i∈Ω_j} (r_ij − μ − b_i) / (n_j + γ) and b_i = Σ_{j∈Ω_i} (r_ij − μ − c_j) / (n_i + γ'),
    in turn; a user or item without rows keeps 0.

    Args:
        user_damping: γ' ≥ 0, in ratings.
        item_damping: γ ≥ 0, in ratings.
        sweeps: How often both are computed in turn; 1 is a single pass, items first.

    Raises:
        ValueError: If a damping is negative or not finite, or sweeps no whole number from 1 on.

    Source: Koren (2010), section 2.1; solved in turn as ridge regressions.
    """

    name: ClassVar[str] = "biases"

    def __init__(
        self, user_damping: float = 5.0, item_damping: float = 3.0, sweeps: int = 10
    ) -> None:
        self.user_damping = finite_number("user_damping", user_damping)
        self.item_damping = finite_number("item_damping", item_damping)
        self.sweeps = whole_number("sweeps", sweeps)

    def fit(self, interactions: Interactions) -> Self:
        """Compute μ, b and c.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        users, items = interactions.users, interactions.items
        ratings = interactions.ratings.astype(np.float64)
        self.mean = float(ratings.mean())
        self.user_biases: Floats = np.zeros(self.n_users)
        self.item_biases: Floats = np.zeros(self.n_items)
        for _ in range(self.sweeps):
            left = ratings - self.mean - self.user_biases[users]
            self.item_biases = _damped_means(items, left, self.item_damping, self.n_items)
            left = ratings - self.mean - self.item_biases[items]
            self.user_biases = _damped_means(users, left, self.user_damping, self.n_users)
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings.

        Args:
            users: User indices, shape (n,).

        Returns:
            Ratings in stars, shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        return self.mean + self.user_biases[rows, None] + self.item_biases

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Predicted ratings of somebody new.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars.

        Returns:
            Ratings in stars, shape (n_items,).

        Raises:
            ValueError: If it is no history of ratings; see `Recommender.fold_in` for the others.
        """
        known, given = self._newcomer(items, ratings)
        deviations = given - self.mean - self.item_biases[known]
        bias = deviations.sum() / max(len(known) + self.user_damping, 1e-12)
        return self.mean + bias + self.item_biases


class Oracle(Recommender):
    """Scores that were known all along: the best that a model can do in a made world.

    Args:
        scores: Shape (n_users, n_items), such as ``world.true_ratings`` (explicit) or
            ``world.choice_logits`` (implicit).
        feedback: What the scores are.

    Raises:
        ValueError: If the feedback is neither explicit nor implicit.

    Source: this course's own; the scores come from `recsys_course.data.world`.
    """

    name: ClassVar[str] = "oracle"

    def __init__(self, scores: Floats, feedback: Feedback) -> None:
        self._scores, self.feedback = np.asarray(scores), known_feedback(feedback)

    def fit(self, interactions: Interactions) -> Self:
        """Remember what was seen; there is nothing to learn.

        Args:
            interactions: The training part, of the world that the scores belong to.

        Returns:
            The model itself.

        Raises:
            ValueError: If the scores are those of another world.
            TypeError: If they are no Interactions.
        """
        check_interactions(interactions, "Oracle.fit")
        if self._scores.shape != (interactions.n_users, interactions.n_items):
            raise ValueError(
                f"the scores are {self._scores.shape} but the interactions "
                f"{(interactions.n_users, interactions.n_items)}: (n_users, n_items) must agree; "
                "take both from one world"
            )
        return super().fit(interactions)

    def score(self, users: npt.ArrayLike) -> Floats:
        """The known scores.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        return self._scores[self._known(users, "users", self.n_users)]


def _damped_means(groups: npt.NDArray[np.int32], values: Floats, damping: float, n: int) -> Floats:
    counts = np.bincount(groups, minlength=n)
    sums = np.bincount(groups, values, minlength=n)
    return np.divide(sums, counts + damping, out=np.zeros(n), where=counts > 0)

"""What every recommender can do once it is fitted.

The contracts of all models, written out here once, make this module longer than others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.arguments import check_generator, refuse_masked
from recsys_course.data.interactions import Interactions, check_interactions
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats, Indices
from recsys_course.formulas.ranking import top_k
from recsys_course.models.storage import load_model, save_model

Feedback = Literal["explicit", "implicit"]

__all__ = ["Feedback", "Recommender", "known_feedback"]

_BLOCK = 256  # users scored at a time


class Recommender(ABC):
    """A model that scores every item for a user.

    A model writes ``fit`` (which calls this class's first) and ``score``; the rest is given.
    ``feedback`` says what it learned from and so what its scores are: ``explicit`` scores are
    ratings in stars, ``implicit`` scores are preferences without a unit, good for ranking only.
    """

    feedback: Feedback = "explicit"
    name: ClassVar[str] = "recommender"
    _train: Interactions | None = None
    _seen: sparse.csr_array | None = None

    def fit(self, interactions: Interactions) -> Self:
        """Learn from the training rows, and from nothing else.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        check_interactions(interactions, f"{type(self).__name__}.fit")
        self._train, self._seen = interactions, None
        return self

    @abstractmethod
    def score(self, users: npt.ArrayLike) -> Floats:
        """Score all items for some users.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items); higher is better.

        Raises:
            RuntimeError: If the model is not fitted.
            TypeError: If users are not whole numbers, shape (n,).
            IndexError: If the model does not know a user.
        """

    @property
    def n_users(self) -> int:
        """Number of users the model was fitted with."""
        return self._fitted().n_users

    @property
    def n_items(self) -> int:
        """Number of items the model was fitted with."""
        return self._fitted().n_items

    @property
    def seen(self) -> sparse.csr_array:
        """What each user did in the training part: the ratings, shape (n_users, n_items)."""
        if self._seen is None:  # made once: recommend() needs it for every block of users
            self._seen = self._fitted().to_csr()
        return self._seen

    @property
    def trained_on(self) -> Interactions:
        """The training part; its vocabularies turn the model's indices into ids."""
        return self._fitted()

    def predict(self, users: npt.ArrayLike, items: npt.ArrayLike) -> Floats:
        """Predict the ratings of (user, item) pairs.

        Args:
            users: User indices, shape (n,).
            items: Item indices, shape (n,).

        Returns:
            Predicted ratings, shape (n,), in stars.

        Raises:
            ValueError: If the model learned from implicit feedback: its scores are not ratings; or
                if there are not as many items as users.
            RuntimeError: If the model is not fitted.
            TypeError: If users or items are not whole numbers, shape (n,).
            IndexError: If the model does not know a user or an item.
        """
        if self.feedback != "explicit":
            raise ValueError(
                f"{type(self).__name__} learned from implicit feedback: its scores rank items but "
                "are not ratings; use recommend(), or a model with feedback='explicit'"
            )
        rows = self._known(users, "users", self.n_users)
        columns = self._known(items, "items", self.n_items)
        if rows.shape != columns.shape:
            raise ValueError(f"{len(rows)} users but {len(columns)} items; give one pair a place")
        predictions = np.empty(len(rows))
        wanted, position = np.unique(rows, return_inverse=True)
        for start in range(0, len(wanted), _BLOCK):  # never all users' scores at once
            inside = (position >= start) & (position < start + _BLOCK)
            scores = self.score(wanted[start : start + _BLOCK])
            predictions[inside] = scores[position[inside] - start, columns[inside]]
        return predictions

    def recommend(
        self,
        users: npt.ArrayLike,
        k: int,
        exclude_seen: bool = True,
        rng: np.random.Generator | None = None,
    ) -> npt.NDArray[np.int32]:
        """The k best items for each user.

        Args:
            users: User indices, shape (n,).
            k: Items in a list, at least 1.
            exclude_seen: Leave out what the user did in the training part.
            rng: Orders items of equal score; None orders them by a fixed seed, so that the same
                users asked together get the same lists.

        Returns:
            Item indices, best first, shape (n, k); −1 where there are not enough items.

        Raises:
            RuntimeError: If the model is not fitted.
            ValueError: If k is no whole number of at least 1, or a score is nan.
            TypeError: If users are not whole numbers, shape (n,), or rng is no generator.
            IndexError: If the model does not know a user.
        """
        k = whole_number("k", k)
        if rng is not None:
            check_generator(rng)
        rows = self._known(users, "users", self.n_users)
        scores = np.array(self.score(rows), dtype=np.float64)  # a copy: it is masked below
        if exclude_seen:
            seen = self.seen[rows]
            scores[np.repeat(np.arange(len(rows)), np.diff(seen.indptr)), seen.indices] = -np.inf
        return top_k(scores, k, rng or np.random.default_rng(0))

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new, from a few ratings and without fitting again.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars.

        Returns:
            Scores, shape (n_items,).

        Raises:
            TypeError: If this kind of model cannot do it, or items are not whole numbers, (n,).
            RuntimeError: If the model is not fitted.
            IndexError: If the model does not know an item.
            ValueError: If ratings are not one finite number an item, or an item stands twice.
        """
        raise TypeError(
            f"{type(self).__name__} cannot fold in a new user; fit it again with their ratings, "
            "or use AlternatingLeastSquares"
        )

    def save(self, path: Path | str) -> None:
        """Write the fitted model to one ``.npz``, with the ids it knows; `load` reads it.

        Args:
            path: Where to write; the file appears whole or not at all.

        Raises:
            RuntimeError: If the model is not fitted.
            TypeError: If an attribute or an id is of a kind that a file cannot hold.
        """
        save_model(self, self._fitted(), path)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read what `save` wrote.

        Args:
            path: The file.

        Returns:
            A model that gives the scores of the saved one, and can be fitted again as it could.

        Raises:
            ValueError: If the file is damaged or holds a model of another class.
        """
        return cast("Self", load_model(cls, path))

    def memory(self) -> dict[str, Any]:
        """What has to be saved beside the training part.

        Returns:
            Attributes by name: arrays, sparse tables, numbers, text, generators or models.
        """
        return {key: one for key, one in vars(self).items() if key not in {"_train", "_seen"}}

    def remember(self, memory: Mapping[str, Any], train: Interactions) -> None:
        """Become the model that had this memory.

        Args:
            memory: What `memory` gave.
            train: What the model was fitted to.
        """
        vars(self).update(memory)
        Recommender.fit(self, train)

    def _fitted(self) -> Interactions:
        if self._train is None:
            raise RuntimeError(f"{type(self).__name__} is not fitted; call fit(interactions) first")
        return self._train

    def _known(self, indices: npt.ArrayLike, name: str, size: int) -> Indices:
        """Indices as an array, refused where they are not indices of this model."""
        refuse_masked(name, indices)
        known = np.atleast_1d(np.asarray(indices))
        if known.ndim != 1 or (known.size and known.dtype.kind not in "iu"):
            raise TypeError(
                f"{name} has shape {known.shape} and type {known.dtype}; give whole-number "
                "indices, shape (n,) (an id becomes an index by vocabulary.index_of)"
            )
        outside = np.flatnonzero((known < 0) | (known >= size))
        if len(outside):
            raise IndexError(
                f"{name}[{outside[0]}] is {known[outside[0]]}, outside 0 … {size - 1}; the model "
                "does not know it (an id becomes an index by vocabulary.index_of)"
            )
        return known.astype(np.intp)

    def _newcomer(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> tuple[Indices, Floats]:
        """What somebody new rated, as arrays for `fold_in`, refused where it is not a history."""
        known = self._known(items, "items", self.n_items)
        refuse_masked("ratings", ratings)
        given = np.atleast_1d(np.asarray(ratings, dtype=np.float64))
        if given.shape != known.shape:
            raise ValueError(f"{len(known)} items but {len(given)} ratings; give one rating each")
        if not np.isfinite(given).all():
            row = int(np.argmin(np.isfinite(given)))
            raise ValueError(f"ratings[{row}] is {given[row]}; leave out what was not rated")
        values, counts = np.unique(known, return_counts=True)
        if (counts > 1).any():
            raise ValueError(
                f"item {values[counts > 1][0]} stands twice; give its last rating only"
            )
        return known, given


def known_feedback(feedback: Feedback) -> Feedback:
    """The feedback itself, or an error that names the two kinds.

    Args:
        feedback: What was asked for.

    Returns:
        The same.

    Raises:
        ValueError: If it is neither.
    """
    if feedback not in ("explicit", "implicit"):
        raise ValueError(f"feedback is {feedback!r}; choose 'explicit' or 'implicit'")
    return feedback

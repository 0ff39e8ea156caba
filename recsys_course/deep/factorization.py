"""Matrix factorisation trained by gradient descent, for ratings and for choices.

Two losses, their contracts and the settings of both make this module longer than others.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from recsys_course.data.arguments import check_generator, finite_number
from recsys_course.data.interactions import Interactions
from recsys_course.deep.losses import biased_squared_error, weighted_squared_error
from recsys_course.deep.runtime import tf
from recsys_course.deep.trainer import EpochRecord, Trainer
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats, frequency_l2
from recsys_course.formulas.updates import als_user_update
from recsys_course.models.baselines import Biases
from recsys_course.models.factorization import fold_in_choices
from recsys_course.models.recommender import Feedback, Recommender, known_feedback

__all__ = ["TensorFlowFactorization"]

_START_SD = 0.1

BatchLoss = Callable[[Any], Any]


class TensorFlowFactorization(Recommender):
    """The factorisation losses of the course, minimised by `Trainer`.

    explicit: r̂_ij = μ + b_i + c_j + u_i·v_j, clipped to the range of the training ratings;
    L = Σ_Ω (r_ij − r̂_ij)² + Σ_i λ_i (b_i² + ‖u_i‖²) + Σ_j λ_j (c_j² + ‖v_j‖²). An example is a
    rating. The biases start at the damped means, the factors near 0.

    implicit: s_ij = u_i·v_j and x_ij = 1 for a choice, else 0;
    L = Σ_ij w_ij (x_ij − s_ij)² + Σ_i λ_i ‖u_i‖² + Σ_j λ_j ‖v_j‖² with w_ij = 1 for a choice, else
    α. An example is a user, with the whole row of the table.

    λ_i = λ n_i^ρ, where n_i is the weight of all cells of row i: its number of ratings (explicit),
    or that plus α for each empty cell (implicit).

    Memory: the factors and Adam's two moments take 12 bytes a number, and while it trains as much
    again for a copy to go back to after an interrupt. implicit keeps the choices as one byte a cell
    (n_users × n_items: 6 MB for MovieLens, 10 MB for 1000 × 10,000), and works on some tables
    (batch_size, n_items) of 4 bytes a cell.

    Args:
        rng: Starts the factors and shuffles the examples, each in a stream of its own.
        feedback: What to learn from.
        embedding_dim: d, the length of every vector.
        epochs: Passes over the examples; 12 (explicit) or 20 (implicit) if None.
        batch_size: Ratings (explicit, 2048 if None) or users (implicit, 64 if None) in a step.
        learning_rate: η of the first step; it falls linearly to 0.
        l2: λ ≥ 0; 2 (explicit) or 3 (implicit) if None.
        l2_exponent: ρ; 0.4 (explicit) or 0 (implicit) if None.
        unobserved_weight: α, used with implicit feedback only.
        progress: Show a bar with the loss and the time left.
        on_epoch: Called after each epoch of a fit with its history, to draw it for instance.
        xla: Compile to machine code; see `Trainer` for when it pays.

    Attributes:
        history: One `EpochRecord` for each epoch of the last fit.
        compile_seconds: CPU time of the last fit that went into compiling.

    Raises:
        ValueError: If a number or the feedback is not possible.
        TypeError: If rng is no generator.

    Source: Koren, Bell and Volinsky (2009), equation 5; implicit: Hu, Koren and Volinsky (2008),
    equation 3; the weighting of λ after Zhou, Wilkinson, Schreiber and Pan (2008).

    >>> from recsys_course.data.world import make_world
    >>> ratings = make_world(np.random.default_rng(0), n_users=30, n_items=90).interactions
    >>> model = TensorFlowFactorization(np.random.default_rng(1), embedding_dim=4).fit(ratings)
    >>> model.recommend([0, 1], k=3).shape
    (2, 3)
    """

    name: ClassVar[str] = "TensorFlow MF"

    def __init__(
        self,
        rng: np.random.Generator,
        feedback: Feedback = "explicit",
        embedding_dim: int = 32,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float = 0.03,
        l2: float | None = None,
        l2_exponent: float | None = None,
        unobserved_weight: float = 0.2,
        progress: bool = False,
        on_epoch: Callable[[Sequence[EpochRecord]], object] | None = None,
        xla: bool = False,
    ) -> None:
        check_generator(rng)
        explicit = feedback == "explicit"
        self._rng, self.feedback, self.progress = rng, known_feedback(feedback), progress
        self.on_epoch, self.xla = on_epoch, xla
        epochs = epochs if epochs is not None else (12 if explicit else 20)
        batch_size = batch_size if batch_size is not None else (2048 if explicit else 64)
        l2 = l2 if l2 is not None else (2.0 if explicit else 3.0)
        exponent = l2_exponent if l2_exponent is not None else (0.4 if explicit else 0.0)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim)
        self.epochs = whole_number("epochs", epochs)
        self.batch_size = whole_number("batch_size", batch_size)
        self.learning_rate = finite_number("learning_rate", learning_rate, above_zero=True)
        self.l2, self.l2_exponent = finite_number("l2", l2), finite_number("l2_exponent", exponent)
        self.unobserved_weight = finite_number("unobserved_weight", unobserved_weight)

    def fit(self, interactions: Interactions) -> Self:
        """Train from new factors; an interrupted model is what it was after its last whole epoch.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            KeyboardInterrupt: If training was interrupted; the message says what the model keeps.
            FloatingPointError: If the loss of an epoch is not finite.
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        start_rng, shuffle_rng = _own_streams(self._rng, 2)
        factors = [
            _start(start_rng, np.bincount(rows, minlength=n), self.embedding_dim)
            for rows, n in ((interactions.users, self.n_users), (interactions.items, self.n_items))
        ]
        explicit = self.feedback == "explicit"
        biases = self._start_biases(interactions) if explicit else []
        problem = self._rating_loss if explicit else self._choice_loss
        trainer = Trainer(
            [*factors, *biases],
            problem(interactions, *factors, *biases),
            n_examples=len(interactions) if explicit else self.n_users,
            batch_size=self.batch_size,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            rng=shuffle_rng,
            progress=self.progress,
            on_epoch=self.on_epoch,
            xla=self.xla,
        )
        self.history: list[EpochRecord] = trainer.history
        try:
            trainer.fit()
        finally:  # an interrupted model is still a model
            self.compile_seconds = trainer.compile_seconds
            self.user_factors, self.item_factors = (table.numpy() for table in factors)
            if explicit:
                self.user_biases, self.item_biases = (bias.numpy() for bias in biases)
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings, or preferences.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, float32, shape (n, n_items).
        """
        rows = self._known(users, "users", self.n_users)
        scores: Floats = self.user_factors[rows] @ self.item_factors.T  # (n, n_items)
        if self.feedback == "explicit":
            scores += self.mean + self.user_biases[rows, None] + self.item_biases
            np.clip(scores, *self.rating_range, out=scores)
        return scores

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new: the minimum of the loss over their row alone.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, float32, shape (n_items,).
        """
        known, given = self._newcomer(items, ratings)
        l2 = float(self._row_l2(np.array([len(known)]), self.n_items)[0])
        if self.feedback == "implicit":
            return fold_in_choices(self.item_factors, known, self.unobserved_weight, l2)
        # The bias is one more factor, which meets a 1 in every item.
        extended = np.column_stack([np.ones_like(self.item_biases), self.item_factors])
        deviations = given.astype(np.float32) - self.mean - self.item_biases[known]
        row = als_user_update(extended[known], deviations, l2)
        return np.clip(self.mean + self.item_biases + extended @ row, *self.rating_range)

    def memory(self) -> dict[str, Any]:
        """What has to be saved beside the training part; the history as plain dictionaries.

        Returns:
            Attributes by name; `on_epoch`, which draws a fit, is not kept.
        """
        records = [asdict(record) for record in self.history]
        return super().memory() | {"history": records, "on_epoch": None}

    def remember(self, memory: Mapping[str, Any], train: Interactions) -> None:
        """Become the model that had this memory.

        Args:
            memory: What `memory` gave.
            train: What the model was fitted to.
        """
        super().remember(memory, train)
        self.history = [EpochRecord(**record) for record in memory["history"]]

    def _start_biases(self, interactions: Interactions) -> list[Any]:
        start = Biases(sweeps=3).fit(interactions)  # a start, which training refines
        self.mean = start.mean
        self.rating_range = float(interactions.ratings.min()), float(interactions.ratings.max())
        return [
            tf.Variable(bias, dtype=tf.float32) for bias in (start.user_biases, start.item_biases)
        ]

    def _rating_loss(
        self, interactions: Interactions, user_factors: Any, item_factors: Any, *biases: Any
    ) -> BatchLoss:
        parameters = (self.mean, biases[0], biases[1], user_factors, item_factors)
        users, items = tf.constant(interactions.users), tf.constant(interactions.items)
        ratings = tf.constant(interactions.ratings)
        user_l2, item_l2 = self._l2_tensors(interactions)

        def batch_loss(batch: Any) -> Any:
            rows = [tf.gather(column, batch) for column in (users, items, ratings)]
            share = tf.cast(tf.size(batch) / len(interactions), tf.float32)
            return biased_squared_error(
                rows[0], rows[1], rows[2], *parameters, share * user_l2, share * item_l2
            )

        return batch_loss

    def _choice_loss(
        self, interactions: Interactions, user_factors: Any, item_factors: Any
    ) -> BatchLoss:
        table = np.zeros((self.n_users, self.n_items), dtype=bool)
        table[interactions.users, interactions.items] = True
        choices = tf.constant(table)
        user_l2, item_l2 = self._l2_tensors(interactions)

        def batch_loss(batch: Any) -> Any:
            share = tf.cast(tf.size(batch) / self.n_users, tf.float32)
            chosen = tf.cast(tf.gather(choices, batch), tf.float32)  # (batch, n_items)
            weights = self.unobserved_weight + (1 - self.unobserved_weight) * chosen
            rows = tf.gather(user_factors, batch)  # (batch, embedding_dim)
            penalty = tf.reduce_sum(user_l2[:, None] * user_factors**2)
            penalty += tf.reduce_sum(item_l2[:, None] * item_factors**2)
            return weighted_squared_error(chosen, weights, rows, item_factors) + share * penalty

        return batch_loss

    def _l2_tensors(self, interactions: Interactions) -> list[Any]:
        sides = [
            (np.bincount(interactions.users, minlength=self.n_users), self.n_items),
            (np.bincount(interactions.items, minlength=self.n_items), self.n_users),
        ]
        return [tf.constant(self._row_l2(*side), tf.float32) for side in sides]

    def _row_l2(self, counts: npt.NDArray[np.integer], n_cells: int) -> Floats:
        """λ n_i^ρ of rows with so many ratings, out of n_cells."""
        weights = counts.astype(np.float64)
        if self.feedback == "implicit":
            weights += self.unobserved_weight * (n_cells - counts)
        return frequency_l2(weights, self.l2, self.l2_exponent)


def _own_streams(rng: np.random.Generator, n: int) -> list[np.random.Generator]:
    """Streams that no world and no split can also have drawn, even from the same seed."""
    purpose = zlib.crc32(b"recsys_course.deep.factorization")
    drawn = rng.integers(2**32, size=4)  # 128 bits
    seeds = np.random.SeedSequence([purpose, *drawn.tolist()]).spawn(n)
    return [np.random.default_rng(seed) for seed in seeds]


def _start(rng: np.random.Generator, counts: npt.NDArray[np.integer], embedding_dim: int) -> Any:
    """Small random rows; 0 for a row without ratings, which nothing would ever move."""
    rows = rng.normal(0, _START_SD, (len(counts), embedding_dim)) * (counts > 0)[:, None]
    return tf.Variable(rows, dtype=tf.float32)

"""Matrix factorisation, by alternating least squares (fast) and by gradient steps (to read).

Two models that share their equation, each with its contract, make this module longer than others.
"""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.arguments import check_generator, finite_number
from recsys_course.data.interactions import Interactions
from recsys_course.data.negatives import sample_negatives
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats, Indices, frequency_l2, predict_ratings
from recsys_course.formulas.updates import (
    als_sweep,
    als_user_update,
    implicit_als_sweep,
    sgd_epoch,
)
from recsys_course.models.baselines import Biases
from recsys_course.models.recommender import Feedback, Recommender, known_feedback

__all__ = ["AlternatingLeastSquares", "StochasticGradientDescent", "fold_in_choices"]

_START_SD = 0.1  # of a score made from the first factors: near 0, but not all alike


class AlternatingLeastSquares(Recommender):
    """Each user's vector solved exactly while the items stand still, then the other way round.

    explicit: r̂_ij = μ + b_i + c_j + u_i·v_j, the minimum of
    Σ_Ω (r − r̂)² + λ Σ_i n_i^ρ (½b_i² + ‖u_i‖²) + λ Σ_j n_j^ρ (½c_j² + ‖v_j‖²), by `als_sweep`.
    Biases carry half the weight because they need less taming than the factors.
    implicit: Σ_Ω (1 − u·v)² + α Σ_all (u·v)² + the same regularisation, by `implicit_als_sweep`.

    n_i is the number of ratings of a row (with implicit feedback plus α times the number of
    columns, the weight of all its cells).

    Args:
        rng: Starts the factors.
        feedback: What to learn from.
        embedding_dim: d, the length of every vector.
        epochs: Times that both sides are solved.
        l2: λ > 0; 2 (explicit) or 0.05 (implicit) if None. With implicit feedback λ and α must be
            chosen together, on validation rows: small tables want the defaults, MovieLens less of
            λ and more of α (0.01 and 0.3).
        l2_exponent: ρ ≥ 0; 0 treats all rows alike, 1 is the weighted-λ of ALS-WR.
        unobserved_weight: α ≥ 0, used with implicit feedback only.

    Raises:
        ValueError: If a setting is not a finite number in its range, or the feedback is unknown.
        TypeError: If rng is no generator.

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
        check_generator(rng)
        self._rng, self.feedback = rng, known_feedback(feedback)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim)
        self.epochs = whole_number("epochs", epochs)
        l2 = l2 if l2 is not None else (2.0 if explicit else 0.05)
        exponent = l2_exponent if l2_exponent is not None else (0.4 if explicit else 1.0)
        # Without λ, the vector of a row with fewer ratings than d could be of any size.
        self.l2 = finite_number("l2", l2, above_zero=True)
        self.l2_exponent = finite_number("l2_exponent", exponent)
        self.unobserved_weight = finite_number("unobserved_weight", unobserved_weight)

    def fit(self, interactions: Interactions) -> Self:
        """Solve for the users and the items in turn.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        by_user = interactions.to_csr()  # float32, as all that follows: solves are twice as fast
        by_item = sparse.csr_array(by_user.T)
        user_l2, item_l2 = self._row_l2(by_user), self._row_l2(by_item)
        self.mean = (
            float(by_user.data.mean(dtype=np.float64)) if self.feedback == "explicit" else 0.0
        )
        self.item_biases: Floats = np.zeros(self.n_items, np.float32)
        self.item_factors: Floats = self._rng.normal(
            0, _START_SD * self.embedding_dim**-0.5, (self.n_items, self.embedding_dim)
        ).astype(np.float32)
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

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
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

        Raises:
            ValueError: If it is no history of ratings; see `Recommender.fold_in` for the others.
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
        return frequency_l2(weight, self.l2, self.l2_exponent)

    def _solve(
        self, rows: sparse.csr_array, factors: Floats, biases: Floats, l2: Floats
    ) -> tuple[Floats, Floats]:
        """The vectors and biases of one side while the other side stands still.

        A bias is one more coordinate x, with b = √2·x: the partner of x is the constant √2, and
        x² = ½b² is what the regularisation sees. So both come from one solve.
        """
        if self.feedback == "implicit":
            vectors = implicit_als_sweep(rows, factors, l2, self.unobserved_weight)
            return vectors, np.zeros(len(vectors), np.float32)
        left = rows.data - np.float32(self.mean) - biases[rows.indices]
        targets = sparse.csr_array((left, rows.indices, rows.indptr), rows.shape)
        partner = np.full(len(factors), 2**0.5, np.float32)
        solved = als_sweep(targets, np.column_stack([factors, partner]), l2)
        return solved[:, :-1], 2**0.5 * solved[:, -1]


class StochasticGradientDescent(Recommender):
    """The loop that textbooks show: one small step for each rating, in random order.

    explicit: r̂_ij = b_ij + u_i·v_j with the bias prediction b of `Biases`; each epoch is one
    `sgd_epoch` on the deviations r − b.
    implicit: s_ij = u_i·v_j; each epoch is one `sgd_epoch` on all choices, which are to score 1,
    and on `n_negatives` times as many items without a choice, drawn anew, which are to score 0.

    A Python loop over ratings: to read, and for thousands of them. `AlternatingLeastSquares` takes
    about a fiftieth of the time.

    Args:
        rng: Starts the factors, draws the negatives and orders the steps.
        feedback: What to learn from.
        embedding_dim: d, the length of every vector.
        epochs: Passes over the ratings.
        learning_rate: η > 0.
        l2: λ ≥ 0, of each step, so that a row with n steps an epoch feels n·λ; 0.1 (explicit) or
            0.01 (implicit) if None.
        n_negatives: Items without a choice for each choice, used with implicit feedback only.

    Raises:
        ValueError: If a setting is not a finite number in its range, or feedback is not known.
        TypeError: If rng is no generator.

    Source: Koren, Bell and Volinsky (2009), "Stochastic gradient descent", after Funk (2006);
    sampled negatives with squared error: He, Liao, Zhang, Nie, Hu and Chua (2017), section 3.1.

    >>> from recsys_course.data.world import make_world
    >>> ratings = make_world(np.random.default_rng(0), n_users=30, n_items=90).interactions
    >>> StochasticGradientDescent(np.random.default_rng(1), epochs=2).fit(ratings).score([0]).shape
    (1, 90)
    """

    name: ClassVar[str] = "SGD"

    def __init__(
        self,
        rng: np.random.Generator,
        feedback: Feedback = "explicit",
        embedding_dim: int = 10,
        epochs: int = 20,
        learning_rate: float = 0.02,
        l2: float | None = None,
        n_negatives: int = 1,
    ) -> None:
        check_generator(rng)
        self._rng, self.feedback = rng, known_feedback(feedback)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim)
        self.epochs = whole_number("epochs", epochs)
        self.learning_rate = finite_number("learning_rate", learning_rate, above_zero=True)
        self.l2 = finite_number(
            "l2", (0.1 if feedback == "explicit" else 0.01) if l2 is None else l2
        )
        self.n_negatives = whole_number("n_negatives", n_negatives)

    def fit(self, interactions: Interactions) -> Self:
        """Step through the ratings or choices, epoch after epoch.

        Args:
            interactions: The training part.

        Returns:
            The model itself.

        Raises:
            TypeError: If they are no Interactions.
        """
        super().fit(interactions)
        users, items = interactions.users, interactions.items
        examples: tuple[Indices, Indices, Floats]
        if self.feedback == "explicit":
            self.biases = Biases().fit(interactions)
            examples = users, items, interactions.ratings - self.biases.predict(users, items)
        self.user_factors: Floats = self._start(users, self.n_users)
        self.item_factors: Floats = self._start(items, self.n_items)
        for _ in range(self.epochs):
            if self.feedback == "implicit":
                examples = self._with_negatives(interactions)
            self.user_factors, self.item_factors = sgd_epoch(
                *examples,
                self.user_factors,
                self.item_factors,
                self.learning_rate,
                self.l2,
                self._rng,
            )
        return self

    def score(self, users: npt.ArrayLike) -> Floats:
        """Predicted ratings in stars, or preferences.

        Args:
            users: User indices, shape (n,).

        Returns:
            Scores, shape (n, n_items).

        Raises:
            IndexError: If the model does not know a user; see `Recommender.score` for the others.
        """
        rows = self._known(users, "users", self.n_users)
        products = predict_ratings(self.user_factors[rows], self.item_factors)
        return self.biases.score(rows) + products if self.feedback == "explicit" else products

    def fold_in(self, items: npt.ArrayLike, ratings: npt.ArrayLike) -> Floats:
        """Score all items for somebody new: the vector at which the steps would come to rest.

        Args:
            items: Item indices that the newcomer rated, shape (n,).
            ratings: Their ratings, shape (n,), in stars; ignored with implicit feedback.

        Returns:
            Scores, shape (n_items,).

        Raises:
            ValueError: If it is no history of ratings; see `Recommender.fold_in` for the others.
        """
        known, given = self._newcomer(items, ratings)
        if self.feedback == "implicit":
            n_drawn = self.n_negatives * len(known) if len(known) < self.n_items else 0
            # How often an epoch comes to each of the other items, on average.
            other_weight = n_drawn / max(1, self.n_items - len(known))
            l2 = max((len(known) + n_drawn) * self.l2, 1e-9)
            return fold_in_choices(self.item_factors, known, other_weight, l2)
        base = self.biases.fold_in(known, given)  # (n_items,)
        l2 = max(len(known) * self.l2, 1e-9)
        vector = als_user_update(self.item_factors[known], given - base[known], l2)
        return base + self.item_factors @ vector

    def _with_negatives(self, train: Interactions) -> tuple[Indices, Indices, Floats]:
        """Choices and negatives: users, items and what their products should be."""
        users = train.users
        some_left = np.bincount(users, minlength=self.n_users) < self.n_items
        askers = users[some_left[users]]
        drawn = sample_negatives(train, askers, self._rng, self.n_negatives).ravel()
        everybody = np.concatenate([users, np.repeat(askers, self.n_negatives)])
        targets = np.repeat([1.0, 0.0], [len(users), len(drawn)])
        return everybody, np.concatenate([train.items, drawn]), targets

    def _start(self, rows: npt.NDArray[np.int32], n: int) -> Floats:
        """Small random vectors; 0 for a row without ratings, which no step would ever move."""
        vectors = self._rng.normal(0, 0.1, (n, self.embedding_dim))
        return vectors * (np.bincount(rows, minlength=n) > 0)[:, None]


def fold_in_choices(
    item_factors: Floats, chosen_items: Indices, other_weight: float, l2: float
) -> Floats:
    """Score all items for somebody new by the vector that their choices alone ask for.

    V u with the u of least Σ_Ω (1 − u·v_j)² + w Σ_{j∉Ω} (u·v_j)² + λ‖u‖².

    Args:
        item_factors: V, shape (n_items, embedding_dim).
        chosen_items: Ω, indices, shape (n,).
        other_weight: w ≥ 0, of each item that was not chosen.
        l2: λ ≥ 0.

    Returns:
        Scores, shape (n_items,).

    Raises:
        ValueError: If there is no single such vector.

    Source: Hu, Koren and Volinsky (2008), equation 4.

    >>> fold_in_choices(np.array([[1.0], [1.0]]), np.array([0]), other_weight=1.0, l2=2.0)
    array([0.25, 0.25])
    """
    chosen = np.zeros(len(item_factors), item_factors.dtype)
    chosen[chosen_items] = 1
    # Rows times √w, so that their squares carry the weight w.
    root = np.sqrt(np.where(chosen, 1, other_weight)).astype(item_factors.dtype)
    vector = als_user_update(root[:, None] * item_factors, root * chosen, l2)
    return item_factors @ vector

"""How far predicted ratings are from the true ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recsys_course.data.splitting import Split, check_split
from recsys_course.evaluation.significance import Estimate, bootstrap_mean, bootstrap_root_mean
from recsys_course.formulas.losses import Floats
from recsys_course.models.recommender import Recommender

__all__ = ["RatingErrors", "evaluate_ratings"]


@dataclass(frozen=True, eq=False)
class RatingErrors:
    """Errors of predicted ratings, user by user.

    Args:
        squared: Mean squared error of each user, shape (n_users,); nan without test rows.
        absolute: Mean absolute error of each user, shape (n_users,).
        n_ratings: Test rows of each user, shape (n_users,).
    """

    squared: Floats
    absolute: Floats
    n_ratings: Floats

    def rmse(self, rng: np.random.Generator) -> Estimate:
        """√(Σ e² / n) over all test rows, in stars.

        Args:
            rng: Draws the users for the interval.

        Returns:
            The RMSE and its interval.
        """
        return bootstrap_root_mean(self.squared, rng, self.n_ratings)

    def mae(self, rng: np.random.Generator) -> Estimate:
        """Σ |e| / n over all test rows, in stars.

        Args:
            rng: Draws the users for the interval.

        Returns:
            The MAE and its interval.
        """
        return bootstrap_mean(self.absolute, rng, self.n_ratings)


def evaluate_ratings(model: Recommender, split: Split) -> RatingErrors:
    """Predict every test rating with a fitted model.

    Predictions are clipped to the lowest and highest training rating, for every model alike.

    Args:
        model: A fitted model with explicit feedback.
        split: The split whose training part the model was fitted to.

    Returns:
        The errors, user by user.

    Raises:
        TypeError: If split is no Split.
        ValueError: If the model learned from implicit feedback: its scores are not ratings.
        RuntimeError: If the model is not fitted.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 4.1.
    """
    check_split(split, "evaluate_ratings")
    test, train = split.test, split.train
    predictions = np.clip(
        model.predict(test.users, test.items), train.ratings.min(), train.ratings.max()
    )
    errors = test.ratings.astype(np.float64) - predictions
    counts = np.bincount(test.users, minlength=test.n_users).astype(np.float64)

    def per_user(values: Floats) -> Floats:
        sums = np.bincount(test.users, values, minlength=test.n_users)
        return np.divide(sums, counts, out=np.full(test.n_users, np.nan), where=counts > 0)

    return RatingErrors(per_user(errors**2), per_user(np.abs(errors)), counts)

"""Splits of the ratings into what a model may learn from and what it is judged by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys_course.data.interactions import Interactions

__all__ = ["Split", "k_fold", "random_split"]


@dataclass(frozen=True, eq=False)
class Split:
    """A training part and a test part of one table.

    Args:
        train: What `fit` may see.
        test: What the model is judged by.
        name: How the cut was made, for the protocol that stands below every comparison.

    Raises:
        ValueError: If the parts use different vocabularies or share a (user, item) pair.
    """

    train: Interactions
    test: Interactions
    name: str

    def __post_init__(self) -> None:
        """Refuse a split that leaks."""
        same = (
            self.train.user_vocabulary is self.test.user_vocabulary
            and self.train.item_vocabulary is self.test.item_vocabulary
        )
        if not same:
            raise ValueError("train and test have different vocabularies; cut one table in two")
        pairs = [
            part.users.astype(np.int64) * part.n_items + part.items
            for part in (self.train, self.test)
        ]
        shared = np.intersect1d(pairs[0], pairs[1])
        if len(shared):
            user, item = divmod(int(shared[0]), self.train.n_items)
            raise ValueError(
                f"user index {user} and item index {item} stand in train and in test: a leak; "
                "give every row to one part"
            )


def random_split(
    interactions: Interactions, rng: np.random.Generator, test_fraction: float = 0.2
) -> Split:
    """Cut the ratings by chance, whoever they belong to.

    Time is ignored, so later ratings help to predict earlier ones: fine for "how well can the
    empty cells be filled", too kind for "what will happen next".

    Args:
        interactions: The table.
        rng: Decides which rows are tested.
        test_fraction: Share of the rows that go to the test part, above 0 and below 1.

    Returns:
        The split; every row is in exactly one part.

    Raises:
        ValueError: If a part would be empty.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 3.

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> ten = Interactions(np.arange(10), np.arange(10), np.ones(10), None,
    ...                    Vocabulary(range(10)), Vocabulary(range(10)))
    >>> split = random_split(ten, np.random.default_rng(0))
    >>> len(split.train), len(split.test)
    (8, 2)
    """
    n_test = round(test_fraction * len(interactions))
    if not 0 < n_test < len(interactions):
        raise ValueError(
            f"test_fraction={test_fraction} of {len(interactions)} ratings leaves a part empty; "
            "choose a fraction between 0 and 1 that leaves ratings on both sides"
        )
    return _cut(
        interactions,
        rng.permutation(len(interactions))[:n_test],
        f"random {1 - test_fraction:.0%} / {test_fraction:.0%} of the ratings",
    )


def k_fold(interactions: Interactions, n_folds: int, rng: np.random.Generator) -> list[Split]:
    """Cut the ratings by chance into folds, each of which is the test part once.

    Args:
        interactions: The table.
        n_folds: Number of folds, at least 2 and at most the number of ratings.
        rng: Decides the folds.

    Returns:
        One split a fold; every row is tested exactly once.

    Raises:
        ValueError: If n_folds does not fit.

    Source: Stone (1974).

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> ten = Interactions(np.arange(10), np.arange(10), np.ones(10), None,
    ...                    Vocabulary(range(10)), Vocabulary(range(10)))
    >>> [len(split.test) for split in k_fold(ten, 4, np.random.default_rng(0))]
    [3, 3, 2, 2]
    """
    if not 2 <= n_folds <= len(interactions):
        raise ValueError(
            f"n_folds is {n_folds}; choose from 2 to the number of ratings, {len(interactions)}"
        )
    folds = np.array_split(rng.permutation(len(interactions)), n_folds)
    return [
        _cut(interactions, rows, f"fold {n + 1} of {n_folds}, random")
        for n, rows in enumerate(folds)
    ]


def _cut(interactions: Interactions, test_rows: npt.NDArray[np.intp], name: str) -> Split:
    tested = np.zeros(len(interactions), dtype=bool)
    tested[test_rows] = True
    return Split(interactions.subset(~tested), interactions.subset(tested), name)

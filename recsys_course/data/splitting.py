"""Splits of the ratings into what a model may learn from and what it is judged by.

Cut validation rows from a training part by the function that cut the test rows. Four cuts,
each with its contract, make this module longer than others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from recsys_course.data.arguments import check_generator, is_number
from recsys_course.data.interactions import Interactions, check_interactions
from recsys_course.formulas.inputs import describe, is_whole

Order = Literal["none", "user", "all"]

__all__ = ["Split", "check_split", "k_fold", "leave_last_out", "random_split", "temporal_split"]


@dataclass(frozen=True, eq=False)
class Split:
    """A training part and a test part of one table.

    Args:
        train: What `fit` may see.
        test: What the model is judged by.
        name: How the cut was made, for the protocol that stands below every comparison.
        order: What is promised of time, and checked: ``none``; ``user``, no user trains on what is
            later than their test rows; ``all``, all training rows are earlier than all test rows.

    Raises:
        ValueError: If the vocabularies differ, a (user, item) pair is in both, or order is broken.
        TypeError: If a part is no Interactions.
    """

    train: Interactions
    test: Interactions
    name: str
    order: Order = "none"

    def __post_init__(self) -> None:
        """Refuse a split that leaks."""
        train, test = self.train, self.test
        for part in (train, test):
            check_interactions(part, "Split")
        names = ("user_vocabulary", "item_vocabulary")
        if any(getattr(train, name) is not getattr(test, name) for name in names):
            raise ValueError("train and test have different vocabularies; cut one table in two")
        pairs = [part.users.astype(np.int64) * part.n_items + part.items for part in (train, test)]
        shared = np.intersect1d(pairs[0], pairs[1])
        if len(shared):
            user, item = divmod(int(shared[0]), train.n_items)
            where = f"user index {user} and item index {item} stand in train and in test"
            raise ValueError(f"{where}: a leak; give every row to one part")
        if self.order in ("user", "all"):
            self._refuse_future()
        elif self.order != "none":
            raise ValueError(f"order is {self.order!r}; choose 'none', 'user' or 'all'")

    def _refuse_future(self) -> None:
        needed_by = f"order={self.order!r}"
        trained, tested = _times(self.train, needed_by), _times(self.test, needed_by)
        latest = np.full(self.train.n_users, np.iinfo(np.int64).min)  # each user's last lesson
        np.maximum.at(latest, self.train.users, trained)
        if self.order == "all":
            latest[:] = trained.max() + 1  # one moment is never cut in two
        early = np.flatnonzero(tested < latest[self.test.users])
        if len(early):
            raise ValueError(
                f"test row {early[0]} is of second {tested[early[0]]}, and training goes on after "
                f"it began ({needed_by}); cut with leave_last_out or temporal_split"
            )

    @property
    def n_new_users(self) -> int:
        """Number of users who are tested without one training row."""
        return len(np.setdiff1d(self.test.users, self.train.users))

    @property
    def n_new_items(self) -> int:
        """Number of items that are tested without one training row."""
        return len(np.setdiff1d(self.test.items, self.train.items))


def check_split(given: object, taker: str) -> None:
    """Refuse what is no Split, and say what makes one.

    Args:
        given: What was given.
        taker: Who was given it, such as ``compare``.

    Raises:
        TypeError: If it is something else.
    """
    if not isinstance(given, Split):
        raise TypeError(
            f"{taker} takes a Split, not {describe(given)}; make one, for instance by "
            "random_split(interactions, rng)"
        )


def random_split(
    interactions: Interactions, rng: np.random.Generator, test_fraction: float = 0.2
) -> Split:
    """Cut the ratings by chance, whoever they belong to.

    Time is ignored: fine for "how well can the empty cells be filled", too kind for "what will
    happen next", as later ratings help to predict earlier ones.

    Args:
        interactions: The table.
        rng: Decides which rows are tested.
        test_fraction: Share of the rows that go to the test part, above 0 and below 1.

    Returns:
        The split; every row is in exactly one part.

    Raises:
        ValueError: If a part would be empty.
        TypeError: If the table is no Interactions, or rng no generator.

    Source: Herlocker, Konstan, Terveen and Riedl (2004), section 3.

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> ten = Interactions(np.arange(10), np.arange(10), np.ones(10), None,
    ...                    Vocabulary(range(10)), Vocabulary(range(10)))
    >>> split = random_split(ten, np.random.default_rng(0))
    >>> len(split.train), len(split.test)
    (8, 2)
    """
    check_interactions(interactions, "random_split")
    check_generator(rng)
    n_test = _n_test(interactions, test_fraction)
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
        TypeError: If the table is no Interactions, or rng no generator.

    Source: Stone (1974).

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> ten = Interactions(np.arange(10), np.arange(10), np.ones(10), None,
    ...                    Vocabulary(range(10)), Vocabulary(range(10)))
    >>> [len(split.test) for split in k_fold(ten, 4, np.random.default_rng(0))]
    [3, 3, 2, 2]
    """
    check_interactions(interactions, "k_fold")
    check_generator(rng)
    if not is_whole(n_folds) or not 2 <= n_folds <= len(interactions):
        raise ValueError(
            f"n_folds is {describe(n_folds)}; choose a whole number from 2 to the number of "
            f"ratings, {len(interactions)}"
        )
    folds = np.array_split(rng.permutation(len(interactions)), n_folds)
    names = [f"fold {n} of {n_folds}, random" for n in range(1, n_folds + 1)]
    return [_cut(interactions, rows, name) for rows, name in zip(folds, names, strict=True)]


def leave_last_out(interactions: Interactions, n: int = 1) -> Split:
    """Test each user's last events; of two events at one moment, the later row is the last.

    A user with n rows or fewer stays in training wholly. Time is honest for each user, not between
    them: what others did after a test row still trains the model.

    Args:
        interactions: The table, with timestamps.
        n: Events of each user that are tested, at least 1.

    Returns:
        The split; every row is in exactly one part.

    Raises:
        ValueError: If there are no timestamps, or n does not fit.
        TypeError: If the table is no Interactions.

    Source: Ji, Sun, Zhang and Li (2023), on what leaks between users.

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> three = Interactions([0, 0, 1], [0, 1, 0], [5, 4, 3], [20, 10, 30],
    ...                      Vocabulary(["ann", "bo"]), Vocabulary(["alien", "brazil"]))
    >>> leave_last_out(three).test.timestamps.tolist()  # bo has one row: it trains
    [20]
    """
    check_interactions(interactions, "leave_last_out")
    times = _times(interactions, "leave_last_out")
    counts = np.bincount(interactions.users, minlength=interactions.n_users)
    if not is_whole(n) or not 1 <= n < counts.max():
        raise ValueError(
            f"n is {describe(n)}; choose a whole number of at least 1, below the longest history, "
            f"{counts.max()}"
        )
    order = np.lexsort((times, interactions.users))  # stable: equal times stay in row order
    users = interactions.users[order]
    from_end = np.cumsum(counts)[users] - np.arange(len(order))  # 1 for a user's last row
    last = order[(from_end <= n) & (counts[users] > n)]
    return _cut(interactions, last, f"last {n} of each user's ratings", "user")


def temporal_split(
    interactions: Interactions, test_fraction: float = 0.2, cut: int | None = None
) -> Split:
    """Test everything from one moment on, and train on everything before it.

    The only split that asks "what will happen next?". Users and items may begin after the cut:
    `Split.n_new_users` and `Split.n_new_items` count those.

    Args:
        interactions: The table, with timestamps.
        test_fraction: Share of the rows to test, as nearly as it can be had.
        cut: The first second that is tested, since 1970; if given, test_fraction is unused.

    Returns:
        The split; every training row is earlier than every test row.

    Raises:
        ValueError: If there are no timestamps or a part would be empty.
        TypeError: If the table is no Interactions.

    Source: Ji, Sun, Zhang and Li (2023); Meng, McCreadie, Macdonald and Ounis (2020).

    >>> from recsys_course.data.vocabulary import Vocabulary
    >>> ten = Interactions(np.arange(10), np.arange(10), np.ones(10), np.arange(10) // 2,
    ...                    Vocabulary(range(10)), Vocabulary(range(10)))  # two in a second
    >>> temporal_split(ten, 0.25).test.timestamps.tolist()
    [4, 4]
    """
    check_interactions(interactions, "temporal_split")
    times = _times(interactions, "temporal_split")
    if cut is None:
        n_test = _n_test(interactions, test_fraction)
        moments, counts = np.unique(times, return_counts=True)
        distance = np.abs(len(times) - np.cumsum(counts) + counts - n_test)
        distance[0] = len(times)  # a cut at the first moment would leave nothing to learn from
        cut = int(moments[distance.argmin()])
    late = times >= cut
    if late.all() or not late.any():
        span = f"{times.min()} … {times.max()}"
        raise ValueError(f"cut={cut} leaves a part empty; cut within {span}, or use random_split")
    name = f"temporal: the {late.mean():.0%} of the ratings from {np.datetime64(cut, 's')} UTC on"
    return _cut(interactions, late, name, "all")


def _n_test(interactions: Interactions, test_fraction: float) -> int:
    share = is_number(test_fraction) and 0 < test_fraction < 1  # nan is none
    n_test = round(test_fraction * len(interactions)) if share else 0
    if not 0 < n_test < len(interactions):
        given = f"test_fraction={describe(test_fraction)} of {len(interactions)} ratings"
        raise ValueError(
            f"{given} leaves a part empty; choose a fraction between 0 and 1 that fits"
        )
    return n_test


def _times(interactions: Interactions, wanted_by: str) -> npt.NDArray[np.int64]:
    if interactions.timestamps is None:
        advice = "read them with timestamp=…, or use random_split"
        raise ValueError(f"{wanted_by} needs timestamps, and the ratings have none; {advice}")
    return interactions.timestamps


def _cut(
    interactions: Interactions, rows: npt.NDArray[np.generic], name: str, order: Order = "none"
) -> Split:
    tested = np.zeros(len(interactions), dtype=bool)
    tested[rows] = True  # rows: their numbers, or a mask
    return Split(interactions.subset(~tested), interactions.subset(tested), name, order)

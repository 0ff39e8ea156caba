"""Checks of center_by_user(train_users, train_ratings, test_users, test_ratings)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from recsys_course.classroom.checks.interactions.events import Indices
from recsys_course.classroom.expectations import Floats, close, expect, pair, table

Rng = np.random.Generator


class Parts(NamedTuple):
    """A training part and a test part."""

    train_users: Indices
    train_ratings: Floats
    test_users: Indices
    test_ratings: Floats

    def means(self) -> tuple[Floats, Floats]:
        """The mean that belongs to each row, by loops over training rows."""
        sums: dict[int, float] = {}
        counts: dict[int, int] = {}
        for user, rating in zip(self.train_users.tolist(), self.train_ratings, strict=True):
            sums[user] = sums.get(user, 0.0) + float(rating)
            counts[user] = counts.get(user, 0) + 1
        overall = sum(sums.values()) / sum(counts.values())
        columns = (self.train_users.tolist(), self.test_users.tolist())
        train, test = (
            np.array([sums[u] / counts[u] if u in sums else overall for u in users])
            for users in columns
        )
        return train, test


NEW, KNOWN = 30, 4  # a user without training row; one with a training rating of 0


def _random_parts(rng: Rng) -> Parts:
    """Users of different length and taste; one is new in the test part, and some ratings are 0."""
    users = np.repeat([2, 3, KNOWN, 9], [3, 1, 4, 6])
    ratings = rng.integers(2, 11, len(users)) / 2
    ratings[4], ratings[5] = 0.0, 4.5
    order = rng.permutation(len(users))
    test_users = rng.permutation(np.array([2, 2, 3, KNOWN, KNOWN, 9, NEW, NEW]))
    return Parts(users[order], ratings[order], test_users, rng.integers(0, 11, 8) / 2)


def _centred(student: Any, parts: Parts) -> tuple[Floats, Floats]:
    answer = pair(student.center_by_user(*(column.copy() for column in parts)))
    return (
        table(answer[0], "The centred training part", {"n_train": len(parts.train_users)}),
        table(answer[1], "The centred test part", {"n_test": len(parts.test_users)}),
    )


def test_center_by_user_shapes(student: Any, rng: Rng) -> None:
    """It returns the centred training ratings and the centred test ratings, in this order."""
    parts = _random_parts(rng)
    _centred(
        student, parts._replace(test_users=np.where(parts.test_users == NEW, 9, parts.test_users))
    )


def test_center_by_user_stranger(student: Any, rng: Rng) -> None:
    """A user without training row has a mean to subtract too: that of all training ratings."""
    _centred(student, _random_parts(rng))


def test_center_by_user_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    parts = _random_parts(rng)
    given = tuple(column.copy() for column in parts)
    student.center_by_user(*given)
    expect(
        all(np.array_equal(*columns) for columns in zip(given, parts, strict=True)),
        "It changes an array that belongs to the caller: what does `-=` do to an input?",
    )


def test_center_by_user_test_ratings(student: Any, rng: Rng) -> None:
    """Other test ratings leave the centred training ratings as they are."""
    parts = _random_parts(rng)
    train, test = _centred(student, parts)
    moved = rng.normal(size=len(parts.test_users))
    moved_train, moved_test = _centred(
        student, parts._replace(test_ratings=parts.test_ratings + moved)
    )
    expect(
        close(moved_train, train),
        "Other test ratings change the centred training ratings: a leak. Over which rows does the "
        "mean run?",
    )
    expect(
        close(moved_test, test + moved),
        "When a test rating grows by some amount, its centred value must grow by the same amount, "
        "and no other: does any mean include a test rating?",
    )


def test_center_by_user_train_sums(student: Any, rng: Rng) -> None:
    """The centred training ratings of each user add up to 0."""
    parts = _random_parts(rng)
    train, _ = _centred(student, parts)
    sums = np.array([train[parts.train_users == u].sum() for u in set(parts.train_users.tolist())])
    expect(
        close(sums, np.zeros(len(sums))),
        "The centred training ratings of some user do not add up to 0: which mean was subtracted? "
        "Each row is a rating of its user, a 0 too, and nothing else is.",
    )


def test_center_by_user_no_scaling(student: Any, rng: Rng) -> None:
    """Ratings twice as large have deviations twice as large."""
    parts = _random_parts(rng)
    doubled = parts._replace(
        train_ratings=2 * parts.train_ratings, test_ratings=2 * parts.test_ratings
    )
    twice = _centred(student, doubled)
    once = _centred(student, parts)
    expect(
        close(twice[0], 2 * once[0]) and close(twice[1], 2 * once[1]),
        "Ratings twice as large must have deviations twice as large: centring subtracts, and "
        "divides by nothing.",
    )


def test_center_by_user_generous(student: Any, rng: Rng) -> None:
    """Somebody who gives a star more to everything has the same centred ratings."""
    parts = _random_parts(rng)
    generous = parts._replace(
        train_ratings=parts.train_ratings + (parts.train_users == 9),
        test_ratings=parts.test_ratings + (parts.test_users == 9),
    )
    before, after = _centred(student, parts), _centred(student, generous)
    known = parts.test_users != NEW
    expect(
        close(after[0], before[0]) and close(after[1][known], before[1][known]),
        "A user who gives one star more to everything must keep the same centred ratings, in both "
        "parts, and so must all others: which mean is subtracted from whom?",
    )


def test_center_by_user_known(student: Any, rng: Rng) -> None:
    """A test rating is centred by the training mean of its user."""
    parts = _random_parts(rng)
    known = parts.test_users != NEW
    expected = parts.test_ratings - parts.means()[1]
    expect(
        close(_centred(student, parts)[1][known], expected[known]),
        "Some test rating is not centred by the mean of the same user's training ratings.",
    )


def test_center_by_user_new(student: Any, rng: Rng) -> None:
    """Whoever has no training row gets the mean of all training ratings."""
    parts = _random_parts(rng)
    new = parts.test_users == NEW
    expected = parts.test_ratings - parts.means()[1]
    expect(
        close(_centred(student, parts)[1][new], expected[new]),
        "A user without training row must be centred by the mean of all training ratings: no row "
        "is no rating, not a rating of 0, and users with many rows count with all of them.",
    )


def test_center_by_user_only_new(student: Any, rng: Rng) -> None:
    """A test part with nobody but new users works."""
    parts = _random_parts(rng)._replace(test_users=np.array([20, 0]), test_ratings=np.array([5, 0]))
    expected = parts.test_ratings - parts.means()[1]
    expect(
        close(_centred(student, parts)[1], expected),
        "Users without training row are not centred by the mean of all training ratings, where "
        "nobody else is in the test part.",
    )


def test_center_by_user_no_test(student: Any, rng: Rng) -> None:
    """An empty test part is returned empty."""
    parts = _random_parts(rng)._replace(
        test_users=np.zeros(0, dtype=np.int64), test_ratings=np.zeros(0)
    )
    _centred(student, parts)


def test_center_by_user_whole_numbers(student: Any, rng: Rng) -> None:
    """Ratings may be whole numbers; their means need not be."""
    train, test = np.array([1, 2, 2]), np.array([4])
    parts = Parts(np.array([0, 0, 0]), train.astype(int), np.array([0]), test)
    centred = _centred(student, parts)
    expect(
        close(centred[0], train - 5 / 3) and close(centred[1], test - 5 / 3),
        "Ratings that are whole numbers come out wrong: is a mean cut off to a whole number?",
    )


def test_center_by_user_random(student: Any, rng: Rng) -> None:
    """On random ratings both parts are centred by the right means."""
    for _ in range(4):
        n_train, n_test = 20, 12
        parts = Parts(
            rng.integers(0, 6, n_train),
            rng.integers(0, 11, n_train) / 2,
            rng.integers(0, 8, n_test),
            rng.integers(0, 11, n_test) / 2,
        )
        train, test = _centred(student, parts)
        means = parts.means()
        expect(
            close(train, parts.train_ratings - means[0])
            and close(test, parts.test_ratings - means[1]),
            "On random ratings some value is not its rating minus the right mean: compare one "
            "user's rows by hand.",
        )


def test_center_by_user_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out."""
    parts = Parts(
        np.array([0, 0, 1, 1]), np.array([5.0, 2, 4, 0]), np.array([0, 2]), np.array([3.0, 1])
    )
    train, test = _centred(student, parts)
    expect(
        close(train, np.array([1.5, -1.5, 2, -2])) and close(test, np.array([-0.5, -1.75])),
        "The example of the exercise does not come out: compute the three means with a pencil.",
    )

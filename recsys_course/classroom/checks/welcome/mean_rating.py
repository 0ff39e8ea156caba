"""Checks of mean_rating(ratings)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator


def _rated(rng: Rng, n_items: int) -> Floats:
    """A row without gaps, in half stars, whose mean is in general no half star."""
    return rng.integers(1, 11, n_items) / 2


def _with_gaps(rng: Rng, rated: Floats, fillers: tuple[float, ...]) -> Floats:
    """The same ratings in the same order, with fillers at random places between them."""
    places = np.sort(rng.integers(0, len(rated) + 1, rng.integers(3, 7)))
    return np.insert(rated, places, rng.choice(fillers, len(places)))


def _mean(student: Any, row: Floats) -> float:
    return number(student.mean_rating(row.copy()))


def _by_hand(row: Floats) -> float:
    """The reference, by a loop over the row."""
    total, count = 0.0, 0
    for stars in row.tolist():
        if stars == stars and stars != 0:  # nan is the only number that differs from itself
            total, count = total + stars, count + 1
    return total / count


def test_mean_rating_number(student: Any, rng: Rng) -> None:
    """A row without gaps gives one number."""
    _mean(student, _rated(rng, 6))


def test_mean_rating_all_alike(student: Any, rng: Rng) -> None:
    """Somebody who always gives the same stars has them as mean, however much they rate."""
    stars = float(rng.integers(2, 10)) / 2
    for n_items in (1, 2, 7):
        expect(
            close(_mean(student, np.full(n_items, stars)), stars),
            "Somebody gives every film the same stars, and the mean is something else: what do you "
            "divide by, and do you divide at all?",
        )


def test_mean_rating_no_gaps(student: Any, rng: Rng) -> None:
    """Without gaps it is the ordinary mean."""
    for n_items in (2, 5, 8):
        row = _rated(rng, n_items)
        expect(
            close(_mean(student, row), _by_hand(row)),
            "On a row in which every film is rated it is not the mean: are all ratings in, low and "
            "half stars too, each as often as it stands there, and is nothing rounded?",
        )


def test_mean_rating_zeros(student: Any, rng: Rng) -> None:
    """Zeros in the gaps change nothing."""
    row = _rated(rng, 5)
    expect(
        close(_mean(student, _with_gaps(rng, row, (0.0,))), _by_hand(row)),
        "The mean moves when a film that nobody rated, a 0, joins the row, and it must not: does "
        "the 0 enter the sum, or the number that you divide by?",
    )


def test_mean_rating_nans(student: Any, rng: Rng) -> None:
    """Nans in the gaps change nothing."""
    row = _rated(rng, 5)
    answer = student.mean_rating(_with_gaps(rng, row, (np.nan,)))
    expect(
        answer is not None and not bool(np.isnan(np.asarray(answer, dtype=np.float64)).any()),
        "With a nan in the row the mean is nan, although there are ratings: what is 5 + nan? "
        "Choose the ratings before you add.",
    )
    expect(
        close(number(answer), _by_hand(row)),
        "The mean moves when a film that nobody rated, a nan, joins the row, and it must not: do "
        "you divide by the length of the row, or by how many ratings there are?",
    )


def test_mean_rating_both(student: Any, rng: Rng) -> None:
    """Zeros and nans in one row change nothing either, whatever the scale of the ratings."""
    for _ in range(5):
        row = _with_gaps(rng, rng.uniform(0.1, 9.9, 6), (0.0, np.nan))
        row = np.concatenate([row, [0.0, np.nan]])
        expect(
            close(_mean(student, row), _by_hand(row)),
            "With zeros and nans in one row the mean is not that of the ratings: which of the "
            "two still counts?",
        )


def test_mean_rating_lowest_stars(student: Any, rng: Rng) -> None:
    """Half a star is a rating."""
    row = np.array([0.5, 0.0, 1.0, np.nan, 0.5])
    expect(
        close(_mean(student, row), _by_hand(row)),
        "Half a star and one star are ratings, the lowest there are: does your condition let them "
        "through?",
    )


def test_mean_rating_nobody(student: Any, rng: Rng) -> None:
    """Somebody who rated nothing gets nan, and no error."""
    for fillers in ((0.0,), (np.nan,), (0.0, np.nan)):
        answer = student.mean_rating(rng.choice(fillers, 5))
        expect(answer is not None, "It returns nothing for somebody who rated nothing: return nan.")
        expect(
            not isinstance(answer, str),
            "It returns a text for somebody who rated nothing: nan is a number, such as `np.nan`.",
        )
        value = np.asarray(answer, dtype=np.float64)
        expect(
            value.ndim == 0 and bool(np.isnan(value)),
            "Somebody who rated nothing has no mean, so the answer is nan. A number would look "
            "like an opinion: whose?",
        )


def test_mean_rating_hand_example(student: Any, rng: Rng) -> None:
    """The rows of the exercise come out; whole numbers are accepted."""
    rows = ([5, 3, 0, 1, 0], [4, 0, 0, 1, 1], [1, 1, 0, 5, 5], [0, 2, 5, 5, 0])
    for row, mean in zip(rows, (3.0, 2.0, 3.0, 4.0), strict=True):
        expect(
            close(number(student.mean_rating(np.array(row))), mean),
            "A row of the exercise does not come out: add its ratings with a pencil, count them, "
            "and compare.",
        )


def test_mean_rating_inputs(student: Any, rng: Rng) -> None:
    """The row that is passed in stays as it was."""
    row = np.concatenate([_with_gaps(rng, _rated(rng, 5), (0.0, np.nan)), [0.0, np.nan]])
    before = row.copy()
    student.mean_rating(row)
    expect(
        np.array_equal(row, before, equal_nan=True),
        "It changes the row that belongs to the caller: which line assigns into it, or sorts it?",
    )

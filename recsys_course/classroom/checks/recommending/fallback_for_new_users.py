"""Checks of fallback_for_new_users(user_ids, known_ids, scores, popularity)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, close, expect, table
from recsys_course.classroom.rating_tables import the_example

Rng = np.random.Generator


class Shop(NamedTuple):
    """What a fitted shop knows: the ids of its rows, their scores, and the popularity."""

    known_ids: list[Hashable]
    scores: Floats
    popularity: npt.NDArray[Any]


def _shop(rng: Rng, known_ids: list[Hashable], n_items: int = 6) -> Shop:
    """The rows of the ids, which are all different."""
    numbers = rng.permutation((len(known_ids) + 1) * n_items).astype(float).reshape(-1, n_items)
    return Shop(list(known_ids), numbers[1:], numbers[0])


def _rows(student: Any, user_ids: list[Hashable], shop: Shop) -> Floats:
    answer = student.fallback_for_new_users(
        list(user_ids), list(shop.known_ids), shop.scores.copy(), shop.popularity.copy()
    )
    axes = {"len(user_ids)": len(user_ids), "n_items": len(shop.popularity)}
    return table(answer, "The table of scores", axes)


def test_fallback_for_new_users_shape(student: Any, rng: Rng) -> None:
    """One row for each id that was asked for, known or not."""
    shop = _shop(rng, ["d", "b", "a", "c"])
    _rows(student, ["b", "a"], shop)
    _rows(student, ["a", "x", "b", "c", "d", "y", "a"], shop)


def test_fallback_for_new_users_known(student: Any, rng: Rng) -> None:
    """A known id gets its own row, wherever it stands in user_ids."""
    shop = _shop(rng, ["d", "b", "a", "c"])
    expect(
        close(_rows(student, ["c", "b", "a"], shop), shop.scores[[3, 1, 2]]),
        "A known id does not get its own row of scores: the row of an id is its place in "
        "known_ids. Where did you look it up, and did you change the order of anything?",
    )


def test_fallback_for_new_users_first_row(student: Any, rng: Rng) -> None:
    """The id in row 0 is as known as the others."""
    shop = _shop(rng, ["d", "b", "a", "c"])
    expect(
        close(_rows(student, ["d"], shop), shop.scores[[0]]),
        "The user in row 0 does not get row 0: how do you tell row 0 from *no row*?",
    )


def test_fallback_for_new_users_unknown(student: Any, rng: Rng) -> None:
    """An unknown id gets the popularity."""
    shop = _shop(rng, ["d", "b", "a", "c"])
    expect(
        close(_rows(student, ["x", "y"], shop), np.stack([shop.popularity] * 2)),
        "Somebody unknown must get the popularity row: whose scores, or which numbers, do they "
        "get now?",
    )


def test_fallback_for_new_users_mixed(student: Any, rng: Rng) -> None:
    """Known and unknown ids keep the order of user_ids."""
    shop = _shop(rng, ["d", "b", "a", "c"])
    rows = _rows(student, ["x", "c", "y", "d"], shop)
    wanted = [shop.popularity, shop.scores[3], shop.popularity, shop.scores[0]]
    expect(
        close(rows, np.array(wanted)),
        "With known and unknown ids mixed some id does not get its own answer: row by row, whose "
        "scores stand there?",
    )


def test_fallback_for_new_users_twice(student: Any, rng: Rng) -> None:
    """An id that is asked for twice gets two rows."""
    shop = _shop(rng, ["d", "b", "a"])
    rows = _rows(student, ["a", "x", "a", "x"], shop)
    wanted = [shop.scores[2], shop.popularity, shop.scores[2], shop.popularity]
    expect(close(rows, np.array(wanted)), "An id that is asked for twice must get its row twice.")


def test_fallback_for_new_users_names(student: Any, rng: Rng) -> None:
    """The ids "007", "7" and 7 belong to three people."""
    shop = _shop(rng, ["7", 7, "007", ("7",)])
    expect(
        close(_rows(student, [7, "7", ("7",), "007"], shop), shop.scores[[1, 0, 3, 2]]),
        'Among the ids are "007", "7" and 7, and some of them get each other\'s rows: what '
        "happens to an id on its way to the look-up?",
    )
    shop = _shop(rng, ["007", 12])
    expect(
        close(_rows(student, ["7", 7, "12"], shop), np.stack([shop.popularity] * 3)),
        'An id is taken for a known one that only looks like it: "007" is known, and neither '
        '"7" nor 7 is.',
    )


def test_fallback_for_new_users_numbers(student: Any, rng: Rng) -> None:
    """An id that is a number is still a name, not a position."""
    shop = _shop(rng, [3, 0, 12, 1])
    expect(
        close(_rows(student, [12, 1, 0, 3], shop), shop.scores[[2, 3, 1, 0]]),
        "Ids that are numbers are taken for positions: where in known_ids does the id stand?",
    )
    expect(
        close(_rows(student, [2, -1], shop), np.stack([shop.popularity] * 2)),
        "A number that is no known id must get the popularity, even if it could be a row.",
    )


def test_fallback_for_new_users_counts(student: Any, rng: Rng) -> None:
    """A popularity of whole numbers does not round the scores."""
    shop = _shop(rng, ["d", "b", "a", "c"])
    counts = shop.popularity.astype(int)
    shop = Shop(shop.known_ids, shop.scores / 4 - 1, counts)
    rows = _rows(student, ["c", "x", "d"], shop)
    expect(
        close(rows, np.stack([shop.scores[3], counts, shop.scores[0]])),
        "With a popularity of whole numbers a known id loses the decimals of its scores: which "
        "type has the table that you write them into?",
    )


def test_fallback_for_new_users_nobody(student: Any, rng: Rng) -> None:
    """No id at all gives a table without rows, and a shop without users knows nobody."""
    shop = _shop(rng, ["a", "b"])
    answer = student.fallback_for_new_users([], ["a", "b"], shop.scores, shop.popularity)
    expect(
        answer is not None and np.asarray(answer).size == 0,
        "Nobody was asked for, and still there are scores.",
    )
    shop = Shop([], np.zeros((0, 6)), shop.popularity)
    expect(
        close(_rows(student, ["a"], shop), shop.popularity[None]),
        "A shop that knows no user yet must answer with the popularity.",
    )


def test_fallback_for_new_users_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out."""
    example = the_example()
    popularity = np.array([3.0, 3, 1, 4, 2])
    shop = Shop(["007", 7, "ann", "bo"], example.predictions, popularity)
    wanted = [example.predictions[3], popularity, example.predictions[1]]
    expect(
        close(_rows(student, ["bo", 8, 7], shop), np.array(wanted)),
        "The three rows of the exercise do not come out: take the ids one by one, and say for "
        "each where it stands in known_ids.",
    )


def test_fallback_for_new_users_inputs(student: Any, rng: Rng) -> None:
    """What is passed in stays as it was."""
    shop = _shop(rng, ["d", "b", "a"])
    user_ids: list[Hashable] = ["x", "a", "d", "a"]
    given = (list(user_ids), list(shop.known_ids), shop.scores.copy(), shop.popularity.copy())
    student.fallback_for_new_users(*given)
    expect(
        given[0] == user_ids
        and given[1] == shop.known_ids
        and np.array_equal(given[2], shop.scores)
        and np.array_equal(given[3], shop.popularity),
        "It changes a list or a table that belongs to the caller: does it sort, remove or append "
        "in place?",
    )

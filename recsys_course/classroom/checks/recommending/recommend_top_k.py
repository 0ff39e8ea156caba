"""Checks of recommend_top_k(scores, seen, k).

Each property is a check of its own, which makes the list longer than most modules.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, expect, table
from recsys_course.classroom.rating_tables import the_example

Rng = np.random.Generator
Mask = npt.NDArray[np.bool_]
Lists = list[list[int]]


def _scores(rng: Rng, n_users: int, n_items: int) -> Floats:
    """Scores of both signs, no two of a row alike."""
    ranks = rng.permuted(np.tile(np.arange(n_items), (n_users, 1)), axis=1)
    return (ranks - n_items / 2) / 4.0  # quarters: exact in float32


def _some(rng: Rng, n_users: int, n_items: int, n_seen: int) -> Mask:
    """Each user has seen n_seen items."""
    return rng.permuted(np.tile(np.arange(n_items) < n_seen, (n_users, 1)), axis=1)


def _lists(student: Any, scores: Floats, seen: Mask, k: int) -> Lists:
    answer = student.recommend_top_k(scores.copy(), seen.copy(), k)
    n_users, n_items = scores.shape
    axes = {"n_users": n_users, "min(k, n_items)": min(k, n_items)}
    lists = table(answer, "The table of lists", axes)
    expect(
        np.asarray(answer).dtype.kind in "iu",
        "The lists hold numbers with a decimal point: an index is a whole number, and only a whole "
        "number can look up a title.",
    )
    expect(
        bool(((lists >= -1) & (lists < n_items)).all()),
        "A list holds a number that is neither an index of an item nor −1.",
    )
    rows: Lists = lists.astype(int).tolist()
    return rows


def _filled(row: list[int]) -> list[int]:
    return [item for item in row if item >= 0]


def _by_hand(scores: Floats, seen: Mask, k: int) -> Lists:
    """The best unseen item, then the best of the others, and so on."""
    lists = []
    for row, known in zip(scores.tolist(), seen.tolist(), strict=True):
        left = [item for item in range(len(row)) if not known[item]]
        picked: list[int] = []
        while left and len(picked) < k:
            best = left[0]
            for item in left:
                if row[item] > row[best]:
                    best = item
            left.remove(best)
            picked.append(best)
        lists.append(picked + [-1] * (min(k, len(row)) - len(picked)))
    return lists


def test_recommend_top_k_shape(student: Any, rng: Rng) -> None:
    """One row a user, with k whole numbers."""
    _lists(student, _scores(rng, 3, 8), _some(rng, 3, 8, 1), 4)


def test_recommend_top_k_items(student: Any, rng: Rng) -> None:
    """Every item of the catalogue can be listed, whether there are more items or more users."""
    scores = np.sort(_scores(rng, 2, 12), axis=1)  # the last items are the best
    lists = _lists(student, scores, np.zeros((2, 12), dtype=bool), 3)
    expect(
        all(max(row) >= 2 for row in lists if _filled(row)),
        "With 2 users and 12 items only the first items come up, though the last ones score best: "
        "over what does the list of candidates run, users or items?",
    )
    _lists(student, _scores(rng, 9, 5), _some(rng, 9, 5, 1), 4)


def test_recommend_top_k_direction(student: Any, rng: Rng) -> None:
    """The highest scores are listed, not the lowest."""
    scores = _scores(rng, 4, 9)
    for row, values in zip(_lists(student, scores, np.zeros((4, 9), bool), 3), scores, strict=True):
        expect(
            _filled(row) != [],
            "Nobody has seen anything, and still a list is empty: what does True mean in `seen`, "
            "that an item may be listed or that it may not?",
        )
        expect(
            int(values.argmax()) in row,
            "Nobody has seen anything, and still the item with the highest score is missing: in "
            "which direction does the sort run, and which end of it do you keep?",
        )


def test_recommend_top_k_best_first(student: Any, rng: Rng) -> None:
    """Along a list the scores fall."""
    # fewer than some 300 items would be sorted even by a partition, on processors with wide vectors
    scores, seen = _scores(rng, 3, 1000), _some(rng, 3, 1000, 50)
    for row, values in zip(_lists(student, scores, seen, 400), scores, strict=True):
        listed = [values[item] for item in _filled(row)]
        expect(
            all(first >= second for first, second in pairwise(listed)),
            "On a long list a lower score stands before a higher one: are the items that you "
            "picked in order, or only known to be the best?",
        )


def test_recommend_top_k_seen(student: Any, rng: Rng) -> None:
    """A seen item is never recommended, not even if it scores highest."""
    scores, seen = _scores(rng, 5, 9), _some(rng, 5, 9, 3)
    for row, known in zip(_lists(student, scores + 5 * seen, seen, 4), seen, strict=True):
        expect(
            not known[_filled(row)].any(),
            "A user is recommended an item that they have seen: what keeps its score out of the "
            "order, and does that happen before the list is cut?",
        )


def test_recommend_top_k_own_history(student: Any, rng: Rng) -> None:
    """What one user has seen stays open to the others."""
    scores = _scores(rng, 4, 8)
    seen = np.zeros((4, 8), dtype=bool)
    seen[0] = True
    lists = _lists(student, scores, seen, 3)
    expect(
        all(int(values.argmax()) in row for row, values in zip(lists[1:], scores[1:], strict=True)),
        "An item that another user has seen is missing from a list: whose row of `seen` counts?",
    )


def test_recommend_top_k_only_an_order(student: Any, rng: Rng) -> None:
    """Adding the same number to all scores of a user changes no list."""
    scores, seen = _scores(rng, 5, 9), _some(rng, 5, 9, 3)
    shift = np.array([[-30.0], [-1.0], [0.0], [2.0], [40.0]])
    expect(
        _lists(student, scores, seen, 4) == _lists(student, scores + shift, seen, 4),
        "The same order of scores, but higher or lower, gives other lists: which value do seen "
        "items get, and is it lower than every score, also where all are negative?",
    )


def test_recommend_top_k_full_lists(student: Any, rng: Rng) -> None:
    """A list is full where enough unseen items are left."""
    scores, seen = _scores(rng, 5, 9), _some(rng, 5, 9, 4)
    lists = _lists(student, scores + 5 * seen, seen, 5)
    expect(
        all(len(_filled(row)) == 5 for row in lists),
        "Places are left empty though there are unseen items for them: what comes first, leaving "
        "out what was seen or cutting the list?",
    )
    expect(
        all(len(set(row)) == 5 for row in lists),
        "An item stands twice on the same list: can one that is picked be picked again?",
    )


def test_recommend_top_k_negative_scores(student: Any, rng: Rng) -> None:
    """Where all scores are negative, seen items still come last."""
    scores, seen = _scores(rng, 5, 9) - 20, _some(rng, 5, 9, 3)
    expect(
        _lists(student, scores, seen, 4) == _by_hand(scores, seen, 4),
        "With scores that are all negative the lists are wrong: which value do seen items get, "
        "and is it lower than every score?",
    )


def test_recommend_top_k_ties(student: Any, rng: Rng) -> None:
    """Of equal scores the lower item index comes first."""
    scores = rng.integers(-1, 2, size=(6, 40)) / 2.0
    seen = _some(rng, 6, 40, 8)
    for row, values in zip(_lists(student, scores, seen, 25), scores, strict=True):
        listed = _filled(row)
        in_order = [
            first < second for first, second in pairwise(listed) if values[first] == values[second]
        ]
        expect(
            all(in_order),
            "Two items with equal scores stand in the wrong order: the lower index comes first. "
            "Is your sort stable, and what becomes of equals when a sorted row is reversed?",
        )


def test_recommend_top_k_too_few(student: Any, rng: Rng) -> None:
    """Places that cannot be filled hold −1, at the end of the row."""
    scores, seen = _scores(rng, 6, 6), np.tril(np.ones((6, 6), dtype=bool))
    seen = rng.permuted(seen, axis=1)  # user i has seen i + 1 of 6 items
    for n, row in enumerate(_lists(student, scores, seen, 4)):
        left = max(0, min(4, 5 - n))
        expect(
            len(_filled(row)) == left,
            "The number of places that hold −1 is wrong where a user has seen almost everything: "
            "what may fill a place for which there is no unseen item?",
        )
        expect(
            all(item >= 0 for item in row[:left]),
            "A −1 stands before an item: empty places belong at the end of the row.",
        )


def test_recommend_top_k_more_than_there_is(student: Any, rng: Rng) -> None:
    """A k larger than the catalogue gives rows as long as the catalogue."""
    scores, seen = _scores(rng, 3, 5), _some(rng, 3, 5, 2)
    expect(
        _lists(student, scores, seen, 12) == _by_hand(scores, seen, 12),
        "With k larger than the number of items the lists are wrong: all unseen items, best first, "
        "then −1 up to the length of the catalogue.",
    )


def test_recommend_top_k_one(student: Any, rng: Rng) -> None:
    """With k = 1 a list holds the best unseen item, also for a single user with a single item."""
    scores, seen = _scores(rng, 5, 7), _some(rng, 5, 7, 2)
    expect(
        _lists(student, scores, seen, 1) == _by_hand(scores, seen, 1),
        "With k = 1 the item listed is not the best unseen one.",
    )
    expect(
        _lists(student, np.array([[-2.0]]), np.array([[False]]), 1) == [[0]],
        "One user, one unseen item, and it is not listed.",
    )


def test_recommend_top_k_by_hand(student: Any, rng: Rng) -> None:
    """Every list is the one that picking item after item gives."""
    scores = rng.integers(-6, 7, size=(7, 10)) / 2.0
    seen = rng.random((7, 10)) < 0.4
    expect(
        _lists(student, scores, seen, 6) == _by_hand(scores, seen, 6),
        "On a random table some list differs from picking the best unseen item again and again: "
        "write down one row of five scores and follow your code.",
    )


def test_recommend_top_k_hand_example(student: Any, rng: Rng) -> None:
    """The 4 × 5 example of the exercise comes out."""
    example = the_example()
    expect(
        _lists(student, example.predictions, example.observed, 2)
        == [[2, 4], [1, 2], [2, -1], [4, 0]],
        "The lists of the exercise's four users do not come out: begin with user 4, who has two "
        "unseen films left.",
    )


def test_recommend_top_k_inputs(student: Any, rng: Rng) -> None:
    """The tables that are passed in stay as they were."""
    scores, seen = _scores(rng, 4, 6), _some(rng, 4, 6, 2)
    before = scores.copy(), seen.copy()
    student.recommend_top_k(scores, seen, 3)
    expect(
        np.array_equal(scores, before[0]) and np.array_equal(seen, before[1]),
        "It changes a table that belongs to the caller: which line assigns into an input?",
    )

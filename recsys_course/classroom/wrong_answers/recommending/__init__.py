"""Wrong answers of lesson 06, and what they are made to do so that they can be told apart.

Each behaviour calls an answer several times. A call that stops counts as one more way to behave, so
that an answer which fails for a newcomer alone is still known by what it does for others.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from recsys_course.classroom.checks.recommending.event_lists import Recorder, random_events

Rng = np.random.Generator
Answer = Callable[..., Any]


def _told(answer: Answer, *arguments: Any) -> Any:
    """What a call returned and left in its arguments, or that it stopped."""
    given = copy.deepcopy(arguments)
    try:
        returned = answer(*given)
    except (Exception, SystemExit):
        return "stopped"
    return returned, [one for one in given if isinstance(one, np.ndarray)]


def behaviour_recommend_top_k(answer: Answer, rng: Rng, square: bool) -> Any:
    """Lists for ties of both signs, for many items, for users who have seen most, for a large k."""
    n_users, n_items = (6, 6) if square else (4, 9)
    scores = rng.integers(-4, 3, size=(n_users, n_items)) / 2
    half = rng.random(scores.shape) < 0.4
    half[:, 0] = False  # everybody has an unseen item left
    most = rng.permuted(np.tile(np.arange(n_items) > 0, (n_users, 1)), axis=1)
    many = rng.permuted(np.tile(np.arange(900) / 4.0, (2, 1)), axis=1)
    return [
        _told(answer, scores, half, 3),
        _told(answer, scores, most, 3),
        _told(answer, scores, half, n_items + 2),
        _told(answer, many, rng.random(many.shape) < 0.1, 300),
        _told(answer, many[:, :60].T.copy(), rng.random((60, 2)) < 0.1, 2),
        _told(answer, scores, np.zeros_like(half), 4),
    ]


def behaviour_fold_in_user(answer: Answer, rng: Rng, square: bool) -> Any:
    """Predictions for some ratings, for one, for all films and for none, with and without l2."""
    n_items, n_factors = (6, 6) if square else (9, 3)
    factors = rng.normal(size=(n_items, n_factors))
    biases = rng.integers(-6, 7, n_items) / 8 + 0.0625
    told = []
    for n_rated, l2 in ((4, 0.6), (1, 0.6), (n_items, 0.6), (n_items, 5.0), (0, 0.6), (0, 0.0)):
        items = rng.permutation(n_items)[:n_rated]
        stars = rng.integers(1, 11, n_rated) / 2
        told.append(_told(answer, factors, biases, 3.25, items, stars, l2))
    return told


def behaviour_fallback_for_new_users(answer: Answer, rng: Rng, square: bool) -> Any:
    """Rows for known ids, for strangers, for both, for ids that look alike, and beside counts."""
    popularity = 100.0 + rng.permutation(4)
    calls: list[tuple[list[Any], list[Any]]] = [
        (["c", "d", "b"], ["d", "b", "a", "c"]),
        (["x", "c", "a", "y", "a", "d", "x"], ["d", "b", "a", "c"]),
        (["x", "b"], ["d", "b", "a", "c"]),
        ([7, "7", "007"], ["7", 7, "007", "b"]),
        (["7", 7, "12", 12], ["007", 12, "a", 1]),
        ([1, 12, 0, 3], [3, 0, 12, 1]),
        ([2, -1, 3], [3, 0, 12, 1]),
    ]
    scores = rng.permutation(16).reshape(4, 4) / 4.0
    if square:
        calls = [(user_ids[:4], known_ids) for user_ids, known_ids in calls]
    told = [_told(answer, user_ids, known_ids, scores, popularity) for user_ids, known_ids in calls]
    return [*told, _told(answer, ["x", "b"], ["d", "b", "a", "c"], scores, popularity.astype(int))]


def behaviour_run_pipeline(answer: Answer, rng: Rng, square: bool) -> Any:
    """What the model was given in each fit, in an order of its own, and what came back."""
    events = random_events(rng, numbers=square)
    recorder = Recorder(rng)
    try:
        hit_rate, lists = answer(list(events), recorder, 3)
    except (Exception, SystemExit):
        hit_rate, lists = "stopped", {}
    fits = [(fit.rows, int(fit.n_users), int(fit.n_items)) for fit in recorder.fits]
    told = sorted((str(user), [str(item) for item in items]) for user, items in lists.items())
    return fits, hit_rate, told

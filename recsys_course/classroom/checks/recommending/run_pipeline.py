"""Checks of run_pipeline(events, make_model, k).

Each property is a check of its own, which makes the list longer than most modules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from recsys_course.classroom.checks.recommending.event_lists import (
    EXAMPLE,
    Event,
    Fit,
    Recorder,
    best_ids,
    clean_events,
    last_events,
    random_events,
    rows_of,
    sum_of_ratings,
)
from recsys_course.classroom.expectations import Floats, close, expect

Rng = np.random.Generator
_TIMES = {0: "never", 1: "once"}


class Run(NamedTuple):
    """What came back, and what the model was given."""

    hit_rate: float
    lists: dict[Any, list[Any]]
    fits: list[Fit]


def _run(
    student: Any,
    rng: Rng,
    events: Sequence[Event],
    k: int = 3,
    model: Callable[..., Floats] | None = None,
) -> Run:
    recorder = Recorder(rng, model)
    answer = student.run_pipeline(list(events), recorder, k)
    expect(
        answer is not None, "It returns nothing: end the function with `return` and two results."
    )
    expect(
        isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[1], dict),
        "It does not return a hit rate and a dictionary: write both after `return`, with a comma "
        "between.",
    )
    calls = len(recorder.fits)
    expect(
        calls == 2,
        f"make_model is called {_TIMES.get(calls, 'more than twice')} and not twice: once for the "
        "evaluation, without the held-out events, and once for the recommendations, with all clean "
        "events.",
    )
    return Run(_rate(answer[0]), _lists(answer[1]), recorder.fits)


def _rate(value: Any) -> float:
    try:
        rate = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        rate = np.zeros(2)
    expect(rate.ndim == 0, "The hit rate is not a single number: found, divided by held out.")
    return float(rate)


def _lists(value: dict[Any, Any]) -> dict[Any, list[Any]]:
    expect(
        all(
            isinstance(one, Iterable) and not isinstance(one, str | dict) for one in value.values()
        ),
        "A user's recommendations are not a list of item ids.",
    )
    return {user: list(items) for user, items in value.items()}


def _split(events: Sequence[Event]) -> tuple[list[Event], list[Event], list[Event]]:
    """The clean events, and of these the training and the held-out ones."""
    kept = clean_events(list(events))
    held_out = last_events(kept)
    return kept, [event for event in kept if event not in held_out], held_out


def _fitted_to_all(
    student: Any, rng: Rng, events: Sequence[Event], sentence: str, kept: Sequence[int]
) -> None:
    """Expect the second fit to hold the events at these places, and no others."""
    run = _run(student, rng, events)
    expect(run.fits[1].rows == rows_of([events[n] for n in kept]), sentence)


def test_run_pipeline_results(student: Any, rng: Rng) -> None:
    """It fits two models, and returns a hit rate and a dictionary with a list for each user."""
    run = _run(student, rng, random_events(rng))
    expect(
        math.isnan(run.hit_rate) or 0 <= run.hit_rate <= 1,
        "The hit rate is a share and lies between 0 and 1: what is divided by what?",
    )


def test_run_pipeline_arrays(student: Any, rng: Rng) -> None:
    """make_model gets arrays of equal length: indices, indices and ratings."""
    fits = _run(student, rng, random_events(rng)).fits + _run(student, rng, EXAMPLE).fits
    for fit in fits:
        arrays = fit[:3]
        expect(
            all(isinstance(array, np.ndarray) and array.ndim == 1 for array in arrays)
            and len({len(array) for array in arrays}) == 1,
            "make_model asks for three NumPy arrays with one axis, all of the same length.",
        )
        expect(
            all(array.dtype.kind in "iu" for array in arrays[:2]) and arrays[2].dtype.kind == "f",
            "make_model asks for users and items as whole numbers and for ratings as floats.",
        )
        expect(
            all(
                bool(((array >= 0) & (array < size)).all())
                for array, size in ((fit.users, fit.n_users), (fit.items, fit.n_items))
            ),
            "An index that make_model gets is not between 0 and the number of users or items.",
        )


def test_run_pipeline_missing_ratings(student: Any, rng: Rng) -> None:
    """An event without a rating is dropped, be it None or nan."""
    events = [
        ("a", "x", 3.0, 1),
        ("a", "y", None, 2),
        ("b", "y", 2.0, 3),
        ("b", "x", math.nan, 4),
        ("a", "z", 1.0, 5),
        ("b", "z", 1.5, 6),
    ]
    sentence = (
        "An event without a rating reaches the model: None and nan both mean that there is no "
        "rating. What does a comparison with nan answer?"
    )
    _fitted_to_all(student, rng, events, sentence, kept=[0, 2, 4, 5])


def test_run_pipeline_impossible_ratings(student: Any, rng: Rng) -> None:
    """Ratings from 0.5 to 5 stars stay, the ends included; others are dropped."""
    stars = [0.5, 5.0, 3, 2, 0.0, 0.4, 5.1, -3.0, 50.0, 1]
    events = [(f"u{n % 2}", f"i{n}", rating, 10 - n) for n, rating in enumerate(stars)]
    run = _run(student, rng, events)
    ratings = {rating for _, _, rating in run.fits[1].rows}
    expect(
        {0.5, 1.0, 2.0, 3.0, 5.0} <= ratings,
        "A possible rating is dropped: the scale goes from half a star to five, both included.",
    )
    expect(
        ratings == {0.5, 1.0, 2.0, 3.0, 5.0},
        "An impossible rating reaches the model: nobody can give 0 stars, less than none or more "
        "than five, so such a number means something else.",
    )


def test_run_pipeline_duplicates(student: Any, rng: Rng) -> None:
    """Of several events of a user with an item the latest counts."""
    events = [
        ("a", "w", 2.5, 1),
        ("a", "x", 1.0, 9),
        ("a", "x", 2.0, 5),
        ("b", "x", 3.0, 5),
        ("b", "x", 4.0, 7),
        ("b", "y", 5.0, 2),
        ("c", "x", 1.5, 3),
        ("c", "y", 4.5, 7),
    ]
    sentence = (
        "Somebody rated the same item twice, and the rating with the latest timestamp is not the "
        "one that counts: events come in no order. The same item rated by two users is two things."
    )
    _fitted_to_all(student, rng, events, sentence, kept=[0, 1, 4, 5, 6, 7])


def test_run_pipeline_duplicates_at_once(student: Any, rng: Rng) -> None:
    """Of two events of a pair with equal timestamps the later in the list counts."""
    events = [
        ("a", "w", 3.0, 6),
        ("a", "x", 1.0, 5),
        ("a", "x", 2.0, 5),
        ("b", "x", 4.0, 2),
        ("b", "y", 3.0, 5),
    ]
    sentence = (
        "Two ratings of the same item at the same time: the one that stands later in the list "
        "counts."
    )
    _fitted_to_all(student, rng, events, sentence, kept=[0, 2, 3, 4])


def test_run_pipeline_invalid_replaces_nothing(student: Any, rng: Rng) -> None:
    """An event that is dropped does not replace a valid one."""
    events = [
        ("a", "x", 4.0, 1),
        ("a", "x", None, 5),
        ("a", "y", 2.0, 3),
        ("b", "y", 3.0, 2),
        ("b", "y", 9.0, 6),
        ("b", "z", 1.0, 4),
    ]
    sentence = (
        "A valid rating is lost because a later event of the pair has none, or an impossible one: "
        "what comes first, dropping events or choosing the latest?"
    )
    _fitted_to_all(student, rng, events, sentence, kept=[0, 2, 3, 5])


def test_run_pipeline_second_fit(student: Any, rng: Rng) -> None:
    """The second model learns from all clean events, the held-out ones included."""
    for numbers in (False, True):
        events = random_events(rng, numbers)
        kept, _, _ = _split(events)
        fit = _run(student, rng, events).fits[1]
        expect(
            len(fit.users) == len(kept),
            "The second model does not get all clean events, and no others: neither a held-out "
            "event nor the only event of a user is left out now.",
        )
        expect(
            int(fit.n_users) == len({event[0] for event in kept})
            and int(fit.n_items) == len({event[1] for event in kept}),
            "The second model is told of more or fewer users or items than the clean events hold: "
            "when do you collect the ids, before or after cleaning?",
        )
        expect(
            fit.rows == rows_of(kept),
            "The second model gets other events than the clean ones with indices in the sorted "
            "order of the ids: how do you number them, if they are text and if they are numbers?",
        )


def test_run_pipeline_no_leak(student: Any, rng: Rng) -> None:
    """No held-out event reaches the first model."""
    events = random_events(rng)
    _, training, held_out = _split(events)
    users = np.asarray(_run(student, rng, events).fits[0].users).tolist()
    counts = sorted(users.count(user) for user in set(users))
    wanted = sorted(
        sum(event[0] == user for event in training) for user in {one[0] for one in training}
    )
    expect(
        len(users) < len(training) + len(held_out),
        "The first model gets every clean event, and is then asked about some that it has learned: "
        "the held-out ones must not reach it.",
    )
    expect(
        counts == wanted,
        "Not every user with two or more events has one of them held out, or a user with a single "
        "event loses it.",
    )


def test_run_pipeline_last_event(student: Any, rng: Rng) -> None:
    """What is held out is each user's last event, by time."""
    events = [
        ("a", "x", 1.0, 30),
        ("b", "z", 2.0, 5),
        ("a", "y", 3.0, 10),
        ("b", "y", 4.0, 6),
        ("a", "z", 5.0, 20),
        ("c", "y", 2.5, 40),
        ("b", "x", 1.5, 3),
        ("c", "z", 3.5, 7),
    ]
    expect(
        _run(student, rng, events).fits[0].rows == rows_of([events[n] for n in (1, 2, 4, 6, 7)]),
        "What is held out is not each user's last event: the timestamp says which one is the last, "
        "not the place in the list and not chance.",
    )


def test_run_pipeline_last_event_at_once(student: Any, rng: Rng) -> None:
    """Of a user's last events with equal timestamps the later in the list is held out."""
    events = [
        ("a", "x", 1.0, 5),
        ("a", "y", 2.0, 9),
        ("a", "z", 3.0, 9),
        ("b", "y", 4.0, 9),
        ("b", "x", 5.0, 9),
        ("c", "x", 0.5, 8),
        ("c", "z", 1.5, 9),
        ("c", "x", 2.5, 9),
    ]
    sentence = (
        "Two of a user's events share the last timestamp: the one that stands later in the list is "
        "held out. Look also at what a replaced event does to the order."
    )
    rows = _run(student, rng, events).fits[0].rows
    expect(rows == rows_of([events[n] for n in (0, 1, 3, 6)]), sentence)


def test_run_pipeline_first_fit(student: Any, rng: Rng) -> None:
    """The training events decide which users and items the first model has."""
    events = random_events(rng)
    _, training, _ = _split(events)
    fit = _run(student, rng, events).fits[0]
    expect(
        int(fit.n_users) == len({event[0] for event in training})
        and int(fit.n_items) == len({event[1] for event in training}),
        "The first model is told of users or items that no training event holds, or of too few: "
        "it must not know that an item exists which appears in held-out events only.",
    )
    expect(
        fit.rows == rows_of(training),
        "The first model gets other events than the training events, with indices in the sorted "
        "order of the ids that these hold.",
    )


def test_run_pipeline_seen_take_no_place(student: Any, rng: Rng) -> None:
    """Training items, which score highest, take no place when the held-out item is looked for."""
    events = [
        (f"u{user}", f"i{(user + shift) % 5}", 4.0, shift)
        for user in range(5)
        for shift in range(3)
    ]

    def model(users: Any, items: Any, ratings: Any, n_users: int, n_items: int) -> Floats:
        """Score what a user has rated above all, and then what the next two users rated."""
        scores = np.zeros((n_users, n_items))
        for user in range(n_users):
            scores[user] = [1 / (1 + (item - user) % n_items) for item in range(n_items)]
        return scores

    run = _run(student, rng, events, 1, model)
    expect(
        close(run.hit_rate, 1.0),
        "A model that puts each held-out item right behind what its user has rated does not get a "
        "hit rate of 1: which items may take a place on the list that you look in?",
    )


def test_run_pipeline_unfindable(student: Any, rng: Rng) -> None:
    """A held-out item that no training event holds counts as missed."""
    events = [
        ("a", "x", 4.0, 1),
        ("a", "new", 4.0, 2),
        ("b", "y", 4.0, 1),
        ("b", "x", 4.0, 2),
    ]
    expect(
        close(_run(student, rng, events, 5).hit_rate, 0.5),
        "Of two held-out items one is in no training event, and the other is found by any list "
        "that is long enough: how many of the two are found?",
    )


def test_run_pipeline_hit_rate(student: Any, rng: Rng) -> None:
    """The hit rate is the share of held-out events whose item is on its user's list."""
    for k in (1, 3, 6):
        events = random_events(rng)
        _, training, held_out = _split(events)
        run = _run(student, rng, events, k)
        lists = best_ids(training, run.fits[0].scores, k)
        found = sum(item in lists[user] for user, item, _, _ in held_out)
        expect(
            close(run.hit_rate, found / len(held_out)),
            "The hit rate is wrong: count the held-out items that are among the k best of what "
            "their user has not seen in the training events, and divide by the number of held-out "
            "events.",
        )


def test_run_pipeline_nothing_held_out(student: Any, rng: Rng) -> None:
    """If nobody has two events the hit rate is nan, and everybody gets a list."""
    events = [("b", "x", 4.0, 1), ("a", "y", 3.0, 2), ("c", "z", 2.0, 3)]
    run = _run(student, rng, events)
    expect(math.isnan(run.hit_rate), "Nothing was held out, so the hit rate must be nan.")
    expect(set(run.lists) == {"a", "b", "c"}, "A user with a single event gets no list.")


def test_run_pipeline_everybody(student: Any, rng: Rng) -> None:
    """Every user with a clean event gets a list, and nobody else does."""
    events = random_events(rng)
    kept, _, _ = _split(events)
    lists = _run(student, rng, events).lists
    wanted = {event[0] for event in kept}
    expect(
        wanted <= set(lists),
        "A user with a clean event is missing among the recommendations, or the keys are not user "
        "ids: one event is enough to be a user.",
    )
    expect(set(lists) <= wanted, "There is a list for somebody who has no clean event.")


def test_run_pipeline_lists_unseen(student: Any, rng: Rng) -> None:
    """Nobody is recommended an item of their clean events."""
    events = random_events(rng)
    kept, _, _ = _split(events)
    pairs = {event[:2] for event in kept}
    lists = _run(student, rng, events, 4).lists
    expect(
        not any((user, item) in pairs for user, items in lists.items() for item in items),
        "Somebody is recommended what they have seen: all clean events count as seen now, the "
        "held-out ones too.",
    )


def test_run_pipeline_lists(student: Any, rng: Rng) -> None:
    """The lists hold the k best unseen item ids by the scores of the second model."""
    for k, numbers in ((1, False), (4, True), (20, False)):
        events = random_events(rng, numbers)
        kept, _, _ = _split(events)
        run = _run(student, rng, events, k)
        wanted = best_ids(kept, run.fits[1].scores, k)
        expect(
            all(len(run.lists.get(user, [])) == len(items) for user, items in wanted.items()),
            "A list has the wrong length: k items, or as many as the user has not seen.",
        )
        known = {event[1] for event in kept}
        expect(
            all(item in known for items in run.lists.values() for item in items),
            "A list holds something that is no item id of the clean events: indices must be "
            "turned back into ids.",
        )
        expect(
            run.lists == wanted,
            "A list is not the best unseen items, best first, by the scores of the second model: "
            "whose scores do you sort, and in which direction?",
        )


def test_run_pipeline_whole_scores(student: Any, rng: Rng) -> None:
    """A model may answer with whole numbers, such as counts."""

    def model(users: Any, items: Any, ratings: Any, n_users: int, n_items: int) -> Any:
        return rng.permuted(np.tile(np.arange(n_items), (n_users, 1)), axis=1)

    events = random_events(rng)
    run = _run(student, rng, events, 4, model)
    expect(
        run.lists == best_ids(_split(events)[0], run.fits[1].scores, 4),
        "With a model whose scores are whole numbers a list is not the best unseen items: what "
        "becomes of the value that you give to seen items in an array of whole numbers?",
    )


def test_run_pipeline_hand_example(student: Any, rng: Rng) -> None:
    """The eight events of the exercise give its hit rate and its lists."""
    run = _run(student, rng, EXAMPLE, 1, sum_of_ratings)
    expect(
        close(run.hit_rate, 0.5),
        "The hit rate of the exercise's eight events does not come out: follow ann and bo.",
    )
    expect(
        run.lists == {"ann": ["casablanca"], "bo": ["brazil"], "cy": ["alien"]},
        "The lists of the exercise's three users do not come out: add up the ratings of the five "
        "clean events, item by item.",
    )


def test_run_pipeline_inputs(student: Any, rng: Rng) -> None:
    """The list of events stays as it was."""
    events = random_events(rng)
    before = list(events)
    student.run_pipeline(events, Recorder(rng), 3)
    expect(
        len(events) == len(before) and all(a is b for a, b in zip(events, before, strict=True)),
        "It changes the caller's list of events: does it sort, remove or append in place?",
    )

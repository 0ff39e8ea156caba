"""An answer is compared with the misconceptions probe by probe, until none is left."""

import functools

from recsys_course.classroom import diagnosis
from recsys_course.classroom.diagnosis import Outcome, WrongAnswer, resemblance
from recsys_course.classroom.reports import Resemblance

PROBES = ((11, False), (11, True), (12, False))


def alike(monkeypatch, answer, *misconceptions):
    """The name of the misconception that an answer is taken for, and the probes it was asked."""
    known = tuple(
        WrongAnswer("f", Resemblance(str(n), "idea", "look"), one, None)
        for n, one in enumerate(misconceptions)
    )
    asked = []

    def outcome(_function, one, seed, square):
        if one is answer:
            asked.append((seed, square))
        value = one(seed, square)
        return Outcome(value.__name__) if isinstance(value, type) else Outcome(None, (value,))

    monkeypatch.setattr(diagnosis, "_PROBES", PROBES)
    monkeypatch.setattr(diagnosis, "wrong_answers", lambda _: known)
    monkeypatch.setattr(diagnosis, "_outcome", outcome)
    diagnosis._known.cache_clear()
    try:
        found = resemblance("f", answer)
    finally:
        diagnosis._known.cache_clear()
    return found and found.name, len(asked)


def test_the_one_that_agrees_on_every_probe_is_found(monkeypatch):
    found = alike(
        monkeypatch,
        lambda seed, square: seed + square,
        lambda seed, square: seed,
        lambda seed, square: seed + square,
        lambda seed, square: seed + square,
    )
    assert found == ("1", 3)  # of two that agree, the first


def test_one_difference_is_enough_and_ends_the_search(monkeypatch):
    def answer(seed, square):
        return seed

    def other_from_the_first_on(seed, square):
        return -1

    def other_from_the_second_on(seed, square):
        return seed if (seed, square) == PROBES[0] else -1

    def other_at_the_last(seed, square):
        return -1 if (seed, square) == PROBES[2] else seed

    wrong = (other_from_the_first_on, other_from_the_second_on, other_at_the_last)
    for n in (1, 2, 3):
        assert alike(monkeypatch, answer, *wrong[:n]) == (None, n)


def test_what_only_stops_resembles_nothing(monkeypatch):
    def stops(seed, square):
        return ValueError

    def stops_in_another_way(seed, square):
        return TypeError

    def stops_sometimes(seed, square):
        return seed if square else ValueError

    assert alike(monkeypatch, stops, functools.partial(stops)) == (None, 3)
    assert alike(monkeypatch, stops, stops_in_another_way) == (None, 1)
    twin = functools.partial(stops_sometimes)
    assert alike(monkeypatch, stops_sometimes, twin) == ("0", 3)

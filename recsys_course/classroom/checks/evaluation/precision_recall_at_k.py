"""Checks of precision_recall_at_k(scores, seen, relevant, k)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.checks.evaluation.list_cases import has_no_value, two_numbers
from recsys_course.classroom.expectations import Floats, close, expect

Rng = np.random.Generator


class Scored(NamedTuple):
    """One user's scores, what they have seen, what is relevant, and k."""

    scores: Floats
    seen: npt.NDArray[np.bool_]
    relevant: npt.NDArray[np.int64]
    k: int

    def run(self, student: Any) -> Floats:
        """The learner's precision and recall."""
        given = (self.scores.copy(), self.seen.copy(), self.relevant.copy(), self.k)
        return two_numbers(student.precision_recall_at_k(*given), "precision and recall")

    @property
    def expected(self) -> Floats:
        """Each relevant item adds the probability that it is listed."""
        wanted, hits = set(self.relevant.tolist()), 0.0
        for item in wanted:
            rivals = [s for s, known in zip(self.scores, self.seen, strict=True) if not known]
            higher = sum(s > self.scores[item] for s in rivals)
            equal = sum(s == self.scores[item] for s in rivals)
            hits += min(1.0, max(0.0, (self.k - higher) / equal))
        return np.array([hits / self.k, hits / len(wanted)])


def _distinct(rng: Rng, k: int = 4) -> Scored:
    """Twelve items with different scores, three of them seen, four of the others relevant."""
    items = rng.permutation(12)
    seen = np.isin(np.arange(12), items[:3])
    return Scored(rng.permutation(12) / 4 - 1, seen, items[3:7], k)


def _tied(rng: Rng) -> Scored:
    """Five different scores for fourteen items, so that the list ends within a tie."""
    items = rng.permutation(14)
    scores = np.empty(14)
    scores[items] = np.repeat([2.5, 1.0, 0.25, -1.0, -3.0], [2, 5, 3, 2, 2])
    seen = np.isin(np.arange(14), [items[0], items[8]])
    return Scored(scores, seen, items[[1, 3, 9, 11]], 3)


def test_precision_recall_at_k_two_numbers(student: Any, rng: Rng) -> None:
    """It returns precision and recall."""
    _distinct(rng).run(student)


def test_precision_recall_at_k_best_list(student: Any, rng: Rng) -> None:
    """A model that scores the relevant items highest finds them all."""
    case = _distinct(rng)
    case.scores[case.relevant] += 10
    answer = case.run(student)
    expect(
        close(answer, np.array([1.0, 1.0])),
        "The relevant items have the highest scores of all, and k is their number: both results "
        "must be 1. Which end of the order is listed, and who takes places on the list?",
    )


def test_precision_recall_at_k_seen(student: Any, rng: Rng) -> None:
    """The scores of seen items change nothing."""
    case = _distinct(rng)
    scores = np.where(case.seen, case.scores + rng.choice([-20.0, 20.0]), case.scores)
    high = np.where(case.seen, 50.0, case.scores)
    answers = [case._replace(scores=one).run(student) for one in (case.scores, scores, high)]
    expect(
        close(answers[0], answers[1]) and close(answers[0], answers[2]),
        "The result changes with the scores of seen items: they are no candidates. Do they take "
        "places on the list before they are left out?",
    )


def test_precision_recall_at_k_shifted(student: Any, rng: Rng) -> None:
    """The same amount less for every score changes nothing."""
    case = _distinct(rng)
    below = case._replace(scores=case.scores - 20)
    expect(
        close(case.run(student), below.run(student)),
        "All scores are lower by the same amount, and now below 0; the order is the same, and the "
        "result is another. Do seen items stay on the list with some score of their own?",
    )


def test_precision_recall_at_k_divisors(student: Any, rng: Rng) -> None:
    """Precision is divided by k, and recall by the number of relevant items."""
    case = _distinct(rng)
    case.scores[case.relevant] += 10
    long = case._replace(k=7).run(student)
    expect(
        close(long[1], 1.0),
        "The list holds every relevant item, and recall is not 1: by what is it divided?",
    )
    expect(
        close(long[0], 4 / 7),
        "Four of seven places are hits: precision is divided by the number of places, k, also "
        "where fewer items are relevant.",
    )
    short = case._replace(k=2).run(student)
    expect(
        close(short, np.array([1.0, 0.5])),
        "With two places and four relevant items, precision can be 1 and recall cannot: by what "
        "is each of them divided?",
    )


def test_precision_recall_at_k_beyond_the_candidates(student: Any, rng: Rng) -> None:
    """A list longer than all candidates has all relevant items and empty places."""
    case = _distinct(rng, k=20)
    expect(
        close(case.run(student), np.array([4 / 20, 1.0])),
        "With k beyond the number of candidates every relevant item is listed, and precision is "
        "still divided by k.",
    )


def test_precision_recall_at_k_equal_scores(student: Any, rng: Rng) -> None:
    """Equal scores are worth chance."""
    case = _distinct(rng)._replace(scores=np.full(12, 0.5))
    sentence = (
        "All scores are equal, so the model knows nothing, and it does not come out at chance: "
        "among {}. In how many of all orders of the equals would each item be listed?"
    )
    for relevant, where in ((0, "the first items"), (1, "the last items")):
        unseen = np.flatnonzero(~case.seen)
        chosen = unseen[:4] if relevant == 0 else unseen[-4:]
        expect(
            close(case._replace(relevant=chosen).run(student), np.array([4 / 9, 4 * 4 / 9 / 4])),
            sentence.format(where),
        )


def test_precision_recall_at_k_renumbered(student: Any, rng: Rng) -> None:
    """Other numbers for the same items change nothing, in ties either."""
    case = _tied(rng)
    order = rng.permutation(14)  # the item that gets each number
    renumbered = Scored(
        case.scores[order], case.seen[order], np.argsort(order)[case.relevant], case.k
    )
    expect(
        close(case.run(student), renumbered.run(student)),
        "Other numbers for the same items change the result: what decides between equal scores?",
    )


def test_precision_recall_at_k_ties(student: Any, rng: Rng) -> None:
    """Where the list ends within a tie, the mean over all orders of the equals counts."""
    case = _tied(rng)
    expect(
        close(case.run(student), case.expected),
        "The list ends within a tie: count the hits above it, the places that are left, and the "
        "share of relevant items among the equals.",
    )
    for k in (1, 2, 5, 8):
        expect(
            close(case._replace(k=k).run(student), case._replace(k=k).expected),
            "For some k the result is not the mean over all orders of the equals: which items are "
            "listed for sure, and how many places are left for the equals?",
        )


def test_precision_recall_at_k_repeated_events(student: Any, rng: Rng) -> None:
    """A log that names an item more than once changes nothing."""
    case = _distinct(rng)
    case.scores[case.relevant] += 10
    log = rng.permutation(np.concatenate([case.relevant, case.relevant[:2], case.relevant[:1]]))
    expect(
        close(case._replace(relevant=log).run(student), case.run(student)),
        "`relevant` names some items more than once, and the result changes: count different "
        "items.",
    )


def test_precision_recall_at_k_random(student: Any, rng: Rng) -> None:
    """On random scores every relevant item adds the probability that it is listed."""
    for k in (1, 3, 6, 9):
        case = _distinct(rng, k)
        expect(
            close(case.run(student), case.expected),
            "On random scores without ties the result is wrong: list the k best unseen items of a "
            "small case by hand and count the hits.",
        )


def test_precision_recall_at_k_hand_examples(student: Any, rng: Rng) -> None:
    """The two examples of the exercise come out."""
    scores, seen = np.array([0.9, 0.5, 0.5, 0.5, 0.1]), np.zeros(5, dtype=bool)
    answer = Scored(scores, seen, np.array([0, 2]), 2).run(student)
    expect(
        close(answer, np.array([2 / 3, 2 / 3])),
        "The first example of the exercise does not come out: one sure hit, one place left, three "
        "equals.",
    )
    seen[0] = True
    answer = Scored(scores, seen, np.array([2]), 2).run(student)
    expect(
        close(answer, np.array([1 / 3, 2 / 3])),
        "The second example of the exercise, where item 0 is seen, does not come out: how many "
        "places are left for the three equals?",
    )


def test_precision_recall_at_k_nothing_to_find(student: Any, rng: Rng) -> None:
    """Without relevant items both results are nan."""
    case = _distinct(rng)
    nothing = np.array([], dtype=np.int64)
    answer = student.precision_recall_at_k(case.scores, case.seen, nothing, case.k)
    expect(
        np.ndim(answer) == 1 and len(answer) == 2 and has_no_value(answer),
        "Nothing is relevant: there was nothing to find, so both results are nan. A 0 would say "
        "that the model failed.",
    )


def test_precision_recall_at_k_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    case = _distinct(rng)
    before = [part.copy() for part in case[:3]]
    student.precision_recall_at_k(*case)
    expect(
        all(np.array_equal(*arrays) for arrays in zip(case[:3], before, strict=True)),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )

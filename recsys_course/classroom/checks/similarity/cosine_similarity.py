"""Checks of cosine_similarity(first, second)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.similarity.tables import expect_untouched, the_cosine
from recsys_course.classroom.expectations import Floats, close, expect, number

Rng = np.random.Generator


def _vectors(rng: Rng, n: int = 6) -> tuple[Floats, Floats]:
    """Two vectors of half stars, centred or not, with some zeros in different places."""
    first, second = rng.integers(-9, 10, (2, n)) / 2
    first[0], second[0] = 2.5, -1.5
    first[1], second[1] = 0.0, 3.0
    first[2], second[2] = 4.0, 0.0
    return first, second


def _cosine(student: Any, first: Floats, second: Floats) -> float:
    return number(student.cosine_similarity(first.copy(), second.copy()))


def test_cosine_similarity_number(student: Any, rng: Rng) -> None:
    """Two vectors of equal length give one number."""
    _cosine(student, *_vectors(rng))


def test_cosine_similarity_itself(student: Any, rng: Rng) -> None:
    """Every vector that is not all zeros has the similarity 1 with itself."""
    for n in (3, 6):
        vector = _vectors(rng, n)[0]
        expect(
            close(_cosine(student, vector, vector), 1.0),
            "A vector must have the similarity 1 with itself, whatever its length: what do the "
            "two norms multiply to there? Do both run over k and take a root?",
        )


def test_cosine_similarity_opposite(student: Any, rng: Rng) -> None:
    """A vector and its opposite have the similarity −1, and perpendicular ones 0."""
    vector = _vectors(rng)[0]
    expect(
        close(_cosine(student, vector, -vector), -1.0),
        "A vector and its opposite must have the similarity −1: where does the sign get lost?",
    )
    expect(
        close(_cosine(student, np.array([2.0, 1.0]), np.array([-1.0, 2.0])), 0.0),
        "Two perpendicular vectors must have the similarity 0: is it the cosine, or a distance or "
        "an angle? And is anything subtracted first?",
    )


def test_cosine_similarity_scale(student: Any, rng: Rng) -> None:
    """Stretching a vector does not change its direction."""
    first, second = _vectors(rng)
    before = _cosine(student, first, second)
    stretched = [_cosine(student, 7 * first, second), _cosine(student, first, 0.25 * second)]
    expect(
        close(stretched[0], before) and close(stretched[1], before),
        "The similarity changes when a vector is stretched, and an angle does not: is the product "
        "divided by the length of *both* vectors?",
    )


def test_cosine_similarity_tiled(student: Any, rng: Rng) -> None:
    """Two vectors written twice in a row have the same angle."""
    first, second = _vectors(rng)
    twice = _cosine(student, np.tile(first, 2), np.tile(second, 2))
    expect(
        close(twice, _cosine(student, first, second)),
        "Writing both vectors twice in a row must not change the similarity: which sum of yours "
        "grows with the number of items though its terms do not depend on k?",
    )


def test_cosine_similarity_zero_vector(student: Any, rng: Rng) -> None:
    """A vector of zeros has the similarity 0 with everything."""
    vector = _vectors(rng)[0]
    nothing = np.zeros_like(vector)
    for pair in ((nothing, vector), (vector, nothing), (nothing, nothing)):
        answer = student.cosine_similarity(*(one.copy() for one in pair))
        expect(
            bool(np.all(np.isfinite(np.asarray(answer, dtype=float)))),
            "A vector of zeros gives nan or inf: what is divided by what there, and what does "
            "the exercise ask for?",
        )
        expect(
            close(number(answer), 0.0),
            "A vector of zeros must have the similarity 0 with everything.",
        )


def test_cosine_similarity_norms(student: Any, rng: Rng) -> None:
    """What only one of the two has makes them less alike."""
    first, second = np.array([4.0, 2.0]), np.array([3.0, 1.5])
    longer = _cosine(student, np.append(first, 5.0), np.append(second, 0.0))
    expect(
        longer < 0.9,
        "Two parallel vectors stay equally similar when one of them gets a number where the other "
        "has 0: over which places does each norm run?",
    )


def test_cosine_similarity_symmetric(student: Any, rng: Rng) -> None:
    """It does not matter who comes first, and the result lies between −1 and 1."""
    first, second = _vectors(rng)
    there, back = _cosine(student, first, second), _cosine(student, second, first)
    expect(close(there, back), "Exchanging the two vectors changes the similarity.")
    expect(abs(there) <= 1 + 1e-6, "A cosine lies between −1 and 1, and this one does not.")


def test_cosine_similarity_reference(student: Any, rng: Rng) -> None:
    """Random vectors give what the equation gives, term by term."""
    for n in (3, 6, 11):
        first, second = _vectors(rng, n)
        expect(
            close(_cosine(student, first, second), the_cosine(first, second)),
            "On random vectors the similarity is not what the equation says: work out the three "
            "sums of a small case by hand, one after the other.",
        )


def test_cosine_similarity_small(student: Any, rng: Rng) -> None:
    """Vectors of small numbers have an angle, too."""
    first, second = _vectors(rng)
    expect(
        close(_cosine(student, 0.01 * first, 0.01 * second), the_cosine(first, second)),
        "Two vectors of very small numbers get another similarity than the same ones enlarged: "
        "what was added to the denominator, or taken for zero?",
    )


def test_cosine_similarity_hand_example(student: Any, rng: Rng) -> None:
    """The two examples of the exercise come out, also from whole numbers."""
    answer = number(student.cosine_similarity(np.array([3, 0]), np.array([4, 3])))
    expect(close(answer, 0.8), "The vectors (3, 0) and (4, 3) do not give what the exercise says.")
    users = np.array([5, 3, 0, 1, 0]), np.array([4, 0, 0, 1, 1])
    expect(
        close(number(student.cosine_similarity(*users)), 21 / np.sqrt(35 * 18)),
        "The raw rows of users 1 and 2 do not give what the exercise says: what is under each "
        "root?",
    )


def test_cosine_similarity_inputs(student: Any, rng: Rng) -> None:
    """The vectors that are passed in stay as they were."""
    given = _vectors(rng)
    before = tuple(vector.copy() for vector in given)
    student.cosine_similarity(*given)
    expect_untouched(given, before)

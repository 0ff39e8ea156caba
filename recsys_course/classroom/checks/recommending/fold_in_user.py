"""Checks of fold_in_user(item_factors, item_biases, mean, items, ratings, l2)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recsys_course.classroom.expectations import Floats, close, expect, table
from recsys_course.classroom.rating_tables import the_example

Rng = np.random.Generator
L2 = 0.6


class Newcomer(NamedTuple):
    """A fitted model and what somebody new has rated."""

    item_factors: Floats
    item_biases: Floats
    mean: float
    items: npt.NDArray[np.intp]
    ratings: Floats

    @property
    def baseline(self) -> Floats:
        """What the model says of every item without knowing the user."""
        return np.array([self.mean + bias for bias in self.item_biases])


def _newcomer(rng: Rng, n_rated: int = 5, n_items: int = 9, n_factors: int = 3) -> Newcomer:
    """Half stars for some items, in no order; biases of both signs."""
    return Newcomer(
        rng.normal(size=(n_items, n_factors)),
        rng.integers(-6, 7, n_items) / 8 + 0.0625,  # none is 0
        3.25,
        rng.permutation(n_items)[:n_rated],
        rng.integers(1, 11, n_rated) / 2,
    )


def _predictions(student: Any, newcomer: Newcomer, l2: float = L2) -> Floats:
    factors, biases, mean, items, ratings = newcomer
    answer = student.fold_in_user(
        factors.copy(), biases.copy(), mean, items.copy(), ratings.copy(), l2
    )
    return table(answer, "The array of predictions", {"n_items": len(factors)})


def _solves(predictions: Floats, newcomer: Newcomer, l2: float) -> bool:
    """Whether the predictions are those of a vector at which the newcomer's loss has no slope."""
    factors, _, _, items, ratings = newcomer
    vector = np.linalg.lstsq(factors, predictions - newcomer.baseline, rcond=None)[0]
    slope = l2 * vector
    for item, rating in zip(items, ratings, strict=True):
        error = rating - newcomer.baseline[item] - sum(vector * factors[item])
        slope = slope - error * factors[item]
    of_the_vector = [
        one + sum(vector * row) for one, row in zip(newcomer.baseline, factors, strict=True)
    ]
    return close(np.array(slope, dtype=float), np.zeros(factors.shape[1])) and close(
        predictions, np.array(of_the_vector, dtype=float)
    )


def test_fold_in_user_shape(student: Any, rng: Rng) -> None:
    """One prediction an item of the catalogue, rated or not."""
    _predictions(student, _newcomer(rng))


def test_fold_in_user_no_ratings(student: Any, rng: Rng) -> None:
    """Without ratings the prediction is mean plus bias, for any l2."""
    newcomer = _newcomer(rng, n_rated=0)
    for l2 in (L2, 0.0):
        expect(
            close(_predictions(student, newcomer, l2), newcomer.baseline),
            "Somebody without ratings must get the mean and the bias of each item: what is known "
            "about a film before anything is known about the user?",
        )


def test_fold_in_user_ratings_count(student: Any, rng: Rng) -> None:
    """Somebody who rates the same films differently gets other predictions."""
    newcomer = _newcomer(rng)
    other = newcomer._replace(ratings=5.5 - newcomer.ratings)
    expect(
        not close(_predictions(student, newcomer), _predictions(student, other)),
        "Two people rated the same films, one the other way round, and get the same predictions: "
        "where do the ratings enter?",
    )


def test_fold_in_user_what_was_expected(student: Any, rng: Rng) -> None:
    """Ratings that are exactly mean plus bias teach nothing."""
    newcomer = _newcomer(rng)
    newcomer = newcomer._replace(ratings=newcomer.baseline[newcomer.items])
    expect(
        close(_predictions(student, newcomer), newcomer.baseline),
        "Somebody who rates every film exactly as mean and bias say has no taste of their own, "
        "and their predictions must be mean plus bias: what do you subtract from the ratings "
        "before you solve, film by film, and do you add it back?",
    )


def test_fold_in_user_unrated_items(student: Any, rng: Rng) -> None:
    """An item that was not rated changes no other item's prediction."""
    newcomer = _newcomer(rng)
    rated = newcomer.items
    other = newcomer._replace(
        item_factors=newcomer.item_factors.copy(), item_biases=newcomer.item_biases.copy()
    )
    unrated = np.setdiff1d(np.arange(len(newcomer.item_biases)), rated)
    other.item_factors[unrated] += 1.0
    other.item_biases[unrated] += 1.0
    expect(
        close(_predictions(student, newcomer)[rated], _predictions(student, other)[rated]),
        "The predictions of the rated films change when a film that was not rated changes: which "
        "rows of the factors, and which biases, may enter the system?",
    )


def test_fold_in_user_order(student: Any, rng: Rng) -> None:
    """The order in which somebody rated changes nothing."""
    newcomer = _newcomer(rng)
    turned = newcomer._replace(items=newcomer.items[::-1], ratings=newcomer.ratings[::-1])
    expect(
        close(_predictions(student, newcomer), _predictions(student, turned)),
        "The same ratings in another order give other predictions: does each rating meet the row "
        "and the bias of its own film?",
    )


def test_fold_in_user_shift(student: Any, rng: Rng) -> None:
    """Mean and ratings three stars higher give predictions three stars higher."""
    newcomer = _newcomer(rng)
    higher = newcomer._replace(mean=newcomer.mean + 3, ratings=newcomer.ratings + 3)
    expect(
        close(_predictions(student, higher), _predictions(student, newcomer) + 3),
        "On a scale that lies three stars higher, mean and ratings included, the predictions do "
        "not lie three stars higher: is something cut off, or centred by another mean?",
    )


def test_fold_in_user_much_l2(student: Any, rng: Rng) -> None:
    """The larger l2, the nearer the predictions to mean plus bias."""
    newcomer = _newcomer(rng)
    expect(
        close(_predictions(student, newcomer, 1e9), newcomer.baseline),
        "With an enormous l2 nothing may be left of the ratings, only mean plus bias: where does "
        "l2 stand in the matrix that you solve with?",
    )


def test_fold_in_user_twice(student: Any, rng: Rng) -> None:
    """The loss sums over ratings, so l2 is taken once, however many they are."""
    newcomer = _newcomer(rng)
    twice = Newcomer(
        np.concatenate([newcomer.item_factors] * 2),
        np.concatenate([newcomer.item_biases] * 2),
        newcomer.mean,
        np.concatenate([newcomer.items, newcomer.items + len(newcomer.item_biases)]),
        np.concatenate([newcomer.ratings] * 2),
    )
    once, both = _predictions(student, newcomer, L2), _predictions(student, twice, 2 * L2)
    expect(
        close(both, np.concatenate([once, once])),
        "Every film twice in the catalogue, rated twice, with l2 doubled, must give the same "
        "predictions: is l2 taken as it is, once, or multiplied by something?",
    )


def test_fold_in_user_slope_is_zero(student: Any, rng: Rng) -> None:
    """The predictions come from the vector that minimises the newcomer's regularised loss."""
    newcomer = _newcomer(rng)
    for l2 in (L2, 4.0):
        expect(
            _solves(_predictions(student, newcomer, l2), newcomer, l2),
            "Your predictions do not come from the vector that minimises the newcomer's loss: "
            "compare the matrix, the right-hand side and what you add at the end with the "
            "equation, term by term.",
        )


def test_fold_in_user_few_ratings(student: Any, rng: Rng) -> None:
    """One rating is enough for many factors, thanks to L2."""
    newcomer = _newcomer(rng, n_rated=1, n_items=8, n_factors=4)
    expect(
        _solves(_predictions(student, newcomer), newcomer, L2),
        "With a single rating and four factors the predictions are wrong: which term makes the "
        "matrix invertible?",
    )


def test_fold_in_user_all_rated(student: Any, rng: Rng) -> None:
    """Somebody who rated everything is solved for, too."""
    newcomer = _newcomer(rng, n_rated=9)
    expect(
        _solves(_predictions(student, newcomer), newcomer, L2),
        "Where every film is rated, but not in the order of the catalogue, the predictions are "
        "wrong: does each rating meet the row and the bias of its own film?",
    )


def test_fold_in_user_hand_example(student: Any, rng: Rng) -> None:
    """The example of the exercise comes out, without biases and with them."""
    factors = the_example().item_factors
    items, stars = np.array([0, 1]), np.array([5.0, 3.0])
    plain = Newcomer(factors, np.zeros(5), 0.0, items, stars)
    expect(
        close(_predictions(student, plain, 1.0), np.array([13, 8, 11, 14, 6]) / 3),
        "The example of the exercise with mean 0 and biases 0 does not come out: compute the "
        "2 × 2 matrix and the right-hand side from the two rated films by hand.",
    )
    biased = plain._replace(item_biases=np.array([0.5, -0.75, 1.0, 0.0, -0.5]), mean=3.0)
    expect(
        close(_predictions(student, biased, 1.0), np.array([4.75, 3, 5, 4.25, 3])),
        "The example of the exercise with mean 3 and biases does not come out, though without "
        "them it does: work out the two residuals by hand.",
    )


def test_fold_in_user_inputs(student: Any, rng: Rng) -> None:
    """The arrays passed in stay as they were, and whole numbers are accepted as ratings."""
    newcomer = _newcomer(rng)._replace(ratings=np.array([5, 1, 3, 4, 2]))
    arrays = [part for part in newcomer if isinstance(part, np.ndarray)]
    before = [array.copy() for array in arrays]
    student.fold_in_user(*newcomer, L2)
    expect(
        all(np.array_equal(*pair) for pair in zip(arrays, before, strict=True)),
        "It changes an array that belongs to the caller: which line assigns into an input?",
    )
    _predictions(student, newcomer)

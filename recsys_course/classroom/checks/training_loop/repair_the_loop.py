"""Checks of repair_the_loop(users, items, ratings, n_users, n_items, embedding_dim, …)."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.checks.training_loop.tables import (
    TINY,
    Ratings,
    grid,
    one_each,
    planted,
    random_ratings,
)
from recsys_course.classroom.expectations import close, expect

Rng = np.random.Generator


def _seeds(rng: Rng, n: int) -> list[int]:
    return [int(seed) for seed in rng.choice(10_000, n, replace=False)]


def test_repair_the_loop_shapes(student: Any, rng: Rng) -> None:
    """It returns user factors and item factors as NumPy arrays, and one loss an epoch."""
    (seed,) = _seeds(rng, 1)
    for n_users, n_items in ((3, 6), (6, 3)):
        ratings = random_ratings(rng, n_users, n_items, n_rows=7)
        ratings.train(student, seed, embedding_dim=4, epochs=2)


def test_repair_the_loop_start(student: Any, rng: Rng) -> None:
    """The factors start as independent draws with mean 0 and standard deviation 0.1."""
    (seed,) = _seeds(rng, 1)
    ratings = Ratings(np.array([0, 1]), np.array([1, 0]), np.array([3.0, 4.0]), 60, 50)
    trained = ratings.train(student, seed, embedding_dim=8, learning_rate=TINY)
    for name, factors in zip(("user", "item"), trained[:2], strict=True):
        expect(
            bool(abs(factors.mean()) < 0.03),
            f"The {name} factors do not start around 0, so that the first predictions are far "
            "from 0 before anything is learned: which distribution are they drawn from?",
        )
        expect(
            bool(0.08 < factors.std() < 0.12),
            f"The {name} factors do not start with the standard deviation of the exercise: a zero "
            "start never moves, a wide one must first be forgotten.",
        )
        expect(
            bool(np.abs(factors).max() > 0.21),
            f"No {name} factor starts far from 0: are they drawn from a normal distribution?",
        )
    likeness = np.corrcoef(trained.user_factors[:50].ravel(), trained.item_factors.ravel())[0, 1]
    expect(
        bool(abs(likeness) < 0.5),
        "The user factors and the item factors start with the same numbers: one generator makes "
        "both draws, one after the other.",
    )


def test_repair_the_loop_seed(student: Any, rng: Rng) -> None:
    """The same seed gives the same bits, another seed gives something else."""
    seed, other = _seeds(rng, 2)
    ratings = random_ratings(rng)
    first, again, different = (
        ratings.train(student, one, batch_size=4) for one in (seed, seed, other)
    )
    expect(
        all(np.array_equal(*parts) for parts in zip(first, again, strict=True)),
        "The same seed gives another result the second time: does all chance come from one "
        "generator that is made from `seed` inside the function?",
    )
    expect(
        first.differs(different),
        "Another seed gives the same result: is `seed` used for the start and for the order?",
    )


def test_repair_the_loop_exact_loss(student: Any, rng: Rng) -> None:
    """The loss of an epoch is the mean squared error over all rows."""
    (seed,) = _seeds(rng, 1)
    ratings = random_ratings(rng)
    whole = ratings.train(student, seed, learning_rate=TINY)
    error = ratings.mean_squared_error(whole)
    expect(
        not close(whole.losses[0], error * len(ratings.ratings)),
        "The loss is the sum of the squared errors, and their mean is asked for.",
    )
    expect(
        close(whole.losses[0], error),
        "With all ratings in one batch and a tiny learning rate, the loss is not the mean squared "
        "error of the factors that come back: does the learning rate do anything, and between "
        "which predictions and which ratings is the error? A pair without a rating has none.",
    )
    cut = ratings.train(student, seed, batch_size=3, learning_rate=TINY)
    expect(
        close(cut.losses[0], ratings.mean_squared_error(cut)),
        "When batch_size does not divide the number of ratings, the loss is not the mean over all "
        "of them: is a batch lost, or does a short batch weigh as much as a full one?",
    )


def test_repair_the_loop_first_step(student: Any, rng: Rng) -> None:
    """One batch makes one step of Adam on all factors that it speaks of, after its loss."""
    (seed,) = _seeds(rng, 1)
    for number, ratings in enumerate((one_each(rng, 6), random_ratings(rng, 7, 4))):
        start = ratings.train(student, seed, learning_rate=TINY)
        after = ratings.train(student, seed, learning_rate=0.05)
        expect(
            close(after.losses, start.losses),
            "The loss of the first epoch, one batch, depends on the learning rate: is a batch "
            "measured before its own step?",
        )
        for name, before, new, way in zip(
            ("user", "item"), start[:2], after[:2], ratings.downhill(start), strict=True
        ):
            moves = new - before
            sure = np.abs(way) > 1e-3  # where the sign of the slope is beyond rounding
            expect(
                bool(np.any(np.abs(moves[sure]) > 1e-6)),
                f"The {name} factors do not move: are they a tf.Variable, made once, that the "
                "optimizer is given?",
            )
            expect(
                bool(np.all(moves[sure] * way[sure] > 0)),
                f"Some {name} factors do not move downhill: whose rows belong to the ratings of "
                "the batch, and of what is the gradient taken?",
            )
            expect(
                bool(np.all(np.abs(moves[way == 0]) < 1e-6)),
                f"The factors of a {name} without any rating move: a missing rating is not a 0.",
            )
            # Keras squares the gradients of a row's ratings one by one, other Adams their sum, so
            # that the size of a step is sure only where no row stands twice in the batch
            expect(
                number > 0 or bool(0.045 < np.median(np.abs(moves)) < 0.055),
                f"The first step of the {name} factors is not one step of Adam with the learning "
                "rate that is given.",
            )


def test_repair_the_loop_memory(student: Any, rng: Rng) -> None:
    """One Adam serves the whole run: a step builds on the gradients of the steps before."""
    (seed,) = _seeds(rng, 1)
    expect(
        one_each(rng, 6).second_step_remembers(student, seed),
        "In the second epoch, too, every factor moves by the whole learning rate, as it does only "
        "in the very first step of an Adam: where is the optimizer made, and what has it forgotten "
        "by then?",
    )


def test_repair_the_loop_every_rating(student: Any, rng: Rng) -> None:
    """Every rating moves the factors, also when batch_size does not divide their number."""
    (seed,) = _seeds(rng, 1)
    expect(
        all(one_each(rng, 3).rows_that_count(student, seed, batch_size=2)),
        "There is a rating that can change without changing the factors: what happens to the rows "
        "that do not fill a whole batch?",
    )


def test_repair_the_loop_new_order(student: Any, rng: Rng) -> None:
    """The ratings come in a new order in every epoch."""
    ratings, rows = grid(rng), set[int]()
    for seed in _seeds(rng, 8):  # for one seed, two rows may meet again by chance
        row = ratings.company(student, seed)
        if row is None:
            return
        rows.add(row)
    expect(
        rows != {1},
        "The batches always hold neighbouring rows of the table: are the rows put in a random "
        "order before they are cut into batches?",
    )
    expect(
        False,
        "The same rows share a batch in every epoch: is a new order drawn for each epoch?",
    )


def test_repair_the_loop_learns(student: Any, rng: Rng) -> None:
    """It learns ratings that one factor explains, also those that it has not seen."""
    recovered = False
    for seed in _seeds(rng, 3):  # a start may lead into a poor minimum, if rarely
        known, hidden = planted(rng)
        trained = known.train(student, seed, epochs=12, batch_size=20, learning_rate=0.25)
        expect(
            bool(trained.losses[-1] < 0.5 * trained.losses[0]),
            "The loss hardly falls in many epochs, on ratings that one factor explains: do the "
            "steps build on each other? One Adam and one pair of variables serve the whole run.",
        )
        predicts_nothing = float(np.mean(hidden.ratings**2))
        recovered = recovered or hidden.mean_squared_error(trained) < 0.5 * predicts_nothing
        if recovered:
            break
    expect(
        recovered,
        "It learns the ratings that it is given, but not those that follow from them: what does "
        "it fit in the cells without a rating?",
    )


def test_repair_the_loop_one_of_each(student: Any, rng: Rng) -> None:
    """One user and one factor are enough, with one rating a batch."""
    (seed,) = _seeds(rng, 1)
    ratings = Ratings(np.array([0, 0]), np.array([0, 1]), np.array([2.0, 3.0]), 1, 2)
    start = ratings.train(student, seed, learning_rate=TINY, embedding_dim=1, batch_size=1)
    expect(
        close(start.losses[0], ratings.mean_squared_error(start)),
        "With one user, one factor and one rating a batch it measures another loss.",
    )


def test_repair_the_loop_large_batch(student: Any, rng: Rng) -> None:
    """A batch size above the number of ratings makes one batch of all ratings."""
    (seed,) = _seeds(rng, 1)
    ratings = random_ratings(rng)
    trained = ratings.train(student, seed, batch_size=50, learning_rate=TINY)
    expect(
        close(trained.losses[0], ratings.mean_squared_error(trained)),
        "With a batch_size above the number of ratings, the loss is not the mean over all of them.",
    )


def test_repair_the_loop_inputs(student: Any, rng: Rng) -> None:
    """The arrays that are passed in stay as they were."""
    ratings = random_ratings(rng)
    given = tuple(part.copy() for part in ratings[:3])
    student.repair_the_loop(*given, ratings.n_users, ratings.n_items, 2, 1, 7, 0.1, 1)
    expect(
        all(np.array_equal(*parts) for parts in zip(given, ratings[:3], strict=True)),
        "It changes an array that belongs to the caller: which line shuffles in place?",
    )

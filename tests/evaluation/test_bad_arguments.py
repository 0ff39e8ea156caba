"""What no judge can work with: other things than splits, seeds, and counts that are not whole."""

import numpy as np
import pandas as pd
import pytest

from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.evaluation.compare import compare
from recsys_course.evaluation.ranking import evaluate_ranking, ndcg_by_chance
from recsys_course.evaluation.rating import evaluate_ratings
from recsys_course.evaluation.significance import (
    bootstrap_mean,
    bootstrap_means,
    bootstrap_root_mean,
    paired_difference,
)
from recsys_course.models.baselines import Biases


def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def split():
    return random_split(make_world(rng(), n_users=30, n_items=40).interactions, rng())


@pytest.fixture(scope="module")
def model(split):
    return Biases().fit(split.train)


def test_what_is_no_split_is_refused(split, model):
    judges = {
        "compare": lambda given: compare({}, given, rng()),
        "evaluate_ranking": lambda given: evaluate_ranking(model, given, 5, rng()),
        "evaluate_ratings": lambda given: evaluate_ratings(model, given),
        "ndcg_by_chance": lambda given: ndcg_by_chance(given, 5),
    }
    others = {"an Interactions": split.test, "a DataFrame": pd.DataFrame(), "None": None}
    for name, judge in judges.items():
        for shown, given in others.items():
            with pytest.raises(TypeError, match=rf"^{name} takes a Split, not {shown}; make one"):
                judge(given)


@pytest.mark.parametrize("k", [2.5, True, "3", None, 0])
def test_a_list_has_a_whole_number_of_places(split, model, k):
    message = rf"^k is {k!r}; give a whole number of at least 1$"
    for judge in (
        lambda: compare({}, split, rng(), k=k),
        lambda: evaluate_ranking(model, split, k, rng()),
        lambda: ndcg_by_chance(split, k),
    ):
        with pytest.raises(ValueError, match=message):
            judge()


def test_a_protocol_of_a_numpy_number_can_be_written(split):
    comparison = compare({}, split, rng(), k=np.int64(3))
    assert type(comparison.protocol.k) is int
    assert '"k": 3' in comparison.to_json()


@pytest.mark.parametrize("size", [0, 2.5])
def test_blocks_hold_at_least_one_user(split, model, size):
    with pytest.raises(ValueError, match=rf"^block_size is {size}; give a whole .* at least 1$"):
        evaluate_ranking(model, split, 5, rng(), block_size=size)


VALUES = np.linspace(0, 1, 20)
RESAMPLING = {
    "mean": lambda seed, n: bootstrap_mean(VALUES, seed, n_resamples=n),
    "means": lambda seed, n: bootstrap_means(VALUES[None], seed, n_resamples=n),
    "root": lambda seed, n: bootstrap_root_mean(VALUES, seed, np.ones(20), n_resamples=n),
    "paired": lambda seed, n: paired_difference(VALUES, VALUES**2, seed, n_resamples=n),
}


def test_a_seed_is_no_generator(split, model):
    for draw in (
        lambda seed: compare({}, split, seed),
        lambda seed: evaluate_ranking(model, split, 5, seed),
        evaluate_ratings(model, split).rmse,
        evaluate_ratings(model, split).mae,
        *(lambda seed, one=one: one(seed, 10) for one in RESAMPLING.values()),
    ):
        with pytest.raises(TypeError, match=r"^rng is 7; give numpy\.random\.default_rng\(7\)$"):
            draw(7)


@pytest.mark.parametrize("n", [0, 2.5])
def test_users_are_drawn_a_whole_number_of_times(n):
    for draw in RESAMPLING.values():
        with pytest.raises(ValueError, match=rf"^n_resamples is {n}; give a whole .* at least 1$"):
            draw(rng(), n)
    with pytest.raises(ValueError, match=rf"^n_signs is {n}; give a whole number of at least 1$"):
        paired_difference(VALUES, VALUES**2, rng(), n_signs=n)

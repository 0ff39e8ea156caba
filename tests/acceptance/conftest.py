"""Shared by the acceptance tests: every model, a small world, and code in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.models.baselines import Biases, Popularity, RandomScores
from recsys_course.models.ease import EASE
from recsys_course.models.factorization import AlternatingLeastSquares, StochasticGradientDescent
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def split():
    world_rng, split_rng = np.random.default_rng(31).spawn(2)
    return random_split(make_world(world_rng, n_users=80, n_items=60).interactions, split_rng)


@pytest.fixture(scope="session")
def make_models():
    """Every model of the library, unfitted, by name; the same ones at every call."""
    from recsys_course.deep.factorization import TensorFlowFactorization

    def make():
        return {
            "random": RandomScores(np.random.default_rng(1)),
            "popularity": Popularity(),
            "biases": Biases(),
            "neighbours of ratings": ItemNeighbors("explicit"),
            "neighbours of choices": ItemNeighbors("implicit"),
            "user neighbours of ratings": UserNeighbors("explicit"),
            "user neighbours of choices": UserNeighbors("implicit"),
            "EASE": EASE(l2=10.0),
            "SGD": StochasticGradientDescent(np.random.default_rng(6), epochs=2),
            "ALS of ratings": AlternatingLeastSquares(np.random.default_rng(2), "explicit"),
            "ALS of choices": AlternatingLeastSquares(np.random.default_rng(3), "implicit"),
            "TensorFlow of ratings": TensorFlowFactorization(
                np.random.default_rng(4), "explicit", epochs=2
            ),
            "TensorFlow of choices": TensorFlowFactorization(
                np.random.default_rng(5), "implicit", epochs=2
            ),
        }

    return make


@pytest.fixture
def run_python(tmp_path):
    """Run code in a process of its own; gives the finished process."""

    def run(code, *options, **environment):
        return subprocess.run(
            [sys.executable, *options, "-c", code],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
            env=os.environ | environment,
            check=False,
        )

    return run

"""Rating prediction on the embedded MovieLens: this course's models beside Surprise's SVD.

Run: ``python benchmarks/rating.py [--folds N]`` (needs the extras tensorflow and bench).

Every model sees the same folds, and predictions are clipped to the training range. Time is CPU time
of ``fit`` with one thread; for TensorFlow it holds the compilation, which every fit pays. Surprise
runs with its defaults and with the best of the same number of configurations that the course's
models were given, all chosen on a validation cut of the first training part.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
    os.environ[variable] = "1"  # before NumPy and TensorFlow start their threads
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

import argparse
import importlib.metadata
import json
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import surprise

from recsys_course.data.datasets import load_movielens
from recsys_course.data.splitting import Split, k_fold, random_split
from recsys_course.deep.factorization import TensorFlowFactorization
from recsys_course.formulas.metrics import rmse
from recsys_course.models.baselines import Biases
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.recommender import Recommender

SEED = 0
Result = tuple[float, float]  # RMSE in stars, CPU seconds of fit


def course(make: Callable[[np.random.Generator], Recommender], split: Split) -> Result:
    """Fit and test one of the course's models."""
    model = make(np.random.default_rng([SEED, 1]))
    start = time.process_time()
    model.fit(split.train)
    seconds = time.process_time() - start
    low, high = split.train.ratings.min(), split.train.ratings.max()
    predictions = model.predict(split.test.users, split.test.items)
    return rmse(split.test.ratings, np.clip(predictions, low, high)), seconds


def peer(settings: dict[str, float], split: Split) -> Result:
    """Fit and test Surprise's SVD."""
    columns = {"user": split.train.users, "item": split.train.items, "rating": split.train.ratings}
    reader = surprise.Reader(rating_scale=(0.5, 5))
    rows = surprise.Dataset.load_from_df(pd.DataFrame(columns), reader).build_full_trainset()
    model = surprise.SVD(random_state=SEED, **settings)
    start = time.process_time()
    model.fit(rows)
    seconds = time.process_time() - start
    predictions = [
        model.predict(user, item).est
        for user, item in zip(split.test.users, split.test.items, strict=True)
    ]
    return rmse(split.test.ratings, np.array(predictions)), seconds


def best(configurations: list[dict[str, float]], run: Callable[..., Result], cut: Split) -> dict:
    """The configuration with the lowest RMSE on validation rows."""
    return min(configurations, key=lambda settings: run(settings, cut)[0])


def main() -> None:
    """Tune, then run every model on every fold in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folds", type=int, default=5, help="how many of five folds to run")
    n_folds = parser.parse_args().folds
    folds = k_fold(load_movielens(), 5, np.random.default_rng([SEED, 0]))
    validation = random_split(folds[0].train, np.random.default_rng([SEED, 2]), 0.125)

    def als(settings: dict[str, float], split: Split) -> Result:
        return course(lambda rng: AlternatingLeastSquares(rng, **settings), split)

    def tensorflow(settings: dict[str, float], split: Split) -> Result:
        return course(lambda rng: TensorFlowFactorization(rng=rng, **settings), split)

    four = [{"l2": l2, "embedding_dim": dim} for l2 in (1.5, 2.5) for dim in (20, 40)]
    peers = [
        {"n_epochs": epochs, "reg_all": reg, "lr_all": 0.01}
        for epochs in (20, 40)
        for reg in (0.05, 0.1)
    ]
    runs: dict[str, Callable[[Split], Result]] = {
        "biases": lambda split: course(lambda _: Biases(), split),
        "Surprise SVD, defaults": lambda split: peer({}, split),
    }
    for name, run, grid in (
        ("Surprise SVD, best of 4", peer, peers),
        ("ALS, best of 4", als, four),
        ("TensorFlow MF, best of 4", tensorflow, four),
    ):
        chosen = best(grid, run, validation)
        print(f"{name}: {chosen}")
        runs[name] = lambda split, run=run, chosen=chosen: run(chosen, split)
    results: dict[str, list[Result]] = {name: [] for name in runs}
    for split in folds[:n_folds]:
        for name, run_on in runs.items():
            results[name].append(run_on(split))
    report(results)


def report(results: dict[str, list[Result]]) -> None:
    """Print a table, and one line of JSON."""
    reference = np.median([seconds for _, seconds in results["Surprise SVD, defaults"]])
    rows = {}
    print(f"\n{'model':26} {'RMSE':>7} {'fit CPU s':>10} {'ratio to default SVD':>21}")
    for name, runs in results.items():
        error = float(np.mean([one for one, _ in runs]))
        seconds = float(np.median([one for _, one in runs]))
        rows[name] = {"rmse": round(error, 4), "cpu_s": round(seconds, 3)}
        rows[name]["ratio"] = round(seconds / float(reference), 3)
        print(f"{name:26} {error:7.4f} {seconds:10.3f} {rows[name]['ratio']:21.3f}")
    versions = {
        name: importlib.metadata.version(name)
        for name in ("numpy", "tensorflow", "scikit-surprise")
    }
    print(
        json.dumps(
            {
                "benchmark": "rating",
                "folds": len(next(iter(results.values()))),
                "seed": SEED,
                "threads": 1,
                "load": [round(one, 1) for one in os.getloadavg()],
                "versions": versions,
                "models": rows,
            }
        )
    )


if __name__ == "__main__":
    main()

"""Rating prediction: this course's factorisations beside Surprise's SVD.

Run: ``python benchmarks/rating.py [--ml-100k PATH] [--folds N]``

Every model sees the same five random folds; predictions are clipped to the range of the training
ratings. Each contestant gets the same number of configurations, and the one with the lowest RMSE
on a validation cut of the first training part is run on all folds; test ratings choose nothing.
Surprise's SVD runs with its defaults too, and its time with them is the unit of the ratios.

Time is CPU time of ``fit`` with one thread. TensorFlow's compilation stands apart: it is the same
whatever the number of epochs, and every fit pays it.
"""

from __future__ import annotations

import time

import setting  # isort: skip (limits the threads first)

import numpy as np
import pandas as pd
import surprise

START = time.process_time()
from recsys_course.deep.factorization import TensorFlowFactorization

IMPORT_SECONDS = time.process_time() - START

from recsys_course.data.splitting import Split, k_fold, random_split
from recsys_course.formulas.metrics import rmse
from recsys_course.models.baselines import Biases
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.recommender import Recommender

SEED = 0
Settings = dict[str, float]
Result = tuple[float, float, float]  # RMSE in stars, CPU seconds of fit, of compiling


def course(model: Recommender, split: Split) -> Result:
    """Fit and test one of the course's models."""
    seconds = setting.cpu_seconds(lambda: model.fit(split.train))
    compiling = float(getattr(model, "compile_seconds", 0.0))
    low, high = split.train.ratings.min(), split.train.ratings.max()
    predictions = model.predict(split.test.users, split.test.items)
    error = rmse(split.test.ratings, np.clip(predictions, low, high))
    return error, seconds - compiling, compiling


def als(settings: Settings, split: Split) -> Result:
    """Alternating least squares."""
    return course(AlternatingLeastSquares(np.random.default_rng([SEED, 1]), **settings), split)


def tensorflow(settings: Settings, split: Split) -> Result:
    """Gradient descent, compiled to machine code."""
    rng = np.random.default_rng([SEED, 1])
    return course(TensorFlowFactorization(rng, xla=True, **settings), split)


def svd(settings: Settings, split: Split) -> Result:
    """Surprise's SVD."""
    train = split.train
    columns = {"user": train.users, "item": train.items, "rating": train.ratings}
    scale = (float(train.ratings.min()), float(train.ratings.max()))
    rows = surprise.Dataset.load_from_df(pd.DataFrame(columns), surprise.Reader(rating_scale=scale))
    trainset = rows.build_full_trainset()
    model = surprise.SVD(random_state=SEED, **settings)
    seconds = setting.cpu_seconds(lambda: model.fit(trainset))
    pairs = zip(split.test.users, split.test.items, strict=True)
    predictions = [model.predict(user, item).est for user, item in pairs]
    return rmse(split.test.ratings, np.array(predictions)), seconds, 0.0


def grid(**values: tuple[float, ...]) -> list[Settings]:
    """All combinations of the values."""
    combinations: list[Settings] = [{}]
    for name, several in values.items():
        combinations = [{**one, name: value} for one in combinations for value in several]
    return combinations


CONTESTANTS = {
    "Surprise SVD, best of 8": (
        svd,
        grid(n_epochs=(20, 40), reg_all=(0.05, 0.1), lr_all=(0.005, 0.01)),
    ),
    "ALS, best of 8": (als, grid(embedding_dim=(16, 20), epochs=(6, 8), l2=(2.0, 2.3))),
    "TensorFlow, best of 8": (
        tensorflow,
        grid(embedding_dim=(32,), epochs=(10, 12), l2=(1.7, 2.0), batch_size=(2000, 2500)),
    ),
    "TensorFlow, 8 factors, best of 8": (
        tensorflow,
        grid(
            embedding_dim=(8,),
            epochs=(5, 6),
            l2=(1.6, 2.0),
            learning_rate=(0.045, 0.06),
            batch_size=(2000,),
        ),
    ),
}


def main() -> None:
    """Tune, then run every contestant on every fold in turn."""
    parser = setting.arguments(__doc__)
    parser.add_argument("--folds", type=int, default=5, help="how many of five folds to run")
    options = parser.parse_args()
    data, interactions = setting.load(options.ml_100k)
    folds = k_fold(interactions, 5, np.random.default_rng([SEED, 0]))
    validation = random_split(folds[0].train, np.random.default_rng([SEED, 2]), 0.125)
    print(f"{data}: {interactions}")
    runs = {
        "biases": lambda split: course(Biases(), split),
        "Surprise SVD, defaults": lambda split: svd({}, split),
    }
    chosen: dict[str, Settings] = {}
    for name, (run, configurations) in CONTESTANTS.items():
        chosen[name] = min(configurations, key=lambda one, run=run: run(one, validation)[0])
        print(f"{name}: {chosen[name]}")
        runs[name] = lambda split, run=run, best=chosen[name]: run(best, split)
    results: dict[str, list[Result]] = {name: [] for name in runs}
    for split in folds[: options.folds]:
        for name, run_on in runs.items():
            results[name].append(run_on(split))
    unit = float(np.median([seconds for _, seconds, _ in results["Surprise SVD, defaults"]]))
    rows = {}
    for name, of_folds in results.items():
        errors, seconds, compiling = np.array(of_folds).T
        rows[name] = {
            "RMSE": round(float(errors.mean()), 4),
            "fit CPU s": round(float(np.median(seconds)), 3),
            "ratio": round(float(np.median(seconds)) / unit, 3),
            "compile s": round(float(np.median(compiling)), 2),
        }
    columns = ["RMSE", "fit CPU s", "ratio", "compile s"]
    setting.table("model", columns, {name: list(row.values()) for name, row in rows.items()})
    print(f"importing TensorFlow took {IMPORT_SECONDS:.1f} s of CPU time")
    setting.report(
        "rating",
        ["numpy", "tensorflow", "scikit-surprise"],
        SEED,
        {
            "data": data,
            "folds": options.folds,
            "import CPU s": round(IMPORT_SECONDS, 1),
            "chosen": chosen,
            "models": rows,
        },
    )


if __name__ == "__main__":
    main()

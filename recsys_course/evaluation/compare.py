"""Fit models to one training part and judge them under one protocol, beside three baselines."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from recsys_course.data.arguments import check_generator
from recsys_course.data.bars import Bar
from recsys_course.data.splitting import Split, check_split
from recsys_course.evaluation.comparison import Comparison, Row
from recsys_course.evaluation.protocol import Protocol
from recsys_course.evaluation.ranking import evaluate_ranking, ndcg_by_chance
from recsys_course.evaluation.rating import evaluate_ratings
from recsys_course.evaluation.significance import Estimate, bootstrap_means
from recsys_course.formulas.inputs import whole_number
from recsys_course.formulas.losses import Floats
from recsys_course.models.baselines import Biases, Popularity, RandomScores
from recsys_course.models.recommender import Recommender

__all__ = ["Comparison", "Protocol", "Row", "compare"]


def compare(
    models: Mapping[str, Recommender],
    split: Split,
    rng: np.random.Generator,
    k: int = 10,
    progress: bool = False,
) -> Comparison:
    """Fit models to one training part and judge them by one test part.

    The rows "random", "popularity" and "biases" are always there: a figure says nothing without
    them.

    Args:
        models: Models that are not fitted yet, by the name of their row.
        split: What they learn from and what they are judged by.
        rng: Breaks ties, draws the intervals and makes the random row; every model gets the same
            stream, so the order of the models changes nothing.
        k: Length of the ranked lists.
        progress: Show a bar with the time left.

    Returns:
        The comparison; the fitted models are in its rows.

    Raises:
        ValueError: If a name is taken by one of the three rows, or k is no whole number of at
            least 1.
        TypeError: If split is no Split, or rng no generator.

    Source: Ferrari Dacrema, Cremonesi and Jannach (2019), on what is claimed without baselines.
    """
    check_split(split, "compare")
    check_generator(rng)
    k = whole_number("k", k)
    seeds = rng.bit_generator.seed_seq.spawn(2)  # type: ignore[attr-defined]
    always: dict[str, Recommender] = {
        "random": RandomScores(np.random.default_rng(seeds[0])),
        "popularity": Popularity(),
        "biases": Biases(),
    }
    taken = sorted(always.keys() & models.keys())
    if taken:
        raise ValueError(f"{taken[0]!r} is always in the table; give your model another name")
    judging = seeds[1]
    protocol = Protocol(
        split.train.fingerprint(),
        split.test.fingerprint(),
        split.name,
        k,
        f"{judging.entropy}/{'.'.join(map(str, judging.spawn_key))}",
        float(np.nanmean(ndcg_by_chance(split, k))),
    )
    rows: dict[str, Row] = {}
    everything = {**always, **models}
    # The baselines are quick, and so no guide to the time that the models take.
    skip = len(always) if models else 0
    with Bar("compare", len(everything), "models", skip=skip, show=progress) as bar:
        for name, model in everything.items():
            bar.update(len(rows), name)
            # Rebuilt for each model: a shared seed sequence would spawn other streams each time.
            stream = np.random.SeedSequence(judging.entropy, spawn_key=judging.spawn_key)
            rows[name] = _judge(model, split, k, np.random.default_rng(stream))
        bar.update(len(rows))
    return Comparison(rows, protocol)


def _judge(model: Recommender, split: Split, k: int, rng: np.random.Generator) -> Row:
    start = time.perf_counter()
    model.fit(split.train)
    fit_seconds = time.perf_counter() - start
    metrics: dict[str, Estimate] = {}
    per_user: dict[str, Floats] = {}
    ties, draws = rng.spawn(2)
    if model.feedback == "explicit":
        errors = evaluate_ratings(model, split)
        metrics |= {"RMSE": errors.rmse(draws), "MAE": errors.mae(draws)}
        per_user |= {"RMSE": errors.squared, "MAE": errors.absolute}
    scores = evaluate_ranking(model, split, k, ties)
    ranking = {f"{name}@{k}": values for name, values in scores.metrics.items()}
    estimates = bootstrap_means(np.stack([*ranking.values()]), draws)
    metrics |= zip(ranking, estimates, strict=True)
    per_user |= ranking
    lists = {"coverage": scores.coverage, "Gini": scores.gini, "novelty": scores.novelty}
    n_ratings = np.bincount(split.test.users, minlength=split.test.n_users).astype(np.float64)
    for values in (*per_user.values(), n_ratings):
        values.setflags(write=False)
    return Row(
        model,
        metrics,
        per_user,
        {f"{name}@{k}": value for name, value in lists.items()},
        n_ratings,
        fit_seconds,
    )

"""Ranking: evaluation beside ranx, top-k beside argpartition, EASE and implicit ALS beside peers.

Run: ``python benchmarks/ranking.py [--ml-100k PATH]``

1. Six metrics at 20 on the same lists of 6,040 × 3,700 and of 1,000 × 10,000, 20 relevant items a
   user: ours and `ranx.evaluate` on lists that are already in its format. All agree to 1e-9, or the
   script ends with an error; average precision is compared where the definitions agree, which is
   with k relevant items (ranx divides by all of them, this course by no more than k).
2. Top 20 of a block of 256 users, scores in float32: ours (exact, ties in random order) and
   `numpy.argpartition` with the sort of the 20 that it needs (ties as they fall).
3. EASE by a Cholesky factor and by a general inverse, both in float32.
4. Implicit ALS: ours and the package `implicit`, each with the best of eight configurations by
   NDCG@10 on a validation cut inside the training part; NDCG@10 on the test part.

Time is CPU time with one thread, the median of alternating repetitions. Four comparisons in one
script that stands alone make it longer than others.
"""

from __future__ import annotations

import setting  # isort: skip (limits the threads first)

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import implicit
import numpy as np
import ranx
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import Split, random_split
from recsys_course.evaluation.ranking import evaluate_ranking
from recsys_course.formulas.linear import ease_weights
from recsys_course.formulas.losses import Floats
from recsys_course.formulas.metrics import ranking_metrics
from recsys_course.formulas.ranking import top_k
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.recommender import Recommender

SEED = 0
SIZES = ((6040, 3700), (1000, 10_000))
RANX = {
    "precision": "precision",
    "recall": "recall",
    "hit rate": "hit_rate",
    "NDCG": "ndcg",
    "average precision": "map",
    "reciprocal rank": "mrr",
}


def evaluation(n_users: int, n_items: int, k: int = 20, n_relevant: int = 20) -> dict[str, float]:
    """Six metrics on the same lists."""
    rng = np.random.default_rng([SEED, n_users])
    scores = rng.standard_normal((n_users, n_items), dtype=np.float32)
    relevant = np.argsort(rng.random((n_users, n_items), dtype=np.float32), axis=1)[:, :n_relevant]
    users = np.repeat(np.arange(n_users), n_relevant)
    scores[users, relevant.ravel()] += 1  # something to find
    ranked = top_k(scores, k, rng)
    table = sparse.csr_array(
        (np.ones(users.size, np.float32), (users, relevant.ravel())), shape=(n_users, n_items)
    )
    qrels = ranx.Qrels({f"u{u}": {f"i{i}": 1 for i in relevant[u]} for u in range(n_users)})
    run = ranx.Run(
        {f"u{u}": {f"i{i}": float(scores[u, i]) for i in ranked[u]} for u in range(n_users)}
    )
    names = [f"{name}@{k}" for name in RANX.values()]
    theirs = ranx.evaluate(qrels, run, names)
    ours = ranking_metrics(ranked, table, k)
    for name, their_name in RANX.items():
        difference = abs(float(np.mean(ours[name])) - theirs[f"{their_name}@{k}"])
        if not difference < 1e-9:
            raise SystemExit(f"{name} differs from ranx by {difference}")
    return setting.medians(
        {
            "ours": lambda: ranking_metrics(ranked, table, k),
            "ranx": lambda: ranx.evaluate(qrels, run, names),
        },
        repetitions=7,
    )


def whole_evaluation(n_users: int, n_items: int) -> float:
    """CPU seconds from factors to metrics: scores, seen items, top 20, six metrics."""
    rng = np.random.default_rng([SEED, n_users])
    users = rng.standard_normal((n_users, 32), dtype=np.float32)
    items = rng.standard_normal((n_items, 32), dtype=np.float32)
    held_out = sparse.random_array(
        (n_users, n_items), density=20 / n_items, rng=rng, format="csr", dtype=np.float32
    )

    def run() -> None:
        for start in range(0, n_users, 256):
            block = slice(start, start + 256)
            ranked = top_k(users[block] @ items.T, 20, rng)
            ranking_metrics(ranked, held_out[block], 20)

    return setting.medians({"ours": run}, repetitions=3)["ours"]


def longest(n_items: int, k: int = 20) -> dict[str, float]:
    """The k best of each of 256 users."""
    rng = np.random.default_rng([SEED, n_items])
    scores = rng.standard_normal((256, 32), dtype=np.float32) @ rng.standard_normal(
        (32, n_items), dtype=np.float32
    )

    def partition() -> Any:
        best = np.argpartition(scores, n_items - k, axis=1)[:, n_items - k :]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        return np.take_along_axis(best, order, axis=1)

    if not np.array_equal(top_k(scores, k, rng), partition()):
        raise SystemExit("top_k and argpartition disagree")
    return setting.medians(
        {"ours": lambda: top_k(scores, k, rng), "argpartition": partition}, repetitions=15
    )


def ease(choices: sparse.csr_array) -> dict[str, float]:
    """Cholesky against a general inverse."""

    def inverse() -> Floats:
        gram = (choices.T @ choices).toarray()
        gram[np.diag_indices_from(gram)] += 200
        precision = np.linalg.inv(gram)
        weights = precision / -precision.diagonal()
        np.fill_diagonal(weights, 0)
        return weights

    if not np.allclose(ease_weights(choices, 200.0), inverse(), atol=1e-5):
        raise SystemExit("the two solutions of EASE differ")
    return setting.medians(
        {"Cholesky": lambda: ease_weights(choices, 200.0), "inverse": inverse}, repetitions=5
    )


class Package(Recommender):
    """The package `implicit` behind the same interface, so that both are judged alike."""

    feedback = "implicit"

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def fit(self, interactions: Interactions) -> Package:
        """Alternating least squares by conjugate gradients, in C++."""
        super().fit(interactions)
        model = implicit.als.AlternatingLeastSquares(
            num_threads=1, random_state=SEED, **self.settings
        )
        choices = interactions.to_csr()
        choices.data[:] = 1
        model.fit(sparse.csr_matrix(choices), show_progress=False)
        self.factors = model.user_factors, model.item_factors
        return self

    def score(self, users: Any) -> Floats:
        """Preferences."""
        return self.factors[0][users] @ self.factors[1].T


def ours(settings: dict[str, Any]) -> Recommender:
    """This course's implicit ALS."""
    return AlternatingLeastSquares(np.random.default_rng([SEED, 1]), "implicit", **settings)


Make = Callable[[dict[str, Any]], Recommender]
CONTESTANTS: dict[str, tuple[Make, list[dict[str, Any]]]] = {
    "implicit's ALS": (
        Package,
        [
            {"factors": factors, "regularization": l2, "alpha": alpha}
            for factors in (32, 64)
            for l2 in (0.1, 1.0)
            for alpha in (2.0, 5.0)
        ],
    ),
    "our ALS": (
        ours,
        [
            {"embedding_dim": factors, "epochs": 5, "l2": l2, "unobserved_weight": weight}
            for factors in (24, 32)
            for l2 in (0.01, 0.03)
            for weight in (0.1, 0.3)
        ],
    ),
}


def ndcg(model: Recommender, split: Split) -> float:
    """NDCG@10 over all items but the seen ones."""
    return float(
        np.nanmean(evaluate_ranking(model, split, 10, np.random.default_rng(SEED)).metrics["NDCG"])
    )


def implicit_als(interactions: Interactions) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """Both factorisations, tuned alike."""
    split = random_split(interactions, np.random.default_rng([SEED, 0]))
    cut = random_split(split.train, np.random.default_rng([SEED, 2]), 0.125)
    chosen, quality, fits = {}, {}, {}
    for name, (make, configurations) in CONTESTANTS.items():
        chosen[name] = max(
            configurations, key=lambda one, make=make: ndcg(make(one).fit(cut.train), cut)
        )
        quality[name] = ndcg(make(chosen[name]).fit(split.train), split)
        fits[name] = lambda make=make, best=chosen[name]: make(best).fit(split.train)
    quality["implicit's ALS, defaults"] = ndcg(Package({}).fit(split.train), split)
    fits["implicit's ALS, defaults"] = lambda: Package({}).fit(split.train)
    seconds = setting.medians(fits, repetitions=5)
    rows = {
        name: {"NDCG@10": round(quality[name], 4), "fit CPU s": round(seconds[name], 3)}
        for name in fits
    }
    return chosen, rows


def against(title: str, rows: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Show times in ms and the ratio of the first contestant to the second."""
    results = {}
    for name, seconds in rows.items():
        first, second = seconds.values()
        results[name] = {key: round(1000 * value, 2) for key, value in seconds.items()}
        results[name]["ratio"] = round(first / second, 3)
    columns = [f"{key} ms" for key in next(iter(rows.values()))] + ["ratio"]
    setting.table(title, columns, {name: list(row.values()) for name, row in results.items()})
    return results


def main() -> None:
    """Run all four parts."""
    options: argparse.Namespace = setting.arguments(__doc__).parse_args()
    warnings.simplefilter("ignore")  # the peers', about thread pools and types
    data, interactions = setting.load(options.ml_100k)
    results: dict[str, Any] = {"data": data}
    results["six metrics at 20"] = against(
        "six metrics at 20", {f"{n:,} × {m:,}": evaluation(n, m) for n, m in SIZES}
    )
    results["from factors to metrics, CPU s"] = {
        f"{n:,} × {m:,}": round(whole_evaluation(n, m), 3) for n, m in SIZES
    }
    print(f"from factors to metrics: {results['from factors to metrics, CPU s']} s")
    results["top 20 of 256 users"] = against(
        "top 20 of 256 users", {f"{m:,} items": longest(m) for _, m in SIZES}
    )
    rng = np.random.default_rng([SEED, 3])
    made = sparse.random_array((6040, 3700), density=0.045, rng=rng, format="csr", dtype=np.float32)
    made.data[:] = 1
    choices = interactions.to_csr()
    choices.data[:] = 1
    tables = {"6,040 × 3,700": made}
    if choices.shape[1] < 4000:  # the inverse of the embedded 9,066 films takes a minute
        tables[data] = choices
    results["EASE"] = against("EASE", {name: ease(one) for name, one in tables.items()})
    chosen, rows = implicit_als(interactions)
    for name, settings in chosen.items():
        print(f"{name}: {settings}")
    columns = ["NDCG@10", "fit CPU s"]
    setting.table("implicit ALS", columns, {name: list(one.values()) for name, one in rows.items()})
    results["implicit ALS"] = {"chosen": chosen, "models": rows}
    setting.report("ranking", ["numpy", "scipy", "ranx", "implicit"], SEED, results)


if __name__ == "__main__":
    main()

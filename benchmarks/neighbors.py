"""Item neighbours: this course's `similarity_matrix` beside scikit-learn and implicit.

Run: ``python benchmarks/neighbors.py [--ml-100k PATH] [--repetitions N]``

The 40 items most similar to each item, by the cosine of their ratings, on MovieLens 100K (if its
path is given), on the embedded ratings of 9,066 films, and on a made table of 6,040 × 3,700 with
1.05 million ratings. Ours must be scikit-learn's: similarities equal to 1e-6 and the same
neighbours up to ties, or the script ends with an error. Everybody gets the table in the form that
they want before the clock starts.

Time is CPU time with one thread, the median of alternating repetitions. Memory is how far the peak
of a fresh process, which has the table and the imports, grows.
"""

from __future__ import annotations

import setting  # isort: skip (limits the threads first)

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from recsys_course.data.datasets import load_movielens
from recsys_course.formulas.neighbors import similarity_matrix

SEED = 0
N_NEIGHBORS = 40


def ours(items: sparse.csr_array) -> Callable[[], sparse.csr_array]:
    """This course's, ready to run."""
    return lambda: similarity_matrix(items, N_NEIGHBORS)


def scikit_learn(items: sparse.csr_array) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    """scikit-learn's, which counts an item among its own neighbours."""

    def run() -> tuple[np.ndarray, np.ndarray]:
        model = NearestNeighbors(
            n_neighbors=N_NEIGHBORS + 1, metric="cosine", algorithm="brute", n_jobs=1
        )
        return model.fit(items).kneighbors(items)

    return run


def implicit_cosine(items: sparse.csr_array) -> Callable[[], Any]:
    """implicit's, in C++; it counts an item among its own neighbours too."""
    users = sparse.csr_matrix(items.T)
    model = CosineRecommender(K=N_NEIGHBORS + 1, num_threads=1)
    return lambda: model.fit(users, show_progress=False)


CONTESTANTS = {"ours": ours, "scikit-learn": scikit_learn, "implicit": implicit_cosine}


def made_table() -> sparse.csr_array:
    """3,700 items by 6,040 users of unequal popularity and activity, 1.05 million ratings."""
    rng = np.random.default_rng(SEED)
    n_items, n_users, n_ratings = 3700, 6040, 1_050_000
    popularity = 1 / (np.arange(n_items) + 20) ** 0.8
    activity = rng.lognormal(0, 1, n_users)
    items = rng.choice(n_items, 2 * n_ratings, p=popularity / popularity.sum())
    users = rng.choice(n_users, 2 * n_ratings, p=activity / activity.sum())
    cells = rng.permutation(np.unique(items * n_users + users))[:n_ratings]
    ratings = rng.integers(1, 6, len(cells)).astype(float)
    return sparse.csr_array((ratings, np.divmod(cells, n_users)), shape=(n_items, n_users))


def tables(path: Path | None) -> dict[str, sparse.csr_array]:
    """The ratings to compare items by, one row an item."""
    named = {"embedded": load_movielens()}
    if path is not None:
        named = {"MovieLens 100K": setting.load(path)[1]} | named
    found = {
        name: sparse.csr_array(one.to_csr().T, dtype=np.float64) for name, one in named.items()
    }
    return found | {"made": made_table()}


def disagreement(items: sparse.csr_array) -> str | None:
    """What differs between our neighbours and scikit-learn's, if anything does."""
    found = ours(items)()
    distances, others = scikit_learn(items)()
    for item in range(items.shape[0]):
        mine = dict(zip(found[[item]].indices.tolist(), found[[item]].data.tolist(), strict=True))
        theirs = dict(zip(others[item].tolist(), (1 - distances[item]).tolist(), strict=True))
        theirs.pop(item, None)  # where many are twins, it may not be among its own 41 nearest
        theirs = {
            other: one
            for other, one in sorted(theirs.items(), key=lambda pair: -pair[1])[:N_NEIGHBORS]
            if one > 1e-12
        }
        if len(mine) != len(theirs):
            return f"item {item}: {len(mine)} neighbours, scikit-learn {len(theirs)}"
        pairs = zip(sorted(mine.values()), sorted(theirs.values()), strict=True)
        if any(abs(one - other) > 1e-6 for one, other in pairs):
            return f"item {item}: the similarities differ"
        border = min(mine.values(), default=0) + 1e-6
        if {o for o in mine if mine[o] > border} != {o for o in theirs if theirs[o] > border}:
            return f"item {item}: the neighbours differ"
    return None


def memory(kind: str) -> float:
    """This process's memory now (VmRSS) or at its peak (VmHWM), in MB."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux: only the peak is known
        unit = 1e6 if sys.platform == "darwin" else 1e3
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1e3


def child(contestant: str, path: Path) -> None:
    """In a process of its own: how far the memory's peak grows, in MB."""
    run = CONTESTANTS[contestant](sparse.csr_array(sparse.load_npz(path)))
    before = memory("VmRSS")
    run()
    print(json.dumps(max(0.0, memory("VmHWM") - before)))


def memory_growth(items: sparse.csr_array) -> dict[str, float]:
    """The growth of each contestant, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.npz"
        sparse.save_npz(path, items, compressed=False)
        command = [sys.executable, __file__, "--items", str(path), "--contestant"]
        return {
            name: float(
                subprocess.run(
                    [*command, name], capture_output=True, text=True, check=True
                ).stdout.splitlines()[-1]
            )
            for name in CONTESTANTS
        }


def main() -> None:
    """Compare on every table."""
    parser = setting.arguments(__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--items", type=Path, help=argparse.SUPPRESS)  # for the child processes
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # implicit prefers other settings of the threads
    if options.contestant is not None:
        child(options.contestant, options.items)
        return
    results: dict[str, Mapping[str, Any]] = {}
    for name, items in tables(options.ml_100k).items():
        difference = disagreement(items)
        if difference is not None:
            raise SystemExit(f"{name}: {difference}")
        runs = {contestant: make(items) for contestant, make in CONTESTANTS.items()}
        seconds = setting.medians(runs, options.repetitions)
        growth = memory_growth(items)
        title = f"{name}: {items.shape[0]:,} items, {items.nnz:,} ratings"
        rows = {
            one: (seconds[one], seconds["ours"] / seconds[one], growth[one]) for one in CONTESTANTS
        }
        setting.table(title, ("CPU s", "ours / it", "memory MB"), rows)
        results[name] = {
            "items": items.shape[0],
            "ratings": items.nnz,
            "cpu_s": {one: round(value, 4) for one, value in seconds.items()},
            "ours_to": {one: round(seconds["ours"] / seconds[one], 3) for one in list(seconds)[1:]},
            "memory_mb": {one: round(value, 1) for one, value in growth.items()},
            "equal_to_scikit_learn": True,
        }
    setting.report("neighbors", ("numpy", "scipy", "scikit-learn", "implicit"), SEED, results)


if __name__ == "__main__":
    main()

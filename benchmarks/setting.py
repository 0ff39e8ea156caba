"""What every benchmark shares: one thread, the real MovieLens 100K, medians, and how to report.

Import it first: it limits the threads before NumPy and TensorFlow start theirs.
"""

from __future__ import annotations

import os

for variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
):
    os.environ[variable] = "1"

import argparse
import importlib.metadata
import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recsys_course.data.datasets import load_movielens
from recsys_course.data.interactions import Interactions
from recsys_course.data.movielens import load_movielens_100k

__all__ = ["arguments", "cpu_seconds", "load", "medians", "report", "table"]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The arguments that every benchmark takes."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--ml-100k",
        type=Path,
        help="MovieLens 100K: its zip, its folder, u.data, or RecBole's ml-100k.inter "
        "(the embedded ratings are used without it)",
    )
    return parser


def load(path: Path | None) -> tuple[str, Interactions]:
    """MovieLens 100K from a local path, or the embedded ratings."""
    if path is None:
        return "embedded MovieLens", load_movielens()
    return "MovieLens 100K", load_movielens_100k(path)


def cpu_seconds(work: Callable[[], Any]) -> float:
    """CPU time of one call: a busy machine changes it far less than the time on the clock."""
    start = time.process_time()
    work()
    return time.process_time() - start


def medians(contestants: Mapping[str, Callable[[], Any]], repetitions: int) -> dict[str, float]:
    """Median CPU seconds of each contestant, all in turn in every repetition, after one warm-up."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for repetition in range(repetitions + 1):
        for name, work in contestants.items():
            taken = cpu_seconds(work)
            if repetition:  # the first is the warm-up
                seconds[name].append(taken)
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[Any]]) -> None:
    """Print a table, its first column to the left and its figures to the right."""
    width = max(len(name) for name in [title, *rows])
    print(f"\n{title:{width}} " + " ".join(f"{column:>12}" for column in columns))
    for name, values in rows.items():
        cells = [f"{value:.4g}" if isinstance(value, float) else str(value) for value in values]
        print(f"{name:{width}} " + " ".join(f"{cell:>12}" for cell in cells))


def report(benchmark: str, packages: Sequence[str], seed: int, results: Mapping[str, Any]) -> None:
    """End with one line of JSON that says where and how the figures came about."""
    print()
    print(
        json.dumps(
            {
                "benchmark": benchmark,
                "python": platform.python_version(),
                "versions": {name: importlib.metadata.version(name) for name in packages},
                "threads": 1,
                "load": [round(one, 1) for one in os.getloadavg()],
                "seed": seed,
                "results": results,
            }
        )
    )

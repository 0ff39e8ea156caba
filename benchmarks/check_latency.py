"""How long a learner waits for `check` in a fresh process, beside plain pytest on the same file.

Run: ``python benchmarks/check_latency.py [--repeats N]`` (needs the extra test).

The first figure of a process counts: checks, misconceptions and probes are imported then. The peer
is one process of plain pytest on the same answer, start included, as a learner would run it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ANSWER = """
import numpy as np
def predict_ratings(user_factors, item_factors):
    return np.outer(user_factors.sum(axis=1), item_factors.sum(axis=1))
"""
MEASURE = (
    ANSWER
    + """
import contextlib, io, time
start = time.perf_counter()
from recsys_course.classroom import check
imported = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    check(predict_ratings)
    first = time.perf_counter()
    check(predict_ratings)
print(imported - start, first - imported, time.perf_counter() - first)
"""
)


def main() -> None:
    """Measure in turn, and print a table and one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    rows: dict[str, list[float]] = {"import": [], "first check": [], "second check": []}
    pytest_runs = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "03_mf_loss.py"
        path.write_text(ANSWER, encoding="utf-8")
        for _ in range(repeats):
            done = subprocess.run(
                [sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True
            )
            for name, seconds in zip(rows, done.stdout.split(), strict=True):
                rows[name].append(float(seconds))
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "pytest", "-q", path.name],
                cwd=folder,
                capture_output=True,
                check=False,
            )
            pytest_runs.append(time.perf_counter() - start)
    rows["plain pytest, whole file"] = pytest_runs
    medians = {name: round(statistics.median(values), 4) for name, values in rows.items()}
    for name, seconds in medians.items():
        print(f"{name:26} {1000 * seconds:9.1f} ms (median of {repeats})")
    ratio = round(medians["first check"] / medians["plain pytest, whole file"], 4)
    print(
        json.dumps(
            {
                "benchmark": "check_latency",
                "medians_s": medians,
                "first_check_to_pytest": ratio,
                "load": [round(one, 1) for one in os.getloadavg()],
                "python": sys.version.split()[0],
            }
        )
    )


if __name__ == "__main__":
    main()

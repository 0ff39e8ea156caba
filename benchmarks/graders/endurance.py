"""How the grader fares over a thousand submissions: memory, open files, processes, mounts."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graders.ours import Look, Ours, Watch
from graders.submissions import class_of

__all__ = ["endurance", "tensorflow_seconds"]


def endurance(folder: Path, n_submissions: int, jobs: int, seed: int) -> dict[str, Any]:
    """Grade many submissions in one run, and look at the grader while it works.

    Args:
        folder: A scratch folder.
        n_submissions: How many.
        jobs: How many at a time.
        seed: Which wrong answers there are, and the seed of the checks.

    Returns:
        Medians of the looks around the 50th submission and of those at the end, what was left
        behind, and the rate.
    """
    mounts, scratch = _mounts(), folder / "endurance"
    ours = Ours(scratch, "mf_loss", seed)
    submissions = class_of(n_submissions, seed)
    ours.prepare(submissions)
    before = set(scratch.iterdir()) | {scratch / "home", scratch / "out", scratch / "said.txt"}
    with Watch(ours) as watch:
        graded = ours.grade(jobs)
    wrong = [one.student for one in submissions if graded.points.get(one.student) != one.points]
    return {
        "submissions": n_submissions,
        "jobs": jobs,
        "per_minute": round(60 * n_submissions / graded.seconds, 1),
        "per_minute_between_first_and_last": round(60 * (n_submissions - 1) / ours.between(), 1),
        "wrong_points": wrong,
        "around_50": _middle([one for one in watch.looks if 30 <= one.done <= 80]),
        "at_the_end": _middle(
            [one for one in watch.looks if 0.95 * n_submissions <= one.done < n_submissions]
        ),
        "peak_mb": round(max(one.mb for one in watch.looks), 1),
        "looks": len(watch.looks),
        "processes_left": watch.left(),
        "mounts_left": _mounts() - mounts,
        "folders_left": len(set(scratch.iterdir()) - before),
    }


def tensorflow_seconds(folder: Path, n_submissions: int, seed: int) -> dict[str, Any]:
    """What submissions that train in TensorFlow take, one at a time.

    Args:
        folder: A scratch folder.
        n_submissions: How many, the first included.
        seed: Of the checks.

    Returns:
        Seconds of the first, the median of the others, and of the whole command.
    """
    ours = Ours(folder / "tensorflow", "training_loop", seed)
    submissions = class_of(n_submissions, seed, "training_loop", wrong=False)
    ours.prepare(submissions)
    graded = ours.grade(1)
    seconds = [float(one["seconds"]) for one in ours.results()]
    return {
        "submissions": n_submissions,
        "points": sorted(set(graded.points.values()), key=str),
        "first_s": seconds[0],
        "median_after_the_first_s": round(statistics.median(seconds[1:]), 2),
        "command_s": round(graded.seconds, 1),
    }


def _middle(looks: list[Look]) -> dict[str, float]:
    """The medians of some looks."""
    if not looks:
        return {}
    rows = [asdict(one) for one in looks]
    return {name: round(statistics.median(row[name] for row in rows), 1) for name in rows[0]}


def _mounts() -> int:
    return Path("/proc/self/mountinfo").read_text(encoding="utf-8").count("\n")

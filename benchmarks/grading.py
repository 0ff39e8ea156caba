"""How many submissions a minute `recsys-course grade` grades, beside nbgrader, otter and pytest.

Run: ``python benchmarks/grading.py [--nbgrader PYTHON] [--otter PYTHON] [--attacks] [--short]``
(needs the extras grading and tensorflow, and bubblewrap; some 20 minutes, three with --short).

A peer is named by the Python of a virtual environment of its own:

    python -m venv nbgrader-env && nbgrader-env/bin/pip install nbgrader==0.9.6 numpy
    python -m venv otter-env && otter-env/bin/pip install "otter-grader[grading]==7.0.0" numpy
    python benchmarks/grading.py --nbgrader nbgrader-env/bin/python --otter otter-env/bin/python

Everybody grades the same notebooks of exercise 03: of ten submissions four are right, three are
wrong in one or two functions, one in three, one everywhere, and one is half written. Everybody
runs the same checks with the same seed, the peers in the student's process, and must come to the
same points. Three things differ, all of them in the peers' favour: they look for no misconception,
pytest does not look for plug-ins, and nothing of theirs is shut in. The rate of each counts its
whole command. Rounds alternate; figures are medians.

The course checks 45 properties of the five functions, and ours crosses into the sandbox for each.
Most courses have a test a function: everybody also grades fifty right submissions with the test of
each function's worked example alone, in a copy of the course that has no other.

It then grades a thousand submissions while it looks at memory, files, processes and mounts, and an
exercise that trains in TensorFlow; with --attacks also ten hostile submissions, by everybody.
"""

from __future__ import annotations

import setting  # first: it sets the number of threads  # isort: skip

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graders.duel import duel
from graders.endurance import endurance, tensorflow_seconds
from graders.ours import Ours
from graders.peers import Graded, Nbgrader, Otter, Pytest, course_tests
from graders.submissions import ROOT, Submission, class_of, functions_of, one_test_each

from recsys_course.classroom.checking import check_names

SLUG = "mf_loss"
SEED = 7
OURS = "recsys-course grade, {} at once"
Grade = Callable[[int], Graded]


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nbgrader", type=Path, help="the Python that has nbgrader")
    parser.add_argument("--otter", type=Path, help="the Python that has otter-grader")
    parser.add_argument("--attacks", action="store_true", help="hostile submissions, too")
    parser.add_argument("--short", action="store_true", help="one round, fewer submissions")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    for name in ("nbgrader", "otter"):
        python = getattr(chosen, name)
        if python is not None:
            if not python.is_file():
                parser.error(f"--{name} is {python}, which is no file; give the Python itself")
            setattr(chosen, name, python.absolute())  # resolved, it would leave its environment
    return chosen


def main() -> None:
    """Measure, print tables, and end with one line of JSON."""
    chosen = options()
    start = [round(one, 1) for one in os.getloadavg()]
    with tempfile.TemporaryDirectory(prefix="grading-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the sandbox does not run as root
        results: dict[str, Any] = {
            "peers": versions(chosen),
            "load_at_the_start": start,
            "throughput": throughput(folder, chosen, ROOT),
            "one_test_a_function": throughput(
                folder / "light", chosen, one_test_each(folder / "course", SLUG)
            ),
            "endurance": enduring(folder, 100 if chosen.short else 1000),
            "tensorflow": training(folder, 3 if chosen.short else 6),
        }
        if chosen.attacks:
            results["attacks"] = attacks(folder, chosen)
    setting.report("grading", ["numpy", "pytest", "tensorflow"], SEED, results)


def versions(chosen: argparse.Namespace) -> dict[str, str | None]:
    """The versions of the peers and of bubblewrap; None where one is not there."""
    asked = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    found: dict[str, str | None] = {}
    for package, python in (("nbgrader", chosen.nbgrader), ("otter-grader", chosen.otter)):
        command = [str(python), "-c", asked, package]
        found[package] = None if python is None else _said(command)
        if python is None:
            print(f"{package} is left out: name a Python that has it (see --help)")
    found["bubblewrap"] = _said(["bwrap", "--version"])
    return found


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def throughput(folder: Path, chosen: argparse.Namespace, course: Path) -> dict[str, Any]:
    """Submissions a minute of everybody, in alternating rounds; all right in a lighter course."""
    folder.mkdir(exist_ok=True)
    submissions = class_of(10 if chosen.short else 50, SEED, wrong=course == ROOT)
    graders = contestants(folder, chosen, course, submissions)
    runs: dict[str, list[Graded]] = {name: [] for name in graders}
    for number in range(1 if chosen.short else chosen.rounds):
        for name, grade in graders.items():
            graded = grade(number)
            agree(name, graded, submissions)
            runs[name].append(graded)
            print(f"round {number + 1}: {name:31} {rate(graded):8.1f} a minute", flush=True)
    rows = {
        name: {
            "per_minute": statistics.median(rate(one) for one in graded),
            "cpu_s": cpu(graded),
            "rounds": [round(rate(one), 1) for one in graded],
        }
        for name, graded in runs.items()
    }
    n_tests = sum(len(check_names(one)) if course == ROOT else 1 for one in functions_of(SLUG))
    compare(rows, len(submissions), n_tests)
    return rows


def rate(graded: Graded) -> float:
    """Submissions a minute."""
    return 60 * len(graded.points) / graded.seconds


def cpu(graded: list[Graded]) -> float | None:
    """CPU seconds of a submission, of every process that was started; None if not measured."""
    used = [one.cpu / len(one.points) for one in graded if one.cpu is not None]
    return statistics.median(used) if len(used) == len(graded) else None


def agree(name: str, graded: Graded, submissions: list[Submission]) -> None:
    """Stop where a grader comes to other points: it would not be doing the same work."""
    due = {one.student: one.points for one in submissions}
    other = {student: given for student, given in graded.points.items() if given != due[student]}
    if other:
        raise SystemExit(f"{name} gives {other}, worth { ({one: due[one] for one in other}) }")


def contestants(
    folder: Path, chosen: argparse.Namespace, course: Path, submissions: list[Submission]
) -> dict[str, Grade]:
    """Every grader with its class handed in, in the order of a round.

    A command that grades one submission is timed on some of them, others in each round.
    """
    tests = course_tests(functions_of(SLUG), SEED)
    students = [one.student for one in submissions]
    ours = Ours(folder / "ours", SLUG, SEED, course)
    ours.prepare(submissions)
    graders: dict[str, Grade] = {OURS.format(1): lambda _: ours.grade(1)}
    if chosen.nbgrader:
        nbgrader = Nbgrader(chosen.nbgrader, folder / "nbgrader", SLUG, tests, course)
        nbgrader.prepare(submissions)
        graders["nbgrader autograde"] = lambda _: nbgrader.grade()
    graders[OURS.format(2)] = lambda _: ours.grade(2)
    each: list[tuple[str, Otter | Pytest, int]] = []
    if chosen.otter:
        otter = Otter(chosen.otter, folder / "otter", SLUG, tests, course)
        each.append(("otter run", otter, 2 if chosen.short else 8))
    pytest = Pytest(Path(sys.executable), folder / "pytest", SLUG, tests, course)
    each.append(("pytest, no sandbox", pytest, 5 if chosen.short else 16))
    for name, peer, n_each in each:
        peer.prepare(submissions)
        for jobs in (1, 2):
            graders[f"{name}, {jobs} at once"] = (
                lambda number, peer=peer, n_each=n_each, jobs=jobs: peer.grade(
                    students[number * n_each : (number + 1) * n_each], jobs
                )
            )
    return graders


def compare(rows: dict[str, dict[str, Any]], n_submissions: int, n_tests: int) -> None:
    """Print the rates, and how many times each peer's ours are."""
    one, two = rows[OURS.format(1)], rows[OURS.format(2)]
    printed = {}
    for name, row in rows.items():
        row["ours_1_job_times"] = round(one["per_minute"] / row["per_minute"], 1)
        row["ours_2_jobs_times"] = round(two["per_minute"] / row["per_minute"], 1)
        row["cpu_times"] = round(row["cpu_s"] / one["cpu_s"], 1) if one["cpu_s"] else None
        keys = ("per_minute", "cpu_s", "ours_1_job_times", "ours_2_jobs_times", "cpu_times")
        printed[name] = ["-" if row[key] is None else row[key] for key in keys]
    columns = ("a minute", "CPU s each", "1 job is ×", "2 jobs are ×", "CPU is ×")
    setting.table(f"{n_submissions} submissions, {n_tests} tests", columns, printed)


def enduring(folder: Path, n_submissions: int) -> dict[str, Any]:
    """A long run, and a table of what the grader held."""
    found = endurance(folder, n_submissions, 2, SEED)
    early, late = found["around_50"], found["at_the_end"]
    rows = {
        "memory, MB (PSS)": [early.get("mb", "-"), late.get("mb", "-")],
        "main process, MB (RSS)": [early.get("resident", "-"), late.get("resident", "-")],
        "open files": [early.get("files", "-"), late.get("files", "-")],
        "processes": [early.get("processes", "-"), late.get("processes", "-")],
        "mounts": [early.get("mounts", "-"), late.get("mounts", "-")],
    }
    setting.table(f"{n_submissions} in one run", ("around 50", "at the end"), rows)
    left = {key: found[key] for key in ("processes_left", "mounts_left", "folders_left")}
    between = found["per_minute_between_first_and_last"]
    print(f"{found['per_minute']} a minute, {between} without the start and the pages")
    print(f"left behind: {left}; wrong points: {found['wrong_points']}")
    return found


def training(folder: Path, n_submissions: int) -> dict[str, Any]:
    """The exercise that trains in TensorFlow."""
    found = tensorflow_seconds(folder, n_submissions, SEED)
    rows = {name: [value] for name, value in found.items() if name.endswith("_s")}
    setting.table(f"{n_submissions} with TensorFlow", ("seconds",), rows)
    return found


def attacks(folder: Path, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """The hostile submissions: a table in Markdown, as it wraps better than columns."""
    names = [name for name in ("nbgrader", "otter") if getattr(chosen, name)] + ["ours"]
    print(f"\n| hostile submission | deserves | {' | '.join(names)} |")
    print(f"|---|---|{'---|' * len(names)}")
    found = []
    for attack, verdicts in duel(folder, chosen.nbgrader, chosen.otter, SEED):
        cells = " | ".join(str(verdicts[name]) for name in names)
        print(f"| {attack.name} | {attack.deserved} of 5 | {cells} |", flush=True)
        given = {name: asdict(verdict) for name, verdict in verdicts.items()}
        found.append({"attack": attack.name, "deserved": attack.deserved} | given)
    return found


if __name__ == "__main__":
    main()

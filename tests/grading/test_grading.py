"""Grading a class: points, going on where it was, grading again what has changed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recsys_course.classroom.grading import grading
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.grading.store import Store
from recsys_course.classroom.grading.workers import LOST, result_without_checks
from recsys_course.classroom.whole_files import write_whole

RIGHT = """
def mean_rating(ratings):
    given = [r for r in ratings if r == r and r != 0]
    return sum(given) / len(given) if given else float("nan")
"""
WRONG = """
def mean_rating(ratings):
    return sum(ratings) / len(ratings)
"""

Grade = Callable[..., subprocess.CompletedProcess[str]]
MakeClass = Callable[..., Path]


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """What is kept of each student, without what a second run measures anew."""
    found = [
        json.loads(path.read_text("utf-8"))["result"]
        for path in sorted((folder / "results").glob("*.json"))
    ]
    for result in found:
        del result["seconds"], result["peak_mb"]
    return {result["student"]: result for result in found}


def points(folder: Path) -> dict[str, int]:
    return {
        student: sum(function["state"] == "passed" for function in result["functions"])
        for student, result in results(folder).items()
    }


def test_a_class_is_graded(grade: Grade, make_class: MakeClass, tmp_path: Path) -> None:
    folder = make_class({"ada": RIGHT, "bo": WRONG, "cy": "x = 1\n"})
    done = grade(folder, "--out", tmp_path / "out", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert points(tmp_path / "out") == {"ada": 1, "bo": 0, "cy": 0}
    outcomes = {name: one["outcome"] for name, one in results(tmp_path / "out").items()}
    assert outcomes == {"ada": "graded", "bo": "graded", "cy": "not attempted"}
    bo = results(tmp_path / "out")["bo"]["functions"][0]
    assert bo["resemblance"]["name"] == "every_cell_counts"


def test_text_that_no_file_can_hold_does_not_end_the_run(
    grade: Grade, make_class: MakeClass, tmp_path: Path
) -> None:
    folder = make_class({"ada": RIGHT, "bo": RIGHT + 'raise ValueError("half \\ud800")\n'})
    done = grade(folder, "--out", tmp_path / "out", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert points(tmp_path / "out") == {"ada": 1, "bo": 1}
    assert results(tmp_path / "out")["bo"]["problems"] == [
        "00_welcome.py, line 5: ValueError: half ?"
    ]


def test_a_file_takes_any_text(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", "half \ud800")
    assert (tmp_path / "a.json").read_text("utf-8") == "half ?"


def test_what_the_grader_lost_is_graded_again(
    make_class: MakeClass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_class({"ada": RIGHT})
    with monkeypatch.context() as lost:
        lost.setattr(
            grading,
            "grade_all",
            lambda jobs, *_: [result_without_checks(job, "crashed", LOST) for job in jobs],
        )
        graded = grading.grade([folder], grading.Options(seed=1), tmp_path / "out")
        assert [one.outcome for one in graded.results] == ["crashed"]
    graded = grading.grade([folder], grading.Options(seed=1), tmp_path / "out")
    assert [(one.outcome, one.points) for one in graded.results] == [("graded", 1)]


def test_only_what_has_changed_is_graded_again(
    grade: Grade, make_class: MakeClass, tmp_path: Path
) -> None:
    folder, out = make_class({"ada": RIGHT, "bo": WRONG}), tmp_path / "out"
    grade(folder, "--out", out)
    before = results(out)
    make_class({"bo": RIGHT})
    grade(folder, "--out", out)
    after = results(out)
    assert after["ada"] == before["ada"]  # with the seed of the first run
    assert after["bo"]["seed"] != before["bo"]["seed"]
    assert points(out) == {"ada": 1, "bo": 1}


def test_another_seed_or_other_limits_grade_again(tmp_path: Path) -> None:
    result = Result("ada", "welcome", "ada.py", "d" * 64, "graded", seed=1)
    first = Store(tmp_path, {"memory": 1}, 1)
    first.put(result)
    assert Store(tmp_path, {"memory": 1}, 1).get("ada.py", "d" * 64) == result
    assert Store(tmp_path, {"memory": 1}, 2).get("ada.py", "d" * 64) is None
    assert Store(tmp_path, {"memory": 2}, 1).get("ada.py", "d" * 64) is None
    assert Store(tmp_path, {"memory": 1}, 1).get("ada.py", "e" * 64) is None
    assert Store(tmp_path, {"memory": 1}, 1).get("bo.py", "d" * 64) is None


def test_a_run_that_was_cut_off_goes_on_with_its_seed_and_a_new_one_draws_another(
    tmp_path: Path,
) -> None:
    first = Store(tmp_path, {}, None)
    assert Store(tmp_path, {}, None).seed == first.seed
    first.finish()
    assert Store(tmp_path, {}, None).seed != first.seed
    assert Store(tmp_path, {}, 7).seed == 7


def test_a_result_that_a_power_cut_left_half_written_is_graded_again(tmp_path: Path) -> None:
    store = Store(tmp_path, {}, 1)
    store.put(Result("ada", "welcome", "ada.py", "d", "graded"))
    (kept,) = (tmp_path / "results").glob("*.json")
    whole = kept.read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        kept.write_bytes(whole[:length])
        assert store.get("ada.py", "d") is None
    kept.write_bytes(whole)
    assert store.get("ada.py", "d") is not None


def test_killed_at_ten_moments_it_comes_to_the_same_end(
    make_class: MakeClass, tmp_path: Path
) -> None:
    """A power cut is a SIGKILL of everything; the sandbox must not outlive it, either."""
    folder = make_class({f"s{n:02d}": RIGHT if n % 3 else WRONG for n in range(40)})
    command = [sys.executable, "-m", "recsys_course.cli", "grade", str(folder), "--seed", "5"]
    command += ["--jobs", "2", "--out"]
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True)
    expected = results(tmp_path / "whole")
    assert len(expected) == 40
    rng, out, n_before = random.Random(3), tmp_path / "broken", 0
    for n_kills in range(10):
        process = subprocess.Popen(
            [*command, str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # at some moment after a few more results are there
        wanted = min(39, 4 * n_kills + rng.randrange(4))
        while process.poll() is None and len(list(out.glob("results/*.json"))) < wanted:
            time.sleep(0.002)
        time.sleep(rng.random() / 20)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = results(out) if out.exists() else {}
        assert len(kept) >= n_before  # nothing is lost
        assert all(expected[student] == result for student, result in kept.items())
        n_before = len(kept)
    assert subprocess.run([*command, str(out)], check=True, capture_output=True)
    assert results(out) == expected
    assert grader_processes(tmp_path) == []


def grader_processes(folder: Path) -> list[str]:
    """Command lines of running processes that name a folder, or a sandbox."""
    found = []
    end = time.monotonic() + 10
    while time.monotonic() < end:  # what was killed needs a moment to be gone
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and int(process.name) != os.getpid():
                try:
                    line = (process / "cmdline").read_bytes().decode(errors="replace")
                except OSError:
                    continue
                if str(folder) in line:
                    found.append(line)
        if not found:
            break
        time.sleep(0.1)
    return found


def test_ctrl_c_keeps_what_is_graded(make_class: MakeClass, tmp_path: Path) -> None:
    slow = RIGHT + "\nimport time\nold = mean_rating\n"
    slow += "def mean_rating(ratings):\n    time.sleep(0.2)\n    return old(ratings)\n"
    folder, out = make_class({f"s{n}": slow for n in range(8)}), tmp_path / "out"
    command = [sys.executable, "-m", "recsys_course.cli", "grade", str(folder), "--out", str(out)]
    process = subprocess.Popen([*command, "--jobs", "1"], stderr=subprocess.PIPE, text=True)
    while not list(out.glob("results/*.json")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert f"kept in {out}" in " ".join(said.split())
    assert 1 <= len(results(out)) < 8


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "nowhere"),
        (["--require-sandbox", "--no-bubblewrap", "."], "exclude each other"),
        ([".", "--exercise", "mf_los"], "did you mean 'mf_loss'?"),
    ],
)
def test_what_cannot_be_graded_is_said_in_a_sentence(
    grade: Grade, words: list[str], sentence: str
) -> None:
    done = grade(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_without_bubblewrap_it_says_what_is_not_protected(
    grade: Grade, make_class: MakeClass
) -> None:
    done = grade(make_class({"ada": RIGHT}), "--no-bubblewrap")
    assert done.returncode == 0, done.stderr
    assert "can read the files of the user" in " ".join(done.stderr.split())
    assert "ada  welcome  1/1" in done.stdout


def test_a_required_sandbox_that_is_not_there_stops_it(
    grade: Grade, make_class: MakeClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    done = grade(make_class({"ada": RIGHT}), "--require-sandbox")
    assert done.returncode == 2
    assert "bubblewrap is required and does not work here" in done.stderr


def test_where_there_is_no_linux_it_says_where_to_grade(
    make_class: MakeClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(OSError, match="this is win32; grade them in WSL"):
        grading.grade([make_class({"ada": RIGHT})], grading.Options())


def test_the_same_seed_gives_the_same_results(
    grade: Grade, make_class: MakeClass, tmp_path: Path
) -> None:
    folder = make_class({"ada": RIGHT, "bo": WRONG})
    for name in ("one", "two"):
        grade(folder, "--out", tmp_path / name, "--seed", "11")
    assert results(tmp_path / "one") == results(tmp_path / "two")
    grade(folder, "--out", tmp_path / "three")
    assert results(tmp_path / "three")["ada"]["seed"] != 11


def test_nothing_in_the_folder_of_the_submissions_runs_in_the_grader(
    make_class: MakeClass, tmp_path: Path
) -> None:
    """pytest would load a conftest.py, and Python a module, from the folder where one stands."""
    folder = make_class({"ada": RIGHT, "test_bo": WRONG})
    betrays = f"open({str(tmp_path / 'ran')!r}, 'a').write(__file__)\n"
    for name in ("conftest.py", "test_bo/conftest.py", "numpy.py", "jinja2.py", "sitecustomize.py"):
        (folder / name).write_text(betrays, encoding="utf-8")
    program = Path(sys.executable).with_name("recsys-course")
    done = subprocess.run(
        [program, "grade", ".", "--out", str(tmp_path / "out")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert points(tmp_path / "out")["ada"] == 1
    assert not (tmp_path / "ran").exists()
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Answers to no known lesson" in page  # what numpy.py and the others are

"""What Gradescope is given: results.json, and a zip that grades in its container.

Format: Gradescope, "Autograder Specifications" (gradescope-autograders.readthedocs.io, 2024).
``gradescope_results.schema.json`` beside this file is written from that page.
"""

import json
import os
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from recsys_course.classroom.grading.exports.gradescope import (
    autograder_zip,
    failed_json,
    results_json,
    submission_json,
)
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.reports import CheckResult, FunctionReport, Resemblance

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "gradescope_results.schema.json").read_text(encoding="utf-8"))
FAILED = {
    "score": 0.0,
    "output": (
        "The grader did not come to an end, so there are no points yet. This need not be your "
        "fault: submit again, and tell your instructor if it says so twice."
    ),
    "output_format": "text",
    "visibility": "visible",
    "stdout_visibility": "hidden",
}
SECRET = "secret-4242"
RESULT = Result(
    "s1",
    "welcome",
    "rivera/00_welcome.ipynb",
    "0" * 64,
    "graded",
    functions=(
        FunctionReport(
            "mean_rating",
            "failed",
            (
                CheckResult("test_a", "mean_rating", True),
                CheckResult("test_b", "mean_rating", False, "A gap is no\nrating.\x1b[31m"),
            ),
            Resemblance("gaps_as_zeros", "Gaps were counted as zeros.", "Look at section 2."),
        ),
    ),
    problems=(f"cell 3: ValueError: {SECRET}",),
    output=SECRET,
    seconds=4242.25,
    peak_mb=4242.5,
    seed=424242,
    fingerprints=(42424242,),
)


def shown(text: str) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(text)
    jsonschema.validate(entry, SCHEMA)
    return entry


def test_a_function_that_failed_is_explained_in_words() -> None:
    assert shown(results_json(RESULT)) == {
        "output": "0 of 1 points for lesson 00_welcome.",
        "tests": [
            {
                "number": "1",
                "name": "mean_rating",
                "score": 0.0,
                "max_score": 1.0,
                "status": "failed",
                "output": (
                    "1 of 2 checks passed.\nA gap is no rating.[31m\nGaps were counted as zeros.\n"
                    "Look at section 2."
                ),
                "visibility": "visible",
            }
        ],
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
    }


def test_nothing_that_a_student_must_not_see_is_in_it() -> None:
    text = results_json(RESULT)
    assert SECRET not in text
    assert "4242" not in text  # no time, no memory, no seed


def test_a_submission_that_was_not_checked_has_every_function_at_0() -> None:
    result = Result("s1", "mf_loss", "a", "0" * 64, "could not be read", "The file is empty.")
    entry = shown(results_json(result))
    assert entry["output"] == (
        "0 of 5 points for lesson 03_mf_loss.\n"
        "Your submission: could not be read. The file is empty."
    )
    assert [(test["score"], test["max_score"]) for test in entry["tests"]] == [(0.0, 1.0)] * 5
    assert {test["output"] for test in entry["tests"]} == {
        "It was not checked; what came of your submission says why."
    }


def test_states_are_said_once() -> None:
    def outputs(state: Any, message: str) -> str:
        checks = (CheckResult("test_a", "mean_rating", state == "passed", message),)
        function = FunctionReport("mean_rating", state, checks)
        result = Result("s1", "welcome", "a", "0" * 64, "graded", functions=(function,))
        (test,) = shown(results_json(result))["tests"]
        return f"{test['score']} {test['status']} {test['output']}"

    assert outputs("passed", "") == (
        "1.0 passed Every check passed.\n"
        "A mean runs over the ratings that exist; a gap, written as 0 or as nan, is not a rating."
    )
    assert outputs("timed out", "It was stopped.") == "0.0 failed Timed out.\nIt was stopped."
    assert outputs("not attempted", "Not yet.") == "0.0 failed Not yet."


def test_the_schema_refuses_what_gradescope_does_not_know() -> None:
    entry = json.loads(failed_json())
    jsonschema.validate(entry, SCHEMA)
    for wrong in (
        {"score": "0"},
        {"visibility": "shown"},
        {"points": 1},
        {"tests": [{"score": None}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(entry | wrong, SCHEMA)
    del entry["score"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(entry, SCHEMA)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return autograder_zip(tmp_path_factory.mktemp("zip") / "autograder.zip", "welcome")


def test_the_zip_holds_the_course_and_no_solutions(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        modes = {one.filename: one.external_attr >> 16 for one in opened.infolist()}
        pins = opened.read("requirements.txt").decode()
    assert names[:3] == ["setup.sh", "run_autograder", "requirements.txt"]
    assert stat.S_IMODE(modes["run_autograder"]) == stat.S_IMODE(modes["setup.sh"]) == 0o755
    assert "course/recsys_course/classroom/checks/welcome/mean_rating.py" in names
    assert "course/recsys_course-0.1.0.dist-info/entry_points.txt" in names
    assert {name.split("/")[1] for name in names[3:]} == {
        "recsys_course",
        "recsys_course-0.1.0.dist-info",
    }
    assert not [name for name in names if "__pycache__" in name or "solution" in name]
    assert "\npytest==" in pins
    assert "--hash=sha256:" in pins
    assert "tensorflow" not in pins


def test_the_same_course_gives_the_same_zip(archive: Path, tmp_path: Path) -> None:
    again = autograder_zip(tmp_path / "again.zip", "welcome")
    assert again.read_bytes() == archive.read_bytes()
    assert list(tmp_path.iterdir()) == [again]


def test_a_lesson_that_is_not_there_leaves_no_zip(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="did you mean 'welcome'"):
        autograder_zip(tmp_path / "a.zip", "welcom")
    assert not list(tmp_path.iterdir())


def test_the_best_of_several_files_counts_and_none_is_said_in_words() -> None:
    right = replace(RESULT.functions[0], state="passed")
    best = replace(RESULT, source="z/00_welcome.ipynb", functions=(right,))
    lost = replace(RESULT, slug="", outcome="could not be read", reason="Why.", functions=())
    assert submission_json([RESULT, best, lost], "welcome") == results_json(best)
    assert shown(submission_json([lost], "welcome"))["output"] == (
        "0 of 1 points for lesson 00_welcome.\nYour submission: could not be read. Why."
    )
    nothing = shown(submission_json([], "welcome"))
    assert (nothing["score"], nothing["output"][:20]) == (0.0, "There is no notebook")


def container(folder: Path, archive: Path, course: bool = False) -> Path:
    """A folder laid out as Gradescope lays out /autograder, with this Python in it."""
    base = folder / "auto grader"  # a space, which no script may trip over
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(base / "source", None if course else opened.namelist()[:3])
    (base / "source" / "run_autograder").rename(base / "run_autograder")
    (base / "run_autograder").chmod(0o755)
    (base / "submission").mkdir()
    program(base / "python" / "bin" / "python", f'exec "{sys.executable}" "$@"\n')
    return base


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
    path.chmod(0o755)


def run(base: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(base)}
    return subprocess.run(
        [base / "run_autograder"], env=environment, capture_output=True, text=True, check=False
    )


def results(base: Path) -> dict[str, Any]:
    return shown((base / "results" / "results.json").read_text(encoding="utf-8"))


# stands in for Python: does to "$results/graded.json" (the last argument) what a grader may do
GRADERS = {
    "it ends with an error after writing points": 'echo \'{"score": 9}\' >"$file"; exit 3',
    "it is killed after writing points": 'echo \'{"score": 9}\' >"$file"; kill -KILL $$',
    "it writes half a file and says all is well": 'echo \'{"score": 9\' >"$file"',
    "it writes no object": 'echo 9 >"$file"',
    "it writes nothing": "true",
    "it cannot start": "exit 127",
}


@pytest.mark.parametrize("what", GRADERS)
def test_a_grader_that_fails_leaves_0_points_and_a_sentence(
    what: str, archive: Path, tmp_path: Path
) -> None:
    base = container(tmp_path, archive)
    python = base / "python" / "bin" / "python"
    fake = f'for file; do :; done\ncase "$1" in -P) ;; *) exec "{sys.executable}" "$@";; esac\n'
    program(python, fake + GRADERS[what] + "\n")
    run(base)
    assert results(base) == FAILED
    assert [path.name for path in (base / "results").iterdir()] == ["results.json"]


def test_results_of_an_earlier_run_do_not_count(archive: Path, tmp_path: Path) -> None:
    base = container(tmp_path, archive)
    (base / "results").mkdir()
    for name in ("results.json", "graded.json"):
        (base / "results" / name).write_text('{"score": 9}', encoding="utf-8")
    program(base / "python" / "bin" / "python", "exit 0\n")
    run(base)
    assert results(base) == FAILED


def test_the_grader_gets_the_submission_and_nobody_else_the_checks(
    archive: Path, tmp_path: Path
) -> None:
    base = container(tmp_path, archive)
    (base / "submission_metadata.json").write_text("{}", encoding="utf-8")
    fake = f"""case "$1" in -P) ;; *) exec "{sys.executable}" "$@";; esac
printf '%s\\n' "$@" >"{tmp_path}/arguments"
printf '%s\\n' "$PYTHONPATH" >>"{tmp_path}/arguments"
for file; do :; done
echo '{{"score": 0.0, "output": "seen"}}' >"$file"
"""
    program(base / "python" / "bin" / "python", fake)
    assert run(base).returncode == 0
    assert (tmp_path / "arguments").read_text(encoding="utf-8").splitlines() == [
        "-P",
        "-m",
        "recsys_course.cli",
        "grade",
        f"{base}/submission",
        "--exercise",
        "welcome",
        "--gradescope",
        f"{base}/results/graded.json",
        f"{base}/source/course",
    ]
    assert results(base) == {"score": 0.0, "output": "seen"}
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in base.iterdir()}
    assert (modes["source"], modes["results"]) == (0o700, 0o700)
    assert modes["submission_metadata.json"] == 0o600


def test_setup_installs_the_pins_and_closes_what_students_must_not_see(
    archive: Path, tmp_path: Path
) -> None:
    base = container(tmp_path, archive)
    log = tmp_path / "log"
    fakes = tmp_path / "fakes"
    program(fakes / "apt-get", f'echo "apt-get $*" >>"{log}"\n')
    # makes an "environment" whose Python writes down what it is asked for
    program(
        fakes / "python3.12",
        f"""if [ "$1" = -c ]; then exit 0; fi
mkdir -p "$4/bin"
printf '#!/bin/sh\\necho "python $*" >>"{log}"\\n' >"$4/bin/python"
chmod 700 "$4/bin/python"
""",
    )
    environment = {"PATH": f"{fakes}:{os.environ['PATH']}"}
    setup = base / "source" / "setup.sh"
    subprocess.run(["bash", setup], env=environment, capture_output=True, check=True)
    assert log.read_text(encoding="utf-8").splitlines() == [
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends bubblewrap",
        "python -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps "
        f"--requirement {base}/source/requirements.txt",
        "python -P -c import recsys_course.classroom.grading",
        "python --version",
    ]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in base.iterdir()}
    assert (modes["source"], modes["results"]) == (0o700, 0o700)
    assert stat.S_IMODE((base / "python" / "bin" / "python").stat().st_mode) == 0o755


RIGHT = """
import numpy as np
def mean_rating(ratings):
    given = ratings[np.nan_to_num(ratings) > 0]
    return float(given.mean()) if len(given) else float("nan")
"""
WRONG = """
import numpy as np
print("secret-4242")
def mean_rating(ratings):
    raise type("Secret4242", (ValueError,), {})("secret-4242" + str(ratings))
"""


LEARNED = (
    "Every check passed.\n"
    "A mean runs over the ratings that exist; a gap, written as 0 or as nan, is not a rating."
)
STOPPED = (
    "0 of 10 checks passed.\n"
    "Your code stopped with an error before it returned; recsys-course check shows which. What is "
    "asked for: A row without gaps gives one number."
)


@pytest.mark.parametrize(
    ("answer", "points", "status", "said"),
    [(RIGHT, 1.0, "passed", LEARNED), (WRONG, 0.0, "failed", STOPPED)],
)
def test_the_zip_grades_a_submission(
    answer: str, points: float, status: str, said: str, archive: Path, tmp_path: Path
) -> None:
    base = container(tmp_path, archive, course=True)
    program(base / "python" / "bin" / "python", f'exec "{sys.executable}" "$@"\n')
    (base / "submission" / "answer.py").write_text(answer, encoding="utf-8")
    done = run(base)
    assert done.returncode == 0, done.stderr
    assert results(base) == {
        "output": f"{points:.0f} of 1 points for lesson 00_welcome.",
        "tests": [
            {
                "number": "1",
                "name": "mean_rating",
                "score": points,
                "max_score": 1.0,
                "status": status,
                "output": said,
                "visibility": "visible",
            }
        ],
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
    }


@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash_and_stop_at_the_first_error(name: str, archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        script = opened.read(name).decode()
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    lines = script.splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines[:4]
    assert "@" not in script.replace('"$@"', "").replace("@{", "")  # every mark is filled in

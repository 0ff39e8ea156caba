"""From a list of students to a gradebook, by the commands that the README names."""

import csv
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recsys_course.cli import app

ROOT = Path(__file__).resolve().parents[2]
SOLVED = """
import numpy as np
def mean_rating(ratings):
    given = ratings[np.nan_to_num(ratings) > 0]
    return float(given.mean()) if len(given) else float("nan")
"""


def run(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def solved(notebook: Path) -> None:
    content = json.loads(notebook.read_text("utf-8"))
    for cell in content["cells"]:
        if "exercise" in cell["metadata"].get("tags", []):
            cell["source"] = SOLVED
    notebook.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module")
def grades(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packed class of three: one solved their own, one handed in another's, one did nothing."""
    top = tmp_path_factory.mktemp("course")
    (top / "list.txt").write_text("ada\nbo\ncy\n", encoding="utf-8")
    said = run("pack", "welcome", "--students", top / "list.txt", "--out", top / "pack")
    assert "3 new" in said
    with zipfile.ZipFile(top / "pack" / "release.zip") as archive:
        archive.extractall(top / "class")
    (home,) = {path.parent.parent for path in (top / "class").rglob("00_welcome.ipynb")}
    solved(home / "ada" / "00_welcome.ipynb")
    (home / "bo" / "00_welcome.ipynb").write_bytes((home / "ada" / "00_welcome.ipynb").read_bytes())
    said = run(
        *("grade", home, "--ledger", top / "pack" / "ledger.json"),
        *("--out", top / "grades", "--jobs", 1),
    )
    assert "bo: it carries the variant of ada" in said
    return top / "grades" / "grades.json"


def test_each_student_is_checked_on_numbers_of_their_own(grades: Path) -> None:
    results = {one["student"]: one for one in json.loads(grades.read_text("utf-8"))["results"]}
    assert {name: one["points"] for name, one in results.items()} == {"ada": 1, "bo": 1, "cy": 0}
    names = [check["name"] for check in results["ada"]["functions"][0]["results"]]
    assert names[-1] == "test_mean_rating_own_numbers"
    assert len({one["seed"] for one in results.values()}) == 3
    assert results["ada"]["variant"] == results["bo"]["variant"] != results["cy"]["variant"]
    page = (grades.parent / "index.html").read_text("utf-8")
    assert "it carries the variant of ada" in page


def test_the_table_is_there_for_spreadsheets(grades: Path) -> None:
    content = (grades.parent / "grades.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert [(row["student"], row["outcome"], row["points"]) for row in rows] == [
        ("ada", "graded", "1"),
        ("bo", "graded", "1"),
        ("cy", "not attempted", "0"),
    ]


def test_gradebooks_are_written_from_the_grades(grades: Path, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nada,Ada L\nbo,Bo R\ncy,Cy U\n", encoding="utf-8")
    assert "00_welcome,,,ada" in run("export", "nbgrader", grades)
    target = tmp_path / "moodle.csv"
    run("export", "moodle", grades, "--roster", roster, "--to", target)
    assert "ada,Ada L,,1" in target.read_text("utf-8")
    assert "Ada L" in run("export", "canvas", grades, "--roster", roster)


def test_autograder_and_workflows_are_written(tmp_path: Path) -> None:
    run("export", "gradescope", "welcome", "--to", tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
    assert "recsys_course.cli grade" in run("export", "github", "welcome")
    assert "repositories.txt" in run("export", "github", "welcome", "--class")


def test_gradescope_gets_a_result_when_nothing_was_handed_in(tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    target = tmp_path / "results.json"
    run("grade", tmp_path / "submission", "--exercise", "welcome", "--gradescope", target)
    written = json.loads(target.read_text("utf-8"))
    assert written["score"] == 0
    assert "nothing" in written["output"].lower() or "no " in written["output"].lower()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["grade", ".", "--gradescope", "x.json"], "--gradescope needs --exercise"),
        (["pack", "mf_los", "--students", "nobody.txt", "--out", "x"], "nobody.txt"),
        (["export", "nbgrader", "nowhere.json"], "nowhere.json"),
        (["export", "gradescope", "mf_los", "--to", "x.zip"], "did you mean 'mf_loss'?"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words: list[str], sentence: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert sentence in done.output

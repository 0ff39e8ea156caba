"""`recsys-course report`, called as a user calls it."""

import json
import sys
from pathlib import Path

import click
import pytest
from typer.testing import CliRunner

from recsys_course.classroom import demonstration
from recsys_course.classroom.report import judging
from recsys_course.cli import app
from recsys_course.data.cleaning import to_frame


def run(*arguments):
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def words(text):
    return " ".join(click.unstyle(text).split())


@pytest.fixture
def ratings_csv(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    to_frame(table).to_csv("ratings.csv", index=False)
    return Path("ratings.csv")


def test_the_page_and_the_findings_are_told(ratings_csv, quick_models):
    with ratings_csv.open("a", encoding="utf-8") as file:
        file.write("0,0,99,1400000000\nv,0,3,1400000000\n0,0\n")
    result = run(ratings_csv)
    assert result.exit_code == 0
    assert words(result.stdout) == (
        "wrote ratings-report.html - 1 rating off the scale of 0.5 to 5 "
        "- 1 line could not be read as a row - 1 item with a single rating, 1.6 % of the items "
        "and 1 more on the page"
    )
    page = Path("ratings-report.html").read_text("utf-8")
    assert "<h1>Report on <bdi>ratings.csv</bdi></h1>" in page
    assert "item neighbours, choices" in page
    assert "Traceback" not in result.output


def test_a_second_report_says_that_it_replaced_the_first(ratings_csv):
    run(ratings_csv, "--no-models")
    result = run(ratings_csv, "--no-models")
    assert words(result.stdout) == (
        "wrote ratings-report.html, in place of the report that was there Nothing odd was found."
    )


def test_what_is_no_report_stays(ratings_csv):
    Path("ratings-report.html").write_text("my own notes", "utf-8")
    result = run(ratings_csv)
    assert result.exit_code == 2
    assert "is no report of this course, so it stays as it is" in words(result.stderr)
    assert Path("ratings-report.html").read_text("utf-8") == "my own notes"


def test_ctrl_c_leaves_no_page(ratings_csv, monkeypatch):
    def stop(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(judging, "judge", stop)
    result = run(ratings_csv)
    assert result.exit_code == 130
    assert "no page was written" in words(result.stderr)
    assert [one.name for one in Path().iterdir()] == ["ratings.csv"]


def test_the_figures_are_those_of_compare(ratings_csv, monkeypatch, quick_models):
    monkeypatch.setattr(demonstration, "all_models", judging.all_models)
    CliRunner().invoke(app, ["compare", "--data", "ratings.csv", "--json", "out.json", "--k", "4"])
    run(ratings_csv, "--k", 4)
    page = Path("ratings-report.html").read_text("utf-8")
    told = json.loads(Path("out.json").read_text("utf-8"))
    protocol = told["protocol"]
    assert f"train {protocol['train']}, test {protocol['test']}" in page
    for model in told["models"].values():
        one = model["metrics"]["NDCG@4"]
        figures = f"{one['value']:.3f}", f"{one['low']:.3f} – {one['high']:.3f}"
        assert all(figure in page for figure in figures)


def test_real_models_without_tensorflow(ratings_csv, monkeypatch):
    monkeypatch.setitem(sys.modules, "recsys_course.deep.factorization", None)
    assert run(ratings_csv, "--out", "r.html").exit_code == 0
    page = Path("r.html").read_text("utf-8")
    for name in (
        "item neighbours, ratings", "user neighbours, ratings", "ALS, choices", "EASE, choices",
    ):  # fmt: skip
        assert f'<th scope="row">{name}</th>' in page
    assert "Without the rows in TensorFlow: " in page


def test_columns_and_scale_may_be_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("odd.csv").write_text("who;what;how;called\n1;2;3;Alien\n2;2;9;Alien\n", "utf-8")
    assert "has no column of user ids" in words(run("odd.csv").stderr)
    columns = ["--user-column", "who", "--item-column", "what", "--rating-column", "how"]
    columns += ["--title-column", "called"]
    assert run("odd.csv", *columns, "--lowest", "1", "--highest", "5").exit_code == 0
    page = Path("odd-report.html").read_text("utf-8")
    assert "1 rating off the scale of 1 to 5" in page
    assert "as you said" in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04", "is an Excel workbook or a zip archive, not text"),
        (b"just a letter\n", "is it a table of ratings?"),
    ],
)
def test_what_is_no_table_is_one_sentence_and_no_page(tmp_path, monkeypatch, content, said):
    monkeypatch.chdir(tmp_path)
    Path("bad.csv").write_bytes(content)
    result = run("bad.csv")
    assert result.exit_code == 2
    assert said in words(result.stderr)
    assert "Traceback" not in result.output
    assert [one.name for one in Path().iterdir()] == ["bad.csv"]

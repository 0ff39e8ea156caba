"""The command line, called as a user calls it."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from recsys_course.cli import app
from recsys_course.data.interactions import Interactions
from recsys_course.data.world import make_world

BASELINES = ["random", "popularity", "biases"]
NEIGHBOURS = ["item neighbours", "user neighbours"]
CHOICES = [f"{name}, choices" for name in (*NEIGHBOURS, "ALS", "EASE", "TensorFlow MF")]
RATINGS = [f"{name}, ratings" for name in (*NEIGHBOURS, "ALS", "TensorFlow MF")]


def recsys_course(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def words(text: str) -> str:
    """Text without the line breaks that the width of a terminal made."""
    return " ".join(click.unstyle(text).split())


def sentence(*arguments: str | Path) -> str:
    """What is said about a mistake: on stderr, with exit code 2 and no traceback."""
    result = recsys_course(*arguments)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    return words(result.stderr)


@pytest.fixture(scope="module")
def world() -> Interactions:
    return make_world(np.random.default_rng(0), n_users=60, n_items=40).interactions


def write(path: Path, header: str, rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def rows_of(world: Interactions) -> list[tuple[str, str, str]]:
    users, items = world.user_vocabulary, world.item_vocabulary
    return [
        (users.id_of(int(user)), items.id_of(int(item)), f"{rating:.2f}")
        for user, item, rating in zip(world.users, world.items, world.ratings, strict=True)
    ]


@pytest.fixture
def ratings_csv(world, tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "ratings.csv", "user,item,rating", rows_of(world))
    return Path("ratings.csv")  # short: a long path would be broken across lines


@pytest.fixture
def without_tensorflow(monkeypatch):
    monkeypatch.setitem(sys.modules, "recsys_course.deep.factorization", None)


# ---- the main job: no arguments, MovieLens ----


@pytest.fixture(scope="module")
def movielens(tmp_path_factory):
    """The run that everybody does first, and its figures."""
    path = tmp_path_factory.mktemp("compare") / "figures.json"
    result = recsys_course("compare", "--json", path)
    assert result.exit_code == 0, result.output
    return result, json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def metrics(movielens):
    return {name: model["metrics"] for name, model in movielens[1]["models"].items()}


def test_every_model_has_its_row(movielens, metrics):
    assert sorted(metrics) == sorted(BASELINES + RATINGS + CHOICES)
    shown = words(movielens[0].stdout)
    assert "MovieLens: Interactions(100,004 ratings, 671 users, 9,066 items" in shown
    for name in metrics:
        assert all(part in shown for part in name.split(", "))
    for estimate in (one for row in metrics.values() for one in row.values()):
        assert estimate["low"] <= estimate["value"] <= estimate["high"]
        assert f"{estimate['value']:.3f}" in shown
    assert movielens[1]["protocol"]["k"] == 10


def test_every_model_ranks_above_random(metrics):
    chance = metrics["random"]["NDCG@10"]["high"]
    for name in metrics.keys() - {"random"}:
        # apart by whole intervals: the nearest, biases, begins at five times where chance ends
        assert metrics[name]["NDCG@10"]["low"] > chance, name


@pytest.mark.parametrize("name", CHOICES)
def test_models_of_choices_rank_above_popularity(metrics, name):
    # apart by whole intervals, though the same users stand in both
    assert metrics[name]["NDCG@10"]["low"] > metrics["popularity"]["NDCG@10"]["high"]


@pytest.mark.parametrize("name", ["ALS, ratings", "TensorFlow MF, ratings"])
def test_factorisations_predict_ratings_better_than_biases(metrics, name):
    # The intervals overlap because the same users make both figures worse. Of the difference itself
    # the 99.9 % interval over these users begins at 0.005 (ALS, 0.013) and 0.010 (TensorFlow,
    # 0.017).
    assert metrics[name]["RMSE"]["value"] < metrics["biases"]["RMSE"]["value"] - 0.005


def test_only_models_of_ratings_have_rating_errors(metrics):
    assert {name for name in metrics if "RMSE" in metrics[name]} == {"biases", *RATINGS}


# ---- a learner's own CSV ----


def test_a_csv_with_every_model_and_one_users_lists(ratings_csv, world, tmp_path):
    out = tmp_path / "out.json"
    result = recsys_course(
        "compare", "--data", ratings_csv, "--user", "user0007", "--k", "4", "--json", out
    )
    assert result.exit_code == 0, result.output
    shown = words(result.stdout)
    found = json.loads(out.read_text("utf-8"))
    assert sorted(found["models"]) == sorted(BASELINES + RATINGS + CHOICES)
    assert f"ratings.csv: {world}" in shown
    assert "k = 4" in shown
    assert re.search(r"User user0007: \d+ ratings to learn from, \d+ held out", shown)
    assert "rated highest (training part)" in shown
    assert shown.count("item00") == 4 * (1 + len(found["models"]))  # the history and each list
    assert "without the rows in TensorFlow" not in result.output


def test_the_lists_of_a_user_hold_nothing_seen(ratings_csv, world, without_tensorflow):
    result = recsys_course("compare", "--data", ratings_csv, "--user", "user0007", "--k", "40")
    assert result.exit_code == 0, result.output
    mine = world.users == world.user_vocabulary.index_of("user0007")
    n_rated = int(mine.sum())
    n_train, n_held_out = map(
        int, re.search(r"(\d+) ratings to learn from, (\d+) held out", result.stdout).groups()
    )
    assert n_train + n_held_out == n_rated
    lists = 3 + 7  # baselines and models without TensorFlow
    shown = result.stdout[result.stdout.index("User user0007") :]
    assert len(re.findall(r"item\d{4}", shown)) == n_train + lists * (40 - n_train)
    assert shown.count("●") == 1 + lists * n_held_out  # one in the title; k is the whole catalogue


def test_without_tensorflow_its_rows_are_left_out_and_it_is_said(
    ratings_csv, tmp_path, without_tensorflow
):
    result = recsys_course("compare", "--data", ratings_csv, "--json", tmp_path / "out.json")
    assert result.exit_code == 0, result.output
    assert "without the rows in TensorFlow" in words(result.stderr)
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))["models"]
    assert not [name for name in found if "TensorFlow" in name]


def test_the_seed_decides_the_figures(ratings_csv, tmp_path, without_tensorflow):
    found = []
    for seed in (0, 0, 1):
        out = tmp_path / "out.json"
        recsys_course("compare", "--data", ratings_csv, "--seed", str(seed), "--json", out)
        read = json.loads(out.read_text("utf-8"))
        found.append({name: model["metrics"] for name, model in read["models"].items()})
    assert found[0] == found[1] != found[2]


def test_columns_can_be_named(world, tmp_path, monkeypatch, without_tensorflow):
    monkeypatch.chdir(tmp_path)
    rows = [
        (f"{n}000", f"[film] {item}", item, user, rating)
        for n, (user, item, rating) in enumerate(rows_of(world))
    ]
    write(tmp_path / "odd.csv", "when,called,what,who,how", rows)
    said = sentence("compare", "--data", "odd.csv")
    assert "odd.csv has no column of user ids" in said
    assert "when, called, what, who, how; name it with --user-column" in said
    options = ["user=who", "item=what", "rating=how", "timestamp=when", "title=called"]
    named = [part for one in options for part in f"--{one.replace('=', '-column ')}".split()]
    result = recsys_course("compare", "--data", "odd.csv", *named, "--user", "user0001")
    assert result.exit_code == 0, result.output
    assert f"{len(world):,} ratings, 60 users, 40 items" in words(result.stdout)
    assert "[film] item00" in result.stdout  # square brackets of a title are no markup


def test_a_csv_of_choices_compares_only_models_of_choices(
    world, tmp_path, monkeypatch, without_tensorflow
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "clicks.csv", "user,item", [row[:2] for row in rows_of(world)])
    result = recsys_course("compare", "--data", "clicks.csv", "--json", "out.json")
    assert result.exit_code == 0, result.output
    assert "all ratings are equal, so only models of choices are compared" in words(result.stderr)
    found = json.loads(Path("out.json").read_text("utf-8"))["models"]
    left = [name for name in CHOICES if "TensorFlow" not in name]
    assert sorted(found) == sorted([*BASELINES, *left])


def test_leading_zeros_of_an_id_matter(world, tmp_path, monkeypatch, without_tensorflow):
    monkeypatch.chdir(tmp_path)
    rows = [(user.removeprefix("user"), item, rating) for user, item, rating in rows_of(world)]
    write(tmp_path / "ids.csv", "user,item,rating", rows)
    assert "User 0007:" in recsys_course("compare", "--data", "ids.csv", "--user", "0007").stdout
    assert "id '7'" in sentence("compare", "--data", "ids.csv", "--user", "7")


def test_a_file_name_with_brackets_is_shown_as_it_is(
    world, tmp_path, monkeypatch, without_tensorflow
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "my [old] ratings.csv", "user,item,rating", rows_of(world))
    result = recsys_course("compare", "--data", "my [old] ratings.csv")
    assert result.exit_code == 0, result.output
    assert "my [old] ratings.csv: Interactions" in words(result.stdout)


# ---- mistakes ----


def test_an_unknown_user_is_a_sentence(ratings_csv):
    said = sentence("compare", "--data", ratings_csv, "--user", "nobody")
    assert "id 'nobody'" in said
    assert "'user0001'" in said  # shows what an id looks like


@pytest.mark.parametrize("user", ["9999", "-1", "ann", "1.5", ""])
def test_an_unknown_user_of_movielens_is_a_sentence(user):
    said = sentence("compare", f"--user={user}")
    assert f"id {user}" in said or f"id '{user}'" in said
    assert "671 known ids" in said


def test_a_missing_file_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "there is no file nowhere.csv" in sentence("compare", "--data", "nowhere.csv")
    assert "there is no file" in sentence("compare", "--data", ".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no line of ratings"),
        ("user,item,rating\n", "no line of ratings"),
        ("who,item,rating\na,b,3\n", "no column of user ids"),
        ("user,item,rating\na,b,3\na,c,x\n", "line 3: rating is 'x', not a number"),
        ("user,item,rating\na,b,nan\n", "line 2: rating is 'nan', not a number"),
        ("user,item,rating\na,b,3\n,c,4\n", "line 3: the user id is empty"),
        ("user,item,rating\na,b,3\na,c\n", "line 3: 2 values for 3 columns"),
        ("user,item,rating\na,b,3\nb,b,3\na,b,4\n", "line 4: user 'a' rates item 'b' a second"),
        ("user,item,rating\na,b,3\na,c,1e300\n", "line 3"),
        ("user,item,rating,timestamp\na,b,3,7\na,c,4,1e30\n", "line 3"),
    ],
)
def test_a_bad_csv_is_a_sentence_with_its_line(tmp_path, monkeypatch, text, said):
    monkeypatch.chdir(tmp_path)
    Path("bad.csv").write_text(text, "utf-8")
    assert said in sentence("compare", "--data", "bad.csv")


def test_bytes_that_are_no_text_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("latin.csv").write_bytes("user,item\né,b\n".encode("latin-1"))
    assert "latin.csv is not UTF-8 text" in sentence("compare", "--data", "latin.csv")


def test_a_column_that_is_not_there_is_a_sentence(ratings_csv):
    said = sentence("compare", "--data", ratings_csv, "--rating-column", "stars")
    assert "no column 'stars'; its columns are user, item, rating" in said


def test_one_rating_is_too_few(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("one.csv").write_text("user,item,rating\na,b,3\n", "utf-8")
    assert "1 ratings leaves a part empty" in sentence("compare", "--data", "one.csv")


def test_figures_that_cannot_be_written_are_a_sentence(ratings_csv, without_tensorflow):
    said = sentence("compare", "--data", ratings_csv, "--json", "nowhere/out.json")
    assert "nowhere/out.json" in said


@pytest.mark.parametrize("bad", [["--k", "0"], ["--seed", "-1"], ["--k", "many"], ["--nothing"]])
def test_a_bad_option_is_named(bad):
    assert bad[0] in sentence("compare", *bad)


@pytest.mark.parametrize(
    ("option", "means"),
    [
        ("--user", "history beside each model's list"),
        ("--data", "instead of MovieLens"),
        ("--rating-column", "column of ratings"),
        ("--k", "Length of the ranked lists"),
        ("--seed", "Decides the split and the models"),
        ("--json", "figures, intervals and protocol"),
    ],
)
def test_help_explains_every_option(option, means):
    result = CliRunner().invoke(app, ["compare", "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    shown = words(result.stdout.replace("│", " "))
    assert option in shown
    assert means in shown


def test_help_names_every_command():
    shown = words(recsys_course("--help").stdout)
    for command in ("build", "check", "compare", "doctor", "lab"):
        assert command in shown


def test_the_end_does_not_look_for_cycles() -> None:
    # what was registered before runs after
    code = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); "
    done = subprocess.run(
        [sys.executable, "-c", code + "import recsys_course.cli"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True\n"

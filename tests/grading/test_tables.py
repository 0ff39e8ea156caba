"""Grades as tables: what a spreadsheet and another program get."""

import copy
import csv
import io
import json
from dataclasses import asdict, fields
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from recsys_course.classroom.grading.results import OUTCOMES, Result
from recsys_course.classroom.grading.tables import (
    Misconception,
    Missed,
    Run,
    grades_csv,
    grades_json,
    misconceptions,
    most_missed,
    read_grades,
    schema,
)
from recsys_course.classroom.reports import CheckResult, FunctionReport, Resemblance, State

RUN = Run("0.1.0", 7, "bubblewrap", ("no limit on files",), "2026-01-12T09:30:00+00:00")
SHAPE, SCALE = "test_predict_ratings_shape", "test_predict_ratings_scale"
TRANSPOSED = Resemblance("without_transpose", "It resembles this.", "Look there.")


def predictions(*passed, state=None, resemblance=None):
    """A report on predict_ratings with two checks."""
    results = tuple(
        CheckResult(name, "predict_ratings", one, "" if one else "It is wrong.")
        for name, one in zip((SHAPE, SCALE), passed, strict=True)
    )
    state = state or ("passed" if all(passed) else "failed")
    return FunctionReport("predict_ratings", state, results, resemblance)


def loss(state):
    return FunctionReport.of_all("observed_squared_error", state, ("test_x",), "It is missing.")


def right(student, slug="mf_loss"):
    return Result(student, slug, f"{student}.py", "0f", "graded", "", (predictions(True, True),))


RESULTS = (
    Result("wu", "welcome", "wu.py", "0a", "could not be read", "line 3: this is no notebook"),
    right("rivera"),
    Result(
        "Ärvik, Å", "mf_loss", "class.zip/a.ipynb", "0b", "timed out", "stopped after 10 seconds",
        (predictions(True, False, resemblance=TRANSPOSED), loss("timed out")), ("line 1",),
        "half\udcff\n\u202e\0", 10.5, 99.25, 12, "b", (3, 4294967295),
    ),
)  # fmt: skip


def test_csv_has_a_row_for_each_submission():
    header, *rows = csv.reader(io.StringIO(grades_csv(RESULTS)))
    assert header == [
        "student", "exercise", "outcome", "points", "max_points", "mean_rating", "predict_ratings",
        "observed_squared_error", "mf_gradients", "sgd_step", "als_user_update", "misconceptions",
        "reason",
    ]  # fmt: skip
    assert rows == [
        ["wu", "00_welcome", "could not be read", "0", "1", "", "", "", "", "", "", "",
         "line 3: this is no notebook"],
        ["rivera", "03_mf_loss", "graded", "1", "5", "", "1", "", "", "", "", "", ""],
        ["Ärvik, Å", "03_mf_loss", "timed out", "0", "5", "", "0", "0", "", "", "",
         "without_transpose", "stopped after 10 seconds"],
    ]  # fmt: skip


def test_order_of_the_results_changes_nothing():
    assert grades_csv(RESULTS[::-1]) == grades_csv(RESULTS)
    assert grades_json(RUN, RESULTS[::-1]) == grades_json(RUN, RESULTS)


@pytest.mark.parametrize(
    ("student", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\nx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ("a\n-1", "a\n'-1"),
        ("half\udcff", "half?"),
        ("nul\0", "nul?"),
        ("o'brien-smith @ home = 3", "o'brien-smith @ home = 3"),
        ('said "=1"', 'said "=1"'),
    ],
)
def test_no_cell_is_a_formula(student, cell):
    text = grades_csv([right(student)])
    assert next(csv.DictReader(io.StringIO(text, newline="")))["student"] == cell
    text.encode("utf-8")


def test_json_comes_back_unchanged():
    run, results = read_grades(grades_json(RUN, RESULTS))
    assert run == RUN
    assert set(results) == set(RESULTS)
    assert [one.student for one in results] == ["wu", "rivera", "Ärvik, Å"]


def test_json_holds_the_sums():
    grades = json.loads(grades_json(RUN, RESULTS))
    assert grades["version"] == 1
    assert [(one["points"], one["max_points"]) for one in grades["results"]] == [
        (0, 1), (1, 5), (0, 5),
    ]  # fmt: skip
    assert [one["points"] for one in grades["results"][1]["functions"]] == [1]


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        grades_json(RUN, [Result("a", "welcome", "a.py", "00", "graded", seconds=float("nan"))])


def places(value, path=()):
    """The path of every field of a JSON value, first entries of lists alone."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


FULL = json.loads(grades_json(RUN, RESULTS[2:]))
FIELDS = list(places(FULL))


def changed(path, change):
    grades = copy.deepcopy(FULL)
    holder = grades
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return grades


def test_the_schema_is_a_schema_and_the_grades_keep_to_it():
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(FULL)
    assert len(FIELDS) == 36


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_a_missing_or_wrong_field_is_found(path):
    validator = Draft202012Validator(schema())
    wrong = {"nobody": "knows"}  # no field is an object without a schema
    for change in (
        lambda holder, key: holder.pop(key),
        lambda holder, key: holder.update({key: wrong}),
        lambda holder, key: holder.update({f"{key}_2": holder[key]}),
    ):
        grades = changed(path, change)
        assert not validator.is_valid(grades)
        with pytest.raises(ValueError, match="grade the class again"):
            read_grades(json.dumps(grades))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("results", 0, "outcome"), "excellent"),
        (("results", 0, "functions", 0, "state"), "graded"),
        (("results", 0, "functions", 0, "points"), 2),
        (("results", 0, "functions", 0, "results", 0, "passed"), 1),
        (("results", 0, "seconds"), -1),
        (("results", 0, "seed"), 1.5),
        (("results", 0, "problems"), [None]),
        (("results", 0, "fingerprints"), ["3"]),
        (("run", "seed"), "7"),
    ],
)
def test_a_wrong_value_is_found(path, value):
    grades = changed(path, lambda holder, key: holder.update({key: value}))
    with pytest.raises(ValueError, match=r"grades\.json: .* is not as grades\.schema\.json says"):
        read_grades(json.dumps(grades))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "this is no JSON"),
        ("[]", "the version is None, and this course reads 1"),
        ('{"version": 2}', "the version is 2, and this course reads 1"),
    ],
)
def test_what_is_not_version_1_is_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_grades(text)


def test_the_schema_describes_every_field():
    def objects(part):
        if isinstance(part, dict):
            if "properties" in part:
                yield part
            for inner in part.values():
                yield from objects(inner)

    found = list(objects(schema()))
    assert len(found) == 6
    for part in found:
        assert set(part["required"]) == set(part["properties"])
        assert part["additionalProperties"] is False
        assert part["description"]
        assert all(one["description"].endswith(".") for one in part["properties"].values())


def test_the_schema_knows_what_the_classes_know():
    parts = schema()["$defs"]
    submission, function = parts["submission"]["properties"], parts["function"]["properties"]
    assert set(submission) == {one.name for one in fields(Result)} | {"points", "max_points"}
    assert set(function) == {one.name for one in fields(FunctionReport)} | {"points"}
    assert set(parts["check"]["properties"]) == {one.name for one in fields(CheckResult)}
    assert set(parts["resemblance"]["properties"]) == {one.name for one in fields(Resemblance)}
    assert set(schema()["properties"]["run"]["properties"]) == {one.name for one in fields(Run)}
    assert tuple(submission["outcome"]["enum"]) == OUTCOMES
    assert tuple(function["state"]["enum"]) == get_args(State)


def graded(*reports):
    return Result("a", "mf_loss", "a.py", "00", "graded", functions=reports)


def test_most_missed_counts_those_whose_checks_ran():
    results = [
        graded(predictions(True, False)),
        graded(predictions(False, False)),
        graded(predictions(True, True)),
        graded(predictions(False, False, state="timed out")),
        graded(predictions(False, False, state="not attempted")),
    ]
    assert most_missed(results) == [
        Missed(
            "predict_ratings",
            "Users' rows ten times as long give predictions ten times as large.", 2, 3,
        ),
        Missed(
            "predict_ratings",
            "One row a user and one column an item, however many factors there are.", 1, 3,
        ),
    ]  # fmt: skip


def test_misconceptions_are_counted():
    other = Resemblance("elementwise_product", "It resembles that.", "Look here.")
    wrong = predictions(True, False, resemblance=TRANSPOSED)
    results = [graded(predictions(True, False, resemblance=other)), graded(wrong), graded(wrong)]
    assert misconceptions(results) == [
        Misconception("predict_ratings", "It resembles this.", "Look there.", 2),
        Misconception("predict_ratings", "It resembles that.", "Look here.", 1),
    ]


def test_a_result_travels_with_every_field():
    for result in RESULTS:
        assert json.dumps(result.to_json()) == json.dumps(asdict(result))
        assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_line_of_the_json_is_a_result():
    lines = grades_json(RUN, RESULTS).splitlines()
    students = [json.loads(line.rstrip(","))["student"] for line in lines if '"student"' in line]
    assert sorted(students) == sorted(result.student for result in RESULTS)

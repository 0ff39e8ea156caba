"""Workflows that GitHub accepts, and summaries in which nothing but our own words is markup.

Format: the schema of GitHub's workflows that check-jsonschema carries, so this needs no network;
GitHub Docs, "Workflow commands", 2026, for summaries.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

from recsys_course.classroom.grading.exports import github
from recsys_course.classroom.grading.exports.github import (
    class_markdown,
    class_workflow,
    for_students,
    summary_markdown,
    workflow,
)
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.reports import CheckResult, FunctionReport

SECRET = "secret-4242"
COURSE = "recsys-course[grading] @ git+https://git.example/course@0123abc"
WRITERS = {"grade.yml": workflow, "grade-class.yml": class_workflow}


def result(message: str = "A gap is no rating.", student: str = "s1") -> Result:
    checks = (CheckResult("test_a", "mean_rating", False, message),)
    function = FunctionReport("mean_rating", "failed", checks)
    return Result(
        student,
        "welcome",
        "a/b.ipynb",
        "0" * 64,
        "graded",
        functions=(function,),
        problems=(SECRET,),
        output=SECRET,
        seconds=4242.25,
        peak_mb=4242.5,
        seed=424242,
        fingerprints=(4242,),
    )


def accepts(name: str, text: str) -> bool:
    # the package's command takes seconds to start; this is the schema that it would use
    schema = get_builtin_schema(name)
    # YAML 1.1 reads the key "on" as true
    entry = {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}
    return bool(jsonschema.validators.validator_for(schema)(schema).is_valid(entry))


@pytest.fixture(scope="module", params=WRITERS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workflow") / str(request.param)
    path.write_text(WRITERS[request.param]("mf_loss", COURSE), encoding="utf-8")
    return path


def steps(path: Path) -> list[dict[str, Any]]:
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    (job,) = entry["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_github_accepts_the_workflow_and_no_broken_one(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    assert accepts("vendor.github-workflows", text)
    assert accepts("custom.github-workflows-require-timeout", text)
    for right, wrong in {
        "    runs-on:": "    runs-at:",
        "contents: read": "contents: reading",
        "  workflow_dispatch:": "  workflow_dispatched:",
        "        run: |": "        runs: |",
    }.items():
        assert right in text
        assert not accepts("vendor.github-workflows", text.replace(right, wrong))
    untimed = re.sub(r" +timeout-minutes.*\n", "", text)
    assert not accepts("custom.github-workflows-require-timeout", untimed)


def test_it_may_read_and_nothing_else(written: Path) -> None:
    entry = yaml.safe_load(written.read_text(encoding="utf-8"))
    assert entry["permissions"] == {"contents": "read"}
    assert [job.get("permissions") for job in entry["jobs"].values()] == [None]
    checkouts = [step for step in steps(written) if "checkout" in step.get("uses", "")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]
    assert set(entry[True]) <= {"push", "workflow_dispatch"}  # the key "on" of YAML 1.1


def test_every_action_is_pinned_to_a_commit(written: Path) -> None:
    uses = re.findall(r"uses: (\S+) # v\d+\.\d+\.\d+\n", written.read_text(encoding="utf-8"))
    assert len(uses) == 3
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", one) for one in uses)


def test_every_script_is_bash_and_takes_no_value_from_an_expression(written: Path) -> None:
    scripts = [step["run"] for step in steps(written) if "run" in step]
    assert len(scripts) >= 3
    for script in scripts:
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        assert "${{" not in script
        assert script.startswith('set -u\ncd -- "$RUNNER_TEMP"')
    assert not re.search(r"@[A-Z]+@", written.read_text(encoding="utf-8"))


def test_it_grades_in_the_sandbox_or_not_at_all(written: Path) -> None:
    (script,) = [step["run"] for step in steps(written) if step["name"] == "Grade"]
    assert (
        'course/bin/python -P -m recsys_course.cli grade "$FOUND" --exercise mf_loss '
        '--out "$RUNNER_TEMP/results" --require-sandbox || status=$?\n'
    ) in script
    assert script.endswith('exit "$status"\n')


def test_what_to_install_and_where_the_answers_are_can_be_given() -> None:
    given = workflow("mf_loss", COURSE, "home work/03_mf_loss.py")
    environments = [step.get("env", {}) for step in yaml.safe_load(given)["jobs"]["grade"]["steps"]]
    assert {"COURSE": COURSE} in environments
    assert {"ANSWERS": "home work/03_mf_loss.py"} in environments
    assert 'COURSE: "recsys-course[grading]==0.1.0"' in workflow("mf_loss")
    assert 'COURSE: "recsys-course[grading,tensorflow]==0.1.0"' in workflow("training_loop")
    assert 'ANSWERS: "exercises/04_training_loop.ipynb"' in workflow("training_loop")


@pytest.mark.parametrize(
    ("course", "answers", "message"),
    [
        ("x\nrun: evil", None, "give one requirement for pip"),
        ("${{ secrets.X }}", None, "give one requirement for pip"),
        ("--index-url=evil", None, "give one requirement for pip"),
        (None, "/etc/passwd.py", "inside the repository"),
        (None, "../03.ipynb", "inside the repository"),
        (None, "a/../../03.ipynb", "inside the repository"),
        (None, "$(evil).ipynb", "inside the repository"),
        (None, "a\n.ipynb", "inside the repository"),
        (None, "answers", "inside the repository"),
        (None, "03.ipynb$(evil)", "inside the repository"),
    ],
)
def test_what_cannot_stand_in_a_workflow_is_refused(
    course: str | None, answers: str | None, message: str
) -> None:
    for write in WRITERS.values():
        with pytest.raises(ValueError, match=message):
            write("mf_loss", course, answers)


def test_the_summary_says_points_and_words() -> None:
    assert summary_markdown(result()) == (
        "### 00\\_welcome\\: Welcome\\: ten films for you\n"
        "\n"
        "0 of 1 points for lesson 00\\_welcome\\.\n"
        "\n"
        "| function | points | what the checks say |\n"
        "|---|---:|---|\n"
        "| ✘ mean\\_rating | 0/1 | 0 of 1 checks passed\\. A gap is no rating\\. |\n"
    )


def test_the_summary_of_a_submission_that_was_not_checked() -> None:
    unread = replace(result(), outcome="could not be read", reason="It is empty.", functions=())
    assert summary_markdown(unread).splitlines()[2:] == [
        "0 of 1 points for lesson 00\\_welcome\\. Your submission\\: could not be read\\. "
        "It is empty\\.",
        "",
        "| function | points | what the checks say |",
        "|---|---:|---|",
        "| ✘ mean\\_rating | 0/1 | It was not checked; what came of your submission says why\\. |",
    ]


def test_a_file_that_answers_no_known_lesson_has_a_summary() -> None:
    lost = Result("s1", "", "a", "0" * 64, "could not be read", "Name it.")
    assert summary_markdown(lost) == (
        "### No lesson was found\n"
        "\n"
        "0 of 0 points\\. Your submission\\: could not be read\\. Name it\\.\n"
    )
    assert "| s1 |  | 0/0 | could not be read |" in class_markdown([lost])


def test_nothing_in_a_summary_is_markup_and_nothing_hidden_is_shown() -> None:
    evil = "a|b\n# c <img src=x onerror=1> [d](https://e) `f` ![g](h) **i** $j$ &amp; @k"
    (row,) = summary_markdown(result(evil)).splitlines()[6:]
    assert row == (
        "| ✘ mean\\_rating | 0/1 | 0 of 1 checks passed\\. a\\|b \\# c &lt;img src=x onerror=1&gt; "
        "\\[d\\]\\(https\\://e\\) \\`f\\` \\!\\[g\\]\\(h\\) \\*\\*i\\*\\* \\$j\\$ &amp;amp; \\@k |"
    )
    assert "4242" not in summary_markdown(result())


def test_the_class_is_a_table_of_points() -> None:
    assert class_markdown([result(student="s2|<b>"), result(student="s1")]) == (
        "### 2 submissions\n"
        "\n"
        "| student | lesson | points | outcome |\n"
        "|---|---|---:|---|\n"
        "| s1 | 00\\_welcome | 0/1 | graded |\n"
        "| s2\\|&lt;b&gt; | 00\\_welcome | 0/1 | graded |\n"
    )


def test_a_summary_stays_below_what_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "_MOST_BYTES", 150)
    text = class_markdown([result(student=f"s{number}") for number in range(9)])
    assert text.splitlines()[4:] == [
        "| s0 | 00\\_welcome | 0/1 | graded |",
        "| s1 | 00\\_welcome | 0/1 | graded |",
        "",
        "7 more stand in grades.json.",
    ]


@pytest.fixture
def grades(tmp_path: Path) -> Path:
    path = tmp_path / "grades.json"
    entries = [result().to_json() | {"points": 0}, result(student="s2").to_json() | {"points": 0}]
    entry = {"version": 1, "run": {"seed": 4242, "sandbox": "bubblewrap"}, "results": entries}
    path.write_text(json.dumps(entry), encoding="utf-8")
    return path


def summarised(*paths: Path) -> str:
    command = [sys.executable, "-P", "-m", "recsys_course.classroom.grading.exports.github"]
    course = str(Path(github.__file__).parents[4])
    paths_before = os.environ.get("PYTHONPATH", "")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([course, paths_before])}
    done = subprocess.run(
        [*command, *map(str, paths)], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_instructors_summary_comes_from_grades_json(grades: Path) -> None:
    assert summarised(grades) == class_markdown([result(), result(student="s2")])


def test_the_students_artefact_holds_nothing_hidden(grades: Path, tmp_path: Path) -> None:
    shown = tmp_path / "shown.json"
    assert summarised(grades, shown) == "\n".join([summary_markdown(result())] * 2)
    entry = json.loads(shown.read_text(encoding="utf-8"))
    assert "4242" not in shown.read_text(encoding="utf-8")
    assert (entry["version"], entry["run"]) == (1, {"seed": 0, "sandbox": "bubblewrap"})
    assert [one.pop("points") for one in entry["results"]] == [0, 0]
    assert [one["student"] for one in entry["results"]] == ["s1", "s2"]
    assert Result.from_json(entry["results"][0]) == for_students(result())

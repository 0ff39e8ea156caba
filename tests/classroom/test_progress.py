import json

import pytest
from typer.testing import CliRunner

from recsys_course.classroom.progress import progress
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.cli import app

LESSONS = load_syllabus().lessons
RIGHT = (
    "def predict_ratings(user_factors, item_factors):\n    return user_factors @ item_factors.T\n"
)
WRONG = "def sgd_step(*arguments):\n    return 0\n"


@pytest.fixture
def course(tmp_path, request):
    """A course in which nothing has been begun."""
    (tmp_path / "lessons" / "source").mkdir(parents=True)
    (tmp_path / "exercises").mkdir()
    for lesson in LESSONS:
        name = f"exercises/{lesson.stem}.ipynb"
        (tmp_path / name).write_bytes((request.config.rootpath / name).read_bytes())
    return tmp_path


def of(entries, slug):
    return next(entry for entry in entries if entry.lesson.slug == slug)


def test_untouched_exercises_are_not_attempted_and_nothing_runs(course, monkeypatch):
    from recsys_course.classroom import progress as module

    monkeypatch.setattr(module, "check_file", lambda *_, **__: pytest.fail("it ran"))
    entries = progress(course)
    assert [entry.lesson for entry in entries] == list(LESSONS)
    assert {state for entry in entries for state in entry.states} == {"not attempted"}


def test_a_begun_exercise_is_checked_where_the_learner_works(course):
    (course / "my-course").mkdir()
    (course / "my-course" / "03_mf_loss.py").write_text(RIGHT + WRONG)
    entry = of(progress(course), "mf_loss")
    assert entry.path.parent.name == "my-course"
    states = dict(zip([e.name for e in entry.lesson.exercises], entry.states, strict=True))
    assert states["predict_ratings"] == "passed"
    assert states["sgd_step"] == "failed"
    assert states["mf_gradients"] == "not attempted"
    assert entry.next_function == "observed_squared_error"
    assert not entry.done


def test_a_half_written_cell_in_the_notebook_is_looked_at(course):
    path = course / "exercises" / "03_mf_loss.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if "def predict_ratings" in "".join(cell["source"]):
            cell["source"] = RIGHT
    path.write_text(json.dumps(notebook))
    assert of(progress(course), "mf_loss").states[0] == "passed"


def test_the_command_shows_the_path_and_the_next_step(course):
    result = CliRunner().invoke(app, ["status", "--root", str(course)])
    assert result.exit_code == 0
    words = " ".join(result.output.split())
    assert all(f"{lesson.number:02d}" in words for lesson in LESSONS)
    first = LESSONS[0].stem
    assert f"Next: read lessons/{first}.ipynb, then write exercises/{first}.ipynb" in words


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(course):
    (course / "exercises" / "03_mf_loss.ipynb").write_text("{")
    entries = progress(course)
    assert "not a notebook" in of(entries, "mf_loss").problem
    assert len(entries) == len(LESSONS)

"""How far a learner is: from the exercises themselves, checked only where they changed."""

import json
import os
import time

import pytest

from recsys_course.classroom.home import survey as module
from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.recording import record_check
from recsys_course.classroom.home.records import change, read
from recsys_course.classroom.home.survey import look, note, remembered, write_down
from recsys_course.classroom.materials import materials
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import load_syllabus

LESSONS = load_syllabus().lessons
MF_LOSS = load_syllabus().lesson("mf_loss")
RIGHT = (
    "def predict_ratings(user_factors, item_factors):\n    return user_factors @ item_factors.T\n"
)
WRONG = "def sgd_step(*arguments):\n    return 0\n"


@pytest.fixture
def home(tmp_path):
    """A learner's folder in which nothing has been begun."""
    home = Home(tmp_path / "my-course")
    deliver(home, materials())
    return home


def survey(home):
    """What `recsys-course status` does."""
    entries = look(home)
    write_down(home, entries)
    return entries


def of(entries, slug="mf_loss"):
    return next(entry for entry in entries if entry.lesson.slug == slug)


def states(entry):
    return dict(zip([e.name for e in entry.lesson.exercises], entry.states, strict=True))


def write(home, source, name="predict_ratings"):
    path = home.notebook(MF_LOSS)
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if f"def {name}(" in "".join(cell["source"]):
            cell["source"] = source
    path.write_text(json.dumps(notebook), "utf-8")


def forbid_checking(monkeypatch):
    monkeypatch.setattr(module, "check_file", lambda *_, **__: pytest.fail("it was checked"))


def test_untouched_exercises_are_not_attempted_and_nothing_runs(home, monkeypatch):
    forbid_checking(monkeypatch)
    entries = survey(home)
    assert [entry.lesson for entry in entries] == list(LESSONS)
    assert {state for entry in entries for state in entry.states} == {"not attempted"}
    assert not any(entry.begun or entry.done or entry.problem for entry in entries)


def test_a_begun_exercise_is_checked_and_written_down(home):
    write(home, RIGHT)
    write(home, WRONG, "sgd_step")
    entry = of(survey(home))
    found = states(entry)
    assert found["predict_ratings"] == "passed"
    assert found["sgd_step"] == "failed"
    assert found["mf_gradients"] == "not attempted"
    assert entry.next_function == "observed_squared_error"
    assert entry.begun
    assert not entry.done
    known = read(home.progress)
    assert known.functions["predict_ratings"].state == "passed"
    assert known.functions["predict_ratings"].passed
    assert known.functions["predict_ratings"].attempts == 0  # looking is no attempt
    assert "mf_gradients" not in known.functions
    assert states(of(remembered(home))) == found


def test_what_has_not_changed_is_not_checked_again(home, monkeypatch):
    write(home, RIGHT)
    first = survey(home)
    forbid_checking(monkeypatch)
    assert survey(home) == first


def test_a_deleted_progress_is_made_again(home):
    write(home, RIGHT)
    survey(home)
    home.progress.unlink()
    assert of(remembered(home)).n_passed == 0
    assert of(survey(home)).n_passed == 1
    assert of(remembered(home)).n_passed == 1


def test_a_spoilt_progress_is_kept_and_made_again(home):
    write(home, RIGHT)
    home.progress.write_text("<html>")
    assert of(remembered(home)).n_passed == 0
    assert of(survey(home)).n_passed == 1
    assert (home.folder / "progress.spoilt.json").read_text() == "<html>"


def test_other_checks_ask_for_another_look(home, monkeypatch):
    write(home, RIGHT)
    survey(home)
    monkeypatch.setattr(module, "_checks", lambda slug: b"another version")
    asked = []

    def checked(path, slug, **_):
        asked.append(slug)
        return check_file(path, slug=slug)

    monkeypatch.setattr(module, "check_file", checked)
    survey(home)
    assert asked == ["mf_loss"]


def test_answers_in_a_python_file_count(home):
    (home.folder / "exercises" / "03_mf_loss.py").write_text(RIGHT)
    entry = of(survey(home))
    assert entry.path.name == "03_mf_loss.py"
    assert states(entry)["predict_ratings"] == "passed"


def test_a_half_written_cell_is_looked_at(home, monkeypatch):
    asked = []

    def checked(path, slug, **_):
        asked.append(slug)
        return check_file(path, slug=slug)

    monkeypatch.setattr(module, "check_file", checked)
    write(home, "def predict_ratings(user_factors")
    assert states(of(survey(home)))["predict_ratings"] == "not attempted"
    assert asked == ["mf_loss"]


def test_a_file_that_cannot_be_read_or_is_gone_is_told_and_stops_nothing(home):
    home.notebook(MF_LOSS).write_text("{")
    home.notebook(LESSONS[0]).unlink()
    entries = survey(home)
    assert "not a notebook" in of(entries).problem
    assert of(entries, LESSONS[0].slug).problem == (
        "exercises/00_welcome.ipynb is not there; `recsys-course start welcome` brings it"
    )
    assert len(entries) == len(LESSONS)


def test_a_check_of_the_file_is_noted_as_an_attempt(home, monkeypatch):
    write(home, RIGHT)
    write(home, WRONG, "sgd_step")
    report = check_file(home.notebook(MF_LOSS))
    content = home.notebook(MF_LOSS).read_bytes()
    note(home, report, content)
    note(home, report, content)
    known = read(home.progress).functions
    assert (known["sgd_step"].state, known["sgd_step"].attempts) == ("failed", 2)
    assert "mf_gradients" not in known
    forbid_checking(monkeypatch)  # the file's state is known now
    assert of(survey(home)).n_passed == 1


def test_a_check_of_another_file_is_not(home, tmp_path):
    other = tmp_path / "03_mf_loss.py"
    other.write_text(RIGHT)
    note(home, check_file(other), other.read_bytes())
    assert not home.progress.exists()


def test_a_function_that_was_taken_out_again_is_not_attempted(home):
    original = home.notebook(MF_LOSS).read_bytes()
    write(home, RIGHT)
    survey(home)
    home.notebook(MF_LOSS).write_bytes(original)
    assert of(survey(home)).n_passed == 0
    change(home, lambda known: known)
    assert of(remembered(home)).n_passed == 0


@pytest.mark.parametrize("saved", [None, WRONG], ids=["the stub", "a wrong answer"])
def test_what_passed_in_a_notebook_that_is_not_saved_yet_stays_known(home, monkeypatch, saved):
    notebook = home.notebook(MF_LOSS)
    if saved:
        write(home, saved, "sgd_step")
        survey(home)
    os.utime(notebook, (time.time() - 60,) * 2)
    monkeypatch.chdir(home.folder)
    record_check("sgd_step", "passed")
    record_check("mf_gradients", "failed")
    for _ in range(2):
        entry = of(survey(home))
        assert entry.problem == (
            "exercises/03_mf_loss.ipynb was last saved before sgd_step passed in it; save it in "
            "JupyterLab (Ctrl+S), then ask for the status again"
        )
        assert read(home.progress).function("sgd_step").state == "passed"
    notebook.touch()  # saved: what is in the file counts
    entry = of(survey(home))
    assert entry.problem == ""
    assert states(entry)["sgd_step"] == ("failed" if saved else "not attempted")
    assert read(home.progress).function("sgd_step").state == states(entry)["sgd_step"]

"""check, hint and quiz in a notebook write the learner's progress down, and nobody else's."""

import os
import stat

import pytest

from recsys_course.classroom import check
from recsys_course.classroom.home import recording
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.recording import (
    hints_read,
    record_check,
    record_hint,
    record_quiz,
)
from recsys_course.classroom.home.records import change, read


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = Home(tmp_path / "my-course")
    (home.folder / "exercises").mkdir(parents=True)
    home.own.mkdir()
    monkeypatch.chdir(home.folder / "exercises")
    return home


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def test_a_check_in_a_notebook_is_an_attempt(home, capsys):
    check(predict_ratings, seed=0)
    known = read(home.progress).functions["predict_ratings"]
    assert (known.state, known.attempts) == ("passed", 1)
    assert known.passed == known.checked


def test_the_file_is_looked_at_again_after_it(home):
    change(home, lambda known: known.with_file("exercises/03_mf_loss.ipynb", "a mark"))
    record_check("predict_ratings", "failed")
    assert read(home.progress).files == {}


def test_a_stub_is_no_attempt(home):
    record_check("predict_ratings", "not attempted")
    assert read(home.progress).functions == {}
    record_check("predict_ratings", "failed")
    record_check("predict_ratings", "not attempted")
    known = read(home.progress).functions["predict_ratings"]
    assert (known.state, known.attempts) == ("not attempted", 1)


def test_hints_and_quizzes_are_written_down(home):
    assert hints_read("sgd_step") == 0
    record_hint("sgd_step", 2)
    record_hint("sgd_step", 1)
    assert hints_read("sgd_step") == 2
    record_quiz("mf_loss", "failed")
    record_quiz("mf_loss", "passed")
    known = read(home.progress)
    assert known.functions["sgd_step"].attempts == 0
    assert (known.quizzes["mf_loss"].state, known.quizzes["mf_loss"].attempts) == ("passed", 2)


def test_outside_a_learners_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record_check("predict_ratings", "passed")
    assert hints_read("predict_ratings") == 0
    assert list(tmp_path.iterdir()) == []


def test_in_the_courses_own_folders_nothing_is_written(tmp_path, monkeypatch):
    beside = Home(tmp_path / "my-course")
    beside.own.mkdir(parents=True)
    (tmp_path / "exercises").mkdir()
    monkeypatch.chdir(tmp_path / "exercises")
    record_check("predict_ratings", "passed")
    assert not beside.progress.exists()


def test_a_progress_that_cannot_be_written_is_said_once_and_stops_nothing(
    home, monkeypatch, capsys
):
    def refuse(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(recording, "change", refuse)
    monkeypatch.setattr(recording, "_said", set())
    assert check(predict_ratings, seed=0)
    record_check("predict_ratings", "passed")
    assert capsys.readouterr().err == (
        "note: your progress was not written down: the disk is full\n"
    )


def test_a_folder_without_leave_to_write_is_a_sentence(home, capsys, monkeypatch):
    monkeypatch.setattr(recording, "_said", set())
    real = os.open

    def refuse(path, *rest, **more):
        if str(path).startswith(str(home.folder)):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    record_quiz("mf_loss", "passed")
    said = capsys.readouterr().err
    assert said.startswith("note: your progress was not written down: ")
    assert "cannot be read or written (Permission denied); nothing that was there is lost." in said
    assert stat.S_ISDIR(home.folder.stat().st_mode)
    assert not home.progress.exists()

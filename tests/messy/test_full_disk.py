"""The disk is full: each command that writes says so in a sentence, and nothing is lost.

What is left at every step of a delivery is proven in tests/home; here are the commands, as they are
typed.
"""

import errno
import itertools
import os
from pathlib import Path

import pytest

from recsys_course.classroom import materials as course
from recsys_course.classroom.home.watching import watch
from recsys_course.classroom.syllabus import load_syllabus

WELCOME = load_syllabus().lesson("welcome")
REASON = (
    "(No space left on device); nothing that was there is lost. Make room or leave to write, or "
    "choose another folder with --home, then run this again\n"
)


@pytest.fixture
def full(monkeypatch):
    """Nothing more goes on the disk from now on, but names may."""

    def fail(_file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill():
        monkeypatch.setattr(os, "fsync", fail)

    return fill


def state(folder):
    """Every file, but for the lock, which holds nothing."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {path.relative_to(folder): path.read_bytes() for path in files}


def told(said):
    """The sentence of it, once it is sure that it is one line and the last."""
    *before, last = said.splitlines(keepends=True)
    assert last.endswith(REASON), said
    assert not any(REASON in line for line in before)
    return last


def test_start(tmp_path, monkeypatch, run, full):
    monkeypatch.chdir(tmp_path)
    room = os.fsync
    full()
    said = run("start", code=2)
    assert said == told(said)
    assert said.startswith(f"{tmp_path / 'my-course'} cannot be ")
    assert state(tmp_path) == {}
    monkeypatch.setattr(os, "fsync", room)  # once there is room
    assert "20 files are new" in run("start")


@pytest.mark.parametrize(
    "words", [["reset", "welcome"], ["solution", "welcome", "--anyway"], ["start", "mf_loss"]]
)
def test_what_brings_a_file(home, answer, run, full, words):
    answer()
    (home.folder / "exercises" / "03_mf_loss.ipynb").unlink()
    before = state(home.folder)
    full()
    said = run(*words, code=2)
    assert said == told(said)
    assert state(home.folder) == before


def test_update(home, answer, run, full, monkeypatch, tmp_path):
    newer = {name: tmp_path / "newer" / name for name in course.materials()}
    for name, path in course.materials().items():
        newer[name].parent.mkdir(parents=True, exist_ok=True)
        newer[name].write_bytes(path.read_bytes() + b"\n")
    monkeypatch.setattr(course, "materials", lambda: newer)
    answer()
    before = state(home.folder)
    room = os.fsync
    full()
    said = run("update", code=2)
    assert said == told(said)
    assert state(home.folder) == before
    monkeypatch.setattr(os, "fsync", room)  # once there is room
    assert "exercises/00_welcome.ipynb stays as you wrote it" in run("update")


def test_an_answer_is_given_all_the_same(home, answer, run, full):
    answer()
    before = state(home.folder)
    full()
    said = run("check", "welcome", code=2)
    assert "✘ mean_rating: not yet" in said
    assert "0 of 1 points" in said
    told(said)
    said = run("status", code=2)
    assert "Next: mean_rating in exercises/00_welcome.ipynb" in said
    told(said)
    report, note = itertools.islice(watch(home, WELCOME), 2)
    assert report.points == 0
    assert note.startswith("your progress was not written down: ")
    assert f"{note}\n".endswith(REASON)
    assert state(home.folder) == before


def test_a_progress_that_should_be_taken_over(home, run, full, tmp_path):
    other = tmp_path / "other.json"
    other.write_text('{"format": 1, "functions": {"rmse": {"attempts": 7}}}')
    before = state(home.folder)
    full()
    said = run("status", "--merge", other, code=2)
    assert said == told(said)
    assert state(home.folder) == before


def test_where_the_output_goes_is_full(home, typed):
    with Path("/dev/full").open("w") as disk:
        done = typed("status", cwd=home.folder, stdout=disk)
    assert done.stderr.decode() == (
        "a file or the output cannot be read or written (No space left on device); make room, then "
        "run this again\n"
    )
    assert done.returncode == 2

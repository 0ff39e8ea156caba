"""A fresh exercise, a solution and a newer version come without taking anything away."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import made_course as made
import pytest

from recsys_course.classroom.home import keeping
from recsys_course.classroom.home.changes import CellChange
from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.keeping import Waiting, place_solution, reset, waiting
from recsys_course.classroom.home.place import Home

Course = dict[int, dict[str, Path]]
LESSON = made.lesson_of("01_alpha")
NEW = "exercises/01_alpha.new.ipynb"
# what version 2, and what version 3 brings to who has the first
SECOND = (
    CellChange("changed", "intro", "# Doubling, and halving"),
    CellChange("added", "half", "def half(x):"),
)
THIRD = (
    CellChange("changed", "intro", "# Doubling, and halving"),
    CellChange("added", "half", "def half(number):"),
    CellChange("removed", "setup", "import numpy as np"),
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return made.make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def home(tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The first version, with work in an exercise; version 2 is installed."""
    home = made.home_of(tmp_path)
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "work")
    monkeypatch.setattr(keeping, "materials", lambda: course[2])
    monkeypatch.setattr(keeping, "solution_of", lambda _: course[3][made.ALPHA])
    return home


def kept_by(path: Path | None, home: Home) -> str:
    assert path is not None
    return re.sub(r"\d{4}-\d\d-\d\d-\d{6}", "DATE", home.short(path))


def test_reset_keeps_what_was_there_and_brings_the_newest(home: Home, course: Course) -> None:
    work = (home.folder / made.ALPHA).read_bytes()
    kept = reset(home, LESSON)
    assert kept_by(kept, home) == "kept/01_alpha.DATE.ipynb"
    assert kept is not None
    assert kept.read_bytes() == work
    assert (home.folder / made.ALPHA).read_bytes() == course[2][made.ALPHA].read_bytes()
    changed = [one.path for one in deliver(home, course[3]) if one.verb == "replaced"]
    assert made.ALPHA in changed  # it counts as untouched again


def test_resets_within_a_second_keep_each_state(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recsys_course.classroom.home import delivery

    monkeypatch.setattr(delivery, "dated", lambda home, path: home.kept / path.name)
    monkeypatch.setattr(keeping, "dated", lambda home, path: home.kept / path.name)
    names = []
    for word in ("one", "two"):
        made.write_in(home.folder / made.ALPHA, word)
        kept = reset(home, LESSON)
        assert kept is not None
        names.append(home.short(kept))
        assert word in kept.read_text()
    assert names == ["kept/01_alpha.ipynb", "kept/01_alpha-2.ipynb"]


def test_reset_of_what_is_fresh_keeps_nothing(home: Home, course: Course) -> None:
    reset(home, LESSON)
    before = made.snapshot(home.folder)
    assert reset(home, LESSON) is None
    (home.folder / made.ALPHA).unlink()
    assert reset(home, LESSON) is None
    assert made.snapshot(home.folder) == before
    assert deliver(home, course[2])  # the other files
    assert (home.folder / made.ALPHA).read_bytes() == course[2][made.ALPHA].read_bytes()


def test_reset_removes_what_lay_beside_but_no_work_in_it(home: Home, course: Course) -> None:
    deliver(home, course[2])
    assert (home.folder / NEW).is_file()
    reset(home, LESSON)
    assert not (home.folder / NEW).exists()
    made.write_in(home.folder / made.ALPHA, "more work")
    deliver(home, course[3])
    made.write_in(home.folder / NEW, "in the new one")
    reset(home, LESSON)
    assert b"in the new one" in (home.folder / NEW).read_bytes()
    assert waiting(home) == []


def test_reset_sets_a_python_file_aside_as_it_is_what_would_be_checked(home: Home) -> None:
    script = home.folder / "exercises/01_alpha.py"
    script.write_text("def double(x): return x")
    kept = reset(home, LESSON)
    assert kept_by(kept, home) == "kept/01_alpha.DATE.py"
    assert kept is not None
    assert kept.read_text() == "def double(x): return x"
    assert not script.exists()
    assert home.exercise(LESSON) == home.folder / made.ALPHA
    assert len(list(home.kept.iterdir())) == 2  # the notebook's work, too


def test_reset_of_a_folder_says_what_stands_in_the_way(home: Home) -> None:
    made.make_a_folder(home.folder / made.ALPHA, "note")
    with pytest.raises(OSError, match=r"01_alpha\.ipynb cannot be read or written .*directory"):
        reset(home, LESSON)
    assert (home.folder / made.ALPHA / "note.txt").read_text() == "note"


def test_what_is_saved_during_a_reset_stays(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []

    def save(descriptor: int) -> None:
        syncs.append(descriptor)
        if len(syncs) == 3:  # the kept copy, the original, the file itself
            made.write_in(home.folder / made.ALPHA, "in the last moment")

    monkeypatch.setattr(os, "fsync", save)
    with pytest.raises(OSError, match="another program has saved it just now"):
        reset(home, LESSON)
    assert b"in the last moment" in (home.folder / made.ALPHA).read_bytes()


def test_a_solution_is_laid_down_once(home: Home, course: Course) -> None:
    wanted = course[3][made.ALPHA].read_bytes()
    path = place_solution(home, LESSON)
    assert home.short(path) == "solutions/01_alpha.ipynb"
    assert path.read_bytes() == wanted
    before = made.state(home.folder)
    assert place_solution(home, LESSON) == path
    assert made.state(home.folder) == before


def test_a_solution_that_was_run_stays_and_one_fresh_one_lies_beside(
    home: Home, course: Course
) -> None:
    path = place_solution(home, LESSON)
    made.run_in_jupyterlab(path, "ran")
    ran = path.read_bytes()
    for _ in range(3):  # one, however often it is asked for
        second = place_solution(home, LESSON)
        assert home.short(second) == "solutions/01_alpha-2.ipynb"
    assert path.read_bytes() == ran
    assert len(list(path.parent.iterdir())) == 2


def test_a_newer_version_waits_with_what_changed_in_it(home: Home, course: Course) -> None:
    assert waiting(home) == []
    deliver(home, course[2])
    assert waiting(home) == [Waiting(NEW, made.ALPHA, SECOND)]
    deliver(home, course[3])  # since the file was delivered, not since the last version
    assert waiting(home) == [Waiting(NEW, made.ALPHA, THIRD)]


def test_what_the_learner_wrote_in_the_newer_version_is_no_change_of_the_course(
    home: Home, course: Course
) -> None:
    deliver(home, course[2])
    made.write_in(home.folder / NEW, "mine")
    assert waiting(home) == [Waiting(NEW, made.ALPHA, SECOND)]
    deliver(home, course[3])  # only the newest waits
    assert waiting(home) == [Waiting("exercises/01_alpha.new-2.ipynb", made.ALPHA, THIRD)]


@pytest.mark.parametrize(
    "act",
    [
        made.delete_the_new_one,
        made.rename_the_new_one,
        made.put_the_new_one_over_it,
        made.copy_the_new_one_over_it,
        made.go_on_in_the_new_one,
        made.delete,
    ],
)
def test_nothing_waits_any_more(act: Any, home: Home, course: Course) -> None:
    deliver(home, course[2])
    act(home.folder / made.ALPHA, "x")
    assert waiting(home) == []


@pytest.mark.parametrize("lost", ["delivered.json", "originals"])
def test_without_its_memory_it_says_that_it_does_not_know(
    lost: str, home: Home, course: Course
) -> None:
    path = home.own / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert waiting(home) == []
    deliver(home, course[2])
    assert waiting(home)[0].path == NEW
    assert waiting(home)[0].changes == ()


def test_a_page_waits_without_cells(home: Home, course: Course) -> None:
    made.write_in(home.folder / made.PAGE, "mine")
    deliver(home, course[2])
    assert Waiting("lessons/README.new.md", made.PAGE, ()) in waiting(home)

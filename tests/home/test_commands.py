"""A learner's commands, as they are typed; each in a folder of its own."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recsys_course.classroom import asked, workspace
from recsys_course.classroom.home.place import Home, find
from recsys_course.classroom.home.records import read
from recsys_course.classroom.materials import shipped
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.cli import app

LESSONS = load_syllabus().lessons
MF_LOSS = load_syllabus().lesson("mf_loss")
SOLUTION = shipped() / "solutions" / "03_mf_loss.ipynb"
WRONG = "".join(f"def {one.name}(*_):\n    return 0\n\n\n" for one in MF_LOSS.exercises)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in, of somebody who was given no hint yet."""
    monkeypatch.setattr(asked, "_reached", {})
    folder = tmp_path / "Lina Müller"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run(*words, code=0):
    result = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})
    assert result.exit_code == code, result.output + str(result.exception)
    return " ".join((result.stdout + result.stderr).split())


@pytest.fixture
def home(here):
    run("start")
    return Home(here / "my-course")


def test_start_makes_the_folder_where_one_stands(here):
    told = run("start")
    assert f"20 files are new in {here / 'my-course'}" in told
    assert "Next: read lessons/00_welcome.ipynb, then write exercises/00_welcome.ipynb" in told
    home = Home(here / "my-course")
    for lesson in LESSONS:
        assert (
            home.lesson(lesson).read_bytes()
            == (shipped() / "lessons" / f"{lesson.stem}.ipynb").read_bytes()
        )
        assert home.notebook(lesson).is_file()
    assert (home.folder / "README.md").read_text("utf-8").startswith("# Your own course")
    assert not (home.folder / "solutions").exists()


def test_every_link_of_the_pages_leads_somewhere(home):
    import re

    for page in home.folder.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page}: {link}"


def test_start_again_changes_nothing(home):
    before = {path: path.read_bytes() for path in home.folder.rglob("*.ipynb")}
    told = run("start")
    assert "new" not in told
    assert {path: path.read_bytes() for path in home.folder.rglob("*.ipynb")} == before


def test_start_with_a_lesson_brings_back_what_was_deleted(home):
    home.notebook(MF_LOSS).unlink()
    run("start")
    assert not home.notebook(MF_LOSS).exists()  # it was their wish
    told = run("start", "mf_loss")
    assert home.notebook(MF_LOSS).is_file()
    assert "1 file is new" in told
    assert "Open it: recsys-course lab mf_loss" in told


def test_commands_find_the_folder_from_inside_and_from_beside(home, monkeypatch):
    for folder in (home.folder.parent, home.folder, home.folder / "exercises"):
        monkeypatch.chdir(folder)
        assert "0 of 7 lessons done" in run("status")
    monkeypatch.chdir("/")
    assert "0 of 7 lessons done" in run("status", "--home", home.folder)


def test_in_a_clone_the_folder_is_in_its_root(tmp_path):
    (tmp_path / "lessons" / "source").mkdir(parents=True)
    assert find(tmp_path / "lessons").folder == tmp_path / "my-course"


@pytest.mark.parametrize(
    "words",
    [["status"], ["watch", "mf_loss"], ["update"], ["reset", "mf_loss"], ["solution", "mf_loss"]],
)
def test_without_a_folder_they_say_how_to_make_one(here, words):
    told = run(*words, code=2)
    assert "is no folder of the course; `recsys-course start` makes one" in told
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("command", ["start", "watch", "reset", "solution", "check", "lab"])
def test_a_misspelt_lesson_is_corrected(home, command):
    assert "did you mean 'mf_loss'?" in run(command, "mf_los", code=2)


def test_check_takes_a_lesson_a_path_or_the_next(home):
    home.notebook(MF_LOSS).write_bytes(SOLUTION.read_bytes())
    assert "5 of 5 points" in run("check", "mf_loss")
    assert "5 of 5 points" in run("check", home.notebook(MF_LOSS))
    assert read(home.progress).functions["sgd_step"].attempts == 2
    assert "00_welcome.ipynb" in run("check", code=1)
    assert "1 of 7 lessons done" in run("status")


def test_check_of_a_deleted_exercise_says_how_to_get_it(home):
    home.notebook(MF_LOSS).unlink()
    assert "`recsys-course start mf_loss` brings it" in run("check", "mf_loss", code=2)


def test_status_takes_over_the_progress_of_another_machine(home, tmp_path):
    other = tmp_path / "progress.json"
    other.write_text('{"format": 1, "functions": {"rmse": {"attempts": 7, "passed": "2026"}}}')
    run("status", "--merge", other)
    assert read(home.progress).functions["rmse"].attempts == 7
    assert "there is no nowhere.json" in run("status", "--merge", "nowhere.json", code=2)


def test_hints_come_one_after_the_other_and_are_remembered(home):
    exercise = MF_LOSS.exercise("sgd_step")
    for n in (1, 2, 3, 3):
        told = run("hint", "sgd_step")
        assert f"hint {n} of 3" in told
        assert " ".join(exercise.hints[n - 1].split()) in told
    assert read(home.progress).functions["sgd_step"].hints == 3
    assert "hint 1 of 3" in run("hint", "sgd_step", "--level", "1")


def test_the_solution_comes_after_an_honest_attempt(home):
    told = run("solution", "mf_loss", code=2)
    assert "not attempted yet: predict_ratings, observed_squared_error" in told
    assert "recsys-course hint predict_ratings" in told
    assert not (home.folder / "solutions").exists()
    (home.folder / "exercises" / "03_mf_loss.py").write_text(WRONG)
    told = run("solution", "mf_loss")
    copy = home.folder / "solutions" / "03_mf_loss.ipynb"
    assert str(copy) in told
    assert "Open it: recsys-course lab solutions/03_mf_loss.ipynb" in told
    assert copy.read_bytes() == SOLUTION.read_bytes()


def test_or_anyway_and_never_over_the_learners_own(home):
    copy = home.folder / "solutions" / "03_mf_loss.ipynb"
    run("solution", "mf_loss", "--anyway")
    copy.write_text("my notes")
    run("solution", "mf_loss", "--anyway")
    assert copy.read_text() == "my notes"
    second = home.folder / "solutions" / "03_mf_loss-2.ipynb"
    assert second.read_bytes() == SOLUTION.read_bytes()


def test_reset_keeps_the_old_exercise(home):
    fresh = home.notebook(MF_LOSS).read_bytes()
    home.notebook(MF_LOSS).write_text("my answers")
    told = run("reset", "mf_loss")
    assert home.notebook(MF_LOSS).read_bytes() == fresh
    (kept,) = home.kept.iterdir()
    assert kept.read_text() == "my answers"
    assert f"the old one is kept/{kept.name}" in told
    run("reset", "mf_loss")
    assert len(list(home.kept.iterdir())) == 1  # there was nothing to keep


def test_update_brings_what_is_new_and_keeps_what_is_theirs(home, monkeypatch, tmp_path):
    from recsys_course.classroom import materials as module

    newer = tmp_path / "newer"
    for name, path in module.materials().items():
        notebook = newer / name
        notebook.parent.mkdir(parents=True, exist_ok=True)
        notebook.write_bytes(path.read_bytes())
    changed = json.loads((newer / "exercises" / "03_mf_loss.ipynb").read_text("utf-8"))
    changed["cells"][0]["source"] = ["# A better title"]
    (newer / "exercises" / "03_mf_loss.ipynb").write_text(json.dumps(changed), "utf-8")
    (newer / "lessons" / "glossary.md").write_text("more words", "utf-8")
    names = list(module.materials())
    monkeypatch.setattr(module, "materials", lambda: {name: newer / name for name in names})
    mine = home.notebook(MF_LOSS).read_text("utf-8").replace("raise NotImpl", "return NotImpl")
    home.notebook(MF_LOSS).write_text(mine, "utf-8")

    told = run("update")
    assert "lessons/glossary.md: newer version" in told
    assert (
        "exercises/03_mf_loss.ipynb stays as you wrote it; its newer version is "
        "exercises/03_mf_loss.new.ipynb" in told
    )
    assert home.notebook(MF_LOSS).read_text("utf-8") == mine
    assert "changed title: # A better title" in run("status")
    assert "everything is up to date" in run("update")


def test_lab_opens_the_next_unfinished_lesson(here, monkeypatch):
    opened = []
    monkeypatch.setattr(workspace, "open_lab", lambda *given: opened.append(given) or 0)
    run("lab")
    home = Home(here / "my-course")
    assert opened.pop() == (home.folder, "lessons/00_welcome.ipynb", None)
    home.progress.write_text('{"format": 1, "functions": {"mean_rating": {"state": "passed"}}}')
    run("lab")
    assert opened.pop() == (home.folder, "lessons/01_interactions.ipynb", None)
    run("lab", "mf_loss", "--no-browser")
    assert opened.pop() == (home.folder, "lessons/03_mf_loss.ipynb", False)
    run("lab", "exercises/03_mf_loss.ipynb")
    assert opened.pop() == (home.folder, "exercises/03_mf_loss.ipynb", None)


def test_the_tracked_originals_are_untouched(home):
    originals = shipped()
    for path in home.folder.rglob("*.ipynb"):
        assert not path.is_symlink()
        assert not path.samefile(originals / path.relative_to(home.folder))


def test_watch_checks_now_and_at_every_save_until_ctrl_c(home):
    path = home.folder / "exercises" / "00_welcome.py"
    path.write_text("def mean_rating(*_):\n    return 0\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "recsys_course.cli", "watch", "welcome"],
        cwd=home.folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout])
    reader.start()

    def until(text):
        while text not in (line := lines.get(timeout=120)):
            pass
        return line

    try:
        until("0 of 1 points")
        path.write_text("def mean_rating(\n")  # half-typed
        until("0 of 1 points")
        answer = json.loads((shipped() / "solutions" / "00_welcome.ipynb").read_text("utf-8"))
        cells = ["".join(c["source"]) for c in answer["cells"] if c["cell_type"] == "code"]
        unfinished = path.with_suffix(".part")
        unfinished.write_text("\n\n".join(cells))
        unfinished.replace(path)  # as editors save
        until("1 of 1 points")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert "stopped watching; nothing was lost" in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
        process.stderr.close()
    assert read(home.progress).functions["mean_rating"].state == "passed"


def test_paths_are_told_as_they_are_typed(home):
    assert Path(home.short(home.notebook(MF_LOSS))) == Path("exercises/03_mf_loss.ipynb")

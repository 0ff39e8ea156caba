"""An exercise that was cut off while it was saved, or half merged: what is said, what is kept."""

import json
import os
import re
import subprocess
import sys

import pytest

from recsys_course.classroom.home.watching import watch
from recsys_course.classroom.syllabus import load_syllabus

WELCOME = load_syllabus().lesson("welcome")
MERGED = '{\n "cells": [\n<<<<<<< HEAD\n  {}\n=======\n  []\n>>>>>>> theirs\n ]\n}\n'
ANEW = "`recsys-course reset welcome` begins anew and keeps this file as well."
SAVED = 1_790_000_000  # some moment
BROKEN = {
    "marks of a merge": (
        MERGED,
        "it holds the marks of an unsettled merge (<<<<<<<); settle it first.",
    ),
    "cut off": ('{\n "cells": [\n  {"cell_ty', "this is not a notebook (line 3); is it cut off?"),
    "empty": ("", "the file is empty."),
}


@pytest.fixture
def path(home):
    return home.notebook(WELCOME)


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_every_command_says_so_and_how_to_get_on(text, reason, home, path, run):
    path.write_text(text)
    sentence = f"{path}: {reason} {ANEW}"
    assert run("check", "welcome", code=2) == f"{sentence}\n"
    assert run("solution", "welcome", code=2) == f"{sentence}\n"
    assert next(watch(home, WELCOME)) == sentence
    told = " ".join(run("status").split())
    assert f"exercises/00_welcome.ipynb: {reason} {ANEW}" in told
    assert run("update") == "everything is up to date\n"
    assert path.read_text() == text  # nobody but its owner touches it
    told = run("reset", "welcome")
    assert "exercises/00_welcome.ipynb is new again; the old one is kept/00_welcome." in told
    (kept,) = home.kept.iterdir()
    assert kept.read_text() == text
    assert "○ mean_rating: not attempted" in run("check", "welcome", code=1)


def keep_checkpoint(path, content, saved=SAVED):
    checkpoint = path.parent / ".ipynb_checkpoints" / "00_welcome-checkpoint.ipynb"
    checkpoint.parent.mkdir(exist_ok=True)
    checkpoint.write_bytes(content)
    os.utime(checkpoint, (saved, saved))
    return checkpoint


def test_a_checkpoint_with_answers_is_named(home, path, answer, run):
    content = answer().read_bytes()
    path.write_text("{")
    checkpoint = keep_checkpoint(path, content)
    told = run("check", "welcome", code=2)
    assert told == (
        f"{path}: this is not a notebook (line 1); is it cut off? An earlier state, saved "
        f"{moment(told)} and with 1 of 1 functions written, is {checkpoint}: close the notebook "
        f"and copy that over it. Or {ANEW}\n"
    )
    told = " ".join(run("status").split())
    assert "is exercises/.ipynb_checkpoints/00_welcome-checkpoint.ipynb: close" in told
    path.write_bytes(checkpoint.read_bytes())  # as it says
    assert "○" not in run("check", "welcome", code=1).splitlines()[1]


def moment(told):
    """The moment that is told, once it is sure that it is that of the file, in local time."""
    from datetime import datetime

    (found,) = re.findall(r"saved (\d{4}-\d\d-\d\d \d\d:\d\d)", told)
    assert datetime.strptime(found, "%Y-%m-%d %H:%M").timestamp() == SAVED - SAVED % 60
    return found


@pytest.mark.parametrize("broken", [True, False])
def test_one_without_answers_or_that_is_broken_itself_is_not(path, run, broken):
    keep_checkpoint(path, b'{"cells": [' if broken else path.read_bytes())
    path.write_text("{")
    assert run("check", "welcome", code=2).endswith(f"is it cut off? {ANEW}\n")


KILLED = """
import os, pathlib, signal, sys
from jupyter_server.services.contents.fileio import atomic_writing
path = sys.argv[1]
text = pathlib.Path(path).read_text("utf-8")
with atomic_writing(path, text=True) as file:  # as JupyterLab saves
    file.write(text[: len(text) // 2])
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_jupyter_is_killed_in_the_middle_of_a_save(path, answer, run):
    content = answer().read_bytes()
    keep_checkpoint(path, content.replace(b"mean_rating(*_)", b"mean_rating(*no)"), SAVED - 60)
    os.utime(path, (SAVED, SAVED))
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert len(path.read_bytes()) < len(content)
    told = run("check", "welcome", code=2)
    before = path.with_name(".~00_welcome.ipynb")
    assert f"saved {moment(told)} and with 1 of 1 functions written, is {before}: close" in told
    assert before.read_bytes() == content  # all of it, and it is younger than the checkpoint


def test_of_files_elsewhere_the_reason_is_all_that_is_known(tmp_path, run):
    path = tmp_path / "00_welcome.ipynb"
    path.write_text("{")
    keep_checkpoint(path, json.dumps({"cells": []}).encode())
    told = run("check", path, code=2)
    assert told == f"{path}: this is not a notebook (line 1); is it cut off?\n"

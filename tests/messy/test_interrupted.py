"""Ctrl-C at any step of a command: one sentence, exit code 130, and nobody left at work."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from recsys_course.classroom.home.records import read

SECONDS = 120  # the longest that a step may take on a busy machine
COMMAND = [sys.executable, "-m", "recsys_course.cli"]
SAID = "stopped; nothing was lost"

# Read by Python before anything else: it waits at a step, so that Ctrl-C comes just there.
SITE = """
import builtins, os, pathlib, sys, time
_there, _step = pathlib.Path(os.environ["THERE"]), os.environ["STEP"]
def _wait():
    if not _there.exists():
        _there.touch()
        time.sleep(300)
class _Finder:
    def find_spec(self, name, path=None, target=None):
        if name == _step:
            _wait()
if _step == "fsync":
    _fsync = os.fsync
    os.fsync = lambda file: (_wait(), _fsync(file))[1]
else:
    sys.meta_path.insert(0, _Finder())
"""
ENDLESS = """
import os, pathlib

def mean_rating(*_):
    pathlib.Path(os.environ["THERE"]).write_text(str(os.getpid()))
    while True:
        pass
"""


@pytest.fixture
def there(tmp_path):
    return tmp_path / "there"


@pytest.fixture
def begun(home, tmp_path, there):
    """Begin a command, as the shell of a terminal does; Ctrl-C reaches all that it starts."""
    started = []

    def start(*words, step="nothing", cwd=home.folder):
        (tmp_path / "site").mkdir(exist_ok=True)
        (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
        paths = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
        variables = {"PYTHONPATH": os.pathsep.join(paths), "THERE": str(there), "STEP": step}
        process = subprocess.Popen(
            [*COMMAND, *words],
            env=os.environ | variables,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # a shell without a terminal starts what runs behind deaf to Ctrl-C
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        started.append(process)
        wait_for(there, process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(path, process):
    end = time.monotonic() + SECONDS
    while not (path.exists() and (path.read_text() or path.stat().st_size == 0)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def interrupted(process):
    """What it says when Ctrl-C is pressed, and how it ends."""
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    return out, err, process.returncode


def assert_gone(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(SECONDS)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("words", "step"),
    [
        (["status"], "typer"),
        (["status"], "recsys_course.cli.teaching"),
        (["start"], "recsys_course.classroom.home.roadmap"),
        (["status"], "recsys_course.classroom.home.survey"),
        (["check", "welcome"], "recsys_course.classroom.submissions"),
        (["hint", "mean_rating"], "recsys_course.classroom.hints"),
        (["lab"], "recsys_course.classroom.workspace"),
        (["update"], "recsys_course.classroom.home.keeping"),
    ],
)
def test_while_the_command_is_still_being_read(begun, words, step):
    out, err, code = interrupted(begun(*words, step=step))
    assert (out, err) == ("", f"{SAID}\n")
    assert code in {130, -signal.SIGINT}  # which a shell reports as 130, too


@pytest.mark.parametrize("words", [["start", "mf_loss"], ["reset", "welcome"], ["status"]])
def test_while_it_writes(begun, home, answer, run, there, words):
    """The next run goes on; what half was written is gone."""
    path = answer()
    mine = path.read_bytes()
    (home.folder / "exercises" / "03_mf_loss.ipynb").unlink()
    out, err, code = interrupted(begun(*words, step="fsync"))
    assert (out, err, code) == ("", f"{SAID}\n", 130)
    assert path.read_bytes() == mine
    run(*words)
    assert list(home.folder.rglob("*.part")) == []
    run("start", "mf_loss")
    assert (home.folder / "exercises" / "03_mf_loss.ipynb").is_file()


def test_a_first_start(begun, tmp_path, run, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out, err, code = interrupted(begun("start", step="fsync", cwd=elsewhere))
    assert (out, err, code) == ("", f"{SAID}\n", 130)
    monkeypatch.chdir(elsewhere)
    assert "20 files are new in" in run("start")
    assert list(elsewhere.rglob("*.part")) == []


@pytest.mark.parametrize("words", [["check", "welcome"], ["status"], ["solution", "welcome"]])
def test_while_answers_run_on_and_on(begun, home, there, words):
    (home.folder / "exercises" / "00_welcome.py").write_text(ENDLESS)
    process = begun(*words)
    worker = int(there.read_text())
    out, err, code = interrupted(process)
    assert (out, err, code) == ("", f"{SAID}\n", 130)
    assert_gone(worker)
    assert "mean_rating" not in read(home.progress).functions


def test_nobody_goes_on_where_the_command_was_killed(begun, home, there):
    (home.folder / "exercises" / "00_welcome.py").write_text(ENDLESS)
    process = begun("check", "welcome")
    worker = int(there.read_text())
    process.kill()  # as when the window is closed, or the memory is short
    process.communicate()
    assert_gone(worker)

"""A learner's folder on a machine where something is wrong, and the commands as they are typed."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import termios

import pytest
from typer.testing import CliRunner

from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.materials import materials, shipped
from recsys_course.cli import app

COMMAND = [sys.executable, "-m", "recsys_course.cli"]
QUIET = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING", "DISPLAY")


@pytest.fixture(scope="session")
def delivered(tmp_path_factory):
    """A folder as `recsys-course start` makes it."""
    home = Home(tmp_path_factory.mktemp("delivered") / "my-course")
    deliver(home, materials())
    return home.folder


@pytest.fixture
def home(delivered, tmp_path, monkeypatch):
    """A folder of one's own, with the learner standing in it."""
    folder = tmp_path / "Mein Kurs ü" / "my-course"
    shutil.copytree(delivered, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("RECSYS_COURSE_HOME", raising=False)
    return Home(folder)


@pytest.fixture
def run():
    """A command in this process: what it printed, and how it ended."""

    def invoke(*words, code=0, columns="100"):
        result = CliRunner().invoke(app, [str(one) for one in words], env={"COLUMNS": columns})
        said = result.stdout + result.stderr
        assert result.exit_code == code, said + str(result.exception)
        assert "Traceback" not in said
        return said

    return invoke


def environment(**variables):
    """The variables of this machine, but for those that say what a terminal is like."""
    return {name: text for name, text in os.environ.items() if name not in QUIET} | variables


@pytest.fixture
def typed():
    """A command in a process of its own, whose output goes into pipes or a file."""

    def start(*words, before=(), cwd=None, stdout=subprocess.PIPE, **variables):
        return subprocess.run(
            [*before, *COMMAND, *(str(one) for one in words)],
            env=environment(**variables),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=300,
            check=False,
        )

    return start


@pytest.fixture
def in_terminal(home):
    """A command in a terminal of 60 columns; gives what arrived there, and the exit code."""

    def start(*words, **variables):
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (24, 60))
        process = subprocess.Popen(
            [*COMMAND, *words],
            env=environment(**{"TERM": "xterm-256color"} | variables),
            cwd=home.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        arrived = b""
        with contextlib.suppress(OSError):  # nobody holds the other side any more
            while chunk := os.read(ours, 65536):
                arrived += chunk
        os.close(ours)
        return arrived.decode().replace("\r\n", "\n"), process.wait()

    return start


@pytest.fixture
def answer(home):
    """Write answers to the first exercise into its notebook, right or wrong; gives its path."""

    def write(function="def mean_rating(*_):\n    return 0\n"):
        path = home.folder / "exercises" / "00_welcome.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        for cell in notebook["cells"]:
            if "exercise" in cell["metadata"].get("tags", []):
                cell["source"] = function
        path.write_text(json.dumps(notebook, indent=1), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def solved():
    """The solution of the first exercise, as a notebook."""
    return json.loads((shipped() / "solutions" / "00_welcome.ipynb").read_text("utf-8"))


@pytest.fixture
def as_an_ordinary_user():
    """Words before a command that make even root keep to what the files allow."""
    code = (
        "import ctypes, os, sys\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "for right in (1, 2, 3):  # to write and read what one may not, to change its rights\n"
        "    assert os.geteuid() or libc.prctl(24, right, 0, 0, 0) == 0, 'root keeps its rights'\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    return [sys.executable, "-c", code]


@pytest.fixture
def closed():
    """Take the leave to write from folders and their files; given back in the end."""
    taken = []

    def take(*paths):
        for path in paths:
            taken.append((path, path.stat().st_mode))
            path.chmod(path.stat().st_mode & ~0o222)

    yield take
    for path, mode in reversed(taken):
        path.chmod(mode)

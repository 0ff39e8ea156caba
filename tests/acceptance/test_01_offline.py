"""Property 1: with sockets blocked (loopback aside), lessons run and exercises can be checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
STEMS = [lesson.stem for lesson in load_syllabus().lessons]

# Python runs a `sitecustomize` on its path at every start, so children of children are blocked too.
BLOCK = """
import sys

def local(host):
    return host is None or host == "localhost" or str(host).startswith(("127.", "::1"))

def block(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not local(address[0]):
            raise PermissionError(f"blocked: {address}")
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if not local(arguments[0]):
            raise PermissionError(f"blocked: {arguments[0]}")

sys.addaudithook(block)
"""

RUN_NOTEBOOK = """
import sys
import nbformat
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in nbformat.read(sys.argv[1], as_version=4).cells:
    if cell.cell_type == "code":
        shell.run_cell(cell.source).raise_error()
"""

PROVE_THE_BLOCK = """
import socket, subprocess, sys, urllib.request

blocked = 0
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=5),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"?", ("192.0.2.1", 53)),
    lambda: socket.getaddrinfo("example.org", 443),
    lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=5),
):
    try:
        attempt()
    except OSError as error:
        blocked += "blocked: " in str(error)
print("blocked", blocked)
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    socket.create_connection(server.getsockname(), timeout=5).close()
print("loopback is open")
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"], check=True)
"""


@pytest.fixture
def offline(tmp_path):
    """Run Python where nothing but loopback answers, and where no data have been prepared."""
    (tmp_path / "block").mkdir()
    (tmp_path / "block" / "sitecustomize.py").write_text(BLOCK, "utf-8")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "block"), str(ROOT)]),
        "RECSYS_COURSE_CACHE": str(tmp_path / "cache"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "MPLBACKEND": "Agg",
    }

    def run(*arguments, script: str | None = None) -> str:
        if script is not None:
            (tmp_path / "script.py").write_text(script, "utf-8")
            arguments = (tmp_path / "script.py", *arguments)
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    return run


def test_the_block_bites_in_a_process_and_in_its_children(offline):
    said = offline(script=PROVE_THE_BLOCK)
    assert said.count("blocked 4") == 2
    assert said.count("loopback is open") == 2


@pytest.mark.parametrize("stem", STEMS)
def test_the_lesson_runs(offline, stem):
    offline(ROOT / "lessons" / f"{stem}.ipynb", script=RUN_NOTEBOOK)


@pytest.mark.parametrize("stem", STEMS)
def test_the_untouched_exercise_runs_and_is_answered(offline, stem):
    said = offline(ROOT / "exercises" / f"{stem}.ipynb", script=RUN_NOTEBOOK)
    assert said.count(": not attempted") == 5


@pytest.mark.parametrize("stem", STEMS)
def test_the_solution_runs_and_passes(offline, stem):
    said = offline(ROOT / "solutions" / f"{stem}.ipynb", script=RUN_NOTEBOOK)
    assert said.count(": passed (") == 5


@pytest.mark.parametrize("stem", STEMS)
def test_a_file_of_answers_is_checked(offline, stem):
    answers = ROOT / "solutions" / f"{stem}.ipynb"
    assert "5 of 5 points" in offline("-m", "recsys_course.cli", "check", answers)

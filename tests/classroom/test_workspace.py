"""JupyterLab is started for real, without a browser, and asked over HTTP."""

import contextlib
import http.server
import importlib.util
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from recsys_course.classroom import workspace

START = (
    "import pathlib, sys; from recsys_course.classroom.workspace import open_lab; "
    "sys.exit(open_lab(pathlib.Path(sys.argv[1]), 'lessons/03_mf loss.ipynb'))"
)
SECONDS = 120  # the longest that a start may take on a busy machine


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "Mein Kurs ü"
    (root / "lessons").mkdir(parents=True)
    notebook = nbformat.v4.new_notebook()
    nbformat.write(notebook, root / "lessons" / "03_mf loss.ipynb")
    nbformat.write(notebook, root / "lessons" / "11_later.ipynb")
    return root


@pytest.fixture
def lab(
    course: Path, tmp_path: Path, address_in: Any
) -> Iterator[tuple[subprocess.Popen[str], str, str, str]]:
    """A running JupyterLab, with the port, path and token that it printed."""
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    environment = {name: text for name, text in os.environ.items() if "DISPLAY" not in name}
    environment.pop("BROWSER", None)
    environment |= {name: str(tmp_path / name) for name in folders}
    environment["JUPYTER_RUNTIME_DIR"] = str(tmp_path / "runtime")
    environment["JUPYTER_PORT"] = "0"  # any: another test starts one at the same moment
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(course)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        found = address_in(tmp_path / "log", process)
        assert found.string.startswith("No browser opens here: copy the address")
        yield process, *found.groups()
    finally:
        with contextlib.suppress(ProcessLookupError):  # nothing of the group is left: good
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_it_opens_on_the_notebook_and_ends_with_ctrl_c(
    lab: tuple[subprocess.Popen[str], str, str, str], tmp_path: Path
) -> None:
    process, port, path, token = lab

    def get(what: str) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{what}", headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return json.load(reply)

    assert path == "/lab/tree/lessons/03_mf%20loss.ipynb"
    assert get("/api/status")["kernels"] == 0
    names = [entry["name"] for entry in get("/api/contents/lessons")["content"]]
    assert sorted(names) == ["03_mf loss.ipynb", "11_later.ipynb"]
    settings = get("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    defaults = settings["schema"]["properties"]
    assert defaults["fetchNews"]["default"] == "false"
    assert defaults["checkForUpdates"]["default"] is False
    settings = get("/lab/api/settings/@jupyterlab/docmanager-extension:plugin")
    defaults = settings["schema"]["properties"]
    assert defaults["autosaveInterval"]["default"] == 10
    assert defaults["defaultViewers"]["default"] == {"markdown": "Markdown Preview"}
    assert not list(tmp_path.rglob("*.jupyterlab-settings"))  # the learner's own are untouched
    os.killpg(process.pid, signal.SIGINT)  # there is no terminal to ask in
    assert process.wait(SECONDS) == 0


ENDLESS = """
import signal, sys, time

def note(number, _frame):
    print(signal.Signals(number).name, flush=True)
    if number == signal.SIGTERM and sys.argv[1] == "ends when told":
        sys.exit(0)

signal.signal(signal.SIGINT, note)
signal.signal(signal.SIGTERM, note)
print("ready", flush=True)
while True:
    time.sleep(0.1)
"""
PATCHED = (
    "import sys; from recsys_course.classroom import workspace; workspace._PATIENCE = 1.0; "
    "sys.exit(workspace._run([sys.executable, '-c', *sys.argv[1:]]))"
)


def started(kind: str, stdin: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PATCHED, ENDLESS, kind],
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("kind", ["ends when told", "hangs"])
def test_ctrl_c_ends_a_jupyterlab_that_has_missed_it(kind: str) -> None:
    with started(kind, subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read().split() == ["SIGINT", "SIGTERM"]
        assert process.wait(SECONDS) == 0


def test_in_a_terminal_jupyter_asks_and_is_left_to_it() -> None:
    ours, terminal = pty.openpty()
    with started("hangs", terminal) as process:
        os.close(terminal)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "SIGINT\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)
        os.killpg(process.pid, signal.SIGKILL)
    os.close(ours)


def test_it_is_opened_once_for_a_folder_and_ends_with_who_started_it(
    lab: tuple[subprocess.Popen[str], str, str, str],
    course: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    process, port, _, token = lab
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    address = f"http://localhost:{port}/lab/tree/lessons/03_mf%20loss.ipynb?token={token}"
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    assert workspace.running_at(course) == f"http://localhost:{port}/lab?token={token}"
    assert workspace.running_at(course / "lessons") is None  # another folder
    assert workspace.how_to_open(course, "lessons/03_mf loss.ipynb") == f"Open it: {address}"
    told = f"JupyterLab is open on this folder already: {address}\n"
    assert workspace.open_lab(course, "lessons/03_mf loss.ipynb", browser=False) == 0
    assert capsys.readouterr().err == told
    assert opened == []
    assert workspace.open_lab(course, "lessons/03_mf loss.ipynb", browser=True) == 0
    assert capsys.readouterr().err == told
    assert opened == [address]

    process.terminate()
    process.wait(SECONDS)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=SECONDS).close()


def test_a_jupyterlab_that_is_killed_is_told_of(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kill = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    monkeypatch.setattr(workspace, "_command", lambda *_: kill)
    assert workspace.open_lab(course, "lessons/11_later.ipynb", browser=True) == 137
    assert capsys.readouterr().err == (
        "error: JupyterLab was killed (signal 9; often the machine had no memory left). What had "
        "been saved is there: run `recsys-course lab` again.\n"
    )


class _NoJupyter(http.server.BaseHTTPRequestHandler):
    """Some other program that has taken the port since."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>hello</html>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("port_is", ["closed", "somebody else's"])
def test_what_is_left_of_a_killed_jupyterlab_does_not_count(
    port_is: str, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    with http.server.HTTPServer(("127.0.0.1", 0), _NoJupyter) as server:
        port = server.server_port
        left = {
            "pid": os.getpid(),  # numbers of processes are used again
            "root_dir": str(course),
            "token": "0123",
            "url": f"http://127.0.0.1:{port}/",
        }
        (runtime / "jpserver-1.json").write_text(json.dumps(left), "utf-8")
        if port_is == "closed":
            server.server_close()
            assert workspace.running_at(course) is None
        else:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                assert workspace.running_at(course) is None
            finally:
                server.shutdown()
                thread.join()
    assert workspace.how_to_open(course, "lessons/11_later.ipynb") == (
        "Open it: recsys-course lab lessons/11_later.ipynb"
    )


def test_the_notebook_is_missing(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.open_lab(course, "lessons/04_absent.ipynb") == 1
    assert capsys.readouterr().err == (
        f"error: there is no lessons/04_absent.ipynb in {course}; `recsys-course start` with the "
        "name of its lesson brings back what was deleted\n"
    )


def test_jupyterlab_is_missing(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert workspace.open_lab(course, "lessons/11_later.ipynb") == 1
    assert capsys.readouterr().err == (
        "error: JupyterLab is not installed; run: python bootstrap.py in a clone, or "
        "pip install 'recsys-course[lab,tensorflow]'\n"
    )
    assert workspace.how_to_open(course, "lessons/11_later.ipynb") == (
        "Open it: recsys-course lab lessons/11_later.ipynb"
    )


@pytest.mark.parametrize(
    ("platform", "variables", "works", "expected"),
    [
        ("linux", {}, True, False),  # webbrowser would take a text browser
        ("linux", {"DISPLAY": ":0"}, True, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True, True),
        ("linux", {"BROWSER": "firefox"}, True, True),
        ("linux", {"DISPLAY": ":0"}, False, False),
        ("darwin", {}, True, True),
        ("win32", {}, True, True),
    ],
)
def test_where_a_browser_is_opened(
    platform: str,
    variables: dict[str, str],
    works: bool,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get() -> None:
        if not works:
            raise webbrowser.Error("could not locate runnable browser")

    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(webbrowser, "get", get)
    assert workspace._has_browser() is expected


@pytest.mark.parametrize(("user", "expected"), [(0, True), (1000, False)])
def test_only_root_is_allowed_to_be_root(
    user: int, expected: bool, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    command = workspace._command(course, "lessons/11_later.ipynb", browser=True)
    assert ("--allow-root" in command) is expected
    assert "--no-browser" not in command

"""JupyterLab is opened twice, its port is taken, it was killed, and its folder has an odd name."""

import contextlib
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from recsys_course.classroom.workspace import how_to_open, running_at

NAME = "Mein Kurs ü 日本 #1 50% who? 'q' \"d\""
SECONDS = 120  # the longest that a start may take on a busy machine


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    """Where JupyterLabs say that they run: nobody else's."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    return folder


@pytest.fixture
def taken():
    """A port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def lab(tmp_path, runtime, taken, address_in):
    """A JupyterLab on that folder, told to take that port; gives process, folder and its log."""
    folder = tmp_path / NAME / "my-course"
    kept = {name: text for name, text in os.environ.items() if "DISPLAY" not in name}
    command = [sys.executable, "-m", "recsys_course.cli", "lab", "mf_loss", "--no-browser"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--home", str(folder)],
            env=kept | {"JUPYTER_PORT": str(taken)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        found = address_in(tmp_path / "log", process)
        yield process, folder, found
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_second_opens_the_first_and_a_killed_one_is_forgotten(lab, taken, runtime, run):
    process, folder, found = lab
    port, path, token = found.groups()
    assert int(port) != taken
    assert path == "/lab/tree/lessons/03_mf_loss.ipynb"
    address = f"http://127.0.0.1:{port}/api/contents/lessons/03_mf_loss.ipynb?token={token}"
    with urllib.request.urlopen(address, timeout=SECONDS) as reply:
        assert json.load(reply)["type"] == "notebook"

    opened = f"http://localhost:{port}/lab/tree/"
    said = run("lab", "exercises/03_mf_loss.ipynb", "--no-browser", "--home", folder)
    assert said == (
        "JupyterLab is open on this folder already: "
        f"{opened}exercises/03_mf_loss.ipynb?token={token}\n"
    )
    said = run("solution", "mf_loss", "--anyway", "--home", folder, columns="60")
    assert said.splitlines()[1] == f"Open it: {opened}solutions/03_mf_loss.ipynb?token={token}"
    assert running_at(folder.parent) is None  # another folder may have one of its own

    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (note,) = runtime.glob("jpserver-*.json")
    told = json.loads(note.read_text("utf-8"))
    note.with_name(f"jpserver-{os.getpid()}.json").write_text(
        json.dumps(told | {"pid": os.getpid()})
    )
    assert running_at(folder) is None  # though a program has its number again


class Answers(http.server.BaseHTTPRequestHandler):
    """A server as Jupyter's: strangers learn its version, whoever has the token its state."""

    def do_GET(self):
        known = self.path in {"/api", "/api/status?token=secret"}
        self.send_response(200 if known else 403)
        self.end_headers()
        self.wfile.write(b'{"version": "2.0"}')

    def log_message(self, *_):
        """Nothing is said of it."""


@pytest.fixture
def server(runtime):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        threading.Thread(target=running.serve_forever).start()
        yield running.server_address[1]
        running.shutdown()


@pytest.mark.parametrize(
    ("token", "tail"), [("secret", "?token=secret"), ("", ""), ("of another", None)]
)
def test_it_is_found_behind_a_proxy_and_with_a_password(
    token, tail, server, runtime, tmp_path, monkeypatch
):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    address = f"http://localhost:{server}/"
    told = {"pid": os.getpid(), "url": address, "root_dir": str(tmp_path), "token": token}
    (runtime / f"jpserver-{os.getpid()}.json").write_text(json.dumps(told))
    if tail is None:
        assert running_at(tmp_path) is None
        assert how_to_open(tmp_path, "a.ipynb", " --home x") == (
            "Open it: recsys-course lab a.ipynb --home x"
        )
    else:
        assert running_at(tmp_path) == f"{address}lab{tail}"
        assert how_to_open(tmp_path, "a b.ipynb") == f"Open it: {address}lab/tree/a%20b.ipynb{tail}"


def test_the_link_of_a_folder_is_the_folder(server, runtime, tmp_path):
    folder = tmp_path / "real"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    told = {"pid": os.getpid(), "url": f"http://localhost:{server}/", "token": "secret"}
    note = runtime / f"jpserver-{os.getpid()}.json"
    note.write_text(json.dumps(told | {"root_dir": str(folder)}))
    assert running_at(Path(tmp_path / "link")) is not None

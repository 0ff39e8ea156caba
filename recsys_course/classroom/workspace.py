"""JupyterLab, opened on a lesson."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
import webbrowser
from pathlib import Path

from rich.console import Console

__all__ = ["how_to_open", "open_lab", "running_at"]

_INSTALL = "python bootstrap.py in a clone, or pip install 'recsys-course[lab,tensorflow]'"
_SETTINGS = Path(__file__).parent / "lab_settings"
_PATIENCE = 20.0  # seconds that JupyterLab may take to end, and its kernels with it


def open_lab(root: Path, notebook: str, browser: bool | None = None) -> int:
    """Starts JupyterLab on a notebook and waits until it is shut down.

    Nothing is written to the learner's own settings: what the course sets (no news, no looking for
    updates) is a default of this one start, which the learner's own settings override. Where a
    JupyterLab shows this folder already, that one is opened, as two would save over each other.

    Args:
        root: The folder that JupyterLab shows.
        notebook: The notebook's path relative to root, with forward slashes.
        browser: Whether to open a browser; None opens one where there is one.

    Returns:
        JupyterLab's exit code, 0 where it was running, 1 where it could not be started, more than
        128 where it was killed.
    """
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    if (hindrance := _hindrance(root, notebook)) is not None:
        console.print(f"error: {hindrance}")
        return 1
    with_browser = _has_browser() if browser is None else browser
    if (address := running_at(root)) is not None:
        address = _at(address, notebook)
        console.print(f"JupyterLab is open on this folder already: {address}")
        if with_browser:
            webbrowser.open(address)
        return 0
    if not with_browser:
        console.print(
            "No browser opens here: copy the address that begins with http://127.0.0.1 from the "
            "lines below into a browser on this machine; Ctrl-C ends JupyterLab."
        )
    code = _run(_command(root, notebook, with_browser))
    if code >= 0:
        return code
    console.print(
        f"error: JupyterLab was killed (signal {-code}; often the machine had no memory left). "
        "What had been saved is there: run `recsys-course lab` again."
    )
    return 128 - code  # as a shell says it


def _run(command: list[str]) -> int:
    """Runs JupyterLab until it ends; its exit code, below 0 where somebody's signal ended it.

    In a terminal Jupyter asks what Ctrl-C means. Elsewhere it ends by an exception, which Python
    drops where it falls into a weak reference's end; so it is told once more, then killed.
    """
    process = subprocess.Popen(command)
    # Who ends this process means JupyterLab, which would otherwise go on without it.
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    asks = sys.platform != "win32" and sys.stdin is not None and sys.stdin.isatty()
    patience, told = None, False
    try:
        while True:
            try:
                return process.wait(patience)
            except KeyboardInterrupt:  # Jupyter got it too
                patience = None if asks else _PATIENCE
            except subprocess.TimeoutExpired:
                if told:
                    process.kill()
                    process.wait()
                    return 0  # as was asked for
                process.terminate()
                told = True
    finally:
        signal.signal(signal.SIGTERM, before)


def _hindrance(root: Path, notebook: str) -> str | None:
    """Why JupyterLab could not open a notebook, and what to do; None where it can."""
    if not (root / notebook).is_file():
        return (
            f"there is no {notebook} in {root}; `recsys-course start` with the name of its lesson "
            "brings back what was deleted"
        )
    if importlib.util.find_spec("jupyterlab") is None:
        return f"JupyterLab is not installed; run: {_INSTALL}"
    from jupyter_core.paths import jupyter_runtime_dir

    runtime = Path(jupyter_runtime_dir())  # where it says to other programs that it runs
    with contextlib.suppress(OSError):  # told below
        runtime.mkdir(parents=True, exist_ok=True)
    if not os.access(runtime, os.W_OK):
        return (
            f"JupyterLab cannot write in {runtime}; set JUPYTER_RUNTIME_DIR to a folder of your "
            "own, then run this again"
        )
    return None


def running_at(root: Path) -> str | None:
    """The address of a JupyterLab that shows this folder already, with its token; None without."""
    from jupyter_server.serverapp import list_running_servers

    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
    for server in list_running_servers():
        if Path(server["root_dir"]).resolve() != root.resolve():
            continue
        query = f"?{urllib.parse.urlencode({'token': server['token']})}" if server["token"] else ""
        # one with a password says its version alone to strangers
        status = f"api/status{query}" if query else "api"
        try:
            with direct.open(f"{server['url']}{status}", timeout=5) as reply:
                json.load(reply)
        except (OSError, ValueError):  # what is left of one that was killed
            continue
        return f"{server['url']}lab{query}"
    return None


def how_to_open(root: Path, notebook: str, options: str = "") -> str:
    """How to see a notebook: the address where JupyterLab is open, else the command.

    Args:
        root: The learner's folder.
        notebook: The notebook's path in it.
        options: What the command needs besides, to find the folder.
    """
    running = None
    if importlib.util.find_spec("jupyter_server") is not None:
        running = running_at(root)
    if running is None:
        return f"Open it: recsys-course lab {notebook}{options}"
    return f"Open it: {_at(running, notebook)}"


def _at(address: str, notebook: str) -> str:
    """The address of a notebook in a JupyterLab that runs."""
    server, lab, query = address.partition("/lab?")
    if not lab:
        return f"{address}/tree/{urllib.parse.quote(notebook)}"
    return f"{server}/lab/tree/{urllib.parse.quote(notebook)}?{query}"


def _command(root: Path, notebook: str, browser: bool) -> list[str]:
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={root.resolve()}",
        f"--LabApp.default_url=/lab/tree/{urllib.parse.quote(notebook)}",
        f"--LabApp.app_settings_dir={_SETTINGS}",
    ]
    if not browser:
        command.append("--no-browser")
    if getattr(os, "geteuid", lambda: 1)() == 0:  # containers; Jupyter refuses root unless told
        command.append("--allow-root")
    return command


def _has_browser() -> bool:
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        return False  # else a text browser in the terminal would be taken for one
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True

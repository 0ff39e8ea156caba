"""What the browser tests share: a learner's JupyterLab, and a browser that reaches nothing else.

Four fixtures, each made once for a file of tests:

- ``lab``: JupyterLab as `recsys-course lab` starts it, in an empty folder of a learner's;
- ``browser``: Chromium, in which no name and no address but this machine's leads anywhere;
- ``page``: a window of it; ``page.outside`` lists what it asked of others, ``page.asked`` the
  questions of the browser itself, which are answered by ``page.answer``;
- ``notebooks``: opens, runs and writes notebooks in that window.

A wait is for a condition, with a limit that a busy machine keeps; never for a time. Longer than
other modules, because pytest takes fixtures for a folder from this one file.
"""

import contextlib
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import sync_playwright

from recsys_course.classroom.doctor import find_chromium

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build-output" / "screenshots" / "e2e"
SECONDS = 180  # the longest that anything but a lesson may take on a busy machine
PAUSE = 200  # milliseconds from one look at a condition to the next
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TABS = ".lm-DockPanel-tabBar"
TAB = f"{TABS} .lm-TabBar-tab.jp-mod-current"
IN_FRONT = """([tab, path]) =>
    document.querySelector(tab)?.title.split('\\n').includes('Path: ' + path)"""
LOCAL = re.compile(r"(https?://(127\.0\.0\.1|localhost)[:/]|data:|blob:)")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+(?=/lab)")

# Python runs a `sitecustomize` on its path at every start: JupyterLab, its kernels and all that
# they start reach this machine alone, and what else they try is written down.
BLOCK = """
import os
import socket
import sys

folder = os.path.dirname(os.path.abspath(__file__))
own = ("", "localhost", socket.gethostname())

def note(name, text):
    with open(os.path.join(folder, name), "a") as file:
        file.write(text + "\\n")

def local(host):
    host = host.decode() if isinstance(host, bytes) else str(host or "")
    return host in own or host.startswith(("127.", "::1"))

def block(event, arguments):
    host = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    if not local(host):
        note("refused", f"{event} {host} by {' '.join(sys.orig_argv)}")
        raise PermissionError(f"blocked: {host}")

sys.addaudithook(block)
note("guarded", " ".join(sys.orig_argv))
"""

# Another edition of the course, as if a newer wheel had been installed.
EDITION = """
import pathlib, sys
from recsys_course.classroom import materials
materials._INSTALLED = pathlib.Path(sys.argv.pop(1))
from recsys_course.cli import app
app()
"""


class Lab:
    """A learner's folder, and JupyterLab in it as the course's own command starts it.

    Attributes:
        folder: Where the learner stands; empty at first.
        home: The learner's own folder of the course.
        environment: What the learner's commands find set.
        address: Where JupyterLab answers.
        said: What the start printed.
    """

    def __init__(self, folder, scratch, token):
        self.folder = folder
        self.home = folder / "my-course"
        self.address = ""
        self.said = ""
        self._scratch = scratch
        self._process = None
        self._block = scratch / "block"
        self._block.mkdir()
        (self._block / "sitecustomize.py").write_text(BLOCK, "utf-8")
        throw_away = (
            *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"),
            *("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "RECSYS_COURSE_CACHE"),
        )
        self.environment = os.environ | {name: str(scratch / name) for name in throw_away}
        self.environment.pop("MPLBACKEND", None)  # set, it would keep figures out of notebooks
        self.environment |= {
            "PYTHONPATH": os.pathsep.join([str(self._block), str(ROOT)]),
            "COLUMNS": "100",
            "JUPYTER_PORT": str(_free_port()),
            "JUPYTER_TOKEN": token,
        }

    def start(self):
        """Start JupyterLab as a learner does, and wait until it answers."""
        log = self._scratch / "log"
        with log.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "recsys_course.cli", "lab", "--no-browser"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

        def answers():
            self.said = log.read_text("utf-8")
            assert self._process.poll() is None, self.said
            if not (found := ADDRESS.search(self.said)):
                return False
            self.address = found[0]
            return self.ask("/api/status")

        wait_until(answers, "JupyterLab")

    def course(self, *words, edition=None):
        """What a command of the course prints, typed where the learner stands."""
        begin = ["-m", "recsys_course.cli"] if edition is None else ["-c", EDITION, str(edition)]
        done = subprocess.run(
            [sys.executable, *begin, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())

    def at(self, path=""):
        """The address of a file in JupyterLab, in a window that shows nothing else."""
        token = self.environment["JUPYTER_TOKEN"]
        return f"{self.address}/lab/tree/{path}?token={token}&reset"

    def ask(self, what, method="GET"):
        """What JupyterLab answers; None if it does not."""
        token = self.environment["JUPYTER_TOKEN"]
        request = urllib.request.Request(
            f"{self.address}{what}", headers={"Authorization": f"token {token}"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as reply:
                return json.loads(reply.read() or "true")
        except OSError:
            return None

    def kernel(self, notebook):
        """The session of a notebook's kernel, and its process; None while one is missing."""
        found = [one for one in self.ask("/api/sessions") or [] if one["path"] == notebook]
        if not found:
            return None
        connection = f"kernel-{found[0]['kernel']['id']}.json"
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                if any(word.endswith(connection) for word in process.cmdline()):
                    return found[0]["kernel"], process
        return None

    def shut_down_kernels(self, but=None):
        """End all kernels but that of one notebook: there are two cores, and little memory."""
        for one in self.ask("/api/sessions") or []:
            if one["path"] != but:
                self.ask(f"/api/sessions/{one['id']}", "DELETE")

    def processes(self):
        """All that the start has started: JupyterLab, and then its kernels."""
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self):
        """JupyterLab dies in the middle of whatever it does; its kernels follow it."""
        processes = self.processes()
        processes[0].kill()
        self._process.wait(SECONDS)
        assert psutil.wait_procs(processes, SECONDS)[1] == []

    def stop(self):
        """End JupyterLab, and whatever is left of it."""
        if self._process is None:
            return
        left = self.processes()
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def noted(self, what):
        """The processes that were kept from the network ("guarded"), or what was "refused"."""
        path = self._block / what
        return path.read_text("utf-8").splitlines() if path.exists() else []


class Notebooks:
    """Notebooks in JupyterLab, as a learner has them in the browser window."""

    def __init__(self, lab, page):
        self.lab = lab
        self.page = page

    def open(self, path):
        """Show a notebook alone, and wait until it is there."""
        self.page.goto(self.lab.at(path))
        self.arrive(path)

    def is_in_front(self, path):
        """Whether a notebook is in front already, and has its kernel."""
        return self.page.evaluate(IN_FRONT, [TAB, path]) and self.lab.kernel(path) is not None

    def arrive(self, path):
        """Wait until a notebook is in front with all its cells, and its kernel is idle.

        Before a kernel is there JupyterLab shows "idle", too, and Run asks which kernel is meant.
        """
        self.front(path)
        n_cells = len(self.saved(path)["cells"])
        self.page.wait_for_function(
            "([notebook, n]) => document.querySelectorAll(notebook + ' .jp-Cell').length === n",
            arg=[NOTEBOOK, n_cells],
            polling=PAUSE,
        )

        def is_idle():
            found = self.lab.kernel(path)
            return found and found[0]["execution_state"] == "idle" and found[0]["connections"]

        self.wait(is_idle, f"an idle kernel of {path}")
        self.page.locator(f"{NOTEBOOK} .jp-Toolbar-kernelName", has_text="Python 3").wait_for()

    def front(self, path):
        """Wait until the tab of a file is in front."""
        self.page.wait_for_function(IN_FRONT, arg=[TAB, path], polling=PAUSE)

    def follow(self, path):
        """Click the last link to a file, and wait until its tab is in front."""
        link = self.page.locator(f"{NOTEBOOK} a[href*='/{path}']").last
        link.scroll_into_view_if_needed()
        link.click()
        self.front(path)

    def close_others(self):
        """Close all tabs but the one in front; what JupyterLab asks about is saved."""
        self.page.locator(TAB).click(button="right")
        self.page.locator('.lm-Menu-item[data-command="application:close-other-tabs"]').click()

        def is_alone():
            if self.page.locator(".jp-Dialog").count():
                self.answer("Save")
            return self.page.locator(f"{TABS} .lm-TabBar-tab").count() == 1

        self.wait(is_alone, "a window with one tab")

    def saved(self, path):
        """A notebook as it is on the disk, where it is empty while JupyterLab writes it."""

        def read():
            with contextlib.suppress(ValueError):
                return json.loads((self.lab.home / path).read_text("utf-8"))

        return self.wait(read, f"the whole of {path}")

    def is_saved(self, path, text):
        """Whether a notebook on the disk has a text in one of its cells."""
        return any(text in "".join(cell["source"]) for cell in self.saved(path)["cells"])

    def save(self, path, text):
        """Save, and wait until a text is on the disk and the page knows."""
        self.page.keyboard.press("Control+s")
        self.wait(lambda: self.is_saved(path, text), f"{text!r} in {path}")
        self.page.locator(f"{TAB}:not(.jp-mod-dirty)").wait_for()

    def cell(self, text):
        """The first code cell with a text."""
        return self.page.locator(f"{NOTEBOOK} .jp-CodeCell").filter(has_text=text).first

    def text(self, cell):
        """What is written in a cell."""
        return cell.locator(".cm-content").inner_text()

    def retype(self, cell, source):
        """Write a cell anew."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, cell):
        """Run a cell; what it answers comes later."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def run_all(self, path, seconds=SECONDS, restart=False):
        """Run a notebook from top to bottom, until all has run or something went wrong.

        With ``restart``, by "Restart Kernel and Run All Cells…", which wants to be confirmed.
        """
        before = self.lab.kernel(path)[1]
        name = "restart-and-run-all" if restart else "run-all"
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator(f'.lm-Menu-item[data-command="runmenu:{name}"]').click()
        if restart:
            assert "All variables will be lost." in self.dialog().inner_text()
            self.answer("Restart")
            self.wait(lambda: (now := self.lab.kernel(path)) and now[1] != before, "a new kernel")
        self.page.wait_for_function(
            """selector => {
              const notebook = document.querySelector(selector);
              const prompts = [...notebook.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
              const status = notebook.querySelector('.jp-Notebook-ExecutionIndicator');
              const all = prompts.every((one, n) => one.textContent === `[${n + 1}]:`);
              return (all && status.dataset.status === 'idle')
                || notebook.querySelector('[data-mime-type="application/vnd.jupyter.error"]')
            }""",
            arg=NOTEBOOK,
            polling=PAUSE,
            timeout=seconds * 1000,
        )

    def complaints(self):
        """What the cells of the notebook print as errors or warnings."""
        types = ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr")
        found = ",".join(f"{NOTEBOOK} [data-mime-type='{one}']" for one in types)
        return self.page.locator(found).all_text_contents()

    def card(self, state, within=None):
        """The first card of a state, once it is there."""
        card = (within or self.page).locator(f".recsys-check[data-state='{state}']").first
        card.wait_for()
        return card

    def dialog(self):
        """JupyterLab's question, once it asks."""
        dialog = self.page.locator(".jp-Dialog").last
        dialog.wait_for()
        return dialog

    def answer(self, button):
        """Press a button of JupyterLab's question."""
        dialog = self.dialog()
        asked = dialog.element_handle()  # this one: another may wait behind it
        dialog.get_by_text(button, exact=True).click()
        self.page.wait_for_function("dialog => !dialog.isConnected", arg=asked, polling=PAUSE)

    def look(self, name, at=None):
        """Keep a screenshot, with something in view, for somebody to look at."""
        if at is not None:
            at.scroll_into_view_if_needed()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def wait(self, condition, what, seconds=SECONDS):
        """Wait while the page goes on: it, too, is served only while Playwright has the turn."""
        return wait_until(condition, what, seconds, lambda: self.page.wait_for_timeout(PAUSE))


def wait_until(condition, what, seconds=SECONDS, pause=lambda: time.sleep(0.2)):
    """What a condition gives when it first holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        pause()
    pytest.fail(f"{what} did not come within {seconds} s")


def _free_port():
    """A port that nobody has, and that no kernel or browser is given by chance meanwhile."""
    ports = range(20_000, 30_000)  # systems give from 32,768 on
    for port in random.SystemRandom().sample(ports, 100):
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a hundred ports are taken")


@pytest.fixture(scope="module")
def free_port():
    return _free_port()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learner") / "Mein Kurs ü"
    folder.mkdir()
    lab = Lab(folder, tmp_path_factory.mktemp("scratch"), token="first")
    try:
        lab.start()
        yield lab
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def browser():
    program = find_chromium()
    assert program is not None, "no Chromium was found; run: make system-packages"
    with sync_playwright() as playwright:
        yield (
            chromium := playwright.chromium.launch(
                executable_path=str(program),
                args=[
                    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                ],
            )
        )
        chromium.close()


@pytest.fixture(scope="module")
def page(browser):
    window = browser.new_page(viewport={"width": 1300, "height": 1000})
    window.set_default_timeout(1000 * SECONDS)
    window.outside = []
    window.asked = []
    window.answer = "accept"

    def note(request):
        if not LOCAL.match(request.url):
            window.outside.append(request.url)

    def answer(dialog):
        window.asked.append(dialog.type)
        getattr(dialog, window.answer)()

    window.on("request", note)
    window.on("dialog", answer)
    yield window
    window.close()


@pytest.fixture(scope="module")
def notebooks(lab, page):
    return Notebooks(lab, page)

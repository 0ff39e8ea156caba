"""Ctrl-C, as a terminal sends it: every long command ends with one sentence, and leaves nothing.

A signal is sent when a command has shown that it is at work, never after a time.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.materials import materials
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[1]
SENTENCE = "stopped; nothing was lost"
SECONDS = 120  # until something is called hung, on a busy machine
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
TRAINING = """
import numpy as np
from recsys_course.classroom import live_curves
from recsys_course.deep.runtime import tf
from recsys_course.deep.trainer import Trainer

def problem(**settings):
    weight, ratings = tf.Variable(0.0), tf.constant([1.0, 2.0, 3.0, 6.0])
    return weight, Trainer(
        [weight],
        lambda batch: tf.reduce_sum((tf.gather(ratings, batch) - weight) ** 2),
        n_examples=4, batch_size=1, epochs=1_000_000, learning_rate=1e-4,
        rng=np.random.default_rng(0), **settings,
    )

with live_curves() as curves:
    weight, trainer = problem(progress=True, on_epoch=curves)
    trainer.fit()
"""
LOOK = """
def stop_there(history):
    if len(history) == len(trainer.history):
        raise KeyboardInterrupt

other_weight, other = problem(on_epoch=stop_there)
try:
    other.fit()
except KeyboardInterrupt:
    assert weight.numpy() == other_weight.numpy()
    assert [one.loss for one in other.history] == [one.loss for one in trainer.history]
    print("as it was after its last whole epoch")
"""
LOOP = """def {}(*_):
    while True:
        pass
"""
ENDLESS = f"""import sys
print("begun", file=sys.stderr, flush=True)


{LOOP}"""


class Command:
    """A command in a process group of its own, as a terminal starts it; `said` is all it said."""

    def __init__(self, *words, folder=ROOT, **environment):
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self.log = (Path(environment.pop("log")) / "said").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "recsys_course.cli", *map(str, words)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def said(self):
        return ESCAPES.sub("", Path(self.log.name).read_text(encoding="utf-8"))

    def wait_until(self, condition):
        end = time.monotonic() + SECONDS
        while not condition():
            assert self.process.poll() is None, f"it ended too early: {self.said}"
            assert time.monotonic() < end, f"it never got there: {self.said}"
            time.sleep(0.02)

    def press_ctrl_c(self):
        os.killpg(self.process.pid, signal.SIGINT)  # a terminal sends it to all of the group
        code = self.process.wait(SECONDS)
        assert code == 130, self.said
        lines = [line for line in re.split(r"[\r\n]+", self.said) if line.strip()]
        assert lines[-1] == SENTENCE
        assert lines.count(SENTENCE) == 1
        assert "Traceback" not in self.said
        assert "Error" not in self.said


@pytest.fixture
def start(tmp_path):
    """Starts a command, and sees to it that nothing of it is left."""
    commands = []

    def start_one(*words, **options):
        commands.append(Command(*words, log=str(tmp_path), **options))
        return commands[-1]

    yield start_one
    for command in commands:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.process.pid, signal.SIGKILL)
        command.process.wait()
        command.log.close()


def nobody_is_left(command):
    """Whether the process group of a command has ended, children too."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:  # what was killed needs a moment to be gone
        try:
            os.killpg(command.process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_compare_writes_no_table_and_no_file(start, tmp_path):
    target = tmp_path / "figures.json"
    command = start("compare", "--json", target, FORCE_COLOR="1", COLUMNS="100", TERM="xterm")
    command.wait_until(lambda: "of 12 models" in command.said)  # its bar
    command.press_ctrl_c()
    assert re.search(r"stopped at \d+ of 12 models after .+ s", command.said)
    assert not target.exists()
    assert "Protocol:" not in command.said


def test_check_ends_what_it_checks(start, tmp_path):
    path = tmp_path / "00_welcome.py"
    path.write_text(ENDLESS.format("mean_rating"))
    command = start("check", path)
    command.wait_until(lambda: "begun" in command.said)
    command.press_ctrl_c()
    assert nobody_is_left(command)
    assert path.read_text() == ENDLESS.format("mean_rating")


def test_status_ends_what_it_checks_and_begins_nothing_more(start, tmp_path):
    home, begun = Home(tmp_path / "my-course"), tmp_path / "begun"
    deliver(home, materials())
    begun.touch()
    note = f"open({str(begun)!r}, 'a').write('begun')"  # what answers print, status leaves out
    for lesson in load_syllabus().lessons[:4]:
        path = home.notebook(lesson)
        notebook = json.loads(path.read_text("utf-8"))
        for cell in notebook["cells"]:
            for exercise in lesson.exercises:
                if f"def {exercise.name}(" in "".join(cell["source"]):
                    cell["source"] = f"{note}\n\n\n{LOOP.format(exercise.name)}"
        path.write_text(json.dumps(notebook), "utf-8")
    before = {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}
    command = start("status", "--home", home.folder)
    command.wait_until(begun.read_text)
    command.press_ctrl_c()
    assert nobody_is_left(command)
    # Two at a time, and each function says it once: no third lesson, and nothing a second time.
    n_functions = sum(len(lesson.exercises) for lesson in load_syllabus().lessons[:2])
    assert begun.read_text().count("begun") <= n_functions
    after = {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}
    assert after == before


def test_mutants(start):
    command = start("mutants", FORCE_COLOR="1", COLUMNS="100", TERM="xterm")
    command.wait_until(lambda: re.search(r"\d of \d+ functions", command.said))
    command.press_ctrl_c()
    assert re.search(r"stopped at \d+ of \d+ functions after", command.said)


def test_build_writes_no_notebook_by_halves(start, tmp_path):
    """It waits for a text that never comes; what it has read by then is not written."""
    source = tmp_path / "course" / "lessons" / "source"
    source.mkdir(parents=True)
    (source / "00_welcome.py").write_text("# %% id=one\n1 + 1\n")
    os.mkfifo(source / "01_interactions.py")
    command = start("build", "--root", tmp_path / "course")

    def it_reads():
        try:
            pipes.append(os.open(source / "01_interactions.py", os.O_WRONLY | os.O_NONBLOCK))
        except OSError:  # nobody reads yet
            return False
        return True

    pipes = []
    command.wait_until(it_reads)
    command.press_ctrl_c()
    os.close(pipes[0])
    assert sorted(path.name for path in (tmp_path / "course").rglob("*")) == [
        "00_welcome.py",
        "01_interactions.py",
        "lessons",
        "source",
    ]


def test_doctor(start):
    command = start("doctor")
    doctor = psutil.Process(command.process.pid)
    command.wait_until(lambda: doctor.children())  # it tries TensorFlow in another process
    command.press_ctrl_c()
    assert nobody_is_left(command)


@pytest.fixture
def kernel():
    """Runs a cell as JupyterLab does; gives what the kernel sent."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    manager, client = start_new_kernel(env=os.environ | {"PYTHONPATH": path})

    def run(code, when=lambda content: False):
        """Press the stop button once `when` something is shown."""
        asked, messages, pressed = client.execute(code), [], False
        while True:
            message = client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return messages
            if kind not in ("status", "execute_input"):
                messages.append((kind, content))
            if not pressed and when(content):
                pressed = True
                manager.interrupt_kernel()

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_the_stop_button_of_a_notebook(kernel):
    messages = kernel(TRAINING, when=lambda content: "image/png" in content.get("data", {}))
    kinds = [kind for kind, _ in messages]
    assert kinds.count("display_data") == 2  # the bar and the curves: the rest replaces them
    assert kinds.count("error") == 1
    assert "stream" not in kinds

    last = {}  # what the page shows in the end
    for kind, content in messages:
        if kind in ("display_data", "update_display_data"):
            last[content["transient"]["display_id"]] = content["data"]
    bar, curves = last.values()
    stopped = r"training: stopped at ([\d,]+) of 1,000,000 epochs after .+, loss \S+"
    n_done = re.fullmatch(stopped, bar["text/plain"])[1].replace(",", "")
    assert "<progress" in bar["text/html"]
    assert curves["text/plain"].startswith("The loss falls from ")
    assert curves["image/png"]

    said = next(content for kind, content in messages if kind == "error")
    assert said["ename"] == "KeyboardInterrupt"
    assert said["evalue"].startswith(f"training was stopped after {n_done} of 1000000 epochs; ")
    assert "tensorflow" not in "".join(said["traceback"])

    [(kind, printed)] = kernel(LOOK)
    assert kind == "stream", printed
    assert printed["text"] == "as it was after its last whole epoch\n"

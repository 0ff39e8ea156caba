"""The workers of the grader: what they share is imported once, in silence, before they part."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from recsys_course.classroom.grading import work, workers
from recsys_course.classroom.grading.crew import Crew, Needed
from recsys_course.classroom.grading.gathering import Submission
from recsys_course.classroom.grading.places import Place
from recsys_course.classroom.grading.workers import Job
from recsys_course.classroom.syllabus import load_syllabus


def job(slug: str) -> Job:
    return Job(Submission("ada", slug, f"ada/{slug}.py", "d", 1, ".py", Place(Path("ada.py"))), 1)


@pytest.mark.parametrize(
    ("slugs", "n_workers", "modules", "lessons"),
    [
        (["welcome", "recommending"], 2, [], ["recommending", "welcome"]),
        (["welcome", "training_loop", "welcome"], 2, ["tensorflow"], ["training_loop", "welcome"]),
        (["welcome", "training_loop"], 1, [], ["welcome"]),  # which may never need it
        ([], 2, [], []),
    ],
)
def test_what_is_imported_before_the_workers_part(
    slugs: list[str], n_workers: int, modules: list[str], lessons: list[str]
) -> None:
    needed = workers._needed(map(job, slugs), n_workers)
    assert needed.modules == modules
    of = load_syllabus().lesson_of
    assert list(dict.fromkeys(of(name).slug for name in needed.functions)) == lessons


def test_what_native_code_writes_while_it_is_imported_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS"):
        monkeypatch.setenv(name, "0")  # which stays, and is put back
    monkeypatch.syspath_prepend(tmp_path)
    loud = "import os\nos.write(2, b'no GPU here')\n"
    (tmp_path / "a_loud_module.py").write_text(loud, encoding="utf-8")
    work._import_silently(["no_such_module", "a_loud_module"])
    sys.stderr.write("and after it")
    sys.stderr.flush()
    assert sys.modules.pop("a_loud_module").__name__ == "a_loud_module"
    assert capfd.readouterr().err == "and after it"


NOTHING = Needed([], [])


def soon(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def has_ended(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_leading_process_that_was_killed_is_replaced() -> None:
    with Crew() as crew:
        first = crew._leaders[0]
        first.kill()
        first.wait()
        with crew.hire(NOTHING):
            second = crew._leaders[1]
            assert soon(lambda: bool(psutil.Process(second.pid).children()))
            psutil.Process(second.pid).children()[0].suspend()  # so that it cannot end by itself
    assert soon(lambda: has_ended(second.pid))  # the system takes the killed away in its own time


def test_a_worker_ends_with_its_connection() -> None:
    with Crew() as crew:
        leader = psutil.Process(crew._leaders[0].pid)
        with crew.hire(NOTHING):
            assert soon(lambda: len(leader.children()) == 1)
        assert soon(lambda: not leader.children())


def test_no_process_outlives_a_grader_that_was_killed() -> None:
    start = (
        "import time; from recsys_course.classroom.grading.crew import Crew, Needed\n"
        "crew = Crew(); kept = crew.hire(Needed([], []))\n"
        "print(crew._leaders[0].pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE) as grader:
        assert grader.stdout is not None
        group = int(grader.stdout.readline())
        assert soon(lambda: bool(psutil.Process(group).children()))
        for worker in psutil.Process(group).children():
            worker.suspend()  # so that it cannot end by itself
        grader.send_signal(signal.SIGKILL)
    assert soon(lambda: has_ended(group))


def test_workers_part_the_processors_where_there_is_one_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def processors(n_workers: int) -> list[list[int]]:
        crew: Any = SimpleNamespace(hire=lambda _needed: None)
        return [one.processors for one in workers._Workers(crew, n_workers, NOTHING).all]

    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {5, 2, 3})
    assert processors(3) == [[2], [3], [5]]
    assert processors(2) == [[2, 3, 5]] * 2
    assert processors(4) == [[2, 3, 5]] * 4


@pytest.mark.parametrize(("slug", "processors"), [("welcome", [7]), ("training_loop", [6, 7])])
def test_tensorflow_gets_all_processors(
    slug: str, processors: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    connection: Any = SimpleNamespace(send=sent.append)
    opener = SimpleNamespace(
        limits=None,
        walled=True,
        home="/tmp",
        control=SimpleNamespace(fileno=lambda: 0),
        processors=[6, 7],
        tensorflow=slug == "training_loop",
    )
    sandboxes: Any = SimpleNamespace(of=lambda _slug: SimpleNamespace(ready=lambda: opener))
    monkeypatch.setattr(workers.reduction, "send_handle", lambda *_: None)
    workers._Worker(connection, [7]).begin(job(slug), sandboxes)
    assert sent[0].processors == processors

"""`recsys-course grade` on a folder of submissions: its points, and what it leaves behind.

While it works its processes are looked at several times a second: memory, open files, mounts.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil

from graders.peers import Graded
from graders.running import Finished, run
from graders.submissions import ROOT, Submission, fill, notebook
from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["Look", "Ours", "Watch"]


@dataclass
class Ours:
    """A class folder, and the command that grades it."""

    folder: Path
    slug: str
    seed: int
    course: Path = ROOT

    def prepare(self, submissions: Sequence[Submission]) -> None:
        """Let the class hand in."""
        handed_out = notebook(self.slug)
        name = f"{load_syllabus().lesson(self.slug).stem}.ipynb"
        for submission in submissions:
            path = self.folder / "class" / submission.student / name
            path.parent.mkdir(parents=True)
            path.write_text(fill(handed_out, submission), encoding="utf-8")

    @property
    def command(self) -> list[str]:
        """The command but for the number of jobs; an empty folder for what it finds out."""
        words = [sys.executable, "-P", "-m", "recsys_course.cli", "grade", "class"]
        return [*words, "--out", "out", "--require-sandbox", "--seed", str(self.seed)]

    def grade(self, jobs: int) -> Graded:
        """Grade the whole class with one command, from nothing.

        Args:
            jobs: How many submissions at a time.
        """
        done = self.run(jobs).checked("recsys-course grade")
        points = {one["student"]: points_of(one) for one in self.results()}
        return Graded(points, done.seconds, done.cpu)

    def run(self, jobs: int) -> Finished:
        """The command itself."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        command = [*self.command, "--jobs", str(jobs)]
        where = {"PYTHONPATH": str(self.course), "TMPDIR": str(self.folder)}
        return run(command, self.folder, where)

    def results(self) -> list[dict[str, Any]]:
        """Every result in its grades.json, by student."""
        text = (self.folder / "out" / "grades.json").read_text(encoding="utf-8")
        return list(json.loads(text)["results"])

    def between(self) -> float:
        """Seconds between the first result and the last: without start, tables and pages."""
        times = [one.stat().st_mtime for one in (self.folder / "out" / "results").iterdir()]
        return max(times) - min(times)

    def n_done(self) -> int:
        """How many results there are so far."""
        with contextlib.suppress(FileNotFoundError):
            return sum(1 for _ in (self.folder / "out" / "results").iterdir())
        return 0


def points_of(result: dict[str, Any]) -> int:
    """The points of a result: one for each function with every property."""
    return sum(one["state"] == "passed" for one in result["functions"])


@dataclass(frozen=True)
class Look:
    """What the grader's processes held at one moment.

    Args:
        done: Submissions graded so far.
        mb: Memory of all of them, shared pages counted once (PSS), and what the sandboxes hold.
        resident: Of the main process alone (RSS).
        files: Open files of the main process, its workers and the sandboxes.
        processes: How many there were.
        mounts: Mounts of the main process.
    """

    done: int
    mb: float
    resident: float
    files: int
    processes: int
    mounts: int


@dataclass
class Watch:
    """Looks at the processes of a command while it runs."""

    ours: Ours
    every: float = 0.25
    looks: list[Look] = field(default_factory=list)
    seen: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the thread that looks."""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._end.wait(self.every):
            with contextlib.suppress(psutil.Error, OSError):
                self._look()

    def _look(self) -> None:
        mains = [one for one in psutil.Process().children() if "grade" in one.cmdline()]
        if not mains:
            return
        processes = [*mains, *mains[0].children(recursive=True)]
        mb, files, lasting = 0.0, 0, 0
        for one in processes:
            with contextlib.suppress(psutil.Error, OSError):
                self.seen[one.pid] = one.create_time()
                mb += one.memory_full_info().pss / 1e6
                # a submission's own processes come and go
                if time.time() - one.create_time() > 1:
                    files += one.num_fds()
                    lasting += 1
        mounts = Path(f"/proc/{mains[0].pid}/mountinfo").read_text(encoding="utf-8").count("\n")
        resident = mains[0].memory_info().rss / 1e6
        done = self.ours.n_done()
        self.looks.append(Look(done, mb, resident, files, lasting, mounts))

    def left(self) -> list[str]:
        """The processes that were seen and are still there five seconds later."""
        end = time.monotonic() + 5
        while (names := self._alive()) and time.monotonic() < end:
            time.sleep(0.1)
        return names

    def _alive(self) -> list[str]:
        names = []
        for pid, born in self.seen.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                one = psutil.Process(pid)
                if one.create_time() == born:
                    names.append(f"{one.name()} ({one.status()})")
        return names

    def __enter__(self) -> Self:
        """Start to look."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self._end.set()
        self._thread.join()

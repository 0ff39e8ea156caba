"""Start the sandbox of a lesson, and see that it holds.

With bubblewrap a submission has no network, no files but those of staging.py, no other processes
and no privileges. Without it, it has limits, and whatever namespaces the kernel grants.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from recsys_course.classroom.grading import staging
from recsys_course.classroom.grading.limits import Limits
from recsys_course.classroom.grading.walls import SandboxError, environment, walls
from recsys_course.classroom.syllabus import Lesson

if TYPE_CHECKING:
    from recsys_course.classroom.grading.opening import Opener

__all__ = ["Sandbox"]

_SECONDS_TO_IMPORT = 180.0  # TensorFlow on a slow disk
_PLACE = "/sandbox"
_START = (
    "import sys; sys.path[:0] = {paths!r}\n"
    "from recsys_course.classroom.grading.inside.zygote import run\n"
    "run({control}, {preload!r}, {nobody})"
)
_PROBE = Path(__file__).with_name("probe.py")
_FORBIDDEN_MODULES = (
    "recsys_course.formulas.losses",
    "recsys_course.models.recommender",
    "recsys_course.classroom.checking",
    "recsys_course.classroom.checks",
    "recsys_course.classroom.wrong_answers",
)
_FORBIDDEN_FOLDERS = tuple(str(Path(__file__).parents[n]) for n in range(4))
_MISSING = {
    "files": "a submission can read the files of the user it runs as, checks and solutions too",
    "course": "a submission can import the course's own answers",
    "network": "a submission can use the network",
    "processes": "a submission can see and signal other processes of the user it runs as",
    "writable": "a submission can write outside its own folder",
    "root": "a submission runs as root",
}


class Sandbox:
    """The sandbox of one lesson; a process with everything imported, of which others are forked.

    Args:
        lesson: Whose exercise is graded in it.
        limits: What a submission may use.
        bubblewrap: The path of bubblewrap; None does without.

    Raises:
        OSError: If it cannot be started.
    """

    def __init__(self, lesson: Lesson, limits: Limits, bubblewrap: str | None) -> None:
        """Start it; it imports meanwhile."""
        self.lesson, self.limits = lesson, limits
        self._missing: tuple[str, ...] | None = None
        staging.remove_what_was_left()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{staging.PREFIX}{os.getpid()}-"))
        self._bubblewrap = bubblewrap
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._folder.chmod(0o755)
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        staging.stage_course(self._folder / "course", self.lesson)
        home = self._folder / "home"
        home.mkdir()
        home.chmod(0o777)
        names = [one for one in self.lesson.imports if not one.startswith("recsys_course")]
        packages = staging.packages_of([*staging.COMMON_PACKAGES, *names])
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = self._command(packages, theirs.fileno(), ["numpy", *names])
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(self._home()),
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def ready(self) -> Opener:
        """Wait until everything is imported, and look whether it holds.

        Returns:
            What opens processes in it, also from another process of the grader.

        Raises:
            SandboxError: If it does not start, or with bubblewrap does not hold.
        """
        # NumPy is imported while the sandbox starts, too
        from recsys_course.classroom.grading.opening import Opener

        opener = Opener(
            self.lesson, self.limits, self._control, self._bubblewrap is not None, self._home()
        )
        if self._missing is None:
            self._wait()
            self._missing = self._examine(opener)
        return opener

    @property
    def missing(self) -> tuple[str, ...]:
        """What it does not protect from, in words; empty with bubblewrap."""
        self.ready()
        return self._missing or ()

    def _wait(self) -> None:
        self._control.settimeout(_SECONDS_TO_IMPORT)
        try:
            report = self._control.recv(1 << 16)
        except TimeoutError:
            raise SandboxError("the sandbox did not start within three minutes") from None
        if not report:
            raise SandboxError(f"the sandbox does not start: {self._complaint()}")
        self._control.settimeout(None)  # the workers share this setting
        missing = json.loads(report)["missing"]
        if missing:
            raise SandboxError(
                f"the sandbox lacks {'; '.join(missing)}. Is it installed? Try recsys-course doctor"
            )

    def _complaint(self) -> str:
        assert self._process is not None
        assert self._process.stderr is not None
        self._process.wait(timeout=10)
        lines = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _command(self, packages: dict[str, Path], control: int, preload: list[str]) -> list[str]:
        python = [str(Path(sys.executable).resolve()), "-s", "-S", "-P", "-B", "-c"]
        inside = _PLACE if self._bubblewrap else str(self._folder)
        paths = [f"{inside}/course", f"{inside}/packages"]
        start = _START.format(
            paths=paths, control=control, preload=preload, nobody=self._can_be_nobody(packages)
        )
        if self._bubblewrap is None:
            links = self._folder / "packages"
            links.mkdir()
            for name, path in packages.items():
                (links / name).symlink_to(path)
            return [*python, start]
        return [*walls(self._bubblewrap, self._folder / "course", packages, _PLACE), *python, start]

    def _can_be_nobody(self, packages: dict[str, Path]) -> bool:
        """Whether root can leave its rights behind: nobody must be able to read what is needed."""
        if self._bubblewrap:
            return True  # which shows these files elsewhere
        needed = [self._folder, *staging.system_folders()[0], *packages.values()]
        ways = {way for path in needed for way in path.resolve().parents}
        return all(way.stat().st_mode & 0o001 for way in ways)

    def _home(self) -> str:
        return "/tmp" if self._bubblewrap else str(self._folder / "home")

    def _examine(self, opener: Opener) -> tuple[str, ...]:
        """What a submission could do here that it should not, found out by trying."""
        from recsys_course.classroom.grading.process import Ended
        from recsys_course.classroom.grading.student import Student

        with opener.open() as process:
            process.read(_PROBE.name, _PROBE.read_bytes())
            defined, problems = process.load(["facts"], False)
            process.allow(60)
            if problems:
                raise SandboxError(f"the sandbox does not hold what answers need: {problems[0]}")
            try:
                facts = Student(process, defined).facts(
                    list(_FORBIDDEN_MODULES), list(_FORBIDDEN_FOLDERS)
                )
            except Ended as ended:
                raise SandboxError(f"the sandbox's probe ended: {ended.sentence}") from None
        if facts["lazy"]:
            raise SandboxError(f"a submission cannot import {facts['lazy']}")
        missing = tuple(sentence for name, sentence in _MISSING.items() if facts[name])
        if missing and self._bubblewrap:
            raise SandboxError(f"bubblewrap does not hold: {'; '.join(missing)}")
        return missing

    def close(self) -> None:
        """End everything in it, and remove its folder."""
        with contextlib.suppress(AttributeError):
            self._control.close()
        if self._process is not None:
            try:
                # within bubblewrap everything ends together, without it only what is told to
                self._process.wait(timeout=0 if self._bubblewrap else 2)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            if self._process.stderr is not None:
                self._process.stderr.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End it."""
        self.close()

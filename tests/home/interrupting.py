"""Stop what writes in a learner's folder at each of its steps, and look at what is left.

The tests import it, and run it as a program of its own: `python interrupting.py COMMAND …`, which
may fork, as it has one thread, and may be killed.
"""

from __future__ import annotations

import ctypes
import errno
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import made_course as made

from recsys_course.classroom.home import keeping, records
from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.place import Home

Course = dict[int, dict[str, Path]]
FILES = (made.ALPHA, made.BACK, made.LATE, made.PAGE)  # written in, run, new, untouched
ALPHA = made.lesson_of("01_alpha")
_OPEN = open
STEPS = ("open", "replace", "link", "unlink", "mkdir", "fsync")


def version_of(course: Course, version: int) -> dict[str, Path]:
    return {name: path for name, path in course[version].items() if name in FILES}


def learn(home: Home) -> None:
    """What the learner does with the first version."""
    made.write_in(home.folder / made.ALPHA, "work")
    made.run_in_jupyterlab(home.folder / made.BACK, "ran")


def first(home: Home, course: Course) -> None:
    deliver(home, version_of(course, 1))


def update(home: Home, course: Course) -> None:
    deliver(home, version_of(course, 2))


def update_again(home: Home, course: Course) -> None:
    deliver(home, version_of(course, 3))


def bring_back(home: Home, course: Course) -> None:
    deliver(home, version_of(course, 2), frozenset({made.ALPHA}))


def reset(home: Home, course: Course) -> None:
    with mock.patch.object(keeping, "materials", return_value=course[2]):
        keeping.reset(home, ALPHA)


def place_solution(home: Home, course: Course) -> None:
    with mock.patch.object(keeping, "solution_of", return_value=course[3][made.ALPHA]):
        keeping.place_solution(home, ALPHA)


def prepared(home: Home, course: Course, name: str) -> None:
    """The folder before a scenario."""
    if name == "first":
        return
    first(home, course)
    learn(home)
    if name == "update":
        return
    update(home, course)
    if name == "update_again":
        made.delete(home.folder / made.PAGE, "")
    if name == "bring_back":
        made.delete(home.folder / made.ALPHA, "")
    if name == "place_solution":
        made.write_in(home.folder / "solutions" / "01_alpha.ipynb", "mine")


SCENARIOS: dict[str, Callable[[Home, Course], None]] = {
    one.__name__: one for one in (first, update, update_again, bring_back, reset, place_solution)
}


class Stopped:
    """Counts the steps of writing, and stops at one of them."""

    def __init__(self, at: int, stop: Callable[[], None]) -> None:
        self.count = 0
        self.at = at
        self.stop = stop

    def step(self) -> None:
        self.count += 1
        if self.count == self.at:
            self.stop()

    def watching(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            probed = getattr(os, "O_TMPFILE", 0)  # by the lock, which does without
            nothing_to_do = (
                (name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR))
                or (name == "open" and probed and arguments[1] & probed == probed)
                or (name == "unlink" and not os.path.lexists(arguments[0]))
                or (name == "mkdir" and os.path.lexists(arguments[0]))
            )
            if not nothing_to_do:
                self.step()
            return None if name == "fsync" else real(*arguments, **options)

        return call

    def opened(self, path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        """What is opened by its name to be written is written in halves, too."""
        if "r" in mode and "+" not in mode:
            return _OPEN(path, mode, *arguments, **options)
        self.step()
        return self.fdopen(path, "wb")

    def fdopen(self, descriptor: Any, mode: str) -> Any:
        """A file that is written in two halves, with a step between them."""
        assert mode == "wb"
        file = io.FileIO(descriptor, "w")
        write = file.write

        def in_halves(data: bytes) -> None:
            write(data[: len(data) // 2])
            self.step()
            write(data[len(data) // 2 :])

        return _Halves(file, in_halves)


class _Halves:
    def __init__(self, file: Any, write: Callable[[bytes], None]) -> None:
        self._file = file
        self.write = write
        self.flush = file.flush
        self.fileno = file.fileno

    def __enter__(self) -> _Halves:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def stopped(at: int, stop: Callable[[], None]) -> Iterator[Stopped]:
    """While this lasts, the step of that number is stopped."""
    steps = Stopped(at, stop)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(io, "open", steps.opened))
        for name in STEPS:
            stack.enter_context(mock.patch.object(os, name, steps.watching(name)))
        stack.enter_context(mock.patch.object(os, "fdopen", steps.fdopen))
        yield steps


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def killed() -> None:
    os._exit(137)  # nothing is tidied up


def fails(home: Home, course: Course, name: str, at: int) -> str | None:
    """Run a scenario on a disk that is full at a step; what it says, None if it got through."""
    try:
        with stopped(at, full) as steps:
            SCENARIOS[name](home, course)
    except OSError as error:
        return str(error)
    return None if steps.count < at else ""


def dies(home: Home, course: Course, name: str, at: int) -> str | None:
    """The same in a process that is killed at the step."""
    child = os.fork()
    if child == 0:
        with stopped(at, killed):
            SCENARIOS[name](home, course)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, 137}, code
    return None if code == 0 else "killed"


def comparable(folder: Path) -> dict[str, Any]:
    """What a folder holds, kept copies without their names, and what the course remembers."""
    files = made.snapshot(folder)
    kept = {content for name, content in files.items() if name.startswith("kept/")}
    own = folder / made.OWN
    return {
        "files": {name: has for name, has in files.items() if not name.startswith("kept/")},
        "kept": kept,
        "ledger": json.loads((own / "delivered.json").read_text("utf-8")),
        "originals": sorted(path.name for path in own.glob("originals/*")),
    }


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part")]


def at_every_step(
    course: Course, folder: Path, name: str, end: Callable[[Home, Course, str, int], str | None]
) -> tuple[list[str], list[str]]:
    """Stop a scenario at its first step, its second, … and run it again each time.

    Args:
        course: The three versions.
        folder: An empty folder.
        name: The scenario.
        end: How it is stopped.

    Returns:
        What is wrong, and what was said, one entry a step.
    """
    start = Home(folder / "start")
    start.folder.mkdir(parents=True)
    prepared(start, course, name)
    smooth = Home(folder / "smooth")
    shutil.copytree(start.folder, smooth.folder)
    SCENARIOS[name](smooth, course)
    expected = comparable(smooth.folder)
    before = made.snapshot(start.folder)
    ours = {path.read_bytes() for files in course.values() for path in files.values()}
    wrong: list[str] = []
    said: list[str] = []
    while True:
        at = len(said) + 1
        home = Home(folder / f"{at}")
        shutil.copytree(start.folder, home.folder)
        sentence = end(home, course, name, at)
        if sentence is None:
            return wrong, said
        said.append(sentence)
        after = {n: c for n, c in made.snapshot(home.folder).items() if not n.endswith(".part")}
        lost = set(before.values()) - ours - set(after.values())
        half = set(after.values()) - ours - set(before.values())
        SCENARIOS[name](home, course)
        final = comparable(home.folder)
        aliases = [p.name for p in home.folder.rglob("*") if p.is_file() and p.stat().st_nlink > 1]
        faults = {
            "lost": lost,
            "half": half,
            "left": left_in(home.folder),
            "two names of one file": aliases,
            **{part: final[part] for part in expected if final[part] != expected[part]},
        }
        wrong += [f"step {at}, {kind}: {what}" for kind, what in faults.items() if what]
        shutil.rmtree(home.folder)


def fill(folder: Path, left: int) -> Path:
    """Fill a disk but for so many bytes; the file that does it."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        size = 1 << 16
        while size >= 512:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2
        file.truncate(max(0, file.tell() - left))
    return path


def on_full_disk(course: Course, disk: Path) -> tuple[list[str], list[str]]:
    """Update on a small disk that is full but for more and more bytes.

    Args:
        course: The three versions; they lie elsewhere.
        disk: Where the disk is mounted.

    Returns:
        What is wrong, and what was said, one entry a size.
    """
    said: list[str] = []

    def end(home: Home, course: Course, name: str, at: int) -> str | None:
        ballast = fill(disk, (at - 1) * 4096)
        try:
            SCENARIOS[name](home, course)
        except OSError as error:
            return str(error)
        finally:
            ballast.unlink()
        return None

    wrong: list[str] = []
    for name in ("first", "update", "reset"):
        faults, sentences = at_every_step(course, disk / name, name, end)
        shutil.rmtree(disk / name)
        wrong += faults
        said += sentences
    return wrong, said


def hold(folder: str) -> None:
    """Take the lock of a folder, and hold it until this process ends."""
    with Home(Path(folder)).alone():
        say("held")
        sys.stdin.read()


def deliver_when_told(folder: str, course: str) -> None:
    """Deliver each version of a course, when a line comes in; say what was done."""
    home = Home(Path(folder))
    versions = found_course(Path(course))
    say("ready")
    for line in sys.stdin:
        done = deliver(home, versions[int(line)])
        say(json.dumps([f"{one.verb} {one.path}" for one in done]))


def count_when_told(folder: str, function: str) -> None:
    """Note a hundred attempts at a function."""
    home = Home(Path(folder))
    say("ready")
    sys.stdin.readline()
    for _ in range(100):
        records.change(
            home,
            lambda before: before.with_function(
                function, before.function(function).checked_as("failed")
            ),
        )
    say("done")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def found_course(root: Path) -> Course:
    """The versions that ``make_course`` wrote."""
    return {
        version: {
            path.relative_to(root / f"{version}").as_posix(): path
            for path in sorted((root / f"{version}").rglob("*"))
            if path.is_file()
        }
        for version in (1, 2, 3)
    }


def kill(folder: str) -> None:
    """Kill each scenario at each of its steps."""
    course = made.make_course(Path(folder) / "course")
    found = {name: at_every_step(course, Path(folder) / name, name, dies) for name in SCENARIOS}
    say(json.dumps(found))


def fill_up(folder: str, disk: str) -> None:
    """Update on a full disk."""
    say(json.dumps(on_full_disk(made.make_course(Path(folder)), Path(disk))))


def deliver_without_rights(folder: str, course: str) -> None:
    """Deliver version 2 as one whom the file system may refuse, and say what went wrong."""
    if os.access(Path(folder) / "exercises", os.W_OK):  # root, whom it never refuses
        rights = ctypes.CDLL(None, use_errno=True)
        for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH; a new program lacks them
            assert rights.prctl(24, right, 0, 0, 0) == 0  # PR_CAPBSET_DROP
        os.execv(sys.executable, [sys.executable, *sys.argv])
    try:
        deliver(Home(Path(folder)), found_course(Path(course))[2])
    except OSError as error:
        say(str(error))


COMMANDS: dict[str, Callable[..., None]] = {
    one.__name__: one
    for one in (
        kill,
        fill_up,
        hold,
        deliver_when_told,
        count_when_told,
        deliver_without_rights,
    )
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])

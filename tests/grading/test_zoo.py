"""Hostile submissions, and what comes of each: with bubblewrap, and without.

``zoo.toml`` says what each of them tries and what it gets. The whole zoo is graded in one run, by a
process of its own, among honest submissions; afterwards nothing of it may be left on the machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
ZOO = HERE / "zoo"
ENTRIES = tomllib.loads((HERE / "zoo.toml").read_text("utf-8"))["submission"]
SECONDS = 0.25  # of what the syllabus gives to each function
MEMORY = 300  # MB a submission
MOST_MEMORY_OF_THE_GRADER = 1200  # MB; TensorFlow takes 700 of them
CACHES = {"__pycache__", ".cache", ".config", ".keras"}  # of the grader's own libraries
NOTHING_LEFT = {"descriptors": 0, "threads": 0, "processes": [], "temporary": []}
SLOW = {"def train_step(user_factors, item_factors, users, items, ratings, optimizer):\n"}
SLOW |= {"def repair_the_loop(\n"}  # TensorFlow's own work proves nothing here
HONEST = ("00_welcome", "03_mf_loss", "04_training_loop", "05_evaluation", "06_recommending")
FIVE = [
    "predict_ratings",
    "observed_squared_error",
    "mf_gradients",
    "sgd_step",
    "als_user_update",
]
BECOME_SUBREAPER = 36


# --- one run of the grader, in a process of its own: python test_zoo.py FOLDER WALLS


def grade_the_zoo(top: Path, walls: str) -> dict[str, Any]:
    """Grade, and look afterwards what is left in this process."""
    from recsys_course.classroom.grading.grading import Options, grade
    from recsys_course.classroom.grading.limits import Limits

    resource_tracker.ensure_running()  # Python keeps it, and a pipe to it, for the next time
    before = left_in_this_process()
    most: dict[str, int] = {"kb": 0}
    done = threading.Event()
    watcher = threading.Thread(target=watch_memory, args=(done, most))
    watcher.start()
    try:
        options = Options(
            jobs=2, seed=1, sandbox=walls, limits=Limits(memory_mb=MEMORY, time_factor=SECONDS)
        )
        graded = grade([top / "class", *sorted((top / "archives").iterdir())], options, top / "out")
    finally:
        done.set()
        watcher.join()
    after = left_in_this_process()
    return {
        "results": [one.to_json() for one in graded.results],
        "aside": [[one.source, one.reason] for one in graded.gathered.left_aside],
        "protection": graded.protection,
        "warnings": list(graded.warnings),
        "grader_mb": most["kb"] // 1024,
        "left": {
            "descriptors": after["descriptors"] - before["descriptors"],
            "threads": after["threads"] - before["threads"],
            "processes": [one for one in after["processes"] if "resource_tracker" not in one],
            "temporary": sorted(one.name for one in Path(tempfile.gettempdir()).iterdir()),
        },
    }


def left_in_this_process() -> dict[str, Any]:
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "processes": [command_of(one) for one in descendants(os.getpid())],
    }


def watch_memory(done: threading.Event, most: dict[str, int]) -> None:
    """The most memory of this process and of the grader's other ones, which run no submission."""
    while not done.wait(0.2):
        for process in [os.getpid(), *descendants(os.getpid())]:
            if process == os.getpid() or "spawn_main" in command_of(process):
                with contextlib.suppress(OSError, ValueError, IndexError):
                    status = Path(f"/proc/{process}/status").read_text()
                    most["kb"] = max(most["kb"], int(status.split("VmHWM:")[1].split()[0]))


def command_of(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def descendants(process: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [process]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def alive_orphans() -> list[str]:
    """What lost its parent and came to this process; those that have ended are taken away."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return [command_of(one) for one in descendants(os.getpid())]


# --- what stands around the run


class Outside:
    """A server, files and a secret that no submission may reach."""

    def __init__(self, top: Path) -> None:
        self.top, self.reached, self.closed = top, list[str](), False
        self.token = f"zoo-token-{top.name}"
        self.canary = top / "canary"
        (self.canary / "folder").mkdir(parents=True)
        for name in (".", "folder"):
            (self.canary / name).chmod(0o777)
        for name in ("file", "folder/file"):
            (self.canary / name).write_text("as it was")
        self.stack = contextlib.ExitStack()
        server, datagrams = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
        self.port = server.getsockname()[1]
        datagrams.bind(("127.0.0.1", self.port))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.free_port = free.getsockname()[1]
        abstract, named = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        abstract.bind("\0" + self.token)
        named.bind(str(self.canary / "socket"))
        (self.canary / "socket").chmod(0o777)
        for kind, one in (("tcp", server), ("abstract", abstract), ("named", named)):
            one.listen()
            self.serve(kind, self.stack.enter_context(one))
        self.serve("udp", self.stack.enter_context(datagrams))

    def serve(self, kind: str, one: socket.socket) -> None:
        one.settimeout(0.2)

        def wait() -> None:
            while not self.closed:
                with contextlib.suppress(TimeoutError):
                    if kind == "udp":
                        one.recv(100)
                    else:
                        one.accept()[0].close()
                    self.reached.append(kind)

        thread = threading.Thread(target=wait)
        self.stack.callback(thread.join)
        thread.start()

    def close(self) -> None:
        self.closed = True
        self.stack.close()

    def fill(self, text: str) -> str:
        for name, value in (
            ("CANARY", self.canary),
            ("CLASS", self.top / "class"),
            ("OUT", self.top / "out"),
            ("ROOT", ROOT),
            ("PORT", self.port),
            ("FREE_PORT", self.free_port),
            ("TOKEN", self.token),
        ):
            text = text.replace(f"@{name}@", str(value))
        return text


class Run:
    """The zoo, graded once."""

    def __init__(self, walls: str, top: Path) -> None:
        self.walls = walls
        self.outside = Outside(top)
        put_into_cages(self.outside, walls)
        for name in ("home", "tmp"):
            (top / name).mkdir()
            (top / name).chmod(0o755)
        before = self.files()
        done = subprocess.run(
            [sys.executable, __file__, str(top), walls],
            env=environment(self.outside),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found = json.loads((top / "found.json").read_text())
        self.changed = sorted(before ^ self.files())
        self.results = {one["student"]: one for one in found["results"] if one["student"]}
        self.aside, self.warnings = found["aside"], found["warnings"]
        self.protection, self.left = found["protection"], found["left"]
        self.grader_mb = found["grader_mb"]
        self.orphans = alive_orphans()
        self.reached = list(self.outside.reached)
        self.port_is_open = self.is_open(self.outside.free_port)
        self.outside.close()

    def files(self) -> set[tuple[str, str]]:
        """Every file that no submission may change, with a hash of what it is."""
        top = self.outside.top
        places = [top / "canary", top / "class", top / "archives", top / "home"]
        places += [ROOT / name for name in ("recsys_course", "tests", "exercises", "solutions")]
        found = set()
        for place in places:
            for path in [place, *sorted(place.rglob("*"))]:
                if not CACHES.intersection(path.parts):
                    status = path.lstat()
                    facts = (status.st_mode, status.st_size, status.st_uid)
                    found.add((str(path), f"{facts} {content_hash(path, status.st_size)}"))
        return found

    def is_open(self, port: int) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0


def content_hash(path: Path, size: int) -> str:
    plain = path.is_file() and not path.is_symlink() and size < 10**8
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if plain else ""


def environment(outside: Outside) -> dict[str, str]:
    top = outside.top
    return os.environ | {
        "HOME": str(top / "home"),
        "TMPDIR": str(top / "tmp"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ZOO_SECRET": outside.token,
    }


def makers_of_the_zoo() -> ModuleType:
    """The module beside this one; tests are no package."""
    spec = importlib.util.spec_from_file_location("zoo_makers", HERE / "zoo_makers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scattered() -> list[Path]:
    """What submissions leave in folders that everybody shares, under the names they use."""
    places = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/"))
    return [one for place in places for one in place.glob("zoo-*") if not one.is_dir()]


def put_into_cages(outside: Outside, walls: str) -> None:
    """A folder for each student; the archives, each with a folder of its own, stand beside."""
    zoo_makers = makers_of_the_zoo()
    (outside.top / "class").mkdir()
    (outside.top / "archives").mkdir()
    for entry in caged(walls):
        name, lesson = entry["name"], entry.get("lesson", "03_mf_loss")
        is_archive = name in zoo_makers.ARCHIVES
        folder = outside.top / ("archives" if is_archive else "class") / name
        folder.mkdir()
        if make := getattr(zoo_makers, name, None):
            make(folder)
            for path in (one for one in folder.rglob("*.py") if one.is_file()):
                refill(outside, path)
        else:
            (source,) = ZOO.glob(f"{name}.*")
            shutil.copyfile(source, folder / f"{lesson}{source.suffix}")
            refill(outside, folder / f"{lesson}{source.suffix}")
    for lesson in HONEST:
        hand_in_the_solution(outside.top / "class" / f"zz_honest_{lesson}", lesson)
    for n in range(3):
        hand_in_the_solution(outside.top / "class" / f"{'hnr'[n]}_honest_in_between", "03_mf_loss")


def hand_in_the_solution(folder: Path, lesson: str) -> None:
    """An honest submission; what marks it as the course's own is taken out."""
    notebook = json.loads((ROOT / "solutions" / f"{lesson}.ipynb").read_text("utf-8"))
    del notebook["metadata"]["recsys_course"]
    notebook["cells"] = [one for one in notebook["cells"] if not SLOW & set(one["source"])]
    folder.mkdir()
    (folder / f"{lesson}.ipynb").write_text(json.dumps(notebook), "utf-8")


def refill(outside: Outside, path: Path) -> None:
    if path.lstat().st_size < 10**7 and not path.is_symlink():
        content = path.read_bytes()
        if b"@" in content:
            path.write_bytes(outside.fill(content.decode("utf-8", "surrogateescape")).encode())


def caged(walls: str) -> list[dict[str, Any]]:
    """The entries that are let loose: some only where bubblewrap is around them."""
    without = walls == "none"
    return [one for one in ENTRIES if not (without and one.get("without", {}).get("left_out"))]


@contextlib.contextmanager
def parent_of_orphans() -> Iterator[None]:
    """Whatever loses its parent becomes a child of this process, so that none is overlooked."""
    libc = ctypes.CDLL(None)
    libc.prctl(BECOME_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(BECOME_SUBREAPER, 0, 0, 0, 0)


def graded(walls: str) -> Iterator[Run]:
    # not below pytest's own folder: the user nobody has to find the way
    top = Path(tempfile.mkdtemp(prefix="zoo-"))
    top.chmod(0o755)
    try:
        with parent_of_orphans():
            yield Run(walls, top)
    finally:
        shutil.rmtree(top, ignore_errors=True)


@pytest.fixture(scope="module")
def protected() -> Iterator[Run]:
    yield from graded("required")


@pytest.fixture(scope="module")
def unprotected() -> Iterator[Run]:
    yield from graded("none")


def outcome_of(run: Run, name: str) -> dict[str, Any]:
    """What the grader found, in the words of zoo.toml."""
    if any(f"/{name}/" in source for source, _ in run.aside) and name not in run.results:
        return {"outcome": "left aside", "passes": [], "stopped": {}}
    result = run.results[name]
    states = {one["function"]: one["state"] for one in result["functions"]}
    return {
        "outcome": result["outcome"],
        "passes": [function for function, state in states.items() if state == "passed"],
        "stopped": {
            function: state
            for function, state in states.items()
            if state not in {"passed", "failed", "not attempted"}
        },
    }


def expected(entry: dict[str, Any], walls: str) -> dict[str, Any]:
    known = entry | (entry.get("without", {}) if walls == "none" else {})
    return {
        "outcome": known["outcome"],
        "passes": known.get("passes", []),
        "stopped": known.get("stopped", {}),
    }


each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
each_loose_entry = pytest.mark.parametrize("entry", caged("none"), ids=lambda entry: entry["name"])
each_honest = pytest.mark.parametrize("lesson", HONEST)


def agrees(found: dict[str, Any], asked: dict[str, Any]) -> None:
    if isinstance(asked["outcome"], list):
        assert found["outcome"] in asked["outcome"]
        assert set(found["passes"]) <= set(asked["passes"])
    else:
        assert found == asked


@each_entry
def test_with_bubblewrap(protected: Run, entry: dict[str, Any]) -> None:
    agrees(outcome_of(protected, entry["name"]), expected(entry, "required"))


@each_loose_entry
def test_without_bubblewrap(unprotected: Run, entry: dict[str, Any]) -> None:
    agrees(outcome_of(unprotected, entry["name"]), expected(entry, "none"))


@each_honest
def test_an_honest_submission_after_all_others_gets_full_marks(
    protected: Run, unprotected: Run, lesson: str
) -> None:
    asked = {
        "00_welcome": ["mean_rating"],
        "03_mf_loss": FIVE,
        "04_training_loop": ["epoch_batches", "run_epoch", "fit_with_early_stopping"],
        "05_evaluation": [
            "rmse",
            "precision_recall_at_k",
            "ndcg_at_k",
            "average_precision_at_k",
            "bootstrap_interval",
        ],
        "06_recommending": [
            "recommend_top_k",
            "fold_in_user",
            "fallback_for_new_users",
            "run_pipeline",
        ],
    }[lesson]
    for run in (protected, unprotected):
        assert outcome_of(run, f"zz_honest_{lesson}") == {
            "outcome": "graded",
            "passes": asked,
            "stopped": {},
        }


@pytest.mark.parametrize("letter", ["h", "n", "r"])
def test_honest_submissions_in_between_get_full_marks(
    protected: Run, unprotected: Run, letter: str
) -> None:
    for run in (protected, unprotected):
        assert outcome_of(run, f"{letter}_honest_in_between")["passes"] == FIVE


def test_every_file_of_the_zoo_is_let_loose() -> None:
    names = {one.stem for one in ZOO.iterdir() if one.suffix in {".py", ".ipynb"}} - {"conftest"}
    makers = {
        name
        for name, value in vars(makers_of_the_zoo()).items()
        if callable(value) and not name.startswith("_") and value.__module__ == "zoo_makers"
    }
    assert not names & makers
    assert sorted(one["name"] for one in ENTRIES) == sorted(names | makers)
    assert all(one["tries"].endswith(".") for one in ENTRIES)
    assert len(ENTRIES) > 200


def test_nothing_outside_the_results_is_changed(protected: Run) -> None:
    assert protected.changed == []
    assert [str(one) for one in scattered()] == []


def test_nothing_outside_is_reached(protected: Run) -> None:
    assert protected.reached == []
    assert not protected.port_is_open


@pytest.mark.parametrize("walls", ["protected", "unprotected"])
def test_nothing_of_it_is_left(walls: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(walls)
    assert run.left == NOTHING_LEFT
    assert run.orphans == []
    assert not run.port_is_open


@pytest.mark.parametrize("walls", ["protected", "unprotected"])
def test_the_grader_stays_small(walls: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(walls)
    assert run.grader_mb < MOST_MEMORY_OF_THE_GRADER


@pytest.mark.parametrize("walls", ["protected", "unprotected"])
def test_what_a_student_sees_holds_nothing_that_the_submission_chose(
    walls: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(walls)
    for name, result in run.results.items():
        seen = json.dumps([result["reason"], result["functions"], result["outcome"]])
        assert "LEAK" not in seen, name


def test_what_an_instructor_sees_is_cut(protected: Run) -> None:
    for name, result in protected.results.items():
        assert len(result["output"]) <= 20_000, name
        assert all(len(problem) <= 400 for problem in result["problems"]), name


def test_each_result_that_is_no_grade_says_why(protected: Run) -> None:
    for name, result in protected.results.items():
        reason = result["outcome"] in {"graded", "not attempted"}
        assert reason == (result["reason"] == ""), name


def test_what_is_not_protected_without_bubblewrap_is_said(protected: Run, unprotected: Run) -> None:
    assert protected.warnings == []
    assert protected.protection == "bubblewrap"
    assert unprotected.protection == "limits and the kernel's namespaces alone"
    assert any("read the files" in warning for warning in unprotected.warnings)


if __name__ == "__main__":
    found = grade_the_zoo(Path(sys.argv[1]), sys.argv[2])
    (Path(sys.argv[1]) / "found.json").write_text(json.dumps(found))

"""A full disk, a kill and a second program at any step lose nothing, and the next run goes on."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import interrupting
import made_course as made
import pytest

from recsys_course.classroom.home import place
from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.records import read

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ("exercises/03_mf_loss.ipynb", "lessons/03_mf_loss.ipynb")


SENTENCE = re.compile(
    r"\S.* cannot be read or written \(No space left on device\); nothing that was there is lost\. "
    r"Make room or leave to write, or choose another folder with --home, then run this again"
)
# of each scenario the least number of steps: fewer would mean that the counting is broken
LEAST = {
    "first": 35,
    "update": 50,
    "update_again": 40,
    "bring_back": 12,
    "reset": 15,
    "place_solution": 5,
}


@pytest.mark.parametrize("name", interrupting.SCENARIOS)
def test_a_full_disk_at_any_step(name: str, tmp_path: Path) -> None:
    course = made.make_course(tmp_path / "course")
    wrong, said = interrupting.at_every_step(course, tmp_path, name, interrupting.fails)
    assert wrong == []
    assert len(said) >= LEAST[name]
    assert [one for one in said if not SENTENCE.fullmatch(one)] == []


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], list[str]]]:
    """What was found when each scenario was killed at each of its steps."""
    done = program("kill", tmp_path_factory.mktemp("killed"))
    said, complaint = done.communicate()
    assert done.returncode == 0, complaint
    return json.loads(said)


@pytest.mark.parametrize("name", interrupting.SCENARIOS)
def test_a_kill_at_any_step(name: str, killed: dict[str, tuple[list[str], list[str]]]) -> None:
    wrong, said = killed[name]
    assert wrong == []
    assert len(said) >= LEAST[name]


# --- Two programs at once.


def program(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "interrupting.py"), *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().rstrip("\n")
    return line if line else process.communicate()[1]


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def ends_well(process: subprocess.Popen[str]) -> None:
    said, complaint = process.communicate()
    assert (process.returncode, said, complaint) == (0, "", "")


def test_two_deliveries_and_two_notebooks_at_once(tmp_path: Path) -> None:
    course = made.make_course(tmp_path / "course")
    home = made.home_of(tmp_path)
    home.folder.mkdir(parents=True)
    deliverers = [program("deliver_when_told", home.folder, tmp_path / "course") for _ in range(2)]
    counters = [program("count_when_told", home.folder, name) for name in ("half", "double")]
    assert [hear(one) for one in (*deliverers, *counters)] == ["ready"] * 4
    for one in counters:
        tell(one, "go")
    for version, verb in ((1, "new"), (2, "replaced"), (3, "replaced")):
        for one in deliverers:
            tell(one, f"{version}")
        done = [entry for one in deliverers for entry in json.loads(hear(one))]
        before = course.get(version - 1, {})
        assert sorted(done) == sorted(  # each by one of the two
            f"{verb if version == 1 or name in before else 'new'} {name}"
            for name, path in course[version].items()
            if name not in before or path.read_bytes() != before[name].read_bytes()
        )
    assert [hear(one) for one in counters] == ["done", "done"]
    for one in (*deliverers, *counters):
        ends_well(one)
    known = read(home.progress)
    assert [known.function(name).attempts for name in ("half", "double")] == [100, 100]
    held = made.snapshot(home.folder)
    assert {name: held[name] for name in course[3]} == {
        name: path.read_bytes() for name, path in course[3].items()
    }
    assert interrupting.left_in(home.folder) == []


def test_a_lock_that_a_dead_program_held_blocks_nobody(tmp_path: Path) -> None:
    home = made.home_of(tmp_path)
    course = made.make_course(tmp_path / "course")
    holder = program("hold", home.folder)
    assert hear(holder) == "held"
    holder.kill()
    holder.communicate()
    assert len(deliver(home, course[1])) == len(course[1])


def test_a_lock_that_is_held_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = made.home_of(tmp_path)
    course = made.make_course(tmp_path / "course")
    deliver(home, course[1])
    before = made.state(home.folder)
    holder = program("hold", home.folder)
    assert hear(holder) == "held"
    monkeypatch.setattr(place, "_LOCK_SECONDS", 0.2)
    with pytest.raises(TimeoutError) as caught:
        deliver(home, course[2])
    assert str(caught.value) == (
        f"another program of the course has been writing in {home.folder} for 0.2 s; end it, then "
        "try again"
    )
    assert made.state(home.folder) == before
    ends_well(holder)
    assert deliver(home, course[2]) != []


# --- For real.


def test_the_command_is_killed_at_any_moment(tmp_path: Path) -> None:
    """SIGKILL, at moments that nobody chose: whatever it has done by then, nothing is lost."""
    course = tmp_path / "course"
    for kind in ("lessons", "exercises"):
        shutil.copytree(ROOT / kind, course / kind)
    home = made.home_of(tmp_path)
    assert subprocess.run(command(course, home, "start"), check=False).returncode == 0
    written = home.folder / "exercises/03_mf_loss.ipynb"
    made.write_in(written, "work")
    made.run_in_jupyterlab(home.folder / "lessons/03_mf_loss.ipynb", "ran")
    work = {path: (home.folder / path).read_bytes() for path in WORK}
    for path in course.rglob("*.ipynb"):
        path.write_text(path.read_text("utf-8").replace("import", "import  "), "utf-8")
    for delay in (0.0, 0.01, 0.03, 0.06):
        process = subprocess.Popen(command(course, home, "update"), stdout=subprocess.DEVNULL)
        ledger = home.own / "delivered.json"
        begun = ledger.stat().st_mtime_ns
        while ledger.stat().st_mtime_ns == begun and process.poll() is None:
            time.sleep(0.001)
        time.sleep(delay)
        process.kill()
        process.wait()
        assert set(work.values()) <= set(made.snapshot(home.folder).values())
    done = subprocess.run(command(course, home, "update"), check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    held = made.snapshot(home.folder)
    newest = {
        path.relative_to(course).as_posix(): path.read_bytes() for path in course.rglob("*.ipynb")
    }
    changed = [name for name, content in newest.items() if held[name] != content]
    assert changed == ["exercises/03_mf_loss.ipynb"]
    assert held["exercises/03_mf_loss.ipynb"] == work["exercises/03_mf_loss.ipynb"]
    assert held["exercises/03_mf_loss.new.ipynb"] == newest["exercises/03_mf_loss.ipynb"]
    assert interrupting.left_in(home.folder) == []
    again = subprocess.run(
        command(course, home, "update"), check=False, capture_output=True, text=True
    )
    assert again.stdout.startswith("everything is up to date\n")


def command(course: Path, home: Home, *words: str) -> list[str]:
    """The command line, for a course that lies elsewhere."""
    start = (
        "import sys; from pathlib import Path; from recsys_course.classroom import materials; "
        "materials._CLONE = Path(sys.argv.pop(1)); from recsys_course.cli import app; app()"
    )
    return [sys.executable, "-c", start, str(course), *words, "--home", str(home.folder)]


@pytest.mark.parametrize("closed", [["exercises"], [".", ".recsys-course", "exercises", "lessons"]])
def test_a_folder_that_may_not_be_written_is_told_of(closed: list[str], tmp_path: Path) -> None:
    """As a user without the rights of root meets it."""
    course = made.make_course(tmp_path / "course")
    home = made.home_of(tmp_path)
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "work")
    before = made.snapshot(home.folder)
    for name in closed:
        (home.folder / name).chmod(0o555)
    process = program("deliver_without_rights", home.folder, tmp_path / "course")
    said, complaint = process.communicate()
    for name in closed:
        (home.folder / name).chmod(0o755)
    assert (process.returncode, complaint) == (0, "")
    refused = (
        r"/my-course\S* cannot be read or written \(Permission denied\); nothing that was there"
    )
    assert re.search(refused, said)
    assert made.snapshot(home.folder) == before
    assert deliver(home, course[2]) != []

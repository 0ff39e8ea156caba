"""An update never loses work: three versions of a course, and all that a learner does between."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_course as made
import pytest

from recsys_course.classroom.home.delivery import Delivered, deliver
from recsys_course.classroom.home.place import Home

Course = dict[int, dict[str, Path]]
FILES = (made.ALPHA, made.BACK, made.LATE, made.EARLY, made.PAGE, made.MAP)
RUNS = {
    made.run_in_jupyterlab,
    made.run_in_vs_code,
    made.run_in_colab,
    made.save_with_windows_line_ends,  # the text of the cells is the same
}
LEAVES = {made.rename, made.rename_and_write, made.go_on_in_the_new_one}  # under another name
NEW = re.compile(r"(.*)\.new(-\d+)?(\.\w+)")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return made.make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return made.home_of(tmp_path)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is not waited for: nothing here takes away its power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class Watched:
    """A folder in which every delivery is held against what must never happen."""

    def __init__(self, home: Home, course: Course) -> None:
        self.home = home
        self.course = course
        self.ours = {path.read_bytes() for files in course.values() for path in files.values()}
        self.before: dict[str, bytes] = {}  # what the learner left
        self.after: dict[str, bytes] = {}  # what the delivery made of it

    def act(self, acts: dict[str, Any], word: str) -> None:
        for name, act in acts.items():
            act(self.home.folder / name, word)

    def deliver(self, version: int) -> list[Delivered]:
        """Deliver a version, twice."""
        self.before = made.snapshot(self.home.folder)
        done = deliver(self.home, self.course[version])
        self.after = made.snapshot(self.home.folder)
        kept = {content for name, content in self.after.items() if name.startswith("kept/")}
        assert not kept & self.ours, "what anybody can have again need not be kept"
        for name, content in self.before.items():
            if self.after.get(name) != content:
                assert NEW.sub(r"\1\3", name) in made.TEXTS, f"{name} was the learner's alone"
                assert content in self.ours | kept, f"what the learner had in {name} is gone"
        now = made.state(self.home.folder)
        assert deliver(self.home, self.course[version]) == []
        assert made.state(self.home.folder) == now, "the same version again changed something"
        return done

    def newer(self, name: str) -> list[bytes]:
        """What lies beside a file as a newer version of it."""
        near = [path for path in self.after if NEW.sub(r"\1\3", path) == name != path]
        return [self.after[path] for path in near if self.after[path] in self.ours]


def holds(watched: Watched, name: str, version: int, was: dict[str, bytes], act: Any) -> None:
    """What must be true of a file after a delivery.

    Args:
        watched: The folder.
        name: The file.
        version: What was delivered.
        was: What the folder held before the learner acted, after the delivery before.
        act: What the learner did.
    """
    had, has = watched.before.get(name), watched.after.get(name)
    folder = (watched.home.folder / name).is_dir()
    if name not in watched.course[version]:
        assert has == had  # the course gave it up, the learner need not
        return
    newest = watched.course[version][name].read_bytes()
    if had is None and not folder:
        moved = act in LEAVES and name in was
        # of a page that was written in, or a notebook that is none now, nothing tells which it was
        whole = act is made.go_on_in_the_new_one or made.is_notebook(was.get(name))
        told_by_metadata = whole and name.endswith(".ipynb")
        known = told_by_metadata or (act is made.rename and was.get(name) in watched.ours)
        back = (moved and known) or name not in watched.course[version - 1]
        assert has == (newest if back else None)
    elif had in watched.ours:
        assert has == newest
        assert watched.newer(name) == []
    else:
        base = was.get(name) if was.get(name) in watched.ours else made.FIRST.get(name)
        only_run = act in RUNS and was.get(name) in watched.ours and name.endswith(".ipynb")
        taken_back = base == newest
        assert has == (newest if only_run and not taken_back else had)
        assert watched.newer(name) == ([] if only_run or taken_back else [newest])


@contextmanager
def told(*names: Any) -> Iterator[None]:
    """Say at which point of a product it failed."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"at: {', '.join(getattr(one, '__name__', str(one)) for one in names)}")
        raise


@pytest.mark.parametrize("first", made.ON_A_FILE, ids=lambda act: act.__name__)
@pytest.mark.usefixtures("no_waiting")
def test_whatever_a_learner_does_between_three_versions_nothing_is_lost(
    first: Any, course: Course, tmp_path: Path
) -> None:
    acts = made.ON_A_FILE + made.ON_A_NEW_ONE
    for shift in range(len(acts)):
        watched = Watched(Home(tmp_path / f"{shift}"), course)
        # each file meets another act, and over all shifts each of them
        seconds = {name: acts[(shift + n) % len(acts)] for n, name in enumerate(FILES)}
        watched.deliver(1)
        for version, now in ((2, dict.fromkeys(FILES, first)), (3, seconds)):
            was = made.snapshot(watched.home.folder)
            watched.act(now, f"{version}")
            with told(first, *(act for act in seconds.values() if version == 3)):
                watched.deliver(version)
            for name in FILES:
                with told(name, version, first, seconds[name]):
                    holds(watched, name, version, was, now[name])


MISHAPS: dict[str, Callable[[Path], None]] = {
    "gone": lambda own: (own / "delivered.json").unlink(),
    "cut off": lambda own: os.truncate(own / "delivered.json", 400),
    "no text": lambda own: (own / "delivered.json").write_bytes(b"\xff\xfe\x00"),
    "too deep": lambda own: (own / "delivered.json").write_text("[" * 100_000),
    "of another kind": lambda own: (own / "delivered.json").write_text('{"files": 3}'),
    "without its originals": lambda own: shutil.rmtree(own / "originals"),
    "gone with all that the course remembers": lambda own: shutil.rmtree(own),
}


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.usefixtures("no_waiting")
def test_when_the_ledger_is_lost_nothing_else_is(
    mishap: str, course: Course, tmp_path: Path
) -> None:
    acts = made.ON_A_FILE + made.ON_A_NEW_ONE
    for number, first in enumerate(made.ON_A_FILE):
        watched = Watched(Home(tmp_path / first.__name__), course)
        watched.deliver(1)
        watched.act(dict.fromkeys(FILES, first), "a")
        watched.deliver(2)
        was = watched.after
        watched.act({name: acts[(number + 4 * n) % len(acts)] for n, name in enumerate(FILES)}, "b")
        MISHAPS[mishap](watched.home.own)
        with told(mishap, first):
            watched.deliver(3)
        for name in set(FILES) & set(watched.before) & set(course[3]):
            had, has = watched.before[name], watched.after[name]
            newest = course[3][name].read_bytes()
            with told(mishap, first, name):
                # what cannot be told from work any more is left, and the newest lies beside it
                taken_back = newest == made.FIRST.get(name)
                assert has == newest or (
                    has == had and (newest in watched.newer(name) or taken_back)
                )
                if had == was.get(name) and had in watched.ours and "all" not in mishap:
                    assert has == newest


@pytest.mark.parametrize("path", ["../mine.txt", "/mine.txt", "lessons/../../mine.txt", "", 7])
def test_a_spoilt_ledger_leads_nowhere_outside(
    path: Any, home: Home, course: Course, tmp_path: Path
) -> None:
    deliver(home, course[1])
    mine = tmp_path / "mine.txt"
    mine.write_bytes(b"")
    text = (home.own / "delivered.json").read_text("utf-8")
    told_there = json.loads(text)
    for entry in told_there["files"]:
        entry |= {"path": path, "sha256": hashlib.sha256(b"").hexdigest()}
    (home.own / "delivered.json").write_text(json.dumps(told_there))
    (home.folder / made.ALPHA).write_bytes(b"")
    done = deliver(home, course[2])
    assert Delivered("beside", "exercises/01_alpha.new.ipynb", made.ALPHA) in done
    assert mine.read_bytes() == b""
    assert [one.name for one in tmp_path.rglob("*.txt")] == ["mine.txt"]


# --- The main cases, each spelt out.

NEW_ALPHA = "exercises/01_alpha.new.ipynb"
CASES = [
    (made.nothing, "replaced", made.ALPHA, "", False),
    (made.run_in_jupyterlab, "replaced", made.ALPHA, "", True),
    (made.run_in_vs_code, "replaced", made.ALPHA, "", True),
    (made.run_in_colab, "replaced", made.ALPHA, "", True),
    (made.save_with_windows_line_ends, "replaced", made.ALPHA, "", True),
    (made.protect, "replaced", made.ALPHA, "", False),
    (made.copy_it, "replaced", made.ALPHA, "", False),
    (made.write_in, "beside", NEW_ALPHA, made.ALPHA, False),
    (made.cut_off, "beside", NEW_ALPHA, made.ALPHA, False),
    (made.empty, "beside", NEW_ALPHA, made.ALPHA, False),
    (made.merge_badly, "beside", NEW_ALPHA, made.ALPHA, False),
    (made.make_a_folder, "beside", NEW_ALPHA, made.ALPHA, False),
    (made.rename, "renamed", made.ALPHA, "exercises/mine 01_alpha x.ipynb", False),
    (made.rename_and_write, "renamed", made.ALPHA, "exercises/mine 01_alpha x.ipynb", False),
    (made.delete, "deleted", made.ALPHA, "", False),
]


def of_alpha(done: list[Delivered]) -> list[Delivered]:
    return [one for one in done if "01_alpha" in one.path and "exercises" in one.path]


@pytest.mark.parametrize(
    ("act", "verb", "path", "touched", "kept"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_what_comes_of_a_file(
    act: Any, verb: Any, path: str, touched: str, kept: bool, home: Home, course: Course
) -> None:
    deliver(home, course[1])
    act(home.folder / made.ALPHA, "x")
    (done,) = of_alpha(deliver(home, course[2]))
    name = re.sub(r"\d{4}-\d\d-\d\d-\d{6}", "DATE", done.kept)
    assert Delivered(verb, path, touched) == replace(done, kept="")
    assert name == ("kept/01_alpha.DATE.ipynb" if kept else "")
    lies = (home.folder / path).is_file()
    assert lies == (verb != "deleted")
    if lies:
        assert (home.folder / path).read_bytes() == course[2][made.ALPHA].read_bytes()


def test_the_first_delivery(home: Home, course: Course) -> None:
    done = deliver(home, course[1])
    assert done == [Delivered("new", name) for name in course[1]]
    assert made.snapshot(home.folder) == {
        name: path.read_bytes() for name, path in sorted(course[1].items())
    }
    assert home.exists
    assert deliver(home, course[1]) == []


def test_what_the_learner_has_under_such_a_name_stays(home: Home, course: Course) -> None:
    made.write_in(home.folder / made.PAGE, "mine")
    done = deliver(home, course[1])
    assert Delivered("beside", "lessons/README.new.md", made.PAGE) in done
    assert (home.folder / made.PAGE).read_bytes() == b"mine\n"


def test_a_newer_version_takes_the_place_of_an_older_one_beside(home: Home, course: Course) -> None:
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "x")
    deliver(home, course[2])
    assert of_alpha(deliver(home, course[3])) == [Delivered("beside", NEW_ALPHA, made.ALPHA)]
    assert (home.folder / NEW_ALPHA).read_bytes() == course[3][made.ALPHA].read_bytes()
    assert len(list(home.folder.glob("exercises/*.new*"))) == 1


def test_what_was_written_in_the_newer_version_stays_too(home: Home, course: Course) -> None:
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "x")
    deliver(home, course[2])
    made.write_in(home.folder / NEW_ALPHA, "y")
    written = (home.folder / NEW_ALPHA).read_bytes()
    done = of_alpha(deliver(home, course[3]))
    assert done == [Delivered("beside", "exercises/01_alpha.new-2.ipynb", made.ALPHA)]
    assert (home.folder / NEW_ALPHA).read_bytes() == written


def test_who_takes_over_the_newer_version_gets_the_next_in_its_place(
    home: Home, course: Course
) -> None:
    for act in (made.put_the_new_one_over_it, made.copy_the_new_one_over_it):
        shutil.rmtree(home.folder, ignore_errors=True)
        deliver(home, course[1])
        made.write_in(home.folder / made.ALPHA, "x")
        deliver(home, course[2])
        act(home.folder / made.ALPHA, "y")
        assert deliver(home, course[2]) == []
        assert not (home.folder / NEW_ALPHA).exists()
        assert of_alpha(deliver(home, course[3])) == [Delivered("replaced", made.ALPHA)]


def test_who_undoes_it_all_gets_the_newest_at_once(home: Home, course: Course) -> None:
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "x")
    deliver(home, course[2])
    made.undo(home.folder / made.ALPHA, "y")
    assert deliver(home, course[2]) == [Delivered("replaced", made.ALPHA)]
    assert not (home.folder / NEW_ALPHA).exists()


def test_a_change_that_the_course_takes_back_lies_beside_no_more(
    home: Home, course: Course
) -> None:
    deliver(home, course[1])
    made.write_in(home.folder / made.BACK, "x")
    deliver(home, course[2])
    assert (home.folder / "lessons/01_alpha.new.ipynb").exists()
    deliver(home, course[3])
    assert not (home.folder / "lessons/01_alpha.new.ipynb").exists()


def test_deleted_is_said_once_for_each_version(home: Home, course: Course) -> None:
    deliver(home, course[1])
    (home.folder / made.PAGE).unlink()
    for version in (2, 3):
        assert Delivered("deleted", made.PAGE) in deliver(home, course[version])
        assert deliver(home, course[version]) == []
    assert not (home.folder / made.PAGE).exists()


@pytest.mark.parametrize("act", [made.rename, made.rename_and_write, made.copy_it])
def test_a_copy_that_was_there_before_brings_nothing_back(
    act: Any, home: Home, course: Course
) -> None:
    deliver(home, course[1])
    act(home.folder / made.ALPHA, "x")
    deliver(home, course[2])
    (home.folder / made.ALPHA).unlink()
    assert of_alpha(deliver(home, course[3])) == [Delivered("deleted", made.ALPHA)]


def test_a_rename_is_seen_by_the_next_version_although_another_run_came_between(
    home: Home, course: Course
) -> None:
    deliver(home, course[1])
    made.rename_and_write(home.folder / made.ALPHA, "x")
    assert deliver(home, course[1]) == []
    (done,) = of_alpha(deliver(home, course[2]))
    assert done == Delivered("renamed", made.ALPHA, "exercises/mine 01_alpha x.ipynb")


def test_what_was_deleted_comes_back_on_request_alone(home: Home, course: Course) -> None:
    deliver(home, course[1])
    (home.folder / made.ALPHA).unlink()
    (home.folder / made.BACK).unlink()
    wanted = frozenset({made.ALPHA, made.PAGE})
    assert deliver(home, course[1], wanted) == [Delivered("new", made.ALPHA)]
    assert not (home.folder / made.BACK).exists()
    assert deliver(home, course[1], wanted) == []


def test_restored_from_the_dustbin_it_gets_what_it_missed(home: Home, course: Course) -> None:
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "x")
    written = (home.folder / made.ALPHA).read_bytes()
    (home.folder / made.ALPHA).unlink()
    assert of_alpha(deliver(home, course[2])) == [Delivered("deleted", made.ALPHA)]
    (home.folder / made.ALPHA).write_bytes(written)
    assert deliver(home, course[2]) == [Delivered("beside", NEW_ALPHA, made.ALPHA)]


def test_a_link_to_a_disk_that_is_away_is_not_written_over(home: Home, course: Course) -> None:
    deliver(home, course[1])
    path = home.folder / made.ALPHA
    path.unlink()
    path.symlink_to(home.folder / "away" / "01_alpha.ipynb")
    assert of_alpha(deliver(home, course[2])) == [Delivered("beside", NEW_ALPHA, made.ALPHA)]
    assert path.is_symlink()


def test_what_is_saved_while_an_update_writes_is_not_lost(
    home: Home, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a file and its replacement another program saves it."""
    deliver(home, course[1])
    path = home.folder / made.ALPHA
    syncs = []

    def save(descriptor: int) -> None:
        syncs.append(descriptor)
        if len(syncs) == 2:  # the original, the file itself
            made.write_in(path, "in the last moment")

    monkeypatch.setattr(os, "fsync", save)
    with pytest.raises(OSError, match=r"another program has saved it just now.*run this again"):
        deliver(home, {made.ALPHA: course[2][made.ALPHA]})
    assert b"in the last moment" in path.read_bytes()
    assert deliver(home, {made.ALPHA: course[2][made.ALPHA]}) == [
        Delivered("beside", NEW_ALPHA, made.ALPHA)
    ]


def test_one_newer_version_lies_beside_whatever_was_taken_away(home: Home, course: Course) -> None:
    deliver(home, course[1])
    made.write_in(home.folder / made.ALPHA, "x")
    deliver(home, course[2])
    made.write_in(home.folder / NEW_ALPHA, "y")
    deliver(home, course[3])
    (home.folder / NEW_ALPHA).unlink()
    assert of_alpha(deliver(home, course[2])) == [Delivered("beside", NEW_ALPHA, made.ALPHA)]
    assert [path.name for path in home.folder.glob("exercises/*.new*")] == ["01_alpha.new.ipynb"]


def test_of_earlier_versions_no_copies_pile_up(home: Home, course: Course) -> None:
    for version in (1, 2, 3):
        deliver(home, course[version])
    lie_there = {hashlib.sha256(has).hexdigest() for has in made.snapshot(home.folder).values()}
    assert {path.name for path in home.own.glob("originals/*")} == lie_there

"""A file is written as a whole or not at all, and never over another one that somebody made."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from recsys_course.classroom.whole_files import (
    clear_unfinished,
    keep_copy,
    names_from,
    replace_known,
    sha256,
    write_whole,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder ü" / "notes.txt"


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"\x00\xff", b"\x00\xff"), ("ü\n", b"\xc3\xbc\n"), ("\ud800", b"?"), ("", b"")],
)
def test_it_holds_what_was_given(content: bytes | str, expected: bytes, path: Path) -> None:
    write_whole(path, content)
    assert path.read_bytes() == expected
    assert names(path) == ["notes.txt"]
    write_whole(path, "again")
    assert path.read_bytes() == b"again"


def test_the_mode_is_that_of_a_new_file(path: Path) -> None:
    write_whole(path, "secret", 0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_on_the_disk_before_it_has_the_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (done.append("fsync"), fsync(file)))
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("replace"), replace(*names)))
    write_whole(path, "x")
    assert done == ["fsync", "replace"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_goes_wrong_leaves_the_old_one_and_no_litter(
    error: BaseException, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise error

    write_whole(path, "old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert names(path) == ["notes.txt"]


def test_known_content_is_replaced_and_no_other(path: Path) -> None:
    replace_known(path, b"first", None)
    replace_known(path, b"second", b"first")
    for known in (None, b"first"):
        with pytest.raises(OSError, match="another program has saved it just now"):
            replace_known(path, b"third", known)
    assert path.read_bytes() == b"second"
    assert names(path) == ["notes.txt"]
    path.unlink()
    with pytest.raises(OSError, match="another program has saved it just now"):
        replace_known(path, b"third", b"second")
    assert names(path) == []


def test_a_link_that_leads_nowhere_is_not_nothing(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("away.txt")
    with pytest.raises(FileNotFoundError):
        replace_known(path, b"new", None)
    assert path.is_symlink()
    source = path.with_name("source.txt")
    source.write_bytes(b"x")
    assert keep_copy(source, path).name == "notes-2.txt"
    assert path.is_symlink()


def test_a_copy_is_no_second_name(path: Path, tmp_path: Path) -> None:
    write_whole(path, "before")
    kept = keep_copy(path, tmp_path / "kept" / "notes.txt")
    with path.open("r+") as file:  # in place, as JupyterLab saves
        file.write("AFTER!")
    assert kept.read_text() == "before"


def test_a_copy_takes_the_first_name_that_is_free_or_holds_the_same(
    path: Path, tmp_path: Path
) -> None:
    write_whole(path, "mine")
    wanted = tmp_path / "kept.txt"
    write_whole(wanted, "other")
    assert keep_copy(path, wanted) == tmp_path / "kept-2.txt"
    assert keep_copy(path, wanted) == tmp_path / "kept-2.txt"
    (tmp_path / "kept-3.txt").mkdir()
    write_whole(path, "mine anew")
    assert keep_copy(path, wanted) == tmp_path / "kept-4.txt"
    assert wanted.read_text() == "other"


def test_litter_is_cleared_and_nothing_else(path: Path) -> None:
    path.parent.mkdir()
    mine = [".draft.part", "film.part", ".notes.12a.part", "notes.12.part", ".12.part"]
    for name in (".notes.txt.4711.part", *mine):
        path.with_name(name).write_bytes(b"x")
    clear_unfinished(path.parent)
    assert names(path) == sorted(mine)
    clear_unfinished(path.parent / "absent")


def test_what_a_killed_process_left_is_written_over(path: Path) -> None:
    path.parent.mkdir()
    litter = path.with_name(f".notes.txt.{os.getpid()}.part")
    litter.write_bytes(b"half")
    write_whole(path, "whole")
    assert names(path) == ["notes.txt"]


def test_numbers_stand_before_the_suffix() -> None:
    names = names_from(Path("01 a.new.ipynb"))
    found = [next(names).name for _ in range(3)]
    assert found == ["01 a.new.ipynb", "01 a.new-2.ipynb", "01 a.new-3.ipynb"]


def test_sha256_is_that_of_the_standard() -> None:
    # FIPS 180-4, the example of one block
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

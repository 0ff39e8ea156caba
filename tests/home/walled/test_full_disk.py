"""A real disk, of half a megabyte, that is full but for more and more bytes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from recsys_course.classroom.grading.walls import bubblewrap

HERE = Path(__file__).parents[1]
SENTENCE = re.compile(
    r"\S.* cannot be read or written \(No space left on device\); nothing that was there is lost\. "
    r"Make room or leave to write, or choose another folder with --home, then run this again"
)


def test_a_disk_that_is_full_but_for_some_bytes(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "course").mkdir()
    program = bubblewrap()
    assert program is not None, "bubblewrap is missing; `make system-packages` installs it"
    walls = [program, "--ro-bind", "/", "/", "--dev", "/dev", "--bind", tmp_path, tmp_path]
    walls += ["--size", str(1 << 19), "--tmpfs", tmp_path / "disk", "--"]
    command = [sys.executable, HERE / "interrupting.py", "fill_up", tmp_path / "course"]
    done = subprocess.run(
        [*map(str, walls + command), str(tmp_path / "disk")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wrong, said = json.loads(done.stdout)
    assert wrong == []
    assert len(said) > 10
    assert [one for one in said if not SENTENCE.fullmatch(one)] == []

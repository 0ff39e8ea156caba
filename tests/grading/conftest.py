"""Classes of submissions, and the grader's command."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def grade(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command, and give what it says."""

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "recsys_course.cli", "grade", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    return run


@pytest.fixture
def make_class(tmp_path: Path) -> Callable[..., Path]:
    """A folder with one folder a student."""

    def make(sources: dict[str, str], name: str = "00_welcome.py") -> Path:
        for student, source in sources.items():
            folder = tmp_path / "class" / student
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(source, encoding="utf-8")
        return tmp_path / "class"

    return make

"""A course that is installed from its wheel, and nothing of a clone; once for all tests of it.

What needs bubblewrap is left out where it is missing, but never in CI: see tests/conftest.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from recsys_course.classroom.grading.walls import bubblewrap

# the made course and what interrupts are imported by their names, as interrupting.py does itself
sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).parents[2]
collect_ignore = ["walled"] if os.environ.get("CI") != "true" and bubblewrap() is None else []
# What lies about in a clone in which somebody works.
LITTER = (
    "exercises/03_mf_loss.2026-01-01-120000.kept.ipynb",
    "exercises/03_mf_loss-Copy1.ipynb",
    "exercises/03_mf_loss.py",
    "lessons/notes.ipynb",
    "lessons/notes.md",
    "solutions/mine.ipynb",
    "my-course/exercises/03_mf_loss.ipynb",
    "my-course/progress.json",
    "recsys_course/__pycache__/mine.pyc",
)


@dataclass(frozen=True)
class Installed:
    """A wheel, and a virtual environment that has it."""

    clone: Path
    wheel: Path
    folder: Path

    @property
    def site(self) -> Path:
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.folder)}))

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing that leads to the clone."""
        left_out = ("PYTHONPATH", "VIRTUAL_ENV", "COV_CORE_SOURCE", "COVERAGE_PROCESS_START")
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        return kept | {"PYTHONSAFEPATH": "1", "COLUMNS": "100"} | more


def build(*words: str | Path, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def build_wheel(source: Path, out: Path) -> Path:
    """The wheel of a folder or an sdist; nothing is fetched."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    build("pip", "wheel", *options, "--wheel-dir", out, source, cwd=out.parent)
    (wheel,) = out.glob("*.whl")
    return wheel


def clone_of(root: Path, target: Path) -> Path:
    """The files that git has or would take, and litter beside them."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(command, cwd=root, text=True).split("\0"):
        if name and (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    for name in LITTER:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("the litter of somebody's work")
    return target


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this very state, in an environment that has the project's packages, too."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # one for all workers
    folder = shared / "installed"
    with FileLock(shared / "installed.lock"):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            clone = clone_of(ROOT, folder / "clone")
            wheel = build_wheel(clone, folder / "wheel")
            venv.create(folder / "environment", with_pip=False)
            course = Installed(clone, wheel, folder / "environment")
            options = ("--no-deps", "--no-index", "--no-compile", "--quiet")
            build("pip", "--python", course.python, "install", *options, wheel, cwd=folder)
            # a path that is found in this way is not searched for further .pth files, so that the
            # link to the clone, which lies there, counts for nothing
            packages = sysconfig.get_path("purelib")
            (course.site / "packages.pth").write_text(packages + "\n", encoding="utf-8")
            (folder / "done").touch()
    (wheel,) = (folder / "wheel").glob("*.whl")
    return Installed(folder / "clone", wheel, folder / "environment")

"""What is put into the sandbox: chosen packages, and of the course only what an exercise needs.

Nothing is mounted or linked that is not named here, so that checks, wrong answers, solutions and
the functions that answer an exercise are absent, not forbidden.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

from recsys_course.classroom.syllabus import Lesson

__all__ = [
    "COMMON_PACKAGES",
    "PREFIX",
    "packages_of",
    "remove_what_was_left",
    "stage_course",
    "system_folders",
]

PREFIX = "recsys-grading-"  # of the folders of running sandboxes; the process follows
COMMON_PACKAGES = ("numpy", "scipy", "pandas", "matplotlib")
_COURSE = Path(__file__).parents[2]
_REQUIRED = re.compile(r"^Requires-Dist: *(.+)$", re.MULTILINE)
_FOR_AN_EXTRA = re.compile(r"""; *extra *== *["'][^"']*["'] *$""")
_MACHINERY = (
    "classroom/cells.py",
    "classroom/deadlines.py",
    "classroom/loading.py",
    "classroom/nesting.py",
    "classroom/grading/inside/__init__.py",
    "classroom/grading/inside/channel.py",
    "classroom/grading/inside/isolation.py",
    "classroom/grading/inside/rehearsal.py",
    "classroom/grading/inside/serving.py",
    "classroom/grading/inside/wire.py",
    "classroom/grading/inside/zygote.py",
)
_SILENT = '''"""Where answers are graded, nothing is checked, hinted at or asked inside them."""


def check(function, *, seed=None):
    """Say nothing."""


hint = compare_guess = quiz = lambda *arguments, **options: None
'''


def stage_course(folder: Path, lesson: Lesson) -> None:
    """Copy the parts of the course that the process of a submission gets.

    Args:
        folder: Where; it is filled with a package ``recsys_course``.
        lesson: Whose exercise is graded; ``imports`` names what it may use of the course.
    """
    allowed = [name for name in lesson.imports if name.startswith("recsys_course.")]
    modules = [f"{name.partition('.')[2].replace('.', '/')}.py" for name in allowed]
    for name in ["__init__.py", *_MACHINERY, *modules]:
        target = folder / "recsys_course" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(_COURSE / name, target)
    for package in {path.parent for path in folder.rglob("*.py")}:
        (package / "__init__.py").touch()
    silent = folder / "recsys_course" / "classroom" / "__init__.py"
    silent.write_text(_SILENT, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    """Copy a module, and what Python has compiled it to, which holds as long as the time agrees."""
    shutil.copyfile(source, target)  # whoever may read the source, the sandbox must
    written = source.stat()
    os.utime(target, ns=(written.st_atime_ns, written.st_mtime_ns))
    compiled = Path(importlib.util.cache_from_source(str(source)))
    if compiled.is_file():
        beside = target.parent / "__pycache__"
        beside.mkdir(exist_ok=True)
        shutil.copyfile(compiled, beside / compiled.name)


def packages_of(names: Iterable[str]) -> dict[str, Path]:
    """Files and folders of some distributions and of everything that they require.

    Args:
        names: Distributions, such as ``numpy``; one that is not installed is left out.

    Returns:
        For each top-level name where it is, such as ``{"numpy": .../site-packages/numpy}``.
    """
    from packaging.utils import canonicalize_name  # what starts a sandbox needs it, nobody else

    found: dict[str, Path] = {}
    waiting, seen = list(names), set[str]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen or name == "recsys-course":
            continue
        seen.add(name)
        paths, required = _contents(name)
        found |= paths
        waiting += required
    return dict(sorted(found.items()))


@functools.cache
def _contents(name: str) -> tuple[dict[str, Path], list[str]]:
    """Where the top-level names of a distribution are, and what it requires."""
    import importlib.metadata

    from packaging.requirements import Requirement

    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return {}, []
    # as text, as importlib.metadata makes an object of each of TensorFlow's 20,000 files
    lines = (distribution.read_text("RECORD") or "").splitlines()
    tops = {line.partition(",")[0].partition("/")[0].strip('"') for line in lines}
    tops = {top for top in tops - {"..", "__pycache__"} if not top.endswith(".pth")}
    paths = {top: Path(str(distribution.locate_file(top))) for top in tops}
    head = (distribution.read_text("METADATA") or "").partition("\n\n")[0]
    # most lines are about extras, and parsing them all would be felt at every start
    lines = [line for line in _REQUIRED.findall(head) if not _FOR_AN_EXTRA.search(line)]
    requirements = map(Requirement, lines)
    return {top: path for top, path in paths.items() if path.exists()}, [
        one.name for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})
    ]


def system_folders() -> tuple[list[Path], list[Path]]:
    """What the interpreter needs to run, and what of it must be covered.

    Returns:
        Folders and files to show; folders below them to hide, where packages are installed.
    """
    base = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shown = [Path("/usr/lib"), Path("/usr/lib64"), base / "lib", Path(sys.executable).resolve()]
    shown = [path for path in dict.fromkeys(shown) if path.exists()]
    hidden = {
        base / "lib" / version / "site-packages",
        base / "lib" / version / "dist-packages",
        Path("/usr/lib/python3/dist-packages"),
        Path("/usr/local/lib", version, "dist-packages"),
        Path(sysconfig.get_path("purelib")),
        Path(sysconfig.get_path("platlib")),
        _COURSE.parent,
    }
    below = [path for path in sorted(hidden) if any(path.is_relative_to(one) for one in shown)]
    return shown, [path for path in below if path.is_dir()]


def remove_what_was_left() -> None:
    """Remove the folders of graders that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)

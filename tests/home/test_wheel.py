"""The wheel alone is enough: no clone, in a folder with a space and letters beyond ASCII."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).parents[2]
STEMS = [lesson.stem for lesson in load_syllabus().lessons]
PAGES = ["lessons/README.md", "lessons/glossary.md", "lessons/map.svg", "exercises/README.md"]
CARRIED = sorted(
    [f"{kind}/{stem}.ipynb" for kind in ("lessons", "exercises", "solutions") for stem in STEMS]
    + PAGES
    + ["DATA-LICENSES.md"]
)
INSIDE = "recsys_course/classroom/course/"
SECONDS = 120


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_course_and_no_litter(installed: Any) -> None:
    held = contents(installed.wheel)
    course = {name.removeprefix(INSIDE): held[name] for name in held if name.startswith(INSIDE)}
    assert sorted(course) == CARRIED
    assert [name for name in course if course[name] != (ROOT / name).read_bytes()] == []
    assert [name for name in held if b"the litter" in held[name]] == []
    top = {name.partition("/")[0] for name in held}
    assert top == {"recsys_course", "recsys_course-0.1.0.dist-info"}
    licences = {name.rpartition("/")[2] for name in held if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-TEXT"}


def test_the_wheel_holds_all_of_the_package_that_git_has(installed: Any) -> None:
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "recsys_course"],
        cwd=ROOT,
        text=True,
    )
    package = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    held = {name for name in contents(installed.wheel) if name.startswith("recsys_course/")}
    assert held - {INSIDE + name for name in CARRIED} == package


def test_an_sdist_holds_what_the_wheel_is_made_of_and_makes_the_same(
    installed: Any, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path / "sdist"]
    subprocess.run(command, cwd=installed.clone, check=True, capture_output=True)
    (sdist,) = (tmp_path / "sdist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sources = {f"{kind}/source/{stem}.py" for kind in ("lessons", "solutions") for stem in STEMS}
    needed = {"hatch_build.py", "pyproject.toml", "LICENSE", "LICENSE-TEXT", "PKG-INFO"}
    assert sources | needed | set(CARRIED) <= names
    assert not any(name.startswith(("my-course", ".git/")) for name in names)
    build_wheel = sys.modules[type(installed).__module__].build_wheel
    made, straight = contents(build_wheel(sdist, tmp_path / "wheel")), contents(installed.wheel)
    record = "recsys_course-0.1.0.dist-info/RECORD"  # its lines may come in another order
    assert sorted(made.pop(record).splitlines()) == sorted(straight.pop(record).splitlines())
    assert made == straight


def test_an_editable_installation_leads_to_the_clone(installed: Any, tmp_path: Path) -> None:
    """As bootstrap.py installs it: the notebooks are found where they are."""
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation"]
    command += ["--no-index", "--quiet", "--target", str(target), "-e", str(installed.clone)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (target / "recsys_course").exists()
    assert not (installed.clone / INSIDE).exists()
    code = (
        f"import site, sys; site.addsitedir({str(target)!r}); "
        f"sys.path.append({sysconfig.get_path('purelib')!r}); "  # its .pth files count for nothing
        "from recsys_course.classroom.materials import shipped; print(shipped())"
    )
    python = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert python.stdout.strip() == str(installed.clone), python.stderr


# --- As a learner uses it.


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "Mein Kurs ü"
    folder.mkdir()
    return folder


def run(installed: Any, here: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [installed.python, "-m", "recsys_course.cli", *words],
        cwd=here,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert_no_clone(said, installed)
    return " ".join(said.split())


def assert_no_clone(text: str, installed: Any) -> None:
    text = text.replace(sys.prefix, "")  # the packages, which may lie in a clone
    assert str(ROOT) not in text
    assert str(installed.clone) not in text


def test_from_the_first_start_to_a_solved_exercise(installed: Any, here: Path) -> None:
    told = run(installed, here, "start")
    assert "files are new in" in told
    assert "Next: read lessons/00_welcome.ipynb, then write exercises/00_welcome.ipynb" in told
    home = here / "my-course"
    assert sorted(path.name for path in home.glob("lessons/*.ipynb")) == [
        f"{stem}.ipynb" for stem in STEMS
    ]
    assert (home / "exercises" / "06_recommending.ipynb").is_file()
    assert "0 of 7 lessons done" in run(installed, here, "status")
    assert "not attempted" in run(installed, here, "check", "welcome", code=1)
    told = run(installed, here, "solution", "welcome", "--anyway")
    assert "Open it: recsys-course lab solutions/00_welcome.ipynb" in told
    solved = (home / "solutions" / "00_welcome.ipynb").read_bytes()
    (home / "exercises" / "00_welcome.ipynb").write_bytes(
        solved.replace(b'"kind": "solution"', b'"kind": "exercise"')
    )
    assert "passed" in run(installed, here, "check", "welcome")
    assert "1 of 7 lessons done" in run(installed, here, "status")
    assert "everything is up to date" in run(installed, here, "update")
    for path in home.rglob("*"):
        if path.is_file():
            assert_no_clone(path.read_bytes().decode("utf-8", "replace"), installed)


def test_it_is_the_wheel_that_runs(installed: Any, here: Path) -> None:
    code = "import recsys_course, sys; print(recsys_course.__file__, *sys.path, sep='\\n')"
    said = subprocess.run(
        [installed.python, "-c", code],
        cwd=here,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.splitlines()[0] == str(installed.site / "recsys_course" / "__init__.py")
    assert str(ROOT) not in said.splitlines()


def test_jupyterlab_opens_in_the_learners_folder(
    installed: Any, here: Path, tmp_path: Path, address_in: Any
) -> None:
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(tmp_path / name) for name in (*folders, "JUPYTER_RUNTIME_DIR")}
    own["JUPYTER_PORT"] = "0"  # any: another test starts one at the same moment
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [installed.python, "-m", "recsys_course.cli", "lab", "--no-browser"],
            cwd=here,
            env=installed.environment(**own),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        found = address_in(tmp_path / "log", process)
        port, path, token = found.groups()
        assert path == "/lab/tree/lessons/00_welcome.ipynb"
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/contents", headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            names = sorted(entry["name"] for entry in json.load(reply)["content"])
        assert names == ["DATA-LICENSES.md", "README.md", "exercises", "lessons"]
        assert_no_clone((tmp_path / "log").read_text("utf-8"), installed)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

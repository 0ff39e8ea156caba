"""bootstrap.py on a project of one small package, and each way in which it can fail."""

import ast
import base64
import collections
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
assert SPEC is not None
assert SPEC.loader is not None
bootstrap = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(bootstrap)

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
import shutil

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "course-1.0-py3-none-any.whl"
    shutil.copy(name, folder + "/" + name)
    return name
"""
COURSE = "course-1.0-py3-none-any.whl"
EXTRA = "Provides-Extra: extra\n"
DATASETS = """
import pathlib, time

def load_movielens():
    with open("prepared", "a") as file:
        file.write("x")
    if pathlib.Path("slow").exists():
        time.sleep(60)
"""


def write_wheel(path: Path, modules: dict[str, str], more: str = "") -> str:
    """A wheel with little metadata, called as its file is; gives its SHA-256."""
    name, version = path.name.split("-")[:2]
    info = f"{name}-{version}.dist-info"
    files = modules | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    records = [f"{info}/RECORD,,"]
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            records.append(f"{file},sha256={digest.decode().rstrip('=')},{len(text)}")
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", "\n".join(records))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_project(root: Path) -> Path:
    (root / "wheels").mkdir(parents=True)
    (root / "recsys_course" / "data").mkdir(parents=True)
    (root / "recsys_course" / "data" / "datasets.py").write_text(DATASETS)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    write_wheel(root / COURSE, {"_course.pth": str(root)})
    lock = []
    for name, more in {"tiny": "Requires-Dist: part[extra]>=1.0\n", "part": EXTRA}.items():
        wheel = root / "wheels" / f"{name}-1.0-py3-none-any.whl"
        digest = write_wheel(wheel, {f"{name}/__init__.py": "answer = 42\n"}, more)
        lock.append(f"{name}==1.0 --hash=sha256:{digest}\n")
    write_wheel(root / "wheels" / "part-1.1-py3-none-any.whl", {}, EXTRA)  # newer than the lock
    (root / "constraints.txt").write_text("".join(lock))
    return root


def require_again(root: Path) -> None:
    """Changes constraints.txt without changing what it asks for."""
    with (root / "constraints.txt").open("a") as file:
        file.write("# again\n")


def uninstall(root: Path) -> None:
    """Takes the package away, so that the next run has to fetch it."""
    pip = [bootstrap.program(root, "python"), "-m", "pip"]
    subprocess.check_call([*pip, "uninstall", "-q", "-y", "tiny"])
    require_again(root)


@pytest.fixture(autouse=True)
def wheels_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip sees no index and no settings of this machine, and the set-up needs little disk."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    monkeypatch.setattr(bootstrap, "NEEDED_GB", 0.1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("a course") / "Übung 1")


@pytest.fixture
def root(project: Path) -> Path:
    """The project, set up (each test leaves it so that the next run can go on)."""
    (project / "slow").unlink(missing_ok=True)
    assert bootstrap.main([], project) == 0
    return project


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the steps, each of which is done for real."""
    titles: list[str] = []
    run_step = bootstrap.run_step

    def note(root: Path, title: str, command: list[str]) -> None:
        titles.append(title.partition(" (")[0])
        run_step(root, title, command)

    monkeypatch.setattr(bootstrap, "run_step", note)
    return titles


def pretend(folder: Path, name: str, printed: str) -> list[str]:
    """A command that stands for a Python, answering every question with the same words."""
    script = folder / f"{name}.py"
    script.write_text(f"print({printed!r})")
    return [sys.executable, str(script)]


def fails(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> str:
    """What the person at the keyboard reads on standard error when a run fails."""
    assert bootstrap.main(list(arguments), root) == 1
    text = capsys.readouterr().err
    assert "Traceback" not in text
    return text


def test_old_pythons_can_read_it_and_no_package_is_needed() -> None:
    tree = ast.parse((ROOT / "bootstrap.py").read_text("utf-8"), feature_version=(3, 6))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names}
    assert names <= sys.stdlib_module_names
    assert "dataclasses" not in names  # new in 3.7


def test_a_first_run_installs_everything(root: Path) -> None:
    command = [bootstrap.program(root, "python"), "-c", "import tiny; print(tiny.answer)"]
    assert subprocess.check_output(command, cwd="/", text=True) == "42\n"
    assert "x" in (root / "prepared").read_text()


def test_a_newer_version_than_the_lock_has_is_not_looked_at(root: Path) -> None:
    """Left to resolve, pip stops here: "part[extra]" is another requirement to it than "part"."""
    (site,) = (root / ".venv").rglob("site-packages")
    assert [path.name for path in site.glob("part-*")] == ["part-1.0.dist-info"]


def test_the_course_is_found_from_elsewhere_and_in_any_locale(root: Path) -> None:
    assert not str(root).isascii()
    command = [bootstrap.program(root, "python"), "-c", "import recsys_course.data.datasets"]
    assert subprocess.call(command, cwd="/", env=os.environ | {"LC_ALL": "C"}) == 0


def test_a_second_run_does_nothing(root: Path, steps: list[str]) -> None:
    assert bootstrap.main([], root) == 0
    assert steps == []


def test_new_requirements_are_installed_into_the_old_environment(
    root: Path, steps: list[str]
) -> None:
    require_again(root)
    assert bootstrap.main([], root) == 0
    assert steps == ["Installing the packages", "Installing the course", "Preparing the data"]


def test_a_package_that_was_cut_off_is_installed_again(root: Path) -> None:
    (package,) = (root / ".venv").rglob("tiny/__init__.py")
    (mark,) = (root / ".venv").rglob("tiny-1.0.dist-info/INSTALLER")
    package.unlink()
    mark.unlink()
    require_again(root)
    assert bootstrap.main([], root) == 0
    assert package.read_text() == "answer = 42\n"


def test_an_environment_that_does_not_start_is_made_anew(
    root: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(bootstrap.program(root, "python")).unlink()
    monkeypatch.setenv("PIP_NO_COMPILE", "0")  # pip takes 0 for yes here
    assert bootstrap.main([], root) == 0
    assert steps[0] == "Making a virtual environment in .venv"
    assert steps[3] == "Compiling the packages"  # because pip was told not to
    assert list((root / ".venv").rglob("tiny/__pycache__/__init__.*.pyc"))


@pytest.mark.parametrize("part", ["pyvenv.cfg", "lib/python*/site-packages/pip"])
def test_an_environment_without_a_vital_part_is_not_used(root: Path, part: str) -> None:
    assert bootstrap.is_usable(root)
    (path,) = (root / ".venv").glob(part)
    away = path.rename(root / "away")
    usable = bootstrap.is_usable(root)
    away.rename(path)
    assert not usable


def test_a_moved_environment_is_not_used(root: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(root, tmp_path / "moved", symlinks=True)
    assert bootstrap.is_complete(root)
    assert not bootstrap.is_complete(moved)
    assert not bootstrap.is_usable(moved)


def test_a_link_in_place_of_the_environment_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_project(tmp_path / "course")
    (tmp_path / "elsewhere").mkdir()
    (root / ".venv").symlink_to(tmp_path / "elsewhere")
    assert f"{root / '.venv'} is a link" in fails(capsys, root)
    assert (tmp_path / "elsewhere").is_dir()


def test_an_unsuitable_python_is_named(tmp_path: Path) -> None:
    commands = [pretend(tmp_path, "old", "3.9 venv"), pretend(tmp_path, "new", "3.14 venv")]
    with pytest.raises(bootstrap.SetupError) as error:
        bootstrap.find_python([*commands, ["no-such-python"]])
    assert "needs Python 3.11, 3.12 or 3.13" in str(error.value)
    assert "found only Python 3.9 and 3.14; install Python 3.12" in str(error.value)


def test_a_suitable_python_elsewhere_on_the_path_is_taken(tmp_path: Path) -> None:
    suitable = pretend(tmp_path, "suitable", "3.12 venv")
    commands = [pretend(tmp_path, "old", "3.9 venv"), pretend(tmp_path, "bare", "3.13"), suitable]
    assert bootstrap.find_python(commands) == suitable


def test_a_missing_venv_module_is_named_with_debians_package(tmp_path: Path) -> None:
    commands = [pretend(tmp_path, "bare", "3.12"), pretend(tmp_path, "old", "3.9 venv")]
    with pytest.raises(bootstrap.SetupError, match=r"apt-get install python3\.12-venv"):
        bootstrap.find_python(commands)


def test_too_little_disk_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_project(tmp_path / "course")
    usage = collections.namedtuple("usage", "free")
    monkeypatch.setattr(bootstrap, "NEEDED_GB", 4.0)
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: usage(free=1_500_000_000))
    text = fails(capsys, root)
    assert f"need about 4 GB, and the disk of {root} has 1.5 GB free; free 2.5 GB more" in text
    assert not (root / ".venv").exists()


def test_without_a_network_the_next_run_goes_on(
    root: Path,
    steps: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    uninstall(root)
    with monkeypatch.context() as offline:
        offline.delenv("PIP_NO_INDEX")
        offline.delenv("PIP_FIND_LINKS")
        offline.setenv("PIP_NO_CACHE_DIR", "1")
        offline.setenv("PIP_RETRIES", "1")
        offline.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nothing listens there
        text = fails(capsys, root)
    assert "needs the network, and the package index cannot be reached" in text
    assert len(text.splitlines()) == 1
    steps.clear()
    assert bootstrap.main([], root) == 0
    assert steps[0] == "Installing the packages"


def test_another_failure_of_pip_shows_its_last_lines_and_the_log(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    constraints = root / "constraints.txt"
    good = constraints.read_text()
    constraints.write_text(f"absent==2.0 --hash=sha256:{'0' * 64}\n")
    text = fails(capsys, root)
    constraints.write_text(good)
    assert "No matching distribution found for absent==2.0" in text
    assert str(root / ".venv" / "setup.log") in text
    assert "network" not in text


def test_a_requirement_without_a_hash_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uninstall(root)
    constraints = root / "constraints.txt"
    good = constraints.read_text()
    constraints.write_text("tiny==1.0\n")
    text = fails(capsys, root)
    constraints.write_text(good)
    assert "Hashes are required in --require-hashes mode" in text


def test_a_full_disk_is_named() -> None:
    tail = ["ERROR: Could not install packages: [Errno 28] No space left on device"]
    assert "filled the disk" in bootstrap.explain("Installing", tail, "setup.log")


@pytest.mark.parametrize("where", ["packages", "data"])
def test_an_interrupted_run_is_continued(root: Path, where: str) -> None:
    """Ctrl-C reaches the whole foreground group, as here."""
    require_again(root)
    (root / "slow").touch()
    (root / "prepared").unlink()
    code = f"bootstrap.NEEDED_GB = 0.1; sys.exit(bootstrap.main([], pathlib.Path({str(root)!r})))"
    process = subprocess.Popen(
        [sys.executable, "-c", f"import bootstrap, pathlib, sys; {code}"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    mark = root / "prepared" if where == "data" else root / ".venv" / "setup.log"
    before = mark.stat().st_size if mark.exists() else 0
    while process.poll() is None and (not mark.exists() or mark.stat().st_size == before):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate()[1] == "Stopped; the next run goes on from here.\n"
    assert process.returncode == 130
    assert not bootstrap.is_complete(root)
    (root / "slow").unlink()
    assert bootstrap.main([], root) == 0
    assert bootstrap.is_complete(root)


def test_the_checks_stop_at_the_first_that_fails(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = ("python -c pass", "python -c exit(3)", "python -c open('reached','w')")
    assert bootstrap.run_checks(root, checks=checks) == 3
    assert "stopped: `python -c exit(3)` failed with exit code 3" in capsys.readouterr().err
    assert not (root / "reached").exists()
    assert bootstrap.run_checks(root, checks=checks[:1]) == 0


def test_a_check_runs_beside_the_next_and_stops_the_rest(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    last = "python -c open('reached','w')"
    meet = "import pathlib\nwhile not pathlib.Path('met').exists(): pass\n"
    for number, (end, code) in enumerate([("print('ü')", 0), ("exit(7)", 7)]):
        (root / f"beside{number}.py").write_text(meet + end, "utf-8")
        (root / "met").unlink(missing_ok=True)
        checks = (f"python beside{number}.py &", "python -c open('met','w')", last)
        assert bootstrap.run_checks(root, checks=checks) == code
        assert (root / "reached").exists() is (code == 0)
        (root / "reached").unlink(missing_ok=True)
    said = capfd.readouterr()
    assert "== python beside0.py & wrote:\nü\n" in said.out
    assert said.err == "== stopped: `python beside1.py &` failed with exit code 7\n"


def test_options_are_for_the_tests(root: Path) -> None:
    checks = ("python -c pass", "python -c open('options','w').write(str(__import__('sys').argv))")
    assert bootstrap.run_checks(root, ["--cov", "-k a b"], checks) == 0
    assert (root / "options").read_text() == "['-c', '--cov', '-k a b']"


def test_an_unknown_action_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "`lba` is not known here; use lab, test" in fails(capsys, root, "lba")

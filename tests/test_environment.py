"""pyproject.toml, constraints.txt, environment.yml and bootstrap.py ask for the same things."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
LEARNERS = sorted({*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)})
LOCKED = [*LEARNERS, *PYPROJECT["dependency-groups"]["build"]]
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8")
# One pinned requirement, with the marker that limits it, and its lines of hashes.
PIN = re.compile(
    r"^(?P<what>[a-z0-9][^\\\n]*?) \\\n(?P<hashes>(?:    --hash=.*\n?)+)", re.MULTILINE
)


def pins(name: str) -> list[tuple[Requirement, list[str]]]:
    found = ((Requirement(pin["what"]), pin["hashes"].split()) for pin in PIN.finditer(CONSTRAINTS))
    return [pin for pin in found if canonicalize_name(pin[0].name) == canonicalize_name(name)]


def conda() -> tuple[dict[str, str], list[str]]:
    """What environment.yml asks of conda, by name, and what it asks of pip."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    names = [entry.partition(" ") for entry in entries if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    return {name: version for name, _, version in names}, pip


def test_conda_users_get_the_same_requirements() -> None:
    _, pip = conda()
    assert pip[-1] == "-e ."
    assert {str(Requirement(text)) for text in pip[:-1]} == {
        str(Requirement(text)) for text in LEARNERS
    }
    assert len(pip) - 1 == len(LEARNERS)


def test_python_versions_agree_everywhere() -> None:
    wanted = SpecifierSet(PROJECT["requires-python"])
    supported = {f"3.{minor}" for minor in range(20) if f"3.{minor}" in wanted}
    assert supported == {"3.11", "3.12", "3.13"}  # the wheels that TensorFlow has
    assert SpecifierSet(conda()[0]["python"]) == wanted
    text = (ROOT / "bootstrap.py").read_text("utf-8")
    line = re.search(r"^SUPPORTED = \((.*)\)$", text, re.MULTILINE)
    assert line is not None
    assert set(re.findall(r"[\d.]+", line[1])) == supported
    assert "--python-version 3.11 " in text  # the lock starts at the oldest


@pytest.mark.parametrize("text", LOCKED)
def test_every_requirement_is_pinned_with_hashes(text: str) -> None:
    requirement = Requirement(text)
    found = pins(requirement.name)
    assert found, f"{requirement.name} is not in constraints.txt; run: make lock"
    for pin, hashes in found:
        (version,) = pin.specifier
        assert version.operator == "=="
        assert requirement.specifier.contains(version.version), f"{pin} does not satisfy {text}"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}|\\", word) for word in hashes)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_every_requirement_has_one_version_a_system(python: str, system: str) -> None:
    where = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": system}
    for text in LOCKED:
        name = Requirement(text).name
        apply = [
            str(pin) for pin, _ in pins(name) if pin.marker is None or pin.marker.evaluate(where)
        ]
        assert len(apply) == 1, f"{name} on {system} with Python {python}: {apply}"


def test_the_lock_is_nothing_but_pins_and_hashes() -> None:
    """No host, no path of a machine and no option of pip: it works from any index or folder."""
    rest = [
        line
        for line in PIN.sub("", CONSTRAINTS).splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    assert rest == []
    assert not re.findall(r"https?:|file:|--(?!hash=)\w+|/\w+/", CONSTRAINTS)


def test_the_lock_leaves_nothing_out() -> None:
    """It is installed without looking for dependencies; then each one has to be in it."""
    check = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == "No broken requirements found.\n"


def test_no_parser_is_built_to_read_a_notebook() -> None:
    """jsonschema 4.25 and later build one at each import, which takes seconds."""
    look = "import nbformat, sys; print(sorted({'lark', 'rfc3987_syntax'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

"""What the repository promises a newcomer before anything is installed."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def committed() -> list[Path]:
    """The files that git has or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^    (\S.*?)(?:  +#.*)?$", README, re.MULTILINE)
    assert commands[:2] == ["make lab", "make test"]
    assert README.index("make test") < 250


def test_every_command_of_the_readme_is_one_of_the_makefile_or_bootstrap() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    actions = set(
        re.findall(r'^        "([a-z]+)": lambda', (ROOT / "bootstrap.py").read_text(), re.M)
    )
    assert {"lab", "test", "build", "book", "bench", "mutants", "lock"} <= targets & actions
    prose = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    commands = re.findall(r"(?:^    |`|=wheels )make ([a-z-]+)", prose, re.MULTILINE)
    assert set(commands) <= targets
    assert set(re.findall(r"bootstrap\.py ([a-z]+)", prose)) <= actions


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "DATA-LICENSES.md"])
def test_every_relative_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", (ROOT / name).read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_the_readme_quotes_the_benchmarks_as_they_were_measured() -> None:
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text("utf-8"))
    rating, ranking, neighbors = (
        results[name]["results"] for name in ("rating", "ranking", "neighbors")
    )
    als = ranking["implicit ALS"]["models"]
    ours, theirs = als["our ALS"], als["implicit's ALS"]
    quoted = [f"{results['date']} on an {results['machine'].split(',')[0]}"]
    for name, row in rating["models"].items():
        if name != "biases":
            quoted.append(f"| {name} | {row['RMSE']:.4f} | {row['ratio']:.3g}")
    ratios = [
        ranking["six metrics at 20"]["6,040 × 3,700"]["ratio"],
        *(row["ratio"] for row in ranking["top 20 of 256 users"].values()),
        ranking["EASE"]["MovieLens 100K"]["ratio"],
        f"{ours['fit CPU s'] / theirs['fit CPU s']:.2f}",
        *(
            f"{row['ours_to']['scikit-learn']:.2f} and {row['ours_to']['implicit']:.2f}"
            for row in neighbors.values()
        ),
    ]
    quoted += [f"| {ratio} |" for ratio in ratios]
    quoted.append(f"NDCG@10 {ours['NDCG@10']}, to `implicit` with {theirs['NDCG@10']}")
    memory = neighbors["embedded"]["memory_mb"]
    quoted.append(f"{memory['ours']:.0f} MB for the embedded films, against")
    quoted.append(f"{memory['scikit-learn']:,.0f} MB of scikit-learn's")
    readme = " ".join(README.split())
    assert [figure for figure in quoted if figure not in readme] == []


def test_contributing_fits_on_a_screen() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()) <= 45


def test_the_licences_are_there() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n")
    assert "https://creativecommons.org/licenses/by/4.0/" in (ROOT / "LICENSE-TEXT").read_text()
    data = (ROOT / "DATA-LICENSES.md").read_text("utf-8")
    assert "f11eb406d322dbeff4445a4e4954b6a37b6c210af3f2142310e895d2ee15f3c5" in data
    assert "10.1145/2827872" in data


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    # Written in two parts, so that this file does not name them itself.
    registries = [
        "pypi" + r"\.org",
        "python" + "hosted",
        "deb" + r"\.debian",
        "registry" + r"\.npm",
    ]
    folders = ["/ro" + "ot/", "/ho" + r"me/\w", "/Us" + r"ers/\w", "/wo" + "rk/", "/o" + "pt/"]
    forbidden = re.compile("|".join(registries + folders))
    found = []
    for path in committed():
        if path.suffix in {".png", ".npz"}:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if forbidden.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_a_long_module_says_why_it_is_long() -> None:
    """More than 250 lines need a reason in the docstring, in a sentence with "longer than"."""
    outside = ("tests", "lessons", "exercises", "solutions")  # a test's list of cases has no rooms
    modules = [
        path
        for path in committed()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] not in outside
    ]
    silent = []
    for path in modules:
        text = path.read_text("utf-8")
        reason = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
        if len(text.splitlines()) > 250 and "longer than" not in reason.lower():
            silent.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    assert silent == []


def test_ci_is_an_executable_script_that_stops_at_the_first_error() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert re.findall(r"^(?:set|make) .*$", text, re.MULTILINE) == [
        "set -euo pipefail",
        "make system-packages",
        "make test",
    ]


def test_without_python_make_says_so_in_a_sentence() -> None:
    command = ["make", "--no-print-directory", "lab", "PYTHON="]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode != 0
    assert process.stderr.startswith("error: no Python was found; install Python 3.12")


@pytest.mark.parametrize(
    ("ci", "left_out", "closing"), [("", 1, "1 passed"), ("true", 0, "1 failed, 1 passed")]
)
def test_without_a_browser_its_tests_are_left_out_except_in_ci(
    ci: str, left_out: int, closing: str, tmp_path: Path
) -> None:
    (tmp_path / "e2e").mkdir()
    (tmp_path / "e2e" / "test_browser.py").write_text("def test_it():\n    assert False\n")
    (tmp_path / "test_rest.py").write_text("def test_it():\n    pass\n")
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir=.", "--import-mode=importlib", "."],
        cwd=tmp_path,
        env=os.environ | {"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stdout.count("tests/e2e left out: there is no Chromium") == left_out
    assert re.search(rf"^=+ {closing} in ", process.stdout.splitlines()[-1])

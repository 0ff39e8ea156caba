"""No command ever overwrites or deletes a learner's work."""

import hashlib
import json

import pytest
from typer.testing import CliRunner

from recsys_course.classroom import materials as module
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.cli import app

LESSONS = load_syllabus().lessons
COMMANDS = [
    ["start"],
    ["start", "mf_loss"],
    ["status"],
    ["check", "mf_loss"],
    ["hint", "sgd_step"],
    ["update"],
    ["solution", "mf_loss", "--anyway"],
    ["reset", "mf_loss"],
    ["reset", "welcome"],
    ["update"],
]


@pytest.fixture
def newer(tmp_path, monkeypatch):
    """From now on every file of the course is a newer one."""

    def renew():
        files = module.materials()
        for name, path in files.items():
            copy = tmp_path / "newer" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            if copy.suffix == ".ipynb":
                notebook = json.loads(path.read_text("utf-8"))
                notebook["cells"][0]["source"] = ["# A newer title"]
                copy.write_text(json.dumps(notebook), "utf-8")
            else:
                copy.write_bytes(path.read_bytes() + b"\nnewer\n")
        found = {name: tmp_path / "newer" / name for name in files}
        monkeypatch.setattr(module, "materials", lambda: found)

    return renew


def work_in(path):
    """What the learner wrote in a file, which must be found somewhere afterwards."""
    if path.suffix == ".ipynb":
        notebook = json.loads(path.read_text("utf-8"))
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        code[-1]["source"] = [f"mine = {path.name!r}"]
        path.write_text(json.dumps(notebook), "utf-8")
    else:
        path.write_text(path.read_text("utf-8") + f"my notes on {path.name}\n", "utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_whatever_is_run_all_that_was_written_is_still_there(tmp_path, monkeypatch, newer):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert runner.invoke(app, ["start"]).exit_code == 0
    home = tmp_path / "my-course"
    delivered = [path for path in sorted(home.rglob("*")) if path.suffix in {".ipynb", ".md"}]
    worked_in = [path for path in delivered if ".recsys-course" not in path.parts]
    assert len(worked_in) >= 2 * len(LESSONS)
    work = {work_in(path) for path in worked_in}
    work.add(work_in_a_file_of_their_own(home))
    newer()
    for command in COMMANDS:
        result = runner.invoke(app, command)
        assert result.exit_code in {0, 1}, f"{command}: {result.output}"
        there = {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in home.rglob("*")
            if path.is_file() and ".recsys-course" not in path.parts
        }
        assert work <= there, f"{command} lost something"


def work_in_a_file_of_their_own(home):
    path = home / "exercises" / "scratch.py"
    path.write_text("print('mine')\n", "utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()

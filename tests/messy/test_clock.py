"""The clock shows 1970, as after a flat battery, or a time long after now."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recsys_course.classroom.home.records import merge, read
from recsys_course.classroom.home.watching import watch
from recsys_course.classroom.syllabus import load_syllabus

WELCOME = load_syllabus().lesson("welcome")
MOMENTS = {"1970": 1800.0, "2099": 4_070_908_800.0}

# Read by Python before anything else: this program, and those that it starts, see another time.
SITE = """
import datetime, os, time
_start, _shown, _real = time.time(), float(os.environ["SHOWN"]), time.time
_local, _utc, _moment = time.localtime, time.gmtime, datetime.datetime
def _now():
    return _shown + _real() - _start
class _Moment(_moment):
    @classmethod
    def now(cls, tz=None):
        return _moment.fromtimestamp(_now(), tz)
time.time, time.time_ns = _now, lambda: int(_now() * 1e9)
time.localtime = lambda seconds=None: _local(_now() if seconds is None else seconds)
time.gmtime = lambda seconds=None: _utc(_now() if seconds is None else seconds)
datetime.datetime = _Moment
"""

# Each command as it is typed, in one process.
TYPED = """
import json, sys
from typer.testing import CliRunner
from recsys_course.cli import app
done = [CliRunner().invoke(app, words) for words in json.loads(sys.argv[1])]
print(json.dumps([[one.exit_code, one.stdout + one.stderr] for one in done]))
"""
COMMANDS = [
    ["check", "welcome"],
    ["reset", "welcome"],
    ["solution", "welcome", "--anyway"],
    ["update"],
    ["hint", "mean_rating"],
    ["grade", "../handed in", "--no-bubblewrap", "--exercise", "welcome"],
    ["status"],
]


@pytest.fixture(params=MOMENTS)
def moment(request):
    return request.param


def at(moment, commands, tmp_path):
    """What the commands say when the clock shows that moment."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITE)
    paths = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {"SHOWN": str(MOMENTS[moment]), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-c", TYPED, json.dumps(commands)]
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_every_command_works_and_no_kept_file_takes_the_name_of_another(
    home, answer, moment, tmp_path
):
    path = answer()
    kept = home.kept / f"00_welcome.{moment}-01-01-003000.ipynb"  # of an earlier run
    home.kept.mkdir()
    for name in (kept, kept.with_stem(kept.stem + "-2")):
        name.write_text("older")
    mine = path.read_bytes()
    handed_in = home.folder.parent / "handed in" / "anna" / "00_welcome.py"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("def mean_rating(*_):\n    return 0\n")
    os.utime(handed_in, (MOMENTS[moment],) * 2)

    done = at(moment, COMMANDS, tmp_path)
    assert [code for code, _ in done] == [1, 0, 0, 0, 0, 0, 0], done
    said = dict(zip((words[0] for words in COMMANDS), (text for _, text in done), strict=True))
    assert "anna  welcome  0/1\n" in said["grade"]
    assert "0 of 7 lessons done" in said["status"]
    assert {one.read_text() for one in (kept, kept.with_stem(kept.stem + "-2"))} == {"older"}
    (new,) = (one for one in home.kept.iterdir() if one.read_bytes() == mine)
    assert new.name.startswith(f"00_welcome.{moment}-01-01-00")
    known = read(home.progress).functions["mean_rating"]
    assert (known.attempts, known.checked[:4]) == (1, moment)


def test_progress_with_such_times_is_merged(home, answer, moment, tmp_path):
    """What has passed has passed, whatever the clock of the other machine showed."""
    answer()
    at(moment, [["check", "welcome"]], tmp_path)
    here = read(home.progress)
    for year in ("1970", "2026", "2099"):
        passed = {"state": "passed", "attempts": 5, "passed": f"{year}-05-01T00:00:00Z"}
        other = Path(tmp_path / "other.json")
        other.write_text(json.dumps({"format": 1, "functions": {"mean_rating": passed}}))
        both = merge(here, read(other)).functions["mean_rating"]
        assert both == merge(read(other), here).functions["mean_rating"]
        assert (both.attempts, both.passed) == (5, passed["passed"])


def test_a_file_from_the_future_is_watched(home, answer):
    path = answer()
    reports = watch(home, WELCOME)
    assert next(reports).points == 0
    answer("def mean_rating(*_):\n    return 1\n")
    os.utime(path, (MOMENTS["2099"],) * 2)
    assert next(reports).points == 0
    answer("def mean_rating(*_):\n    return 2\n")
    os.utime(path, (MOMENTS["1970"],) * 2)  # and one from the past after it
    assert next(reports).points == 0

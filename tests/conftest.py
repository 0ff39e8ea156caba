"""Where no Chromium is installed, the browser tests are left out and the summary says so.

Property tests try the same examples in every run, and none of them is timed: a test that needs luck
or a quiet machine is a defect.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from recsys_course.classroom.doctor import find_chromium

settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# With CI=true they are collected all the same, and fail: CI must never pass without them.
LEFT_OUT = find_chromium() is None and os.environ.get("CI") != "true"
SENTENCE = "browser tests left out: there is no Chromium here; `make system-packages` installs it"

collect_ignore = ["e2e"] if LEFT_OUT else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LEFT_OUT and (Path(__file__).parent / "e2e").is_dir():
        terminalreporter.write_line(SENTENCE)

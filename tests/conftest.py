"""Tests that need Chromium or bubblewrap are left out where it is missing; the summary says so.

Property tests try the same examples in every run, and none of them is timed: a test that needs luck
or a quiet machine is a defect.
"""

import os
import re
import time

import pytest
from hypothesis import settings

from recsys_course.classroom.doctor import find_chromium
from recsys_course.classroom.grading.walls import bubblewrap

settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# With CI=true they are collected all the same, and fail: CI must never pass without them.
FOLDERS = {
    "book": ("Chromium", find_chromium),
    "e2e": ("Chromium", find_chromium),
    "grading": ("bubblewrap", bubblewrap),
}
LEFT_OUT = {
    folder: program
    for folder, (program, find) in FOLDERS.items()
    if os.environ.get("CI") != "true" and find() is None
}

collect_ignore = list(LEFT_OUT)


ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)(/lab/\S+)\?token=(\w+)")
SECONDS = 120  # the longest that JupyterLab may take to start on a busy machine


@pytest.fixture
def address_in():
    """Waits until a JupyterLab writes its address to a log; gives the match in it."""

    def wait(log, process):
        for _ in range(SECONDS * 4):
            text = log.read_text("utf-8")
            if (found := ADDRESS.search(text)) or process.poll() is not None:
                break
            time.sleep(0.25)
        assert found, text
        return found

    return wait


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for folder, program in LEFT_OUT.items():
        terminalreporter.write_line(
            f"tests/{folder} left out: there is no {program} that works here; "
            "`make system-packages` installs it"
        )

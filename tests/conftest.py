"""Tests that need Chromium or bubblewrap are left out where it is missing; the summary says so.

Property tests try the same examples in every run, and none of them is timed: a test that needs luck
or a quiet machine is a defect.
"""

import os
import re
import signal
import socket
import time

import pytest
from hypothesis import settings

from recsys_course.classroom.doctor import find_chromium
from recsys_course.classroom.grading.walls import bubblewrap

# Started in the background of a shell, Python begins with Ctrl-C ignored, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)

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
    """Waits until a JupyterLab answers at the address in its log; gives the match in it."""

    def wait(log, process):
        for _ in range(SECONDS * 4):
            text = log.read_text("utf-8")
            found = ADDRESS.search(text)
            if found and listens(int(found[1])):  # it writes the address before it listens there
                return found
            assert process.poll() is None, text
            time.sleep(0.25)
        raise AssertionError(f"it does not answer: {text}")

    return wait


def listens(port):
    """Whether a program of this machine takes connections at a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for folder, program in LEFT_OUT.items():
        terminalreporter.write_line(
            f"tests/{folder} left out: there is no {program} that works here; "
            "`make system-packages` installs it"
        )

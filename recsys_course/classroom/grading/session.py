"""One pytest session that grades one submission after the other.

Every check of every function is an item of its own, which pytest runs and reports; a point is given
for what pytest reported as passed, and for nothing else. The answers run in the sandbox.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from _pytest.runner import call_and_report

from recsys_course.classroom.grading.judging import Check, Grading, Task
from recsys_course.classroom.grading.opening import Opener
from recsys_course.classroom.grading.results import Result
from recsys_course.classroom.nesting import without_nested_checks

__all__ = ["run_session"]

_ARGUMENTS = (
    "--noconftest", "-c", os.devnull, "--rootdir", os.sep, "-p", "no:terminal",
    "-p", "no:cacheprovider", "-p", "no:capture", "-p", "no:tmpdir",
    "-p", "no:warnings", "-p", "no:logging", "-p", "no:faulthandler", "-p", "no:doctest",
    "-p", "no:unittest", "-p", "no:junitxml", "-p", "no:stepwise", "-p", "no:threadexception",
    "-p", "no:unraisableexception", "-p", "no:skipping", "-p", "no:setuponly", "-p", "no:setupplan",
    "-p", "no:debugging", "-p", "no:pastebin",
)  # fmt: skip


def run_session(tasks: Iterator[tuple[Task, Opener]], report: Callable[[Result], None]) -> None:
    """Grade submissions as they come, in this process.

    Args:
        tasks: Each submission, and the sandbox of its lesson.
        report: Gets each result.
    """
    session = _Session(tasks, report)
    # a plug-in of the instructor's must not slow the grader down, or decide
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)  # nor may options that are meant for other tests
    with warnings.catch_warnings(), without_nested_checks():
        pytest.main([*_ARGUMENTS], plugins=[session])
    if session.error is not None:
        raise session.error


class _CheckItem(pytest.Item):
    """One check of one function of one submission."""

    run: Check
    location = ("", None, "")  # of a line on the disk, which pytest would look for each time

    def runtest(self) -> None:
        """Pass if the answer has the property.

        Raises:
            _FailedError: If it has not.
        """
        result = self.run()
        if result is None or not result.passed:
            raise _FailedError

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """Nothing: what is said about a failure stands in the result."""
        return ""


class _FailedError(Exception):
    """An answer lacks a property."""


class _Session:
    """The plug-in: it gives pytest the items, and takes the reports."""

    def __init__(
        self, tasks: Iterator[tuple[Task, Opener]], report: Callable[[Result], None]
    ) -> None:
        self.tasks, self.report = tasks, report
        self.passed: set[str] = set()
        self.error: BaseException | None = None
        self.session: Any = None

    def pytest_collection(self, session: Any) -> bool:
        """There is nothing on the disk to collect."""
        session.items, session.testscollected = [], 1
        return True

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run the items of each submission as it comes."""
        self.session = session
        try:
            for task, sandbox in self.tasks:
                self.report(Grading(self.decide, task, sandbox).result())
        except BaseException as error:  # pytest would keep it to itself
            self.error = error
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember what has passed."""
        if report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def decide(self, name: str, run: Check) -> bool:
        """Let pytest run one item; whether it passed."""
        self.passed.clear()
        item = _CheckItem.from_parent(self.session, name=name)
        item.run = run
        call_and_report(item, "call")  # nothing has to be set up or torn down
        return item.nodeid in self.passed

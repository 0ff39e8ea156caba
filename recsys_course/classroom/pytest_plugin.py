"""Plain pytest on a file of answers: ``pytest exercises/03_mf_loss.ipynb``.

Every check of the exercise is one test. A failure shows the check's sentence and the misconception
that the answer resembles; never a traceback of the check, which would show what was expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_KINDS = ("exercise", "solution")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect answers, but leave notebooks to nbval where it runs."""
    if file_path.suffix == ".ipynb":
        options = parent.config.option
        if getattr(options, "nbval", False) or getattr(options, "nbval_lax", False):
            return None
        if _kind(file_path) not in _KINDS:
            return None
    elif not _is_answer_script(file_path, parent):
        return None
    return AnswersFile.from_parent(parent, path=file_path)


def _kind(path: Path) -> str | None:
    """What the notebook's metadata says it is; nothing for what cannot be read."""
    try:
        metadata = json.loads(path.read_text(encoding="utf-8-sig"))["metadata"]
        return str(metadata["recsys_course"]["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_answer_script(path: Path, parent: pytest.Collector) -> bool:
    """Whether a Python file was named on the command line, and names a lesson."""
    if path.suffix != ".py" or not path.stem[:2].isdigit() or path.parent.name == "source":
        return False
    if not parent.session.isinitpath(path):
        return False
    from recsys_course.classroom.syllabus import load_syllabus

    try:
        load_syllabus().lesson_of_file(path.stem)
    except LookupError:
        return False
    return True


class AnswersFile(pytest.File):
    """The checks of one file of answers, which runs in a process of its own."""

    def collect(self) -> Iterator[pytest.Item]:
        """Run the checks once, and yield one test for each.

        Yields:
            The checks in their order.
        """
        from recsys_course.classroom.submissions import UnreadableAnswersError, check_file

        try:
            report = check_file(self.path)
        except UnreadableAnswersError as error:
            raise self.CollectError(str(error)) from None
        for function in report.functions:
            for result in function.results:
                item = CheckItem.from_parent(self, name=result.name)
                item.result, item.resemblance = result, function.resemblance
                yield item


class CheckItem(pytest.Item):
    """One check of one function."""

    result: Any
    resemblance: Any

    def runtest(self) -> None:
        """Pass or fail as the check did.

        Raises:
            CheckFailedError: If the answer lacks the property.
        """
        if not self.result.passed:
            raise CheckFailedError(self.result.message)

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """The check's sentence, and what the answer resembles."""
        if not isinstance(excinfo.value, CheckFailedError):
            return str(super().repr_failure(excinfo, style))
        lines = [str(excinfo.value)]
        if self.resemblance:
            lines += [self.resemblance.idea, self.resemblance.look_at]
        return "\n".join(lines)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the answer stands and which check it is."""
        return self.path, 0, self.name


class CheckFailedError(Exception):
    """An answer lacks a property; the message is the check's sentence."""

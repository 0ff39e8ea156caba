"""Read the cells of a file of answers: a notebook, or a plain Python file.

Only text is read here; nothing of it runs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys_course.classroom.syllabus import load_syllabus

__all__ = ["Answers", "UnreadableAnswersError", "read_answers", "without_magics"]

_MOST_BYTES = 100_000_000  # saved plots make notebooks large, but not this large
_CELL_OF_ANOTHER_LANGUAGE = re.compile(
    r"\s*%%(bash|sh|script|html|javascript|js|latex|markdown|svg|perl|ruby|writefile|file|cmd)\b"
)
_MAGIC_ASSIGNMENT = re.compile(r"^(\s*[\w, ]+=\s*)[!%].*$")
_MAGIC_LINE = re.compile(r"^(\s*)(?:[!%?].*|[\w.]+\?{1,2}\s*)$")


class UnreadableAnswersError(ValueError):
    """A file of answers that cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Answers:
    """The code of a file of answers, cell by cell (a Python file is one cell)."""

    path: Path
    cells: tuple[str, ...]
    metadata: dict[str, Any]

    def slug(self, given: str | None = None) -> str:
        """Which lesson it answers: as given, else by its metadata, else by its file name.

        Raises:
            UnreadableAnswersError: If nothing names a lesson of the syllabus.
        """
        try:
            named = given or self.metadata.get("slug")
            if named:
                return load_syllabus().lesson(str(named)).slug
            return load_syllabus().lesson_of_file(self.path.stem).slug
        except LookupError as error:
            raise UnreadableAnswersError(f"{self.path}: {error.args[0]}") from None


def read_answers(path: Path) -> Answers:
    """Read a notebook (.ipynb) or a Python file (.py) of answers.

    Args:
        path: The file; a UTF-8 byte order mark and Windows line ends are accepted.

    Raises:
        UnreadableAnswersError: If there is no such file, or it is neither; in one sentence.

    >>> read_answers(Path("nowhere.py"))
    Traceback (most recent call last):
        ...
    recsys_course.classroom.reading.UnreadableAnswersError: nowhere.py: there is no such file
    """
    if path.suffix not in {".ipynb", ".py"}:
        raise UnreadableAnswersError(f"{path}: give a notebook (.ipynb) or a Python file (.py)")
    text = _text(path)
    if path.suffix == ".py":
        return Answers(path, (text,), {})
    return _notebook(path, text)


def _text(path: Path) -> str:
    if path.is_dir():
        raise UnreadableAnswersError(f"{path}: this is a folder; give one file in it")
    if not path.is_file():
        raise UnreadableAnswersError(f"{path}: there is no such file")
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableAnswersError(
                f"{path}: over 100 MB; clear its outputs and save it again"
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableAnswersError(f"{path}: cannot be opened ({reason})") from None
    except UnicodeDecodeError as error:
        raise UnreadableAnswersError(
            f"{path}: byte {error.start} is not UTF-8; save it as UTF-8"
        ) from None
    if not text.strip():
        raise UnreadableAnswersError(f"{path}: the file is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _notebook(path: Path, text: str) -> Answers:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        if re.search(r"^<{7} ", text, re.MULTILINE):
            raise UnreadableAnswersError(
                f"{path}: it holds the marks of an unsettled merge (<<<<<<<); settle it first"
            ) from None
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableAnswersError(
            f"{path}: this is not a notebook{where}; is it cut off?"
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        if isinstance(notebook, dict) and "worksheets" in notebook:
            raise UnreadableAnswersError(
                f"{path}: notebook format 3 is too old; open it in JupyterLab and save it again"
            )
        raise UnreadableAnswersError(f"{path}: this is JSON, but not a notebook: it has no cells")
    metadata = notebook.get("metadata")
    course = metadata.get("recsys_course") if isinstance(metadata, dict) else None
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    return Answers(
        path,
        tuple(_source(cell) if cell.get("cell_type") == "code" else "" for cell in cells),
        course if isinstance(course, dict) else {},
    )


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    text = "".join(str(line) for line in source) if isinstance(source, list) else str(source)
    return text.replace("\r\n", "\n")


def without_magics(cell: str) -> str:
    r"""The Python in a cell: magics and shell lines emptied, no line moved.

    >>> without_magics("%matplotlib inline\nfiles = !ls\nx = 1")
    'pass\nfiles = None\nx = 1'
    """
    if _CELL_OF_ANOTHER_LANGUAGE.match(cell):
        return ""
    lines = [_MAGIC_ASSIGNMENT.sub(r"\1None", line) for line in cell.split("\n")]
    return "\n".join(_MAGIC_LINE.sub(r"\1pass", line) for line in lines)

"""Take the cells out of the bytes of a notebook, or of a plain Python file.

Only text is read here; nothing of it runs. This module needs nothing else of the course, so that a
process which must not see the course can read answers, too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Answers", "UnreadableAnswersError", "parse_answers", "without_magics"]

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


def parse_answers(path: Path, content: bytes) -> Answers:
    """The cells in the content of a notebook (.ipynb) or a Python file (.py).

    Args:
        path: Its name, which says what it is; it is not opened.
        content: UTF-8, with a byte order mark or Windows line ends or without.

    Raises:
        UnreadableAnswersError: If it is neither; in one sentence.

    >>> parse_answers(Path("a.py"), b"x = 1").cells
    ('x = 1',)
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableAnswersError(
            f"{path}: byte {error.start} is not UTF-8; save it as UTF-8"
        ) from None
    if not text.strip():
        raise UnreadableAnswersError(f"{path}: the file is empty")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if path.suffix == ".py":
        return Answers(path, (text,), {})
    return _notebook(path, text)


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

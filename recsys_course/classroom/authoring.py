"""Build the notebooks from the percent texts that people edit, and the pages that lead to them.

``lessons/source/NN_slug.py`` becomes a lesson; ``solutions/source/NN_slug.py`` becomes a solution
and, with what stands between its marks taken out, an exercise. The same text gives the same bytes.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from recsys_course.classroom.pages import pages
from recsys_course.classroom.quizzes import questions_as_markdown
from recsys_course.classroom.syllabus import load_syllabus
from recsys_course.classroom.whole_files import write_whole

__all__ = ["SourceError", "build", "notebooks", "stale", "to_notebook"]

_HEADER = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?P<attributes>( \w+=\S+)*)$")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_STUB = "raise NotImplementedError  # YOUR CODE HERE"
_QUIZ = "<!-- quiz -->"  # the questions come from the syllabus
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class SourceError(ValueError):
    """A text that cannot become a notebook; the message names its file and line."""


@dataclass
class _Cell:
    """One cell of a text, and the line of its header."""

    line: int
    markdown: bool
    attributes: dict[str, str]
    lines: list[str] = field(default_factory=list)


def notebooks(root: Path) -> dict[Path, str]:
    """What every notebook and page of a course must hold, by its path.

    Args:
        root: The course's folder.

    Returns:
        The text of each, notebooks in the order of the file names.

    Raises:
        SourceError: If a text cannot become a notebook.
        FileNotFoundError: If there is no text at all.
    """
    built: dict[Path, str] = {}
    for path in sorted((root / "lessons" / "source").glob("*.py")):
        built[root / "lessons" / f"{path.stem}.ipynb"] = to_notebook(path, "lesson")
    for path in sorted((root / "solutions" / "source").glob("*.py")):
        built[root / "solutions" / f"{path.stem}.ipynb"] = to_notebook(path, "solution")
        built[root / "exercises" / f"{path.stem}.ipynb"] = to_notebook(path, "exercise")
    if not built:
        raise FileNotFoundError(
            f"there is no text in {root / 'lessons' / 'source'}; name the course's folder by --root"
        )
    named = {path.stem for path in built}
    return built | pages(root, [one for one in load_syllabus().lessons if one.stem in named])


def stale(root: Path) -> list[Path]:
    """The notebooks that are missing or are not what their text says.

    Args:
        root: The course's folder.

    Returns:
        Their paths.
    """
    return [path for path, text in notebooks(root).items() if _read(path) != text.encode()]


def build(root: Path) -> list[Path]:
    """Write the notebooks that are stale.

    An exercise that somebody has run is never lost: it is kept beside the new one, with the date in
    its name.

    Args:
        root: The course's folder.

    Returns:
        The paths that were written, kept copies included.
    """
    written = []
    for path, text in notebooks(root).items():
        if _read(path) == text.encode():
            continue
        if path.suffix == ".ipynb" and path.parent.name == "exercises" and _was_worked_in(path):
            kept = path.with_suffix(f".{dt.datetime.now():%Y-%m-%d-%H%M%S}.kept.ipynb")
            path.replace(kept)
            written.append(kept)
        write_whole(path, text)
        written.append(path)
    return written


def to_notebook(path: Path, kind: str) -> str:
    """The notebook that a text becomes.

    Args:
        path: The percent text, named NN_slug.py.
        kind: lesson, solution or exercise; an exercise has a stub for each solution.

    Returns:
        The notebook as JSON, in the form in which JupyterLab saves it.

    Raises:
        SourceError: If the text is not well-formed; the message names file and line.
    """
    cells = []
    first: dict[str, int] = {}
    for cell in _cells(path):
        name = cell.attributes.get("id", "")
        if not _ID.fullmatch(name):
            raise SourceError(
                f"{path}, line {cell.line}: the cell needs an id=… of letters, digits, _ and -"
            )
        if name in first:
            raise SourceError(
                f"{path}, line {cell.line}: the id {name} is taken by line {first[name]}"
            )
        first[name] = cell.line
        tags = cell.attributes.get("tags")
        metadata = {"tags": tags.split(",")} if tags else {}
        make = new_markdown_cell if cell.markdown else new_code_cell
        cells.append(make(_source(path, cell, kind), id=name, metadata=metadata))
    slug = path.stem.partition("_")[2]
    about = {
        "kernelspec": _KERNEL,
        "language_info": {"name": "python"},
        "recsys_course": {"kind": kind, "slug": slug},
    }
    notebook = new_notebook(cells=cells, metadata=about)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def _cells(path: Path) -> Iterator[_Cell]:
    cell: _Cell | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            if cell:
                yield cell
            words = header["attributes"].split()
            attributes = dict(word.split("=", 1) for word in words)
            cell = _Cell(number, bool(header["markdown"]), attributes)
        elif line.startswith("# %%"):
            raise SourceError(f"{path}, line {number}: {line!r} is no header; attributes are a=b")
        elif cell:
            cell.lines.append(line)
        elif line.strip():
            raise SourceError(f"{path}, line {number}: text stands before the first cell")
    if cell:
        yield cell


def _source(path: Path, cell: _Cell, kind: str) -> str:
    lines = cell.lines
    if cell.markdown:
        odd = [n for n, line in enumerate(lines) if line and not line.startswith("#")]
        if odd:
            raise SourceError(
                f"{path}, line {cell.line + 1 + odd[0]}: text of a markdown cell begins with #"
            )
        text = "\n".join(re.sub("^# ?", "", line) for line in lines).strip("\n")
        return text.replace(_QUIZ, _questions(path, cell)) if _QUIZ in text else text
    lines = [re.sub("^# (?=[%!])", "", line) for line in lines]
    stubbed = _without_solutions(path, cell, lines)
    if kind == "exercise":
        lines = stubbed
        _refuse_broken(path, cell, lines)
    return "\n".join(lines).strip("\n")


def _questions(path: Path, cell: _Cell) -> str:
    """What stands in the place of the quiz mark."""
    try:
        return questions_as_markdown(path.stem.partition("_")[2])
    except LookupError as error:
        raise SourceError(f"{path}, cell at line {cell.line}: {error.args[0]}") from None


def _without_solutions(path: Path, cell: _Cell, lines: list[str]) -> list[str]:
    """The lines with a stub in the place of each solution; marks must come in pairs."""
    kept: list[str] = []
    opened: int | None = None
    for number, line in enumerate(lines, cell.line + 1):
        mark = line.strip()
        if (mark == _BEGIN and opened) or (mark == _END and not opened):
            raise SourceError(f"{path}, line {number}: {mark} does not belong here")
        if mark == _BEGIN:
            opened = number
            kept.append(line[: len(line) - len(line.lstrip())] + _STUB)
        elif mark == _END:
            opened = None
        elif not opened:
            if "SOLUTION" in line:
                raise SourceError(f"{path}, line {number}: the word SOLUTION stands outside a mark")
            kept.append(line)
    if opened:
        raise SourceError(f"{path}, line {opened}: {_BEGIN} has no {_END} in its cell")
    return kept


def _refuse_broken(path: Path, cell: _Cell, lines: list[str]) -> None:
    python = ["pass" if line.startswith(("%", "!")) else line for line in lines]
    try:
        ast.parse("\n".join(python))
    except SyntaxError as error:
        raise SourceError(
            f"{path}, cell at line {cell.line}: without its solution it is no Python "
            f"({error.msg}); put the marks around whole statements"
        ) from None


def _was_worked_in(path: Path) -> bool:
    """Whether a notebook was run, or holds a cell that no build wrote."""
    if (content := _read(path)) is None:
        return False
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    except (ValueError, AttributeError, nbformat.ValidationError):
        return True  # not a notebook any more: somebody's half-saved work, perhaps
    asked = [cell for cell in notebook.cells if "exercise" in cell.metadata.get("tags", [])]
    ran = any(cell.get("execution_count") or cell.get("outputs") for cell in notebook.cells)
    own = "variant" in notebook.metadata.get("recsys_course", {})  # from an instructor
    return own or ran or any(_STUB not in cell.source for cell in asked)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None

"""What differs between two states of a file: for a notebook cell by cell, outputs left aside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["CellChange", "is_only_run", "kind_and_slug", "what_changed"]


@dataclass(frozen=True)
class CellChange:
    """One cell that is new, gone or different, by its id and its first line."""

    verb: str
    cell: str
    line: str

    def __str__(self) -> str:
        """In words."""
        return f"{self.verb} {self.cell}: {self.line}" if self.line else f"{self.verb} {self.cell}"


def is_only_run(before: bytes, now: bytes) -> bool:
    """Whether a notebook was run or saved by another program, but nothing was written in it."""
    old, new = _cells(before), _cells(now)
    if old is None or new is None:
        return False
    # by their texts alone: some programs move the ids or make new ones
    return [source for _, source in old] == [source for _, source in new]


def what_changed(before: bytes, after: bytes) -> list[CellChange]:
    """How two versions of a notebook differ.

    Args:
        before: The notebook as it was delivered.
        after: Its new version.

    Returns:
        Its cells that were added, removed or changed, in the order in which they stand in the new
        version, removed ones last; nothing if one of the two is no notebook.
    """
    old, new = _cells(before), _cells(after)
    if old is None or new is None:
        return []
    was = dict(old)
    changes = [
        CellChange("changed" if name in was else "added", name, _first_line(source))
        for name, source in new
        if was.get(name) != source
    ]
    gone = [name for name, _ in old if name not in dict(new)]
    return changes + [CellChange("removed", name, _first_line(was[name])) for name in gone]


def kind_and_slug(content: bytes) -> tuple[str, str] | None:
    """Which notebook of the course this is by its metadata, wherever it lies."""
    notebook = _notebook(content)
    metadata = notebook.get("metadata") if notebook else None
    own = metadata.get("recsys_course") if isinstance(metadata, dict) else None
    if not isinstance(own, dict):
        return None
    return str(own.get("kind")), str(own.get("slug"))


def _notebook(content: bytes) -> dict[str, Any] | None:
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return notebook if isinstance(notebook, dict) else None


def _cells(content: bytes) -> list[tuple[str, str]] | None:
    """Each cell's id and its kind with its text; None where it is no notebook."""
    notebook = _notebook(content)
    cells = notebook.get("cells") if notebook else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return None
    return [
        (str(cell.get("id", number)), f"{cell.get('cell_type')}\n{_text(cell.get('source', ''))}")
        for number, cell in enumerate(cells)
    ]


def _text(source: Any) -> str:
    text = "".join(str(line) for line in source) if isinstance(source, list) else str(source)
    return text.replace("\r\n", "\n").rstrip("\n")


def _first_line(source: str) -> str:
    lines = [line.strip() for line in source.splitlines()[1:] if line.strip()]
    return lines[0][:60] if lines else ""

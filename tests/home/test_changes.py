"""What changed in a notebook is told cell by cell; that it was run is no change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from recsys_course.classroom.home.changes import (
    CellChange,
    is_only_run,
    kind_and_slug,
    what_changed,
)

Cell = dict[str, Any]


def code(name: str, source: str, **more: Any) -> Cell:
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source}
    return cell | {"execution_count": None, "outputs": []} | more


def text(name: str, source: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def notebook(*cells: Any, **metadata: Any) -> bytes:
    about = {"recsys_course": {"kind": "exercise", "slug": "mf_loss"}} | metadata
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()


BEFORE = notebook(
    text("intro", "# Title\nText"), code("setup", "import numpy\n"), code("task", "def f(): ...")
)


def test_each_kind_of_change_in_the_order_of_the_new_version() -> None:
    after = notebook(
        code("start", "\n\n   x = 1\ny = 2"),
        text("intro", "# Another title\nText"),
        code("task", "def f(): ..."),
    )
    assert what_changed(BEFORE, after) == [
        CellChange("added", "start", "x = 1"),
        CellChange("changed", "intro", "# Another title"),
        CellChange("removed", "setup", "import numpy"),
    ]
    assert [str(one) for one in what_changed(BEFORE, after)] == [
        "added start: x = 1",
        "changed intro: # Another title",
        "removed setup: import numpy",
    ]


def test_long_lines_are_cut_and_empty_cells_have_none() -> None:
    after = notebook(code("long", "x" * 61), code("empty", " \n"))
    assert what_changed(notebook(), after) == [
        CellChange("added", "long", "x" * 60),
        CellChange("added", "empty", ""),
    ]
    assert str(CellChange("added", "empty", "")) == "added empty"


def test_a_cell_of_another_kind_is_changed() -> None:
    after = notebook(code("a", "x"))
    assert what_changed(notebook(text("a", "x")), after) == [CellChange("changed", "a", "x")]


def test_order_alone_is_no_news() -> None:
    first, second = code("a", "x"), code("b", "y")
    assert what_changed(notebook(first, second), notebook(second, first)) == []


SAME: dict[str, bytes] = {
    "outputs": notebook(
        text("intro", "# Title\nText"),
        code("setup", "import numpy\n", execution_count=7, outputs=[{"text": "x"}]),
        code("task", "def f(): ..."),
    ),
    "lists of lines": notebook(
        text("intro", ["# Title\n", "Text"]),  # type: ignore[arg-type]
        code("setup", ["import numpy\n"]),  # type: ignore[arg-type]
        code("task", ["def f(): ..."]),  # type: ignore[arg-type]
    ),
    "Windows line ends in the texts": notebook(
        text("intro", "# Title\r\nText"),
        code("setup", "import numpy"),
        code("task", "def f(): ..."),
    ),
    "Windows line ends in the file": json.dumps(json.loads(BEFORE), indent=1)
    .replace("\n", "\r\n")
    .encode(),
    "a byte-order mark": b"\xef\xbb\xbf" + BEFORE,
    "another kernel": notebook(*json.loads(BEFORE)["cells"], kernelspec={"name": "mine"}),
    "other ids": notebook(
        *({**cell, "id": f"x{n}"} for n, cell in enumerate(json.loads(BEFORE)["cells"]))
    ),
    "no ids": notebook(
        *({k: v for k, v in cell.items() if k != "id"} for cell in json.loads(BEFORE)["cells"])
    ),
}


@pytest.mark.parametrize("how", SAME)
def test_run_or_saved_elsewhere_is_not_written_in(how: str) -> None:
    assert is_only_run(BEFORE, SAME[how])


WRITTEN: dict[str, Callable[[list[Cell]], list[Cell]]] = {
    "a letter": lambda cells: [*cells[:2], code("task", "def f(): ..")],
    "indentation": lambda cells: [*cells[:2], code("task", " def f(): ...")],
    "a cell more": lambda cells: [*cells, code("more", "")],
    "a cell less": lambda cells: cells[:2],
    "another order": lambda cells: cells[::-1],
    "another kind": lambda cells: [*cells[:2], text("task", "def f(): ...")],
}


@pytest.mark.parametrize("how", WRITTEN)
def test_whatever_is_written_counts(how: str) -> None:
    cells = WRITTEN[how](json.loads(BEFORE)["cells"])
    assert not is_only_run(BEFORE, notebook(*cells))


NO_NOTEBOOKS = {
    "nothing": b"",
    "cut off": BEFORE[:-9],
    "conflict markers": b"<<<<<<< HEAD\n" + BEFORE,
    "no UTF-8": b"\xff\xfe{}",
    "a list": b"[]",
    "no cells": b'{"metadata": {}}',
    "cells that are none": b'{"cells": [1, 2]}',
    "cells in a dictionary": b'{"cells": {"a": 1}}',
    "too deep": b"[" * 100_000,
    "a page": b"# Title\n",
}


@pytest.mark.parametrize("how", NO_NOTEBOOKS)
def test_what_is_no_notebook_is_never_only_run_and_nothing_is_told_of_it(how: str) -> None:
    odd = NO_NOTEBOOKS[how]
    assert not is_only_run(BEFORE, odd)
    assert not is_only_run(odd, odd)
    assert what_changed(BEFORE, odd) == what_changed(odd, BEFORE) == []
    assert kind_and_slug(odd) is None


def test_odd_cells_stop_nothing() -> None:
    odd = b'{"cells": [{}, {"source": 3}, {"source": [1, null]}, {"source": "x", "id": 4}]}'
    assert is_only_run(odd, odd)
    assert what_changed(odd, BEFORE) != []
    assert what_changed(BEFORE, odd) != []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BEFORE, ("exercise", "mf_loss")),
        (b'{"metadata": {"recsys_course": {"kind": "lesson", "slug": "a"}}}', ("lesson", "a")),
        (b'{"metadata": {"recsys_course": []}}', None),
        (b'{"metadata": []}', None),
        (b"{}", None),
    ],
)
def test_a_notebook_is_known_by_its_metadata(
    content: bytes, expected: tuple[str, str] | None
) -> None:
    assert kind_and_slug(content) == expected

"""Executes notebooks, and keeps what came out until the notebook or the course changes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

__all__ = ["BookError", "execute"]

_SIDE_BY_SIDE = 2  # kernels; each takes up to a gigabyte, and TensorFlow both cores of a laptop
_CELL_SECONDS = 300
_ADVICE = "Open the notebook in JupyterLab, mend the cell, then build the book again."


class BookError(Exception):
    """What is wrong with the book and where, in a sentence."""


def execute(notebooks: Sequence[Path], root: Path, folder: Path, console: Console) -> list[Path]:
    """Executes the notebooks whose results are not there yet, two at a time.

    A result is kept under the hash of its notebook, of the course's sources and of the pinned
    packages, so it is used again until one of them changes.

    Args:
        notebooks: The notebooks; they lie below root.
        root: The course's folder.
        folder: Where the executed notebooks are kept.
        console: Where the progress is shown.

    Returns:
        The executed notebooks, in the order of the given ones.

    Raises:
        BookError: If a cell fails, takes too long, or ends its kernel.
    """
    course = _fingerprint(root)
    kept = [_place(path, root, folder, course) for path in notebooks]
    todo = [pair for pair in zip(notebooks, kept, strict=True) if not pair[1].is_file()]
    if todo:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("cells"), TimeElapsedColumn())
        with Progress(TextColumn("{task.description}"), *columns, console=console) as progress:
            asyncio.run(_execute_all(todo, root, progress))
    return kept


def _fingerprint(root: Path) -> bytes:
    """A hash of all that decides what a notebook computes, beside the notebook."""
    digest = hashlib.sha256(sys.version.encode())
    sources = (root / "recsys_course").rglob("*")
    paths = sorted(path for path in sources if path.suffix in {".py", ".toml"})
    for path in [*paths, root / "constraints.txt"]:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.digest()


def _place(path: Path, root: Path, folder: Path, course: bytes) -> Path:
    """Where the result of a notebook is kept."""
    key = hashlib.sha256(course + path.read_bytes()).hexdigest()[:16]
    return folder / path.parent.relative_to(root) / f"{path.stem}-{key}.ipynb"


async def _execute_all(todo: list[tuple[Path, Path]], root: Path, progress: Progress) -> None:
    free = asyncio.Semaphore(_SIDE_BY_SIDE)
    notebooks = [nbformat.read(path, as_version=4) for path, _ in todo]
    n_cells = [sum(c.cell_type == "code" for c in one.cells) for one in notebooks]
    bar = progress.add_task("Executing the notebooks", total=sum(n_cells))

    async def one(path: Path, kept: Path, notebook: nbformat.NotebookNode) -> None:
        async with free:
            start, name = time.monotonic(), path.relative_to(root).as_posix()
            await _execute(notebook, path, root, lambda **_: progress.advance(bar))
            _keep(notebook, kept)
            progress.console.print(f"{name}: executed in {time.monotonic() - start:.0f} s")

    pairs = zip(todo, notebooks, strict=True)
    tasks = [asyncio.create_task(one(*paths, notebook)) for paths, notebook in pairs]
    try:
        await asyncio.gather(*tasks)
    finally:  # what still runs when one has failed, or at Ctrl-C, is ended before anything is said
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _execute(
    notebook: nbformat.NotebookNode, path: Path, root: Path, step: Callable[..., None]
) -> None:
    """Runs all cells of a notebook, which holds its outputs afterwards.

    Raises:
        BookError: If a cell fails, takes too long, or ends its kernel.
    """
    running = {"cell": "the first"}
    client = NotebookClient(
        notebook,
        timeout=_CELL_SECONDS,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # not that the loopback is unencrypted
        resources={"metadata": {"path": str(path.parent)}},
        on_notebook_start=_leave_ctrl_c_alone,
        on_cell_start=lambda cell, cell_index: running.update(cell=cell.get("id", cell_index)),
        on_cell_executed=step,
    )
    # a backend that the shell names would keep figures out, and a course that is installed
    # elsewhere would compute what is kept under the hash of this one
    environment = os.environ | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")])),
    }
    try:
        await client.async_execute(env=environment)
    except CellExecutionError as error:
        reason = f"raised {error.ename}: {_in_a_line(error.evalue)}"
    except CellTimeoutError:
        reason = f"took more than {_CELL_SECONDS} s"
    except DeadKernelError:
        reason = "ended its kernel (memory, perhaps)"
    else:
        return
    name = path.relative_to(root).as_posix()
    raise BookError(f"{name}, cell {running['cell']}: it {reason}. {_ADVICE}")


def _in_a_line(message: str) -> str:
    """The first line of an error's message; the last one where the first only announces it."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", message).splitlines()]
    lines = [line for line in lines if line] or ["without a message"]
    return lines[-1] if lines[0].endswith(":") else lines[0]


def _leave_ctrl_c_alone(**_notebook: object) -> None:
    """Gives Ctrl-C back to Python: nbclient would end one of the two kernels, and wait for ever."""
    with contextlib.suppress(NotImplementedError):  # Windows, where nbclient has not taken it
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)


def _keep(notebook: nbformat.NotebookNode, kept: Path) -> None:
    """Writes a result whole or not at all, and removes those that it replaces."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    stem = kept.stem.rpartition("-")[0]
    for old in kept.parent.glob(f"{stem}-*.ipynb"):
        old.unlink()
    unfinished = kept.with_suffix(".unfinished")
    nbformat.write(notebook, unfinished)
    unfinished.replace(kept)

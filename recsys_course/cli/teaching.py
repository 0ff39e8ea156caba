"""The commands for an instructor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys_course.cli.application import app, err, out, sentences

if TYPE_CHECKING:
    from recsys_course.classroom.grading.grading import Graded

_INTERRUPTED = "stopped; what is graded is kept in {}, and the same command goes on from there"


@app.command()
def grade(
    paths: Annotated[
        list[Path], typer.Argument(help="Notebooks, .py files, folders of them, zip archives.")
    ],
    exercise: Annotated[
        str | None, typer.Option(help="The lesson's slug, where the files do not say it.")
    ] = None,
    student_pattern: Annotated[
        str | None,
        typer.Option(help="A regular expression with a group (?P<student>…), for the paths."),
    ] = None,
    out_folder: Annotated[
        Path | None,
        typer.Option("--out", help="Write pages and tables here, and go on from what is there."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="How many at a time.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Repeat a run.")] = None,
    require_sandbox: Annotated[
        bool, typer.Option("--require-sandbox", help="Refuse to grade without bubblewrap.")
    ] = False,
    no_bubblewrap: Annotated[
        bool, typer.Option("--no-bubblewrap", help="Do without it, with limits alone.")
    ] = False,
    memory: Annotated[int, typer.Option(min=64, help="MB for each submission.")] = 1024,
    time_factor: Annotated[
        float, typer.Option(min=0.01, help="Multiplies the seconds for each function.")
    ] = 1.0,
) -> None:
    """Grade submissions in a sandbox: points, misconceptions, a page for each student."""
    from recsys_course.classroom.grading import grading
    from recsys_course.classroom.grading.sandbox import Limits

    with sentences(_INTERRUPTED.format(out_folder) if out_folder else None):
        options = grading.Options(
            slug=exercise,
            pattern=student_pattern,
            jobs=jobs,
            seed=seed,
            sandbox=_sandbox(require_sandbox, no_bubblewrap),
            limits=Limits(memory_mb=memory, time_factor=time_factor),
        )
        with _bar() as progress:
            graded = grading.grade(paths, options, out_folder, progress)
        _tell(graded)


def _sandbox(require: bool, without: bool) -> str:
    """Which protection was asked for.

    Raises:
        ValueError: If both were.
    """
    if require and without:
        raise ValueError("--require-sandbox and --no-bubblewrap exclude each other; give one")
    return "required" if require else "none" if without else "preferred"


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A bar with the time that is left, on stderr.

    Yields:
        A function that is told how many of how many are done.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=err)
    task = progress.add_task("grading", total=None)

    def show(done: int, total: int) -> None:
        progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        progress.stop()


def _tell(graded: Graded) -> None:
    """A line for each submission that needs one, and the count of the rest."""
    for warning in (*graded.warnings, *graded.gathered.remarks):
        err.print(warning, style="yellow", highlight=False, markup=False)
    for left in graded.gathered.left_aside:
        err.print(f"{left.source}: not graded. {left.reason}", highlight=False, markup=False)
    for result in graded.results:
        line = f"{result.student}  {result.slug}  {result.points}/{result.max_points}"
        reason = f"  {result.outcome}: {result.reason}" if result.outcome != "graded" else ""
        out.print(f"{line}{reason}", highlight=False, markup=False)

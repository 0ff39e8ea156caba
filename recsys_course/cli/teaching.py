"""The commands for an instructor."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys_course.cli.application import Root, app, course_root, err, out, sentences

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from recsys_course.classroom.grading.grading import Graded
    from recsys_course.classroom.grading.results import Result

__all__ = ["grade", "pack"]

_INTERRUPTED = "stopped; what is graded is kept in {}, and the same command goes on from there"
_MOST_LINES = 30

Slug = Annotated[str, typer.Argument(help="The lesson's slug, such as mf_loss.")]


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
    ledger: Annotated[
        Path | None, typer.Option(help="The ledger of pack, where each student has a variant.")
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
    gradescope: Annotated[
        Path | None, typer.Option(help="Write Gradescope's results.json for one student.")
    ] = None,
) -> None:
    """Grade submissions in a sandbox: points, misconceptions, a page for each student."""
    from recsys_course.classroom.grading.crew import Crew

    # its processes import while this one does
    with sentences(_INTERRUPTED.format(out_folder) if out_folder else None), Crew() as crew:
        from recsys_course.classroom.grading import grading
        from recsys_course.classroom.grading.gathering import NothingFoundError
        from recsys_course.classroom.grading.limits import Limits

        if gradescope is not None and exercise is None:
            raise ValueError("--gradescope needs --exercise SLUG: one autograder grades one lesson")
        options = grading.Options(
            slug=exercise,
            pattern=student_pattern,
            jobs=jobs,
            seed=seed,
            sandbox=_sandbox(require_sandbox, no_bubblewrap),
            limits=Limits(memory_mb=memory, time_factor=time_factor),
            ledger=ledger,
        )
        try:
            with _bar() as progress:
                graded = grading.grade(paths, options, out_folder, progress, crew)
        except NothingFoundError:
            if gradescope is None or exercise is None:
                raise
            # which wants a results.json whatever happens: nothing found is a result, too
            _write_for_gradescope(gradescope, (), exercise)
            return
        if gradescope is not None and exercise is not None:
            _write_for_gradescope(gradescope, graded.results, exercise)
        if out_folder is not None:
            grading.write_all(out_folder, graded)
        _tell(graded, out_folder)


@app.command()
def pack(
    slug: Slug,
    students: Annotated[
        Path, typer.Option(help="One id a line, or a CSV with a column student or id.")
    ],
    folder: Annotated[Path, typer.Option("--out", help="Where the pack goes; one a lesson.")],
    root: Root = None,
) -> None:
    """Make a notebook for each student with numbers of their own, and a zip without solutions."""
    from recsys_course.classroom.grading import packing

    with sentences():
        packed = packing.pack(root or course_root(), slug, packing.read_students(students), folder)
        added, kept = len(packed.added), len(packed.kept)
        lines = [
            f"{packed.archive}: for the students; {added} new, {kept} as they were",
            f"{packed.ledger}: keep it to yourself, and grade with --ledger {packed.ledger}",
        ]
        for line in lines:
            out.print(line, highlight=False, markup=False, soft_wrap=True)


def _sandbox(require: bool, without: bool) -> str:
    """Which protection was asked for.

    Raises:
        ValueError: If both were.
    """
    if require and without:
        raise ValueError("--require-sandbox and --no-bubblewrap exclude each other; give one")
    return "required" if require else "none" if without else "preferred"


def _write_for_gradescope(target: Path, results: tuple[Result, ...], slug: str) -> None:
    from recsys_course.classroom.grading.exports.gradescope import submission_json

    target.write_text(submission_json(results, slug), encoding="utf-8")


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A bar with the time that is left, on stderr.

    Yields:
        A function that is told how many of how many are done.
    """
    with ExitStack() as stack:

        @functools.cache
        def bar() -> tuple[Progress, TaskID]:  # the grader has begun, and need not wait for Rich
            progress = stack.enter_context(_progress())
            return progress, progress.add_task("grading", total=None)

        def show(done: int, total: int) -> None:
            progress, task = bar()
            progress.update(task, completed=done, total=total)

        yield show


def _progress() -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err)


def _tell(graded: Graded, folder: Path | None) -> None:
    """What to look at, a line for each of a few submissions, and where the rest stands."""
    for warning in (*graded.warnings, *graded.gathered.remarks):
        err.print(warning, style="yellow", highlight=False, markup=False)
    for left in graded.gathered.left_aside:
        err.print(f"{left.source}: not graded. {left.reason}", highlight=False, markup=False)
    shown = graded.results if folder is None else graded.results[:_MOST_LINES]
    for result in shown:
        line = f"{result.student}  {result.slug}  {result.points}/{result.max_points}"
        said = f"  {result.outcome}" + (f": {result.reason}" if result.reason else "")
        reason = said if result.outcome != "graded" else ""
        out.print(f"{line}{reason}", highlight=False, markup=False, soft_wrap=True)
    if folder is not None:
        n_all, n_again = len(graded.results), graded.n_again
        more = f" ({n_all - len(shown)} more there)" if n_all > len(shown) else ""
        again = f"; {n_again} of {n_all} had not changed" if n_again else ""
        line = f"{folder / 'index.html'}: the class{more}, seed {graded.seed}{again}"
        out.print(line, highlight=False, markup=False, soft_wrap=True)

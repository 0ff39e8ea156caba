"""The commands that write what a platform wants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recsys_course.cli.application import app, err, out, sentences

__all__ = ["export"]

export = typer.Typer(help="Write what a platform wants: an autograder, a workflow, a gradebook.")
app.add_typer(export, name="export")

Slug = Annotated[str, typer.Argument(help="The lesson's slug, such as mf_loss.")]
Grades = Annotated[Path, typer.Argument(help="The grades.json of a graded class.")]
Roster = Annotated[Path, typer.Option(help="The class: a CSV, or the platform's own export.")]
Target = Annotated[Path | None, typer.Option("--to", help="The file; standard output if left out.")]


@export.command("gradescope")
def export_gradescope(
    slug: Slug, target: Annotated[Path, typer.Option("--to", help="The zip to write.")]
) -> None:
    """An autograder for Gradescope: a zip to upload."""
    from recsys_course.classroom.grading.exports.gradescope import autograder_zip

    with sentences():
        out.print(f"wrote {autograder_zip(target, slug)}", highlight=False, markup=False)


@export.command("github")
def export_github(
    slug: Slug,
    for_class: Annotated[
        bool, typer.Option("--class", help="For your own repository, which grades everybody's.")
    ] = False,
    course: Annotated[
        str | None, typer.Option(help="What pip installs as the course, best a commit.")
    ] = None,
    target: Target = None,
) -> None:
    """A workflow for GitHub: feedback at every push, or grades for a class."""
    from recsys_course.classroom.grading.exports import github

    with sentences():
        make = github.class_workflow if for_class else github.workflow
        _write(make(slug, course), target)


@export.command("nbgrader")
def export_nbgrader(grades: Grades, target: Target = None) -> None:
    """Grades as nbgrader exports them."""
    from recsys_course.classroom.grading.exports.gradebooks import nbgrader_csv
    from recsys_course.classroom.grading.tables import read_grades

    with sentences():
        book = nbgrader_csv(read_grades(grades.read_text(encoding="utf-8"))[1])
        _write(book.text, target, book.notes)


@export.command("moodle")
def export_moodle(grades: Grades, roster: Roster, target: Target = None) -> None:
    """Grades for Moodle's import."""
    from recsys_course.classroom.grading.exports.gradebooks import moodle_csv
    from recsys_course.classroom.grading.exports.rosters import read_roster
    from recsys_course.classroom.grading.tables import read_grades

    with sentences():
        results = read_grades(grades.read_text(encoding="utf-8"))[1]
        book = moodle_csv(results, read_roster(roster))
        _write(book.text, target, book.notes)


@export.command("canvas")
def export_canvas(
    grades: Grades,
    roster: Roster,
    column: Annotated[
        list[str] | None, typer.Option(help="slug=the column of the assignment in Canvas.")
    ] = None,
    target: Target = None,
) -> None:
    """Grades for Canvas's import."""
    from recsys_course.classroom.grading.exports.gradebooks import canvas_csv
    from recsys_course.classroom.grading.exports.rosters import read_roster
    from recsys_course.classroom.grading.tables import read_grades

    with sentences():
        results = read_grades(grades.read_text(encoding="utf-8"))[1]
        columns = dict(one.split("=", 1) for one in column or [] if "=" in one)
        book = canvas_csv(results, read_roster(roster), columns)
        _write(book.text, target, book.notes)


def _write(text: str, target: Path | None, notes: tuple[str, ...] = ()) -> None:
    """Write an export, and say what to look at before it is used."""
    for note in notes:
        err.print(note, style="yellow", highlight=False, markup=False)
    if target is None:
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8", newline="")
        err.print(f"wrote {target}", highlight=False, markup=False)

"""The commands for whoever changes the course."""

from __future__ import annotations

from typing import Annotated

import typer

from recsys_course.cli.application import Root, app, course_root, err, out, sentences


@app.command()
def build(
    root: Root = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook is stale.")
    ] = False,
) -> None:
    """Build the notebooks of lessons, exercises and solutions from their texts."""
    from recsys_course.classroom import authoring

    with sentences():
        folder = root or course_root()
        if check:
            stale = authoring.stale(folder)
            for path in stale:
                err.print(
                    f"{path} is not what its text says; run: recsys-course build", markup=False
                )
            raise typer.Exit(1 if stale else 0)
        written = authoring.build(folder)
        for path in written:
            out.print(f"wrote {path}", highlight=False, markup=False)
        if not written:
            out.print("every notebook is up to date")


@app.command()
def mutants(
    slugs: Annotated[
        list[str] | None, typer.Argument(help="Lessons by slug; all of them if left out.")
    ] = None,
    root: Root = None,
) -> None:
    """Change every solution bit by bit, and list the changes that no check notices."""
    from recsys_course.classroom import mutation
    from recsys_course.classroom.syllabus import load_syllabus
    from recsys_course.data.bars import Bar

    with sentences():
        folder, syllabus = root or course_root(), load_syllabus()
        lessons = [syllabus.lesson(slug) for slug in slugs] if slugs else syllabus.lessons
        runs: list[mutation.MutationRun] = []
        with Bar("mutants", sum(len(one.exercises) for one in lessons), "functions") as bar:
            for lesson in lessons:
                bar.update(len(runs), lesson.slug)
                for run in mutation.mutate_solution(folder, lesson.slug):
                    runs.append(run)
                    bar.update(len(runs), lesson.slug)
        out.print(mutation.render(runs))
        raise typer.Exit(1 if any(run.unexplained for run in runs) else 0)

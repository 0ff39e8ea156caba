"""The commands for a learner, and for whoever changes the course."""

from __future__ import annotations

from pathlib import Path
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


@app.command("check")
def check_answers(
    path: Annotated[Path, typer.Argument(help="An exercise: a notebook or a .py file.")],
    seed: Annotated[int | None, typer.Option(help="Repeat a run; fresh numbers otherwise.")] = None,
) -> None:
    """Check an exercise and say what is right, what is not, and which idea it resembles."""
    from recsys_course.classroom import submissions

    with sentences():
        report = submissions.check_file(path, seed=seed)
        out.print(submissions.render(report))
        raise typer.Exit(0 if report.passed else 1)


@app.command()
def compare(
    user: Annotated[
        str | None, typer.Option(help="Show this user's history beside each model's list.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Your own CSV of ratings instead of MovieLens.")
    ] = None,
    user_column: Annotated[str | None, typer.Option(help="Its column of user ids.")] = None,
    item_column: Annotated[str | None, typer.Option(help="Its column of item ids.")] = None,
    rating_column: Annotated[str | None, typer.Option(help="Its column of ratings.")] = None,
    timestamp_column: Annotated[str | None, typer.Option(help="Its column of times.")] = None,
    title_column: Annotated[str | None, typer.Option(help="Its column of titles.")] = None,
    k: Annotated[int, typer.Option(min=1, help="Length of the ranked lists.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Decides the split and the models.")] = 0,
    json: Annotated[
        Path | None, typer.Option(help="Also write figures, intervals and protocol to this file.")
    ] = None,
) -> None:
    """Fit every model to the same ratings and compare them under one protocol."""
    import numpy as np

    from recsys_course.classroom import demonstration
    from recsys_course.data.datasets import load_movielens
    from recsys_course.data.reading import read_ratings
    from recsys_course.data.splitting import random_split
    from recsys_course.evaluation.compare import compare as compare_models

    with sentences():
        if json is not None and not json.resolve().parent.is_dir():
            raise FileNotFoundError(f"{json} cannot be written: its folder does not exist")
        interactions = (
            load_movielens()
            if data is None
            else read_ratings(
                data, user_column, item_column, rating_column, timestamp_column, title_column
            )
        )
        out.print(
            f"{'MovieLens' if data is None else data}: {interactions}",
            highlight=False,
            markup=False,
        )
        index = None if user is None else demonstration.find_user(interactions, user)
        split_seed, model_seed, judge_seed = np.random.SeedSequence(seed).spawn(3)
        split = random_split(interactions, np.random.default_rng(split_seed))
        models, notes = demonstration.all_models(split, np.random.default_rng(model_seed))
        for note in notes:
            err.print(note, highlight=False, markup=False)
        comparison = compare_models(
            models, split, np.random.default_rng(judge_seed), k, progress=True
        )
        out.print(comparison.to_table())
        if json is not None:
            json.write_text(comparison.to_json() + "\n", encoding="utf-8")
        if index is not None:
            out.print(demonstration.beside_each_other(comparison, split, index, k))


@app.command()
def status(root: Root = None) -> None:
    """Show the way through the course, what is done, and the next step."""
    from recsys_course.classroom import progress

    with sentences():
        with err.status("checking the exercises that you have begun"):
            entries = progress.progress(root or course_root())
        out.print(progress.render(entries))


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

    with sentences():
        folder = root or course_root()
        runs = [
            run
            for slug in slugs or [lesson.slug for lesson in load_syllabus().lessons]
            for run in mutation.mutate_solution(folder, slug)
        ]
        out.print(mutation.render(runs))
        raise typer.Exit(1 if any(run.unexplained for run in runs) else 0)


@app.command()
def doctor() -> None:
    """Look at this machine: what is wrong, and how to mend it."""
    from recsys_course.classroom import doctor as examination

    findings = examination.examine()
    out.print(examination.render(findings))
    raise typer.Exit(1 if any(finding.state == "fail" for finding in findings) else 0)


@app.command()
def lab(
    notebook: Annotated[
        str | None,
        typer.Argument(help="Where to start, from the course's folder; else the first lesson."),
    ] = None,
    root: Root = None,
    browser: Annotated[
        bool | None, typer.Option(help="Open a browser; decided by the machine if left out.")
    ] = None,
) -> None:
    """Open JupyterLab on a lesson."""
    from recsys_course.classroom import workspace
    from recsys_course.classroom.syllabus import load_syllabus

    with sentences():
        first = f"lessons/{load_syllabus().lessons[0].stem}.ipynb"
        raise typer.Exit(workspace.open_lab(root or course_root(), notebook or first, browser))

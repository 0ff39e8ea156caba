"""The command that compares the models of the library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recsys_course.cli.application import app, err, out, sentences


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

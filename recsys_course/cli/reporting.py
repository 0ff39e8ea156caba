"""The command that writes a page about somebody's own ratings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recsys_course.cli.application import app, err, out, sentences

__all__ = ["report"]

_TOLD = 3  # findings that the terminal shows


@app.command()
def report(
    data: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file of ratings.")],
    user_column: Annotated[str | None, typer.Option(help="Its column of user ids.")] = None,
    item_column: Annotated[str | None, typer.Option(help="Its column of item ids.")] = None,
    rating_column: Annotated[str | None, typer.Option(help="Its column of ratings.")] = None,
    timestamp_column: Annotated[str | None, typer.Option(help="Its column of times.")] = None,
    title_column: Annotated[str | None, typer.Option(help="Its column of titles.")] = None,
    target: Annotated[
        Path | None,
        typer.Option("--out", help="The page; FILE-report.html in this folder if left out."),
    ] = None,
    lowest: Annotated[float | None, typer.Option(help="The worst rating; else guessed.")] = None,
    highest: Annotated[float | None, typer.Option(help="The best rating; else guessed.")] = None,
    drop_robots: Annotated[
        bool, typer.Option("--drop-robots", help="Leave out users who look like robots.")
    ] = False,
    k: Annotated[int, typer.Option(min=1, help="Length of the ranked lists.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Decides the split and the models.")] = 0,
    no_models: Annotated[
        bool, typer.Option("--no-models", help="Look at the file only; takes seconds.")
    ] = False,
) -> None:
    """Write a page about your own ratings: what is in them, what is odd, how models compare."""
    from datetime import UTC, datetime

    from recsys_course.classroom.report import judging, looking, page, writing
    from recsys_course.data.raw import read_raw

    with sentences("stopped; no page was written, and an earlier one is as it was"):
        path = writing.target_for(data, target)
        now = datetime.now(UTC)
        with err.status("reading the file"):
            raw = read_raw(
                data, user_column, item_column, rating_column, timestamp_column, title_column
            )
            look = looking.look(raw, now.timestamp(), lowest, highest, drop_robots)
        with err.status("looking for what is odd"):
            examined = page.examine(look)
        judgement = None
        if look.ratings is not None and not no_models and not judging.too_little(look.ratings, k):
            judgement = judging.judge(look.ratings, k, seed, progress=True)
        with err.status("writing the page"):
            when = now.isoformat(timespec="seconds")
            text = page.render(data.name, look, examined, judgement, k, when, seed)
            replaced = writing.write_report(path, text)
        _tell(path, replaced, [one.title for one in examined.findings])


def _tell(path: Path, replaced: bool, titles: list[str]) -> None:
    """Where the page is, and what to look at first."""
    done = "wrote {}, in place of the report that was there" if replaced else "wrote {}"
    out.print(done.format(path), highlight=False, markup=False, soft_wrap=True)
    if not titles:
        out.print("Nothing odd was found.", highlight=False, markup=False)
    for title in titles[:_TOLD]:
        out.print(f"- {title}", highlight=False, markup=False, soft_wrap=True)
    if len(titles) > _TOLD:
        out.print(f"and {len(titles) - _TOLD} more on the page", highlight=False, markup=False)

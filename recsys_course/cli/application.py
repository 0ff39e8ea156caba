"""What every command shares: the application, its two consoles, errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

__all__ = ["HomeFolder", "Root", "app", "course_root", "err", "out", "sentences"]

app = typer.Typer(
    help="A course on recommender systems that checks its own numbers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# A table squeezed to fewer columns would break its figures; wider output wraps or scrolls instead.
out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)  # paths stay whole, to be copied

Root = Annotated[
    Path | None, typer.Option(help="The course's folder; found from the current one if left out.")
]

HomeFolder = Annotated[
    Path | None,
    typer.Option("--home", help="Your own folder; found from the current one if left out."),
]


@contextmanager
def sentences(interrupted: str | None = None) -> Iterator[None]:
    """What a user can mend is said in a sentence, not in a traceback.

    Args:
        interrupted: What Ctrl-C means; by default that nothing was lost.
    """
    try:
        yield
    except (ValueError, TypeError, OSError, LookupError, ImportError) as error:
        said = error.args[0] if isinstance(error, LookupError) and error.args else error
        err.print(str(said), style="red", highlight=False, markup=False)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        err.print(interrupted or "stopped; nothing was lost", highlight=False, markup=False)
        raise typer.Exit(130) from None


def course_root() -> Path:
    """The folder that holds lessons/source: here, above, or where the package was cloned."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "lessons" / "source").is_dir():
            return folder
    raise FileNotFoundError(
        f"neither {here} nor a folder above it holds lessons/source; go to the course's folder or "
        "name it with --root"
    )

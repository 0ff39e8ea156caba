"""What every command shares: the application, its two consoles, errors as sentences."""

from __future__ import annotations

import codecs
import errno
import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from recsys_course.classroom.terminals import legible
from recsys_course.data.interrupts import spare_imports

__all__ = [
    "HOME_VARIABLE",
    "HomeFolder",
    "Root",
    "app",
    "course_root",
    "err",
    "out",
    "say",
    "sentences",
]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
# A table squeezed to fewer columns would break its figures; wider output wraps or scrolls instead.
out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)  # paths stay whole, to be copied

Root = Annotated[
    Path | None, typer.Option(help="The course's folder; found from the current one if left out.")
]

HOME_VARIABLE = "RECSYS_COURSE_HOME"
HomeFolder = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar=HOME_VARIABLE,
        help="Your own folder; found from the current one if left out.",
    ),
]


@app.callback()
def prepare() -> None:
    """A course on recommender systems that checks its own numbers."""
    spare_imports()
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        codecs.register_error("spelt-out", _spelt_out)
        sys.stdout.reconfigure(errors="spelt-out")  # else a ✔ would end the program on Windows
    # Of now, not of when this module was imported; for an editor's shell Rich would assume 80.
    out.size = shutil.get_terminal_size()


def _spelt_out(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that a terminal or a file cannot hold."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return legible(error.object[error.start : error.end], "ascii"), error.end


def say(text: str) -> None:
    """Print a sentence as it is: no path or address in it is cut, so that it can be copied."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def sentences(interrupted: str | None = None) -> Iterator[None]:
    """What a user can mend is said in a sentence, not in a traceback.

    Args:
        interrupted: What Ctrl-C means; by default that nothing was lost.
    """
    try:
        yield
    except (ValueError, TypeError, OSError, LookupError, ImportError) as error:
        err.print(_told(error), style="red", highlight=False, markup=False)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        err.print(interrupted or "stopped; nothing was lost", highlight=False, markup=False)
        raise typer.Exit(130) from None


def _told(error: Exception) -> str:
    if isinstance(error, LookupError) and error.args:
        return str(error.args[0])
    if isinstance(error, OSError) and error.strerror:  # by the system, not by the course
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        remedy = "; make room, then run this again" if full else ""
        where = error.filename or "a file or the output"
        return f"{where} cannot be read or written ({error.strerror}){remedy}"
    return str(error)


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

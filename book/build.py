"""Builds the book: every lesson executed, as pages that open from disk without a network.

Run: ``python book/build.py``, or ``make book``

The book is build-output/book/html/index.html. What was executed is kept, so that a second run
executes only what has changed, and builds nothing where nothing has.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
import preparation
from execution import BookError, execute
from filelock import FileLock
from rich.console import Console

from recsys_course.classroom.syllabus import Lesson, load_syllabus

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUTPUT = ROOT / "build-output" / "book"


def main() -> int:
    """Builds the book and says where it is; gives the exit code."""
    console, errors = Console(), Console(stderr=True)
    try:
        page = build(OUTPUT, console)
    except (BookError, OSError) as error:
        errors.print(f"error: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        errors.print("Stopped; the next run goes on from here.")
        return 130
    console.print(f"The book is {page}", highlight=False, markup=False, soft_wrap=True)
    return 0


def build(output: Path, console: Console) -> Path:
    """Builds the book, one build at a time.

    Args:
        output: The folder for the executed notebooks, for what Sphinx reads, and for the site.
        console: Where the progress is shown.

    Returns:
        The first page of the site.

    Raises:
        BookError: If a cell fails, a figure has no description, or a link leads nowhere.
    """
    lessons = load_syllabus().lessons
    output.mkdir(parents=True, exist_ok=True)
    with FileLock(output / "lock"):
        notebooks = [
            ROOT / folder / f"{one.stem}.ipynb"
            for folder in ("lessons", "exercises")
            for one in lessons
        ]
        executed = execute(notebooks, ROOT, output / "executed", console)
        pages = prepare(executed, lessons)
        return typeset(pages, output, console)


def prepare(executed: Sequence[Path], lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """What Sphinx reads: the text of each page by its path.

    Raises:
        BookError: If a figure has no description.
    """
    texts = {
        "lessons/map.svg": _text(ROOT / "lessons" / "map.svg"),
        "index.md": preparation.front_page(
            _text(HERE / "index.md"), _text(ROOT / "lessons" / "README.md"), lessons
        ),
        "lessons/glossary.md": preparation.glossary_page(_text(ROOT / "lessons" / "glossary.md")),
        "exercises/README.md": preparation.exercises_page(
            _text(ROOT / "exercises" / "README.md"), lessons
        ),
    }
    makers = [preparation.lesson_page] * len(lessons) + [preparation.exercise_page] * len(lessons)
    for path, make, lesson in zip(executed, makers, [*lessons, *lessons], strict=True):
        notebook = make(nbformat.read(path, as_version=4), lesson)
        texts[f"{path.parent.name}/{lesson.stem}.ipynb"] = nbformat.writes(notebook)
    return {name: text.encode() for name, text in texts.items()}


def typeset(pages: dict[str, bytes], output: Path, console: Console) -> Path:
    """Lets Sphinx make the site, anew if a page or the look has changed, and not at all otherwise.

    Args:
        pages: The text of each page by its path.
        output: The folder that gets ``source`` and ``html``.
        console: Where it is said that this takes a while.

    Returns:
        The first page of the site.

    Raises:
        BookError: If Sphinx warns of anything, such as a link that leads nowhere.
    """
    site, source, stamp = output / "html", output / "source", output / "html" / ".complete"
    digest = _digest(pages)
    if stamp.is_file() and stamp.read_text() == digest:
        return site / "index.html"
    for folder in (site, source):
        shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(text)
    options = ["-q", "-W", "--keep-going", "-d", str(output / "doctrees"), "-E", "-c", str(HERE)]
    with console.status("Typesetting the book"):
        sphinx = subprocess.run(
            [sys.executable, "-m", "sphinx", *options, str(source), str(site)],
            env=os.environ | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    if sphinx.returncode:
        raise BookError(
            f"Sphinx is not content with the book; mend this:\n{_faults(sphinx.stderr, source)}"
        )
    stamp.write_text(digest)
    return site / "index.html"


def _faults(complaints: str, source: Path) -> str:
    """The warnings of Sphinx, with paths as the course has them."""
    return complaints.replace(f"{source}{os.sep}", "").strip()


def _digest(pages: dict[str, bytes]) -> str:
    """A hash of all that decides how the site looks."""
    own = [path for path in sorted(HERE.rglob("*")) if path.suffix in {".py", ".css", ".js"}]
    own.append(ROOT / "constraints.txt")  # the versions of Sphinx and of its theme
    parts = [*sorted(pages.items()), *((path.name, path.read_bytes()) for path in own)]
    return hashlib.sha256(
        b"\0".join(name.encode() + b"\0" + text for name, text in parts)
    ).hexdigest()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""Turns executed notebooks and the course's own pages into what Sphinx reads.

What the syllabus or a page of the course says already is taken from there, never written again.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

import nbformat
from execution import BookError
from nbformat.v4 import new_markdown_cell

from recsys_course.classroom.syllabus import Lesson

__all__ = [
    "exercise_page",
    "exercises_page",
    "front_page",
    "glossary_page",
    "heading_address",
    "lesson_page",
]

_DESCRIPTION = re.compile(r"\*Figure: (.+?)\*(?:\n|\Z)", re.DOTALL)
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)]+)\)")
_ENTRY = re.compile(r"^\*\*(.+?)\.\*\* (.+)$", re.MULTILINE)
_MAP = "<!-- the map of the lessons -->"
_TITLE = "# Lessons\n"


def lesson_page(notebook: nbformat.NotebookNode, lesson: Lesson) -> nbformat.NotebookNode:
    """A lesson with described figures, the way to JupyterLab at its top, its words at its end.

    Args:
        notebook: The executed lesson.
        lesson: What the syllabus says about it.

    Returns:
        The same notebook.

    Raises:
        BookError: If a figure has no description.
    """
    _describe_figures(notebook, f"lessons/{lesson.stem}.ipynb")
    n, minutes = len(lesson.exercises), sum(one.minutes for one in lesson.exercises)
    functions = "one function" if n == 1 else f"{n} functions"
    _put_below_title(
        notebook,
        f"""```{{admonition}} Work through it in JupyterLab
:class: tip

`recsys-course lab {lesson.slug}` opens this lesson in your own copy, where its cells run and you
can change them. In a clone of the course, `make lab` opens the next lesson that is not finished.

{lesson.minutes} minutes, and {minutes} for its [exercise](../exercises/{lesson.stem}.ipynb) with
{functions} to write.
```""",
    )
    for cell in notebook.cells:  # the map of the lessons is the book's first page
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("](README.md)", "](../index.md)")
    notebook.cells.append(new_markdown_cell(_words_brought_by(lesson), id="words-of-this-lesson"))
    return notebook


def _words_brought_by(lesson: Lesson) -> str:
    """The words that a lesson introduces, each a link to its place in the glossary."""
    terms = " · ".join(f"{{term}}`{one.term}`" for one in lesson.terms)
    return f"## Words of this lesson\n\n{terms}"


def exercise_page(notebook: nbformat.NotebookNode, lesson: Lesson) -> nbformat.NotebookNode:
    """An exercise that says where it can be answered.

    Args:
        notebook: The executed exercise, nothing of it attempted.
        lesson: What the syllabus says about its lesson.

    Returns:
        The same notebook.

    Raises:
        BookError: If a figure has no description.
    """
    _describe_figures(notebook, f"exercises/{lesson.stem}.ipynb")
    _put_below_title(
        notebook,
        f"""```{{admonition}} Write it in JupyterLab
:class: tip

A book cannot check an answer. `recsys-course lab {lesson.slug}` opens the lesson in JupyterLab;
from there a link leads to this exercise, in which you write and the cells answer.
```""",
    )
    return notebook


def glossary_page(page: str) -> str:
    """The glossary as Sphinx's own, so that lessons can link to each word.

    Args:
        page: The course's glossary, lessons/glossary.md.

    Raises:
        BookError: If it holds no entry of the form ``**word.** meaning``.
    """
    first = _ENTRY.search(page)
    if first is None:
        raise BookError("lessons/glossary.md holds no `**word.** meaning`; run make build.")
    entries = "\n\n".join(f"{term}\n  {meaning}" for term, meaning in _ENTRY.findall(page))
    return f"{page[: first.start()]}```{{glossary}}\n{entries}\n```\n"


def exercises_page(page: str, lessons: Sequence[Lesson]) -> str:
    """The list of exercises, with the exercises as the pages below it.

    Args:
        page: The course's own list, exercises/README.md.
        lessons: The lessons in teaching order.
    """
    names = "\n".join(one.stem for one in lessons)
    return f"{page}\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"


def front_page(template: str, page: str, lessons: Sequence[Lesson]) -> str:
    """The first page: what the course is, the map of the lessons, the error museum.

    Args:
        template: What the book says of itself, with a place for the map.
        page: The course's own map, lessons/README.md.
        lessons: The lessons in teaching order.

    Raises:
        BookError: If the template has no place for the map, or the map no title.
    """
    before, place, after = template.partition(_MAP)
    _, title, map_ = page.partition(_TITLE)
    map_ = map_.lstrip()
    if not place or not title:
        raise BookError(
            f"The front page needs a line `{_MAP}` in book/index.md and one `{_TITLE.strip()}` in "
            "lessons/README.md; put back what is missing."
        )
    rebased = _LINK.sub(lambda link: f"]({posixpath.normpath(f'lessons/{link[1]}')})", map_)
    names = "\n".join(f"lessons/{one.stem}" for one in lessons)
    contents = f"```{{toctree}}\n:hidden:\n:caption: Lessons\n\n{names}\n```\n"
    return f"{before}## Lessons\n\n{rebased}\n{contents}{after}"


def heading_address(heading: str) -> str:
    """The address of a heading as JupyterLab makes it, so that a link holds in both."""
    return heading.replace(" ", "-")


def _put_below_title(notebook: nbformat.NotebookNode, box: str) -> None:
    title, _, rest = notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title}\n\n{box}\n{rest}"


def _describe_figures(notebook: nbformat.NotebookNode, name: str) -> None:
    """Gives each figure the words of the cell below it, which a screen reader reads out.

    Raises:
        BookError: If a figure has no such words, or such words no figure.
    """
    for cell, below in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        n_figures = sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        described = below is not None and below.id.endswith("-alt")
        if n_figures != described:
            raise BookError(
                f"{name}, cell {cell.id}: it draws {n_figures} figures, and {int(described)} are "
                "described below it; write one `*Figure: …*` in a cell whose id ends in -alt, "
                "right below each cell that draws one figure."
            )
        if described:
            text = _plain(below, name)
            cell.metadata["mystnb"] = {"image": {"alt": text}}


def _plain(cell: nbformat.NotebookNode, name: str) -> str:
    """The words of a description without its Markdown.

    Raises:
        BookError: If it does not begin with ``*Figure: ``, or holds LaTeX commands.
    """
    found = _DESCRIPTION.match(cell.source)
    text = " ".join(re.sub(r"[*`$]", "", found[1]).split()) if found else ""
    if not text or "\\" in text:
        raise BookError(
            f"{name}, cell {cell.id}: a figure's description is read out, so begin it with "
            f"`*Figure: ` and write it in plain words without LaTeX; it begins {cell.source[:40]!r}"
        )
    return text[0].upper() + text[1:]

"""The files of the course that a learner works with: where they lie, and which they are.

In a clone they lie in its folders. A wheel carries them inside the package (hatch_build.py).
"""

from __future__ import annotations

from pathlib import Path

from recsys_course.classroom.syllabus import Lesson, load_syllabus

__all__ = ["materials", "shipped", "solution_of"]

_INSTALLED = Path(__file__).with_name("course")
_CLONE = Path(__file__).resolve().parents[2]
_PAGES = ("lessons/README.md", "lessons/glossary.md", "lessons/map.svg", "exercises/README.md")
_ABOUT = Path(__file__).with_name("your_course.md")


def shipped() -> Path:
    """The folder that holds lessons/, exercises/ and solutions/.

    Raises:
        FileNotFoundError: If the installation has neither.
    """
    for folder in (_INSTALLED, _CLONE):
        if (folder / "lessons").is_dir() and (folder / "exercises").is_dir():
            return folder
    raise FileNotFoundError(
        f"the notebooks of the course are neither in {_INSTALLED} nor in {_CLONE}; install the "
        "course again: python bootstrap.py in a clone, or pip install of its wheel"
    )


def materials() -> dict[str, Path]:
    """What a learner gets: where each file lies, by its path in the learner's own folder.

    Raises:
        FileNotFoundError: If a notebook of the syllabus is missing.

    >>> "exercises/03_mf_loss.ipynb" in materials()
    True
    """
    root = shipped()
    notebooks = [
        f"{kind}/{lesson.stem}.ipynb"
        for lesson in load_syllabus().lessons
        for kind in ("lessons", "exercises")
    ]
    missing = [name for name in notebooks if not (root / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{root / missing[0]} is missing; run: recsys-course build")
    names = [*notebooks, *_PAGES, "DATA-LICENSES.md"]
    return {name: root / name for name in names if (root / name).is_file()} | {"README.md": _ABOUT}


def solution_of(lesson: Lesson) -> Path:
    """The solution of a lesson's exercise.

    Raises:
        FileNotFoundError: If this installation has none.
    """
    path = shipped() / "solutions" / f"{lesson.stem}.ipynb"
    if not path.is_file():
        raise FileNotFoundError(f"there is no {path}; this installation carries no solutions")
    return path

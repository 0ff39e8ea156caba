"""Every link of the learner's folder leads to a file of that folder, and to a heading in it."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from recsys_course.classroom.home.delivery import deliver
from recsys_course.classroom.home.keeping import place_solution
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.materials import materials
from recsys_course.classroom.syllabus import load_syllabus

LESSONS = load_syllabus().lessons
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The folder as its owner has it who asked for every solution."""
    home = Home(tmp_path_factory.mktemp("learner") / "Mein Kurs ü")
    deliver(home, materials())
    for lesson in LESSONS:
        place_solution(home, lesson)
    return home


def prose(path: Path) -> str:
    """What is written in a page, or in a notebook's cells of text; code left out."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        cells = [one for one in json.loads(text)["cells"] if one["cell_type"] == "markdown"]
        text = "\n\n".join("".join(one["source"]) for one in cells)
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def local_links(text: str) -> list[str]:
    """Links to other files, or within one."""
    found = [first or second for first, second in LINK.findall(text)]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(path: Path) -> set[str]:
    """What a link may name behind its #: JupyterLab makes it of a heading's words."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", prose(path), re.MULTILINE)
    return {heading.replace(" ", "-") for heading in headings}


def broken(home: Home) -> list[str]:
    """The links that lead nowhere, or out of the folder."""
    found = []
    for page in sorted([*home.folder.rglob("*.md"), *home.folder.rglob("*.ipynb")]):
        for link in local_links(prose(page)):
            name, _, anchor = unquote(link).partition("#")
            target = (page.parent / name).resolve() if name else page.resolve()
            inside = target.is_relative_to(home.folder.resolve())
            if not inside or not target.is_file() or (anchor and anchor not in anchors(target)):
                found.append(f"{home.short(page)}: {link}")
    return found


def test_every_link_leads_to_a_file_of_the_folder_and_a_heading_in_it(home: Home) -> None:
    assert broken(home) == []


def test_the_links_are_found_and_the_broken_ones_told(home: Home) -> None:
    page = home.folder / "page.md"
    page.write_text(
        "[a](lessons/README.md) [b](lessons/gone.md) [c](../outside.md) [d](lessons/glossary.md#No)"
        " [e](lessons/03_mf_loss.ipynb#9-%C2%B7-Nothing) [f](https://example.com/) `[g](code.md)`"
        ' <img src="gone.svg"> [h](#Nowhere)\n\n## Somewhere\n\n[i](#Somewhere)\n',
        "utf-8",
    )
    (home.folder.parent / "outside.md").write_text("# There, but not the learner's\n", "utf-8")
    try:
        assert broken(home) == [
            "page.md: lessons/gone.md",
            "page.md: ../outside.md",
            "page.md: lessons/glossary.md#No",
            "page.md: lessons/03_mf_loss.ipynb#9-%C2%B7-Nothing",
            "page.md: gone.svg",
            "page.md: #Nowhere",
        ]
    finally:
        page.unlink()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_leads_to_its_exercise_and_on(home: Home, lesson) -> None:
    links = local_links(prose(home.lesson(lesson)))
    following = LESSONS[lesson.number + 1 :]
    assert f"../exercises/{lesson.stem}.ipynb" in links
    assert links[-1] == (f"{following[0].stem}.ipynb" if following else "README.md")
    assert f"../lessons/{lesson.stem}.ipynb" in local_links(prose(home.notebook(lesson)))

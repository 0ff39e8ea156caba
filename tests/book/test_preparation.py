"""What is made of a notebook and of the course's pages before Sphinx reads them."""

import build
import pytest
from execution import BookError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from preparation import exercise_page, front_page, glossary_page, lesson_page
from rich.console import Console

from recsys_course.classroom.syllabus import Exercise, Lesson, Term

LESSON = Lesson(
    number=3,
    slug="mf_loss",
    title="The loss",
    minutes=60,
    exercises=(
        Exercise("predict_ratings", 1, 5, "Learned.", "Go on."),
        Exercise("sgd_step", 2, 12, "Learned.", "Go on."),
    ),
    terms=(Term("ALS", "Alternating.", "6. ALS"), Term("k-core", "A core.", "2. Core")),
)
PICTURE = new_output("display_data", {"image/png": "iVBORw0KGgo="})


def notebook(*cells):
    return new_notebook(cells=[new_markdown_cell("# 03 · The loss\n\nWhy.", id="title"), *cells])


def figure(id="curve", n=1):
    return new_code_cell("draw()", id=id, outputs=[PICTURE] * n)


def words(text, id="curve-alt"):
    return new_markdown_cell(text, id=id)


def test_a_figure_gets_the_words_of_the_cell_below_it():
    text = (
        "*Figure: two `bars`\nof height $k$, one *tall*.*\n\nThe tall one wins, *Figure: or not.*"
    )
    page = lesson_page(notebook(figure(), words(text)), LESSON)
    assert page.cells[1].metadata["mystnb"] == {"image": {"alt": "Two bars of height k, one tall."}}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([figure()], "cell curve: it draws 1 figures, and 0 are described below it"),
        ([figure(), words("A text.", "next")], "cell curve: it draws 1 figures, and 0 are"),
        ([figure(n=2), words("*Figure: one.*")], "cell curve: it draws 2 figures, and 1 are"),
        ([new_code_cell("x", id="curve"), words("*Figure: one.*")], "it draws 0 figures, and 1"),
        ([figure(), words("The *Figure: late.*")], "cell curve-alt: a figure's description is"),
        ([figure(), words("*Figure: $\\lambda$.*")], "in plain words without LaTeX; it begins"),
    ],
    ids=["nothing below", "no words", "two figures", "no figure", "no lead", "LaTeX"],
)
def test_a_figure_without_words_is_named(cells, told):
    with pytest.raises(BookError, match=r"^lessons/03_mf_loss\.ipynb, cell curve") as failure:
        lesson_page(notebook(*cells), LESSON)
    assert told in str(failure.value)
    with pytest.raises(BookError, match=r"^exercises/03_mf_loss\.ipynb, cell curve"):
        exercise_page(notebook(*cells), LESSON)


def test_a_lesson_says_how_it_is_opened_and_which_words_it_brings():
    page = lesson_page(notebook(), LESSON)
    top, end = page.cells[0].source, page.cells[-1].source
    assert top.startswith("# 03 · The loss\n\n```{admonition} Work through it in JupyterLab\n")
    assert top.endswith("```\n\nWhy.")
    assert "`recsys-course lab mf_loss`" in top
    assert (
        "60 minutes, and 17 for its [exercise](../exercises/03_mf_loss.ipynb) with\n"
        "2 functions to write.\n"
    ) in top
    assert end == "## Words of this lesson\n\n{term}`ALS` · {term}`k-core`"


def test_an_exercise_says_where_it_is_written():
    top = exercise_page(notebook(), LESSON).cells[0].source
    assert top.startswith("# 03 · The loss\n\n```{admonition} Write it in JupyterLab\n")
    assert "`recsys-course lab mf_loss`" in top


def test_the_glossary_becomes_one_that_can_be_linked_to():
    entries = "**ALS.** In turns. ([03](a.ipynb#6.-A))\n\n**id.** A name.\n"
    page = f"# Glossary\n\nEach word links.\n\n{entries}"
    assert glossary_page(page) == (
        "# Glossary\n\nEach word links.\n\n"
        "```{glossary}\nALS\n  In turns. ([03](a.ipynb#6.-A))\n\nid\n  A name.\n```\n"
    )
    with pytest.raises(BookError, match=r"glossary\.md holds no `\*\*word\.\*\* meaning`"):
        glossary_page("# Glossary\n")


MAP = """<!-- built -->
# Lessons

![Map: 03](map.svg)

| 03 | [The loss](03_mf_loss.ipynb) | [2 to write](../exercises/03_mf_loss.ipynb) |

- [Zeros](03_mf_loss.ipynb#8.-Error-museum:-the-zeros), [elsewhere](https://example.org/a)
"""
TEMPLATE = "# Course\n\n<!-- the map of the lessons -->\n\nEnd.\n"


def test_the_links_of_the_map_lead_on_from_the_front_page():
    page = front_page(TEMPLATE, MAP, [LESSON])
    assert page.startswith("# Course\n\n## Lessons\n\n![Map: 03](lessons/map.svg)\n")
    assert "| 03 | [The loss](lessons/03_mf_loss.ipynb) |" in page
    assert "[2 to write](exercises/03_mf_loss.ipynb)" in page
    assert "(lessons/03_mf_loss.ipynb#8.-Error-museum:-the-zeros)" in page
    assert "(https://example.org/a)" in page
    assert ":caption: Lessons\n\nlessons/03_mf_loss\n```" in page
    assert page.endswith("End.\n")
    for template, map_ in ((TEMPLATE, "# Other\n"), ("# Course\n", MAP)):
        with pytest.raises(BookError, match=r"needs a line `<!-- the map of the lessons -->`"):
            front_page(template, map_, [LESSON])


def test_a_link_that_leads_nowhere_ends_the_build_with_its_place(tmp_path):
    pages = {"index.md": b"# Course\n\n[gone](lessons/99_gone.ipynb)\n"}
    with pytest.raises(BookError) as failure:
        build.typeset(pages, tmp_path, Console(quiet=True))
    first, second = str(failure.value).splitlines()
    assert first == "Sphinx is not content with the book; mend this:"
    assert second.startswith("index.md:3: WARNING: ")
    assert "lessons/99_gone.ipynb" in second
    assert not (tmp_path / "html" / ".complete").exists()


def test_in_a_lesson_the_map_is_the_first_page():
    page = lesson_page(notebook(words("Go by [the map](README.md).", "end")), LESSON)
    assert page.cells[1].source == "Go by [the map](../index.md)."

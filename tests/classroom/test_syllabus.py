"""What every lesson must have, and that its words lead to headings that exist."""

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest

from recsys_course.classroom.pages import pages
from recsys_course.classroom.syllabus import Syllabus, _lesson, load_syllabus

ROOT = Path(__file__).resolve().parents[2]
LESSONS = load_syllabus().lessons
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)


def cells(path):
    return [
        "".join(cell["source"])
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]


def headings(stem):
    text = "\n".join(cells(ROOT / "lessons" / f"{stem}.ipynb"))
    return re.findall(r"^#{2,4} (.+)$", text, re.MULTILINE)


def test_part_one_is_there_in_order():
    assert [lesson.stem for lesson in LESSONS] == [
        "00_welcome",
        "01_interactions",
        "02_similarity",
        "03_mf_loss",
        "04_training_loop",
        "05_evaluation",
        "06_recommending",
    ]


@each_lesson
def test_a_lesson_is_whole(lesson):
    assert lesson.outcome
    assert 20 <= lesson.minutes <= 70
    assert 1 <= len(lesson.exercises) <= 5
    assert 3 <= len(lesson.quiz) <= 5
    assert len(lesson.terms) >= 5
    for exercise in lesson.exercises:
        assert len(exercise.hints) == 3
        question, _, plan = exercise.hints
        assert "?" in question
        assert not re.search(r"^\s*(def |return )|np\.\w+\(", plan)  # a plan is no code
    for question in lesson.quiz:
        assert 2 <= len(question.options) <= 5
        assert all(option.why for option in question.options)


@each_lesson
def test_terms_and_exhibit_stand_under_headings_of_the_lesson(lesson):
    known = headings(lesson.stem)
    assert lesson.exhibit
    assert {lesson.exhibit_section, *(term.section for term in lesson.terms)} <= set(known)


@each_lesson
def test_the_lesson_uses_the_words_that_it_explains(lesson):
    text = " ".join(" ".join(cells(ROOT / "lessons" / f"{lesson.stem}.ipynb")).split()).casefold()
    words = [re.sub(r" \(.*\)$", "", term.term).casefold() for term in lesson.terms]
    assert [word for word in words if word not in text] == []


def test_the_right_letters_are_spread_over_the_options():
    places = Counter(
        [option.right for option in question.options].index(True)
        for lesson in LESSONS
        for question in lesson.quiz
    )
    n_questions = sum(places.values())
    assert max(places.values()) <= 0.5 * n_questions  # always answering "b" is no way through


def test_no_word_is_explained_twice():
    terms = Counter(term.term.casefold() for lesson in LESSONS for term in lesson.terms)
    assert [term for term, times in terms.items() if times > 1] == []


@each_lesson
def test_a_lesson_leads_on(lesson):
    text = "\n".join(cells(ROOT / "lessons" / f"{lesson.stem}.ipynb"))
    assert f"(../exercises/{lesson.stem}.ipynb)" in text
    following = [one for one in LESSONS if one.number == lesson.number + 1]
    for one in following:
        assert f"({one.stem}.ipynb)" in text
    exercise = "\n".join(cells(ROOT / "exercises" / f"{lesson.stem}.ipynb"))
    assert f"(../lessons/{lesson.stem}.ipynb)" in exercise


PAGES = [page for page in pages(ROOT, LESSONS) if page.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page):
    found = re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8"))
    assert found
    for link in found:
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve()
        assert target.is_file(), link
        if anchor:
            assert anchor in {one.replace(" ", "-") for one in headings(target.stem)}, link
            # JupyterLab compares it with the heading as the browser writes it, undecoded
            assert quote(anchor, safe="?!:,;'()&+=") == anchor, link


@pytest.mark.parametrize("folder", ["lessons", "exercises"])
@each_lesson
def test_every_link_of_a_notebook_leads_to_a_file(lesson, folder):
    text = "\n".join(cells(ROOT / folder / f"{lesson.stem}.ipynb"))
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / folder / link).exists()] == []


def test_a_file_that_is_not_well_formed_is_named(tmp_path):
    path = tmp_path / "09_demo.toml"
    path.write_text('title = "Demo"\nminutes = 3\n')
    with pytest.raises(ValueError, match=r"09_demo\.toml.*exercises"):
        _lesson(path)
    path.write_text('title = "Demo"\nminutes = 3\nexercises = []\nodd = 1\n')
    with pytest.raises(ValueError, match=r"09_demo\.toml.*odd"):
        _lesson(path)


def test_two_lessons_may_not_share_a_name():
    with pytest.raises(ValueError, match=r"(number 3|slug mf_loss) twice"):
        Syllabus((load_syllabus().lesson("mf_loss"),) * 2)

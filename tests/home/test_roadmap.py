"""The map of the way: as a table, as a list where it is narrow, and always with the next step."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from recsys_course.classroom.home.changes import CellChange
from recsys_course.classroom.home.keeping import Waiting
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.roadmap import next_entry, next_step, render, told_of_waiting
from recsys_course.classroom.home.survey import LessonProgress
from recsys_course.classroom.syllabus import load_syllabus

LESSONS = load_syllabus().lessons


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture
def entries(home):
    """The first lesson done, the second begun, the others untouched."""
    untouched = [
        LessonProgress(one, home.notebook(one), tuple("not attempted" for _ in one.exercises))
        for one in LESSONS
    ]
    done = replace(untouched[0], states=("passed",))
    states = ("passed", "failed", "not attempted", "passed", "not attempted")
    return [done, replace(untouched[1], states=states), *untouched[2:]]


def shown(home, entries, width, new=(), **options):
    console = Console(file=io.StringIO(), width=width, color_system=None, **options)
    console.print(render(home, entries, new, width))
    return console.file.getvalue()


def test_narrow_it_is_a_list_with_nothing_cut(home, entries):
    text = shown(home, entries, 60)
    assert max(map(len, text.splitlines())) <= 60
    assert text.splitlines()[:5] == [
        "Your way through the course",
        "00 Welcome: ten films for you",
        "   ✔ 1 of 1, done, 50 min",
        "01 Interactions: from events to a table you can trust",
        "   ✔✘○✔○ 2 of 5, attempted, 116 min",
    ]
    assert "1 of 7 lessons done" in text
    assert "…" not in text


def test_wide_it_is_a_table(home, entries):
    text = shown(home, entries, 100)
    row = next(line for line in text.splitlines() if "Interactions" in line)
    assert [part.strip() for part in row.strip("│").split("│")] == [
        "01 Interactions: from events to a table you can trust",
        "116",
        "✔✘○✔○ 2 of 5",
        "attempted",
    ]


def test_the_time_that_is_left_counts_what_does_not_pass(home, entries):
    one = [replace(entries[0], states=("not attempted",))]
    assert "0 of 1 lessons done, about 50 minutes to go" in shown(home, one, 100)
    assert "1 of 1 lessons done\n" in shown(home, [entries[0]], 100)


def test_the_next_step_is_a_function_or_a_lesson(home, entries):
    assert next_entry(entries).lesson.slug == "interactions"
    function = LESSONS[1].exercises[1].name
    assert next_step(home, entries) == f"Next: {function} in exercises/01_interactions.ipynb"
    assert next_step(home, entries[2:]) == (
        "Next: read lessons/02_similarity.ipynb, then write exercises/02_similarity.ipynb"
    )
    assert next_step(home, entries[:1]) == "Every exercise is done."
    assert next_entry(entries[:1]) is None


def test_new_versions_are_told_cell_by_cell():
    changes = tuple(CellChange("changed", f"cell-{n}", f"line {n}") for n in range(8))
    told = told_of_waiting(
        [
            Waiting("exercises/a.new.ipynb", "exercises/a.ipynb", changes),
            Waiting("exercises/b.new.ipynb", "exercises/b.ipynb", ()),
        ]
    )
    assert told == [
        "exercises/a.new.ipynb is a newer version of exercises/a.ipynb, in which you have written.",
        "    changed cell-0: line 0",
        "    changed cell-1: line 1",
        "    changed cell-2: line 2",
        "    changed cell-3: line 3",
        "    changed cell-4: line 4",
        "    changed cell-5: line 5",
        "    and 2 more cells",
        "exercises/b.new.ipynb is a newer version of exercises/b.ipynb, in which you have written.",
        "    what changed in it is not known",
        "Take over what you want, then delete the newer version.",
    ]
    assert told_of_waiting([]) == []


def test_problems_and_square_brackets_are_shown_as_they_are(home, entries):
    entries[2] = replace(entries[2], problem="exercises/[x].ipynb is not there")
    assert "exercises/[x].ipynb is not there" in shown(home, entries, 100)

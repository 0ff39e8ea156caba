"""The map of the course: what it says is what the syllabus and the lessons say."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from recsys_course.classroom.authoring import build, stale
from recsys_course.classroom.course_map import course_map, needs_in_words
from recsys_course.classroom.pages import pages
from recsys_course.classroom.syllabus import Lesson, Syllabus, load_syllabus

ROOT = Path(__file__).resolve().parents[2]
LESSONS = load_syllabus().lessons
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawing() -> ET.Element:
    return ET.fromstring(course_map(LESSONS))


def numbers(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", path)]


def boxes(drawing) -> list[tuple[float, float, float]]:
    """Left, top and bottom of each lesson's box, in order."""
    found = [one for one in drawing.iter(f"{SVG}rect") if one.get("class") == "box"]
    return [
        (float(one.get("x")), float(one.get("y")), float(one.get("y")) + float(one.get("height")))
        for one in found
    ]


def lines(drawing) -> list[list[tuple[float, float, float]]]:
    """Where each line starts, its lane, and where it ends, in groups of one lesson's lines."""
    groups = []
    for path in drawing.iter(f"{SVG}path"):
        if path.get("class") == "line":
            parts = [numbers(part) for part in path.get("d").split("M")[1:]]
            groups.append([(part[1], part[3], part[-2]) for part in parts])
    return groups


def test_the_committed_map_is_the_one_of_the_syllabus():
    assert (ROOT / "lessons" / "map.svg").read_bytes() == course_map(LESSONS).encode()
    assert course_map(LESSONS) == course_map(LESSONS)


def test_a_build_writes_the_map_and_finds_it_stale(tmp_path):
    for folder in ("lessons", "solutions"):
        (tmp_path / folder / "source").mkdir(parents=True)
        (tmp_path / folder / "source" / "03_mf_loss.py").write_text("# %% id=a\nx = 1\n")
    path = tmp_path / "lessons" / "map.svg"
    assert path in build(tmp_path)
    first = path.read_bytes()
    assert b"matrix" in first
    assert b"Welcome" not in first
    path.write_bytes(first.replace(b"matrix", b"tables"))
    assert stale(tmp_path) == [path]
    assert build(tmp_path) == [path]
    assert path.read_bytes() == first


def test_every_lesson_is_named_with_its_minutes_and_needs(drawing):
    said = " ".join(one.text for one in drawing.iter(f"{SVG}text"))
    for lesson in LESSONS:
        exercise = sum(one.minutes for one in lesson.exercises)
        assert (
            f"{lesson.number:02d} {lesson.title} {lesson.minutes} + {exercise} minutes, "
            f"{needs_in_words(lesson, LESSONS)}"
        ) in said
    assert len(boxes(drawing)) == len(LESSONS)


def test_the_map_is_told_to_those_who_cannot_see_it(drawing):
    assert drawing.get("role") == "img"
    title, told = (drawing.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert title.text == "Map of the lessons"
    for lesson in LESSONS:
        told_of_it = f"{lesson.number:02d}, {lesson.title}: {needs_in_words(lesson, LESSONS)}."
        assert told_of_it in told.text
    page = pages(ROOT, LESSONS)[ROOT / "lessons" / "README.md"]
    assert "![Map of the lessons: 00 needs no other; " in page
    assert "05 needs 02 and 03; 06 needs 01, 03 and 05](map.svg)" in page


def test_what_is_to_come_is_what_the_readme_promises(drawing):
    last = [one.text for one in drawing.iter(f"{SVG}text")]
    assert "To come: deep models, and their use in the world" in " ".join(last)
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert "Parts on deep models and on their use in the world follow." in readme


def test_there_is_a_line_for_each_need(drawing):
    places = boxes(drawing)
    slugs = [lesson.slug for lesson in LESSONS]

    def at(y: float) -> str:
        (found,) = [
            slug for slug, (_, top, end) in zip(slugs, places, strict=True) if top < y < end
        ]
        return found

    drawn = {(at(end), at(start)) for group in lines(drawing) for start, _, end in group}
    assert drawn == {(lesson.slug, slug) for lesson in LESSONS for slug in lesson.needs}
    assert len(drawn) == 7


def test_lines_share_no_lane_and_no_entry(drawing):
    groups = lines(drawing)
    spans = [(group[0][1], group[0][0], max(end for *_, end in group)) for group in groups]
    for (lane, start, end), (other, other_start, other_end) in combinations(spans, 2):
        assert lane != other or end < other_start or other_end < start
    entries = [end for group in groups for *_, end in group]
    assert len(set(entries)) == len(entries)
    for _, top, bottom in boxes(drawing):
        into = sorted(
            (end, lane) for group in groups for _, lane, end in group if top < end < bottom
        )
        from_inside = [lane for _, lane in into]
        assert from_inside == sorted(from_inside, reverse=True)  # else they would cross
    left = boxes(drawing)[0][0]
    assert all(0 < lane < left - 8 for lane, *_ in spans)


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("form", ["light", "dark"])
def test_text_and_lines_stand_out(drawing, form):
    light, _, dark = drawing.find(f"{SVG}style").text.partition("@media")
    rules = re.findall(r"\.(\w+) \{ (.*?) \}", {"light": light, "dark": dark}[form])
    color = {
        (kind, name): value
        for kind, declarations in rules
        for name, value in re.findall(r"(fill|stroke|color): (#\w+)", declarations)
    }
    for text in ("title", "small"):
        for ground in ("page", "box", "come"):
            assert contrast(color[text, "fill"], color[ground, "fill"]) >= 4.5
    shapes = [color["box", "stroke"], color["come", "stroke"]]
    for line in [*shapes, *(color[f"c{n}", "color"] for n in range(4))]:
        assert contrast(line, color["page", "fill"]) >= 3


def lesson(number: int, slug: str, *needs: str, title: str = "") -> Lesson:
    return Lesson(number, slug, title or slug, 30, (), needs)


def test_titles_are_text_whatever_they_hold():
    odd = lesson(0, "odd", title="Precision & recall <at> “k” of a very long list of lessons")
    parsed = ET.fromstring(course_map([odd]))
    title = " ".join(one.text for one in parsed.iter(f"{SVG}text") if one.get("class") == "title")
    assert title == f"00 {odd.title}"
    assert lines(parsed) == []


def test_a_lesson_that_is_not_shown_has_no_line():
    parsed = ET.fromstring(course_map([lesson(4, "b", "a"), lesson(5, "c", "b")]))
    assert [len(group) for group in lines(parsed)] == [1]
    assert needs_in_words(lesson(4, "b", "a"), [lesson(4, "b", "a")]) == "needs no other"


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ((), "needs no other"),
        (("a",), "needs 01"),
        (("c", "a"), "needs 01 and 03"),
        (("a", "b", "c"), "needs 01, 02 and 03"),
    ],
)
def test_needs_are_said_in_words(needs, said):
    lessons = [lesson(1, "a"), lesson(2, "b"), lesson(3, "c"), lesson(4, "d", *needs)]
    assert needs_in_words(lessons[-1], lessons) == said


@pytest.mark.parametrize("one", LESSONS, ids=lambda one: one.stem)
def test_the_needs_of_the_syllabus_are_those_of_the_lesson(one):
    first = json.loads((ROOT / "lessons" / f"{one.stem}.ipynb").read_text("utf-8"))["cells"][0]
    text = " ".join("".join(first["source"]).split())
    sentences = re.findall(r"You need (?!no )(.*?[.])(?= |$)", text)
    named = {int(number) for part in sentences for number in re.findall(r"\b(0\d)\b(?!_)", part)}
    assert {load_syllabus().lesson(slug).number for slug in one.needs} == named


def test_a_lesson_builds_on_earlier_ones():
    with pytest.raises(ValueError, match=r"04_b needs 'c', which is no lesson before it"):
        Syllabus((lesson(4, "b", "c"), lesson(5, "c")))
    with pytest.raises(ValueError, match=r"05_c needs 'bb'.*did you mean 'b'\?"):
        Syllabus((lesson(4, "b"), lesson(5, "c", "bb")))
    with pytest.raises(ValueError, match="05_c needs 'c'"):
        Syllabus((replace(lesson(5, "c"), needs=("c",)),))

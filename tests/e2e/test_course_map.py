"""The map of the course in a real browser: its text stays in its boxes, and on the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from recsys_course.classroom.course_map import course_map
from recsys_course.classroom.doctor import find_chromium
from recsys_course.classroom.syllabus import Lesson, load_syllabus

ROOT = Path(__file__).resolve().parents[2]
# Every text with its box, and the innermost rectangle that its left end lies in.
MEASURE = """() => {
  const box = one => {
    const {x, y, width, height} = one.getBBox();
    return [x, y, x + width, y + height];
  };
  const grounds = [...document.querySelectorAll('rect')].map(box);
  return [...document.querySelectorAll('text')].map(text => {
    const [x, y, right, bottom] = box(text);
    const inside = grounds.filter(g => g[0] < x && x < g[2] && g[1] < y && y < g[3]);
    return [text.textContent, right, bottom, ...inside.at(-1)];
  });
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page()
        browser.close()


# Titles that no estimate of the width of a line may take for narrower than they are.
WIDE = [
    Lesson(place, f"wide_{place}", f"{letter * 3} " * 13, 60, ())
    for place, letter in enumerate("mMW@%wGOQDHNUABKXaego0t-rfil.")
]


@pytest.mark.parametrize("lessons", [load_syllabus().lessons, WIDE], ids=["own", "wide"])
def test_no_text_leaves_its_box(page, lessons):
    page.set_content(course_map(lessons))
    measured = page.evaluate(MEASURE)
    assert len(measured) > 2 * len(lessons)
    for text, right, bottom, _, _, ground_right, ground_bottom in measured:
        assert right < ground_right - 3, text
        assert bottom < ground_bottom - 2, text


def test_a_narrow_page_shows_the_map_whole_and_readable(page):
    page.set_viewport_size({"width": 360, "height": 700})
    page.set_content(
        f"<body style='margin: 16px'><style>svg {{ max-width: 100%; height: auto }}</style>"
        f"{course_map(load_syllabus().lessons)}"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.evaluate(
        "[...document.querySelectorAll('text')].map(one => "
        "parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"
    )
    assert min(sizes) > 11

"""Every lesson in JupyterLab in a real browser: it runs from top to bottom, and leads on.

Nothing but this machine can be reached, from the browser or from a kernel. Screenshots stay in
build-output/screenshots/e2e for somebody to look at.
"""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Error

from recsys_course.classroom.syllabus import load_syllabus

LESSONS = load_syllabus().lessons
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
MARKDOWN = ".jp-MarkdownViewer:not(.lm-mod-hidden)"
# What a browser must not make of an equation: an error, a word that it does not know, nothing.
BROKEN = """containers => containers.filter(one => one.querySelector('mjx-merror')
    || one.querySelector('[style*="color: red"]')
    || !one.querySelector('mjx-mi, mjx-mn, mjx-mo, mjx-mtext')).length"""


def n_equations(notebook):
    """How many equations the text of a notebook has."""
    texts = ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "markdown"]
    prose = re.sub(r"```.*?```|`[^`]*`|<!--.*?-->", "", "\n\n".join(texts), flags=re.DOTALL)
    return len(re.findall(r"\$\$.+?\$\$|\$.+?\$", prose, flags=re.DOTALL))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_runs_from_top_to_bottom_and_leads_on(lab, page, notebooks, lesson):
    path = f"lessons/{lesson.stem}.ipynb"
    lab.shut_down_kernels(but=path)
    if not notebooks.is_in_front(path):  # where the lesson before has led
        notebooks.open(path)
    notebooks.look(f"{lesson.stem}-first-screen")
    notebooks.run_all(path, seconds=300, restart=True)
    shown = page.locator(NOTEBOOK)

    assert notebooks.complaints() == []
    figures = shown.locator(".jp-OutputArea-output img")
    assert figures.count() >= 2
    for number, figure in enumerate(figures.all(), start=1):
        notebooks.look(f"{lesson.stem}-figure-{number}", figure)
        assert figure.evaluate("image => image.naturalWidth") > 300
    equations = shown.locator(".jp-MarkdownCell mjx-container")
    assert equations.count() == n_equations(notebooks.saved(path)) > 10
    assert equations.evaluate_all(BROKEN) == 0
    assert shown.locator(".recsys-check[data-state='not attempted']").count() == 1  # the quiz
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    assert (page.outside, lab.noted("refused")) == ([], [])  # nothing was asked of the network
    assert any("ipykernel_launcher" in process for process in lab.noted("guarded"))

    exercise = f"exercises/{lesson.stem}.ipynb"
    notebooks.follow(exercise)
    page.locator(f"{NOTEBOOK} h1", has_text=f"Exercise {lesson.number:02d}").wait_for()
    notebooks.follow(path)  # and back
    following = LESSONS[lesson.number + 1 :]
    if following:
        target = f"lessons/{following[0].stem}.ipynb"
        notebooks.follow(target)
        notebooks.arrive(target)  # with its kernel, or the next test would begin while it starts
        page.locator(f"{NOTEBOOK} h1", has_text=f"{following[0].number:02d} · ").wait_for()
        notebooks.close_others()  # the next test goes on here, and seven lessons weigh much
    else:
        notebooks.follow("lessons/README.md")
        page.locator(f"{MARKDOWN} h1", has_text="Lessons").wait_for()


def test_the_pages_of_the_folder_are_shown_as_pages_and_lead_to_lessons(lab, page, notebooks):
    page.goto(lab.at("README.md"))
    page.locator(f"{MARKDOWN} h1", has_text="Your own course").wait_for()
    notebooks.look("page-readme")
    page.locator(f"{MARKDOWN} a", has_text="The map").click()
    notebooks.front("lessons/README.md")
    page.locator(f"{MARKDOWN} h1", has_text="Lessons").wait_for()
    notebooks.look("page-map")
    page.locator(f"{MARKDOWN} a", has_text="glossary").click()
    notebooks.front("lessons/glossary.md")
    page.locator(f"{MARKDOWN} h1", has_text="Glossary").wait_for()
    notebooks.look("page-glossary")
    page.locator(f"{MARKDOWN} a", has_text="lesson 02").first.click()
    notebooks.front("lessons/02_similarity.ipynb")


def test_the_network_is_blocked_indeed(lab, browser):
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        browser.new_page().goto("http://192.0.2.1/")  # an address that is nobody's
    code = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=lab.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PermissionError: blocked: 192.0.2.1" in done.stderr

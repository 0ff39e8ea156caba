"""A learner's way through the lessons and an exercise, in JupyterLab in a real browser.

The course is started by its own command on a copy of its folder, so that answers typed here never
reach the tracked exercise. Screenshots stay in build-output/screenshots for somebody to look at.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from recsys_course.classroom.doctor import find_chromium
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build-output" / "screenshots"
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TOKEN = "learner"
LESSONS = load_syllabus().lessons

WRONG = """def predict_ratings(user_factors, item_factors):
    users, items = np.asarray(user_factors), np.asarray(item_factors)
    return np.outer(users.sum(axis=1), items.sum(axis=1))
"""
RIGHT = """def predict_ratings(user_factors, item_factors):
    return np.asarray(user_factors) @ np.asarray(item_factors).T
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that `recsys-course lab` started."""
    home = tmp_path_factory.mktemp("home")
    course = tmp_path_factory.mktemp("the course")
    for folder in ("lessons", "exercises", "solutions"):
        shutil.copytree(ROOT / folder, course / folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR")
    environment = os.environ | {name: str(home / name) for name in folders}
    environment |= {
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PORT": str(port),
        "JUPYTER_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "recsys_course.cli", "lab", "--no-browser"]
    log = (home / "log").open("w")
    process = subprocess.Popen(
        [*command, "--root", str(course)], env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{address}/api/status?token={TOKEN}"), 90, "JupyterLab")
        yield address
    finally:
        process.terminate()
        process.wait(30)
        log.close()


@pytest.fixture(scope="module")
def page(lab):
    """A browser window from which nothing but this machine can be reached."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find_chromium()),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        window = browser.new_page(viewport={"width": 1300, "height": 1000})
        window.outside = []

        def guard(route):
            if route.request.url.startswith((lab, "data:", "blob:")):
                route.continue_()
            else:
                window.outside.append(route.request.url)
                route.abort()

        window.route("**/*", guard)
        yield window
        browser.close()


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return json.load(reply)
    except OSError:
        return None


def wait_until(condition, seconds, what, pause=time.sleep):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        pause(0.25)
    pytest.fail(f"{what} did not come within {seconds} s")


def wait_for_kernel(lab, page, path):
    """An idle kernel that the page is connected to; before that, Run opens a dialog and hangs."""

    def ready():
        sessions = answers(f"{lab}/api/sessions?token={TOKEN}") or []
        return any(
            one["path"] == path
            and one["kernel"]["execution_state"] == "idle"
            and one["kernel"]["connections"]
            for one in sessions
        )

    # Not time.sleep: the page's own requests are answered only while Playwright has the turn.
    def pause(seconds):
        page.wait_for_timeout(1000 * seconds)

    wait_until(ready, 90, f"the kernel of {path}", pause)


def run_all(page: Page, seconds: int):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    page.wait_for_function(
        """selector => {
          const notebook = document.querySelector(selector);
          const cells = [...notebook.querySelectorAll('.jp-CodeCell')];
          return cells.length && cells.every(cell =>
              /\\[\\d+\\]/.test(cell.querySelector('.jp-InputArea-prompt')?.textContent || ''))
            && notebook.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'
        }""",
        arg=NOTEBOOK,
        timeout=seconds * 1000,
    )


def code_cell(page: Page, text: str):
    return page.locator(f"{NOTEBOOK} .jp-CodeCell").filter(has_text=text).first


def run_cell(page: Page, cell):
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def retype(page: Page, cell, source: str):
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")


def look(page: Page, name: str, at=None):
    if at is not None:
        at.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def open_notebook(lab, page: Page, path: str):
    """Open a notebook alone, and wait until its kernel is idle."""
    page.goto(f"{lab}/lab/tree/{path}?token={TOKEN}&reset")
    page.locator(f"{NOTEBOOK} .jp-Cell").first.wait_for(timeout=90_000)
    wait_for_kernel(lab, page, path)


def shut_down_kernels(lab):
    """Two cores and little memory: one lesson's kernel at a time."""
    for one in answers(f"{lab}/api/sessions?token={TOKEN}") or []:
        address = f"{lab}/api/sessions/{one['id']}?token={TOKEN}"
        urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=30).close()


def test_the_course_opens_on_its_first_lesson(lab, page):
    page.goto(f"{lab}/?token={TOKEN}")
    page.locator(f"{NOTEBOOK} .jp-Cell").first.wait_for(timeout=90_000)
    assert f"lessons/{LESSONS[0].stem}.ipynb" in page.url


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_runs_from_top_to_bottom_and_leads_to_its_exercise(lab, page, lesson):
    shut_down_kernels(lab)
    open_notebook(lab, page, f"lessons/{lesson.stem}.ipynb")
    look(page, f"{lesson.stem}-first-screen")
    run_all(page, 240)
    notebook = page.locator(NOTEBOOK)
    errors = notebook.locator(
        ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'],"
        ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']"
    )
    assert errors.all_inner_texts() == []
    figures = notebook.locator(".jp-OutputArea-output img")
    assert figures.count() >= 2
    for number in range(figures.count()):
        look(page, f"{lesson.stem}-figure-{number + 1}", figures.nth(number))
        assert figures.nth(number).evaluate("image => image.naturalWidth") > 300
    assert notebook.locator("mjx-container").count() >= 1
    assert notebook.locator("mjx-merror").count() == 0
    assert notebook.locator(".recsys-check[data-state='not attempted']").count() == 1  # the quiz
    assert page.locator(".Toastify__toast").count() == 0
    assert page.locator(".jp-Dialog").count() == 0

    link = notebook.locator(f"a[href*='exercises/{lesson.stem}.ipynb']").first
    link.scroll_into_view_if_needed()
    link.click()
    title = page.locator(f"{NOTEBOOK} .jp-Cell").filter(has_text=f"Exercise {lesson.number:02d}")
    title.first.wait_for()


def test_an_untouched_exercise_runs_and_says_what_is_not_attempted(lab, page):
    shut_down_kernels(lab)
    open_notebook(lab, page, "exercises/03_mf_loss.ipynb")
    run_all(page, 60)
    cards = page.locator(f"{NOTEBOOK} .recsys-check")
    assert cards.count() == 5
    assert {card.get_attribute("data-state") for card in cards.all()} == {"not attempted"}
    look(page, "exercise-not-attempted", cards.first)


def test_a_wrong_answer_is_diagnosed_and_the_right_one_passes(page):
    cell = code_cell(page, "def predict_ratings")
    checking = code_cell(page, "check(predict_ratings)")
    card = checking.locator(".recsys-check")

    retype(page, cell, WRONG)
    run_cell(page, checking)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.recsys-check')].some("
        "card => card.dataset.state === 'failed')"
    )
    told = card.inner_text()
    look(page, "exercise-wrong-answer", card)
    assert "not yet" in told
    assert "Diagnosis." in told
    assert "Look at." in told
    assert "@" not in told  # what to look at, never the code

    retype(page, cell, RIGHT)
    run_cell(page, checking)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.recsys-check')].some("
        "card => card.dataset.state === 'passed')"
    )
    look(page, "exercise-right-answer", card)
    assert "predict_ratings: passed" in card.inner_text()


def test_nothing_was_asked_of_the_network(page):
    assert page.outside == []

"""The boxes of check, hint and quiz, where a learner meets them.

One notebook runs in JupyterLab; what it saved is then shown in the dark theme, in a notebook that
JupyterLab does not trust, as nbconvert's page, among VS Code's colours, and without any style.
Screenshots stay in build-output/screenshots/cards for somebody to look at.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright

from recsys_course.classroom.doctor import find_chromium

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build-output" / "screenshots" / "cards"
TOKEN = "learner"
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR")
EXTENSION = "@jupyterlab/apputils-extension"

CELLS = {
    "definitions": """import numpy as np
from recsys_course.classroom import check, hint, quiz

def predict_ratings(user_factors, item_factors):
    return np.outer(np.sum(user_factors, axis=1), np.sum(item_factors, axis=1))

def sgd_step(*arguments):
    raise NotImplementedError""",
    "fail": "check(predict_ratings, seed=1)",
    "hint": "hint(predict_ratings)",
    "fail after a hint": "check(predict_ratings, seed=1)",
    "hostile": """def observed_squared_error(ratings, observed, predictions):
    raise ValueError("<img src=x onerror='document.title = 1'> " + "long" * 60)
check(observed_squared_error)""",
    "pass": """def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T
check(predict_ratings)""",
    "not attempted": "check(sgd_step)",
    "quiz": 'quiz("mf_loss")',
    "quiz failed": 'quiz("mf_loss", "bda-a")',
    "quiz passed": 'quiz("mf_loss", "bdacc")',
    "mistyped": 'quiz("mf_loss", "bd")',
}
HEADLINES = {
    "fail": "predict_ratings: not yet, 3 of 6 checks passed",
    "hint": "predict_ratings: hint 1 of 3, a question",
    "fail after a hint": "predict_ratings: not yet, 3 of 6 checks passed",
    "hostile": "observed_squared_error: not yet, 0 of 8 checks passed",
    "pass": "predict_ratings: passed, 6 of 6 checks",
    "not attempted": "sgd_step: not attempted",
    "quiz": "quiz mf_loss: the 5 questions stand above, none answered yet",
    "quiz failed": "quiz mf_loss: not yet, 3 of 5 right",
    "quiz passed": "quiz mf_loss: passed, 5 of 5 right",
}


def notebook():
    cells = []
    for source in CELLS.values():
        cell = nbformat.v4.new_code_cell(source)
        if 'bd"' in source:
            cell.metadata["tags"] = ["raises-exception"]
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return json.load(reply)
    except OSError:
        return None


@pytest.fixture(scope="module")
def lab(tmp_path_factory, free_port):
    """A JupyterLab with settings of its own: its address, its folder and where its theme stands."""
    home = tmp_path_factory.mktemp("home")
    work = tmp_path_factory.mktemp("work")
    nbformat.write(notebook(), work / "cards.ipynb")
    settings = home / "JUPYTERLAB_SETTINGS_DIR" / EXTENSION
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    environment = os.environ | {name: str(home / name) for name in FOLDERS}
    environment |= {
        "JUPYTER_DATA_DIR": str(home / "data"),  # which notebooks are trusted
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT),  # the kernel imports what is tested here
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={free_port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={work}"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{free_port}"
            end = time.monotonic() + 180
            while not answers(f"{address}/api/status?token={TOKEN}"):
                said = (home / "log").read_text()
                assert process.poll() is None, said
                assert time.monotonic() < end, said
                time.sleep(0.25)
            yield address, work, settings / "themes.jupyterlab-settings"
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def page():
    """A browser window without a network."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find_chromium()),
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        window = browser.new_page(viewport={"width": 1100, "height": 3300})
        window.set_default_timeout(15_000)
        yield window
        browser.close()


def open_notebook(lab, page, name):
    page.goto(f"{lab[0]}/lab/tree/{name}?token={TOKEN}&reset")
    page.locator(f"{NOTEBOOK} .jp-Cell").first.wait_for(timeout=90_000)


def wait_for_kernel(lab, page):
    """An idle kernel that the page is connected to; before that, Run opens a dialog and hangs."""
    end = time.monotonic() + 180
    while True:
        sessions = answers(f"{lab[0]}/api/sessions?token={TOKEN}") or []
        kernels = [one["kernel"] for one in sessions]
        if any(one["execution_state"] == "idle" and one["connections"] for one in kernels):
            return
        assert time.monotonic() < end, f"no kernel: {kernels}"
        page.wait_for_timeout(250)


def box(page, name):
    """The box below the cell of that name."""
    return (
        page.locator(f"{NOTEBOOK} .jp-CodeCell")
        .nth(list(CELLS).index(name))
        .locator(".recsys-check")
    )


def look(page, name, at):
    at.scroll_into_view_if_needed()
    at.screenshot(path=SCREENSHOTS / f"{name}.png")


def look_at_all(page, theme):
    for name in HEADLINES:
        look(page, f"{theme} {name}", box(page, name))


def assert_no_barrier(page, n_texts):
    """What axe-core looks for, contrast among it; it must have measured that many texts."""
    # JupyterLab's body has no height; axe takes all in it for clipped, and would measure nothing
    page.evaluate("document.body.style.minHeight = '100vh'")
    found = Axe().run(page, ".recsys-check", {"resultTypes": ["violations", "passes"]})
    assert found.violations_count == 0, found.generate_report()
    passed = {rule["id"]: len(rule["nodes"]) for rule in found.response["passes"]}
    assert passed["color-contrast"] >= n_texts


@pytest.fixture(scope="module")
def saved(lab, page):
    """The notebook, run from top to bottom in JupyterLab and saved there."""
    open_notebook(lab, page, "cards.ipynb")
    wait_for_kernel(lab, page)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    page.locator(f"{NOTEBOOK} .jp-CodeCell").last.locator(".jp-OutputArea-output").wait_for(
        timeout=90_000
    )
    page.keyboard.press("Control+s")
    end = time.monotonic() + 180
    while not (notebook := on_disk(lab[1] / "cards.ipynb")).cells[-1].outputs:
        assert time.monotonic() < end, "JupyterLab did not save"
        page.wait_for_timeout(250)
    return notebook


def on_disk(path):
    """A notebook as it was saved, or as it will be run where JupyterLab is at writing it."""
    try:
        return nbformat.read(path, 4)
    except nbformat.reader.NotJSONError:
        return notebook()


def boxes_of(notebook):
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return [one.data["text/html"] for one in outputs if one.output_type == "execute_result"]


def test_every_box_opens_with_its_state_in_words(saved, page):
    for name, headline in HEADLINES.items():
        mark, text = box(page, name).locator("p").first.inner_text().split(" ", 1)
        assert mark in set("✔✘○?")
        assert text == headline
    look_at_all(page, "light")
    assert page.title() == "cards.ipynb - JupyterLab"  # the hostile answer ran nothing
    assert box(page, "hostile").locator("img").count() == 0


def test_a_box_stays_small(saved, page):
    sizes = {name: box(page, name).bounding_box() for name in HEADLINES}
    heights = {name: size["height"] for name, size in sizes.items()}
    assert max(heights["pass"], heights["hint"], heights["not attempted"]) <= 130
    assert heights["fail"] <= 260
    assert max(size["width"] for size in sizes.values()) <= 660  # about 80 letters a line
    long = box(page, "hostile")  # a word of 240 letters is broken, not pushed over the edge
    assert long.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_a_screen_reader_meets_the_words_in_order_and_no_signs(saved, page):
    assert box(page, "fail").aria_snapshot() == (
        '- group "Check":\n'
        '  - paragraph: "predict_ratings: not yet, 3 of 6 checks passed"\n'
        '  - paragraph: "Missing. Users and items whose rows are at right angles must get the '
        'prediction 0: which products of components may enter the sum?"\n'
        '  - paragraph: "Diagnosis. It resembles a product of two sums: every user component '
        'meets every item component."\n'
        "  - paragraph: Look at. Take the rows (1, 0) and (0, 1). They share no factor, so what "
        "should be predicted? In the equation, how many sums are there, and do both rows use the "
        "same index?\n"
        "  - paragraph: Next. Change the function, run its cell, then check again.\n"
        "  - group: Stuck? Hint 1 of 3, a question"
    )
    assert box(page, "pass").aria_snapshot() == (
        '- group "Check":\n'
        '  - paragraph: "predict_ratings: passed, 6 of 6 checks"\n'
        "  - paragraph: Learned. A table of predictions is one matrix product of user factors and "
        "item factors.\n"
        '  - paragraph: "Next. Go on to observed_squared_error: how far are these predictions from '
        'the known ratings?"'
    )
    assert box(page, "hint").aria_snapshot().startswith('- group "Hint":\n')
    assert box(page, "quiz").aria_snapshot().startswith('- group "Quiz":\n')
    assert_no_barrier(page, 40)


def test_the_hint_unfolds_by_the_keyboard_and_is_the_one_that_comes_next(saved, page):
    first, second = box(page, "fail"), box(page, "fail after a hint")
    question = "User 1 has two factors and film 4 has two factors."
    pointer = "Section 1: all predictions at once are one matrix product."
    assert not first.get_by_text(question).is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.get_by_text(question).is_visible()
    assert first.get_by_text("Still stuck? hint(predict_ratings, 2) has a pointer.").is_visible()
    look(page, "light hint unfolded", first)
    assert question in box(page, "hint").inner_text()
    assert second.locator("summary").inner_text() == "Stuck? Hint 2 of 3, a pointer"
    second.locator("summary").click()
    assert second.get_by_text(pointer).is_visible()


def test_a_wrong_call_is_one_sentence_and_no_traceback(saved, page):
    cell = page.locator(f"{NOTEBOOK} .jp-CodeCell").last
    said = cell.locator(".jp-OutputArea-output").inner_text()
    assert " ".join(said.split()) == (
        "✘ 'bd' has 2 letters and the quiz 5 questions; write one letter a question, and - for a "
        "question that you leave out"
    )
    look(page, "light mistyped", cell)


def test_a_notebook_that_is_not_trusted_shows_the_same(lab, saved, page):
    unsigned = nbformat.from_dict(saved)
    unsigned.metadata["note"] = "came by mail"  # nobody has signed this one
    nbformat.write(unsigned, lab[1] / "unsigned.ipynb")
    trusted = box(page, "fail").inner_text()
    open_notebook(lab, page, "unsigned.ipynb")
    fail = box(page, "fail")
    fail.wait_for()
    assert fail.get_attribute("data-state") is None  # it was cleaned
    summary = fail.locator("summary")
    assert not fail.get_by_text("Still stuck?").is_visible()
    summary.click()
    assert fail.inner_text() == trusted
    colour = "one => getComputedStyle(one).borderLeftColor"
    assert fail.evaluate(colour) == "rgb(209, 36, 47)"
    assert box(page, "pass").evaluate(colour) == "rgb(26, 127, 55)"
    assert_no_barrier(page, 40)
    look(page, "untrusted hint unfolded", fail)
    look(page, "untrusted pass", box(page, "pass"))


def test_the_dark_theme_shows_what_was_saved(lab, saved, page):
    lab[2].write_text(json.dumps({"theme": "JupyterLab Dark"}))
    open_notebook(lab, page, "cards.ipynb")
    page.locator("body[data-jp-theme-light='false']").wait_for(state="attached")
    box(page, "quiz passed").wait_for()
    box(page, "fail").locator("summary").click()
    assert_no_barrier(page, 40)
    look_at_all(page, "dark")
    look(page, "dark mistyped", page.locator(f"{NOTEBOOK} .jp-CodeCell").last)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_of_nbconvert_shows_the_boxes(saved, page, tmp_path, theme):
    text, _ = HTMLExporter(theme=theme).from_notebook_node(saved)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    page.goto(path.as_uri())
    fail = page.locator(".recsys-check").first
    fail.locator("summary").click()
    assert fail.get_by_text("Still stuck?").is_visible()
    assert_no_barrier(page, 40)
    page.screenshot(path=SCREENSHOTS / f"nbconvert {theme}.png", full_page=True)


# What VS Code sets in the page of a notebook's output, in its themes
VS_CODE = {
    "Dark+": ("#1e1e1e", "#d4d4d4", "#d7ba7d"),
    "Light+": ("#ffffff", "#000000", "#a31515"),
}


@pytest.mark.parametrize("theme", VS_CODE)
def test_the_boxes_can_be_read_among_the_colours_of_vs_code(saved, page, theme):
    paper, ink, code = VS_CODE[theme]
    page.goto("about:blank")
    page.set_content(
        f"<html lang=en><title>Output</title><style>:root{{--vscode-editor-background:{paper};"
        f"--vscode-editor-foreground:{ink};--vscode-textPreformat-foreground:{code}}}"
        "body{background:var(--vscode-editor-background);color:var(--vscode-editor-foreground);"
        "font:13px sans-serif}code{color:var(--vscode-textPreformat-foreground)}"
        ".output{margin:12px}</style><main>"
        + "".join(f"<div class=output>{one}</div>" for one in boxes_of(saved))
    )
    page.locator("summary").first.click()
    assert_no_barrier(page, 40)
    page.locator("main").screenshot(path=SCREENSHOTS / f"VS Code {theme}.png")


def test_a_code_host_that_strips_every_style_keeps_the_order(saved, page):
    bare = [
        re.sub(r' (?:class|style|role|aria-\w+|data-\w+)="[^"]*"', "", one)
        for one in boxes_of(saved)
    ]
    page.goto("about:blank")
    page.set_content(f"<html lang=en><title>Output</title>{'<hr>'.join(bare)}")
    assert "style" not in "".join(bare)
    page.locator("summary").first.click()
    page.screenshot(path=SCREENSHOTS / "stripped.png", full_page=True)
    first = page.locator("body > div").first.inner_text()
    assert [line for line in first.splitlines() if line] == [
        "✘ predict_ratings: not yet, 3 of 6 checks passed",
        "Missing. Users and items whose rows are at right angles must get the prediction 0: which "
        "products of components may enter the sum?",
        "Diagnosis. It resembles a product of two sums: every user component meets every item "
        "component.",
        "Look at. Take the rows (1, 0) and (0, 1). They share no factor, so what should be "
        "predicted? In the equation, how many sums are there, and do both rows use the same index?",
        "Next. Change the function, run its cell, then check again.",
        "Stuck? Hint 1 of 3, a question",
        "User 1 has two factors and film 4 has two factors. Which two products do you add to get "
        "one prediction, and how many predictions are there in all?",
        "Still stuck? hint(predict_ratings, 2) has a pointer.",
    ]

"""A learner's first evening in JupyterLab in a real browser, told from one test to the next.

It begins in an empty folder with `recsys-course lab`. Then come a wrong answer and a right one, and
all that may happen to somebody's work: the page is loaded again, the kernel dies, JupyterLab dies,
a newer edition of the course arrives. Each test begins where the one before has ended.

Screenshots stay in build-output/screenshots/e2e for somebody to look at.
"""

import json
import re
import shutil

import pytest

from recsys_course.classroom.materials import shipped

LESSON = "lessons/00_welcome.ipynb"
EXERCISE = "exercises/00_welcome.ipynb"
UNTOUCHED = "exercises/01_interactions.ipynb"
# What JupyterLab's page says without its server: which comes first depends on what it was doing.
CUT_OFF = re.compile(
    r"A connection to the Jupyter server could not be|File Save Error|Cannot open|Failed to fetch"
)
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TASK = "def mean_rating"
WRONG = """def mean_rating(ratings):
    return ratings.mean()
"""
RIGHT = """def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return rated.sum() / len(rated) if len(rated) else np.nan
"""


def known(lab):
    """What progress.json says of the exercise: its state, and how often it was checked."""
    progress = json.loads((lab.home / "progress.json").read_text("utf-8"))
    function = progress["functions"]["mean_rating"]
    return function["state"], function["attempts"]


def check(notebooks, state):
    """Run the cell that checks, and wait for its card."""
    cell = notebooks.cell("check(mean_rating)")
    notebooks.run(cell)
    return notebooks.card(state, cell)


def load_again(page, reloaded):
    """Press the browser's reload; ``reloaded`` says whether it will come to that."""
    page.evaluate("() => { window.before = true; }")
    # Not page.reload(), which waits for a new page even where the reload is called off.
    page.evaluate("() => { setTimeout(() => location.reload()); }")
    if reloaded:
        page.wait_for_function("() => !window.before")


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
    """A newer edition of the course, with a sentence more in its first two exercises."""
    edition = tmp_path_factory.mktemp("newer")
    for folder in ("lessons", "exercises"):
        shutil.copytree(shipped() / folder, edition / folder)
    for name in (EXERCISE, UNTOUCHED):
        notebook = json.loads((edition / name).read_text("utf-8"))
        notebook["cells"][0]["source"].append("\n\nNew in this edition: a sentence.")
        (edition / name).write_text(json.dumps(notebook), "utf-8")
    return edition


def test_the_first_start_makes_a_folder_and_opens_on_the_first_lesson(lab, page, notebooks):
    assert f"20 files are new in {lab.home}\n" in lab.said
    assert [path.name for path in lab.folder.iterdir()] == ["my-course"]
    page.goto(f"{lab.address}/?token={lab.environment['JUPYTER_TOKEN']}")
    notebooks.arrive(LESSON)
    notebooks.look("home-first-start")
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0


def test_an_untouched_exercise_runs_and_says_what_is_not_attempted(notebooks):
    notebooks.follow(EXERCISE)
    notebooks.arrive(EXERCISE)
    notebooks.run_all(EXERCISE)
    assert notebooks.complaints() == []
    notebooks.look("card-not-attempted", notebooks.card("not attempted"))


def test_a_wrong_answer_is_diagnosed_and_the_right_one_passes(lab, notebooks):
    notebooks.retype(notebooks.cell(TASK), WRONG)
    notebooks.run(notebooks.cell(TASK))
    card = check(notebooks, "failed")
    told = card.inner_text()
    notebooks.look("card-failed", card)
    assert "mean_rating: not yet" in told
    assert "It resembles the mean of the whole row, gaps included." in told
    assert "Which numbers of the row did this person give?" in told
    assert "ratings > 0" not in told  # what to look at, never the code
    assert known(lab) == ("failed", 1)

    notebooks.retype(notebooks.cell(TASK), RIGHT)
    notebooks.run(notebooks.cell(TASK))
    card = check(notebooks, "passed")
    notebooks.look("card-passed", card)
    assert "mean_rating: passed" in card.inner_text()
    assert known(lab) == ("passed", 2)


def test_what_is_saved_is_known_to_the_commands(lab, notebooks):
    notebooks.save(EXERCISE, "rated.sum() / len(rated)")
    told = lab.course("status")
    assert "1 of 7 lessons done" in told
    assert "Next: read lessons/01_interactions.ipynb" in told
    assert known(lab) == ("passed", 2)


def test_a_second_start_leads_to_the_next_lesson_in_the_lab_that_runs(lab, page, notebooks):
    told = lab.course("lab", "--no-browser")
    address = re.search(r"JupyterLab is open on this folder already: (http\S+)", told)[1]
    page.goto(address)
    notebooks.arrive("lessons/01_interactions.ipynb")
    notebooks.look("home-second-start")
    labs = [one for one in lab.noted("guarded") if " -m jupyterlab " in one]
    assert len(labs) == 1


def test_a_saved_answer_and_its_card_outlive_a_reload(page, notebooks):
    notebooks.open(EXERCISE)
    load_again(page, reloaded=True)
    notebooks.arrive(EXERCISE)
    assert notebooks.text(notebooks.cell(TASK)).rstrip() == RIGHT.rstrip()
    card = notebooks.card("passed")
    notebooks.look("after-a-reload", card)
    assert "mean_rating: passed" in card.inner_text()
    assert "border-left" in card.get_attribute("style")
    notebooks.run(notebooks.cell("import numpy"))
    check(notebooks, "passed")  # by the kernel that was there before, which knows the function


def test_unsaved_work_outlives_the_death_of_the_kernel(lab, notebooks):
    notebooks.retype(notebooks.cell(TASK), RIGHT + "# before the kernel died")
    died = lab.kernel(EXERCISE)[1]
    died.kill()
    assert "appears to have died. It will restart automatically." in notebooks.dialog().inner_text()
    notebooks.look("kernel-died")
    notebooks.answer("Ok")
    notebooks.wait(lambda: (now := lab.kernel(EXERCISE)) and now[1] != died, "another kernel")
    notebooks.arrive(EXERCISE)
    assert "# before the kernel died" in notebooks.text(notebooks.cell(TASK))
    assert not notebooks.complaints()
    notebooks.run_all(EXERCISE)
    assert notebooks.complaints() == []
    check(notebooks, "passed")
    notebooks.save(EXERCISE, "# before the kernel died")


def test_unsaved_work_outlives_a_reload_that_is_called_off(page, notebooks):
    page.asked.clear()
    page.answer = "dismiss"
    notebooks.retype(notebooks.cell(TASK), RIGHT + "# before the reload")
    load_again(page, reloaded=False)
    # The page asks before it goes, unless it has just saved by itself.
    notebooks.wait(
        lambda: page.asked or notebooks.is_saved(EXERCISE, "# before the reload"), "a question"
    )
    page.answer = "accept"
    assert "# before the reload" in notebooks.text(notebooks.cell(TASK))
    notebooks.save(EXERCISE, "# before the reload")
    load_again(page, reloaded=True)
    notebooks.arrive(EXERCISE)
    assert "# before the reload" in notebooks.text(notebooks.cell(TASK))


def test_unsaved_work_outlives_the_death_of_jupyterlab(lab, page, notebooks):
    notebooks.retype(notebooks.cell(TASK), RIGHT + "# before JupyterLab died")
    lab.kill()
    assert CUT_OFF.search(notebooks.dialog().inner_text())
    notebooks.look("lab-died")
    lab.environment["JUPYTER_TOKEN"] = "second"  # each start has a token of its own
    address = lab.address
    lab.start()
    assert lab.address == address

    def is_back():
        if page.locator(".jp-Dialog").count():
            assert CUT_OFF.search(notebooks.dialog().inner_text())  # once for every attempt
            notebooks.answer("Close")
        notebooks.cell(TASK).locator(".cm-content").focus()
        page.keyboard.press("Control+s")
        return notebooks.is_saved(EXERCISE, "# before JupyterLab died")

    notebooks.wait(is_back, "a save in the new JupyterLab")
    page.add_locator_handler(  # a late answer to an early attempt, whenever it comes
        page.locator(".jp-Dialog", has_text=CUT_OFF).last,
        lambda dialog: dialog.get_by_text("Close", exact=True).click(),
        no_wait_after=True,
    )
    notebooks.look("lab-is-back")
    assert "# before JupyterLab died" in notebooks.text(notebooks.cell(TASK))
    # The kernel died with JupyterLab. Once the page knows, running a cell starts another.
    page.locator(f"{NOTEBOOK} .jp-Toolbar-kernelName", has_text="No Kernel").wait_for()
    notebooks.run(notebooks.cell("import numpy"))
    notebooks.arrive(EXERCISE)
    notebooks.run(notebooks.cell(TASK))
    check(notebooks, "passed")


def test_an_update_leaves_an_open_exercise_alone(lab, page, notebooks, newer):
    notebooks.retype(notebooks.cell(TASK), RIGHT + "# during the update")
    told = lab.course("update", edition=newer)
    assert f"{EXERCISE} stays as you wrote it" in told
    notebooks.save(EXERCISE, "# during the update")
    assert page.locator(".jp-Dialog").count() == 0
    assert not notebooks.is_saved(EXERCISE, "New in this edition")
    beside = "exercises/00_welcome.new.ipynb"
    assert notebooks.is_saved(beside, "New in this edition")
    assert f"{beside} is a newer version of {EXERCISE}" in lab.course("status", edition=newer)
    notebooks.open(beside)
    notebooks.look("newer-version-beside")


def test_what_is_written_into_a_file_that_was_updated_meanwhile_is_asked_about(
    lab, page, notebooks, newer
):
    """To the update the file is untouched, but it is open in the page, in the older edition."""
    lab.course("reset", "interactions")  # in the older edition
    notebooks.open(UNTOUCHED)
    notebooks.save(UNTOUCHED, "def drop_duplicate_events")  # which has the name of the kernel now
    assert not notebooks.is_saved(UNTOUCHED, "New in this edition")
    lab.course("update", edition=newer)
    assert notebooks.is_saved(UNTOUCHED, "New in this edition")
    notebooks.retype(notebooks.cell("def drop_duplicate_events"), "# typed after the update")
    page.keyboard.press("Control+s")
    assert "has changed on disk" in notebooks.dialog().inner_text()
    notebooks.look("changed-on-disk")
    notebooks.answer("Overwrite")
    notebooks.wait(lambda: notebooks.is_saved(UNTOUCHED, "# typed after"), "what was typed")


def test_nothing_was_asked_of_the_network(lab, page):
    assert (page.outside, lab.noted("refused")) == ([], [])
    assert any("ipykernel_launcher" in process for process in lab.noted("guarded"))

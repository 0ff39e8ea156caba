"""The report on a file, opened in Chromium: readable in light, dark and on a telephone."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from recsys_course.classroom.doctor import find_chromium
from recsys_course.classroom.report import judging, looking, page
from recsys_course.data.dirt import add_dirt
from recsys_course.data.raw import read_raw
from recsys_course.data.stars import to_stars
from recsys_course.data.world import make_world
from recsys_course.models.neighborhood import ItemNeighbors

NOW = 1_750_000_000  # a second of 2025
LOOKS = {"light": (1100, "light"), "dark": (1100, "dark"), "telephone": (360, "light")}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A dirty file with hostile and long titles, and everything that a page can show."""
    folder = tmp_path_factory.mktemp("report")
    world = to_stars(make_world(np.random.default_rng(3), n_users=120, n_items=60), 0.5)
    frame = add_dirt(world.interactions, np.random.default_rng(7), robots=0.03).frame
    titles = ("<script>document.title='gone'</script>", "word" * 40, "Alien (1979)", "שלום")
    frame["title"] = [titles[n % 4] for n in range(len(frame))]
    frame.to_csv(folder / "dirty.csv", index=False)
    look = looking.look(read_raw(folder / "dirty.csv"), NOW)
    with pytest.MonkeyPatch.context() as patch:
        models = {"item neighbours, choices": ItemNeighbors("implicit")}
        patch.setattr(judging, "all_models", lambda split, rng: (models, []))
        judgement = judging.judge(look.ratings, 10, 0)
    text = page.render(
        "dirty.csv", look, page.examine(look), judgement, 10, "2026-01-12T09:30:00+00:00", 0
    )
    path = folder / "report.html"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=LOOKS)
def opened(request, report, browser):
    """The page in one of its looks, without a network, and what the browser complained about."""
    width, scheme = LOOKS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
    )
    complaints = []
    shown = context.new_page()
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.goto(report.as_uri())
    yield shown, complaints, width
    context.close()


def test_nothing_shuts_people_out(opened):
    shown, _, _ = opened
    found = Axe().run(shown).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found] == []


def test_the_page_is_as_wide_as_the_window(opened):
    shown, _, width = opened
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_every_figure_is_drawn_and_the_right_one_is_chosen(opened):
    shown, _, width = opened
    images = shown.evaluate(
        "[...document.images].map(one => [one.complete, one.naturalWidth, "
        "one.getBoundingClientRect().width])"
    )
    assert len(images) == 6
    assert all(complete for complete, _, _ in images)
    assert all((natural < 400) == (width == 360) for _, natural, _ in images)
    assert all(shown_width > 300 for _, _, shown_width in images)


def test_letters_of_figures_are_light_on_dark_and_dark_on_light(opened):
    shown, _, _ = opened
    dark = shown.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    brightness = shown.evaluate(
        """async () => {
            const image = document.images[1];
            await image.decode();
            const canvas = document.createElement('canvas');
            canvas.width = 40; canvas.height = image.naturalHeight;
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const data = pen.getImageData(0, 0, canvas.width, canvas.height).data;
            let sum = 0, n = 0;
            for (let i = 0; i < data.length; i += 4)
                if (data[i + 3] > 200) { sum += data[i]; n += 1; }
            return sum / n;
        }"""
    )
    assert (brightness > 128) == dark


def test_nothing_ran_and_nothing_was_missed(opened):
    shown, complaints, _ = opened
    assert shown.title() == "Report on dirty.csv"
    assert complaints == []

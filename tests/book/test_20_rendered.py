"""The built book as a reader has it: pages from disk, in a browser without a network.

The book is built by its own script, at once where it has been built before. Each page is visited
once, and what was seen there is kept for all tests. Screenshots stay in build-output/screenshots.
"""

import functools
import html.parser
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import axe_playwright_python
import build
import nbformat
import pytest
from playwright.sync_api import sync_playwright

from recsys_course.classroom.doctor import find_chromium
from recsys_course.classroom.syllabus import load_syllabus

SITE = build.OUTPUT / "html"
SCREENSHOTS = build.ROOT / "build-output" / "screenshots" / "book"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

LESSONS = [f"lessons/{one.stem}" for one in load_syllabus().lessons]
EXERCISES = [f"exercises/{one.stem}" for one in load_syllabus().lessons]
PAGES = ["index", *LESSONS, "exercises/README", *EXERCISES, "lessons/glossary", "search"]
SHOWN = {"index", "lessons/03_mf_loss", "exercises/03_mf_loss", "lessons/glossary"}

each_page = pytest.mark.parametrize("name", PAGES)
each_lesson = pytest.mark.parametrize("name", LESSONS)

SETTLED = """async () => {
  await window.MathJax?.startup?.promise;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
FACTS = """() => {
  const count = selector => document.querySelectorAll(selector).length;
  return {
    equations: count("span.math, div.math"), typeset: count("mjx-container"),
    mistakes: count("mjx-merror"), cells: count(".cell_input pre"),
    copyable: count(".cell_input .copybtn"),
  };
}"""
# Code has thousands of words in two dozen colours. Axe takes a minute for all of them, so the first
# word of each colour stays as it is, and the others become plain code, one text from colour to
# colour. The strokes of an equation, and the tags of what is read out for it, are thousands too:
# they go where nothing in them can be operated, is styled or bears a name.
THIN = """() => {
  const seen = new Set();
  for (const word of document.querySelectorAll(".highlight span")) {
    const kind = word.className + (word.closest(".cell_input") ? " of code" : " of output");
    if (seen.has(kind)) word.replaceWith(word.textContent);
    seen.add(kind);
  }
  document.body.normalize();
  const heard = /^(aria-.*|on.*|role|tabindex|href|title|lang|class|style)$/;
  for (const part of document.querySelectorAll("mjx-container > svg, mjx-assistive-mml")) {
    const matters = one => /^(a|text|title)$/.test(one.localName)
      || one.getAttributeNames().some(name => heard.test(name));
    if (![...part.querySelectorAll("*")].some(matters)) part.replaceChildren(part.textContent);
  }
}"""


class Page(html.parser.HTMLParser):
    """What a page's HTML refers to."""

    def __init__(self, name):
        super().__init__()
        self.ids, self.links, self.assets, self.images, self.classes = set(), [], [], [], set()
        self.buttons = {}
        self.feed((SITE / f"{name}.html").read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.update(found[key] for key in ("id", "name") if found.get(key))
        self.classes.update((found.get("class") or "").split())
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
            self.buttons[found.get("class")] = found["href"]
        elif tag == "img":
            self.images.append(found.get("alt") or "")
        address = found.get("src") or (found.get("href") if tag == "link" else None)
        if address:
            self.assets.append(address)


@functools.cache
def parsed(name):
    return Page(name)


@pytest.fixture(scope="module")
def site():
    """The built site; building it again costs nothing where it is up to date."""
    command = [sys.executable, str(build.HERE / "build.py")]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return SITE


@pytest.fixture(scope="module")
def window(site):
    """A browser window that reaches files alone, and notes what else a page asked for."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(find_chromium()),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme="light")
        page.complaints = []

        def refuse(route):
            page.complaints.append(f"asked for {route.request.url}")
            route.abort()

        page.route(re.compile("^(?!file:|data:)"), refuse)
        page.on("requestfailed", lambda request: page.complaints.append(f"lacks {request.url}"))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
        browser.close()


def go(window, name, query=""):
    window.goto(f"{(SITE / name).as_uri()}.html{query}")
    window.evaluate(SETTLED)


def look(window, name, kind):
    if name in SHOWN:
        window.screenshot(path=SCREENSHOTS / f"{name.replace('/', '-')}-{kind}.png")


def faults(window, **options):
    """What axe finds to be serious, as pairs of its rule and the first element."""
    options |= {"resultTypes": ["violations"], "preload": False}  # it would fetch, from disk
    found = window.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        (fault["id"], fault["nodes"][0]["html"][:200])
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]


@pytest.fixture(scope="module")
def visit(window):
    """Looks at a page in light, in dark and at 360 px, once."""

    @functools.cache
    def seen(name):
        window.complaints.clear()
        window.set_viewport_size({"width": 1400, "height": 1000})
        window.emulate_media(color_scheme="light")
        go(window, name)
        facts = window.evaluate(FACTS)
        look(window, name, "light")
        window.emulate_media(color_scheme="dark")
        look(window, name, "dark")

        window.set_viewport_size({"width": 360, "height": 740})
        window.evaluate(SETTLED)
        look(window, name, "360")
        facts["narrow"] = window.evaluate("document.documentElement.scrollWidth")
        window.evaluate(AXE)
        window.evaluate(THIN)
        facts["narrow faults"] = faults(window, runOnly=["scrollable-region-focusable"])

        window.set_viewport_size({"width": 1400, "height": 1000})
        facts["dark faults"] = faults(window, runOnly=["color-contrast"])
        window.emulate_media(color_scheme="light")
        facts["light faults"] = faults(window)
        facts["complaints"] = list(window.complaints)
        return facts

    return seen


def test_the_book_has_these_pages_and_no_solution(site):
    found = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    assert found == set(PAGES)
    assert not [path for path in site.rglob("*") if "solution" in path.name]


@each_page
def test_every_link_leads_to_a_page_and_a_place(site, name):
    lost = []
    for link in parsed(name).links:
        address = urlsplit(link)
        if address.scheme in {"https", "http"}:
            continue
        target = ((site / name).parent / unquote(address.path)).resolve() if address.path else None
        page = name if target is None else target.relative_to(site).with_suffix("").as_posix()
        if page not in PAGES or (
            address.fragment and unquote(address.fragment) not in parsed(page).ids
        ):
            lost.append(link)
    assert lost == []
    assert len(parsed(name).links) > len(LESSONS)


@each_page
def test_nothing_is_fetched_from_elsewhere(site, name):
    assets = [urlsplit(address) for address in parsed(name).assets]
    assert [one.geturl() for one in assets if one.scheme or one.netloc] == []
    missing = [one.path for one in assets if not ((site / name).parent / one.path).exists()]
    assert missing == []
    assert assets


def test_no_style_fetches_from_elsewhere(site):
    sheets = [path.read_text("utf-8") for path in site.rglob("*.css")]
    elsewhere = re.compile(r"(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//")
    assert [sheet[:80] for sheet in sheets if elsewhere.search(sheet)] == []
    assert len(sheets) >= 3


@each_lesson
def test_every_figure_is_described(site, name):
    cells = nbformat.read(build.ROOT / f"{name}.ipynb", 4).cells
    images = parsed(name).images
    assert len(images) == sum(cell.id.endswith("-alt") for cell in cells) >= 4
    assert [alt for alt in images if len(alt) < 80 or "<Figure" in alt] == []
    assert len(set(images)) == len(images)


def test_a_figure_is_read_out_in_the_words_of_its_lesson(site):
    described = parsed("lessons/03_mf_loss").images[1]
    assert described.startswith("Contour lines of the loss over the user's factor (across) and ")
    assert described.endswith(".")


@each_lesson
def test_a_lesson_was_executed_and_shows_no_error(site, name):
    notebook = nbformat.read(build.OUTPUT / "source" / f"{name}.ipynb", 4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.execution_count is None] == []
    outputs = [output for cell in code for output in cell.outputs]
    assert [
        one for one in outputs if one.output_type == "error" or one.get("name") == "stderr"
    ] == []
    assert {"stderr", "traceback"} & parsed(name).classes == set()
    assert "cell_output" in parsed(name).classes


@each_lesson
def test_a_lesson_links_to_its_exercise_and_to_the_glossary(site, name):
    links = parsed(name).links
    assert f"../{name.replace('lessons', 'exercises')}.html" in links
    assert sum(link.startswith("glossary.html#term-") for link in links) >= 5


def test_the_front_page_leads_to_every_lesson_and_into_the_error_museum(site):
    links = parsed("index").links
    assert [f"{name}.html" for name in LESSONS] == [
        link for link in dict.fromkeys(links) if link.removesuffix(".html") in LESSONS
    ]
    museum = [link for link in links if re.match(r"lessons/.*\.html#.*error-museum", link)]
    assert len(museum) == len(LESSONS)


@each_page
def test_a_page_opens_from_disk_without_asking_for_more(visit, name):
    assert visit(name)["complaints"] == []


@each_page
def test_every_equation_is_typeset(visit, name):
    facts = visit(name)
    assert facts["typeset"] == facts["equations"]
    assert facts["mistakes"] == 0
    assert facts["equations"] > 0 or name not in LESSONS


@each_page
def test_every_cell_can_be_copied(visit, name):
    facts = visit(name)
    assert facts["copyable"] == facts["cells"]
    assert facts["cells"] > 0 or name not in {*LESSONS, *EXERCISES}


@each_page
def test_a_page_does_not_scroll_sideways_on_a_phone(visit, name):
    assert visit(name)["narrow"] == 360


@each_page
@pytest.mark.parametrize("view", ["light", "dark", "narrow"])
def test_nothing_shuts_anybody_out(visit, name, view):
    assert visit(name)[f"{view} faults"] == []


def test_copying_gives_the_code_of_the_cell(window):
    go(window, LESSONS[0])
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell = window.locator(".cell_input").first
    cell.hover()
    cell.locator(".copybtn").click()
    window.evaluate("() => document.body.append(document.createElement('textarea'))")
    window.locator("body > textarea").press("Control+v")
    assert (
        window.locator("body > textarea").input_value() == cell.locator("pre").inner_text().rstrip()
    )


def test_searching_finds_a_lesson_and_leads_there(window):
    go(window, "index")
    window.locator(".sidebar-search").fill("overfitting")
    window.locator(".sidebar-search").press("Enter")
    found = window.locator("#search-results .search a", has_text="03 · The loss")
    found.wait_for()
    window.screenshot(path=SCREENSHOTS / "search-light.png")
    found.click()
    window.wait_for_url("**/03_mf_loss.html*")
    assert window.locator(".highlighted", has_text="overfitting").count() >= 1


def test_a_button_turns_the_page_dark_and_keeps_it_so(window):
    window.emulate_media(color_scheme="light")
    go(window, "exercises/03_mf_loss")
    colours = """() => [document.body, document.querySelector(".recsys-check b")].map(
      (box, n) => getComputedStyle(box)[n ? "color" : "backgroundColor"])"""
    light = window.evaluate(colours)
    toggle = window.locator(".theme-toggle-content .theme-toggle")
    while window.evaluate("document.body.dataset.theme") != "dark":
        toggle.click()
    assert light == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert window.evaluate(colours) == ["rgb(19, 20, 22)", "rgb(207, 208, 208)"]

    go(window, "lessons/03_mf_loss")
    assert window.evaluate("document.body.dataset.theme") == "dark"
    figure = window.locator(".cell_output img").first
    assert figure.evaluate("image => getComputedStyle(image).backgroundColor") == light[0]
    figure.scroll_into_view_if_needed()
    look(window, "lessons/03_mf_loss", "figure-dark")
    window.evaluate("localStorage.clear()")


@pytest.mark.parametrize("button", ["next-page", "prev-page"])
def test_next_and_previous_lead_through_all_lessons(site, button):
    order = PAGES[:-1] if button == "next-page" else PAGES[-2::-1]
    reached = [order[0]]
    while button in (buttons := parsed(reached[-1]).buttons):
        address = (site / reached[-1]).parent / buttons[button]
        reached.append(address.resolve().relative_to(site).with_suffix("").as_posix())
    assert reached == order


@pytest.mark.parametrize("name", ["index", "lessons/03_mf_loss", "exercises/03_mf_loss"])
def test_on_paper_there_is_no_sidebar_and_nothing_is_cut_off(window, name):
    go(window, name)
    window.emulate_media(media="print")
    window.set_viewport_size({"width": 680, "height": 1000})  # A4 between margins of 15 mm
    window.evaluate(SETTLED)
    for part in (".sidebar-drawer", ".toc-drawer", ".mobile-header", ".related-pages", ".copybtn"):
        assert window.locator(part).filter(visible=True).count() == 0, part
    cut = window.evaluate(
        """() => [...document.querySelectorAll("article, article *")].filter(box =>
          box.getBoundingClientRect().right > innerWidth + 1
          || (box.scrollWidth > box.clientWidth + 1 && /auto|hidden|scroll/.test(
            getComputedStyle(box).overflowX)))
          .filter(box => !box.closest("mjx-container, .headerlink")).map(
            box => box.outerHTML.slice(0, 120))"""
    )
    window.pdf(path=SCREENSHOTS / f"{name.replace('/', '-')}.pdf", format="A4")
    window.emulate_media(media="screen")
    window.set_viewport_size({"width": 1400, "height": 1000})
    assert cut == []

"""How Sphinx builds the book; book/build.py runs it on the pages that it has prepared."""

import importlib.metadata
import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

project = "Recommender systems"
html_title = project
language = "en"

extensions = ["myst_nb", "sphinx_copybutton"]
root_doc = "index"
nb_execution_mode = "off"  # book/build.py has executed them
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "preparation.heading_address"

(_mathjax,) = (
    file.locate()
    for file in importlib.metadata.files("sphinx-mathjax-offline") or []
    if file.name == "tex-svg.js"  # the one that has its glyphs inside
)
mathjax_path = "tex-svg.js"

html_theme = "furo"
html_static_path = ["static", str(_mathjax)]
html_css_files = ["book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # it would be fetched, which a page from disk may not
html_use_index = False


def setup(app: Sphinx) -> None:
    """Names the level of the headings over the contents, which Sphinx leaves out.

    Without it a screen reader cannot place them.
    """

    def name_level(_app, _page, _template, context, _tree) -> None:
        contents = context["furo_navigation_tree"]
        context["furo_navigation_tree"] = contents.replace(
            'role="heading"', 'role="heading" aria-level="2"'
        )

    app.connect("html-page-context", name_level, priority=900)  # after Furo has made them


html_theme_options = {
    # tells the map of the lessons, a picture of its own, which theme the reader has chosen
    "light_css_variables": {"book-scheme": "light"},
    "dark_css_variables": {"book-scheme": "dark"},
}

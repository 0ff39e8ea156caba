"""The page: whole in itself, honest about what is missing, and deaf to what a file whispers."""

import base64
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from recsys_course.classroom.report import judging, looking, page
from recsys_course.data.cleaning import to_frame
from recsys_course.data.dirt import add_dirt
from recsys_course.data.raw import read_raw
from recsys_course.models.neighborhood import ItemNeighbors

NOW = 1_750_000_000  # a second of 2025
WHEN = "2026-01-12T09:30:00+00:00"
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "{{ 7 * 7 }}", "</style><b>",
    "e\u202etxt.exe", "javascript:alert(3)", "&lt;b&gt;", "x" * 400, "`code`",
)  # fmt: skip
VOID = {"meta", "link", "img", "br", "source", "input"}


class Reader(HTMLParser):
    """What a page consists of: its elements and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.text, self.tables = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"dd", "td"}:
            self.text.append(" ")
        if tag == "table":
            self.tables.append([])
        if self.tables and tag in {"caption", "th"}:
            self.tables[-1].append((tag, dict(attributes).get("scope")))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self):
        return " ".join("".join(self.text).split())


def render(look, judgement=None, name="mine.csv", k=5):
    return page.render(name, look, page.examine(look), judgement, k, WHEN, 0)


@pytest.fixture(scope="module")
def dirty(table, tmp_path_factory):
    dirt = add_dirt(table, np.random.default_rng(7), robots=0.03)
    frame = dirt.frame
    frame["title"] = [HOSTILE[n % len(HOSTILE)] for n in range(len(frame))]
    path = tmp_path_factory.mktemp("dirty") / "dirty.csv"
    frame.to_csv(path, index=False)
    return looking.look(read_raw(path), NOW)


@pytest.fixture(scope="module")
def judgement(dirty):
    with pytest.MonkeyPatch.context() as patch:
        models = {
            "item neighbours, choices": ItemNeighbors("implicit"),
            "item neighbours, ratings": ItemNeighbors("explicit"),
        }
        patch.setattr(judging, "all_models", lambda split, rng: (models, []))
        return judging.judge(dirty.ratings, 5, 0)


@pytest.fixture(scope="module")
def html(dirty, judgement):
    return render(dirty, judgement)


@pytest.fixture(scope="module")
def reader(html):
    read = Reader(html)
    assert read.open == []  # every element is closed, in its place
    return read


def test_nothing_runs_and_nothing_is_fetched(reader, html):
    names = {tag for tag, _ in reader.elements}
    assert not names & {"script", "iframe", "object", "embed", "link", "form", "base"}
    addresses = [
        attributes[name]
        for _, attributes in reader.elements
        for name in ("src", "href", "srcset")
        if name in attributes
    ]
    assert len(addresses) > 12
    assert {one.split(",")[0][:25] for one in addresses if not one.startswith("#")} == {
        "data:image/svg+xml;base64"
    }
    assert not [name for _, a in reader.elements for name in a if name.startswith("on")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert "@import" not in html
    assert "url(" not in html


def test_what_the_file_says_is_shown_as_it_is(reader, html):
    assert "<script>alert(1)</script>" in reader.words
    assert "{{ 7 * 7 }}" in reader.words
    assert "&lt;b&gt;" in reader.words  # not turned into <b> on the way
    assert "\u202e" not in html  # nothing in the file turns the direction of the page
    assert "x" * 201 not in html
    assert "(200 characters more)" in reader.words


def test_names_of_files_and_columns_are_no_html_either(write):
    path = write('<b>who</b>,<i>what</i>,"<u>more"\n1,2,3\n2,2,4\n', "mine.csv")
    look = looking.look(read_raw(path, user="<b>who</b>", item="<i>what</i>"), NOW)
    read = Reader(render(look, name="<s>mine.csv"))
    assert not {tag for tag, _ in read.elements} & {"b>", "i", "u", "s"}
    assert "Report on <s>mine.csv" in read.words
    assert "“<b>who</b>” as user, “<i>what</i>” as item; not used: <u>more" in read.words


def test_every_link_leads_somewhere_and_no_two_anchors_are_the_same(reader):
    anchors = [a["id"] for _, a in reader.elements if "id" in a]
    assert len(anchors) == len(set(anchors))
    targets = [a["href"][1:] for a in reader.all("a")]
    labels = [a["aria-labelledby"] for _, a in reader.elements if "aria-labelledby" in a]
    assert set(targets) | set(labels) <= set(anchors)
    assert targets == ["glance", "odd", "spread", "models", "lists", "next"]


def test_headings_are_in_order(reader):
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_every_table_has_a_caption_and_scopes(reader):
    assert len(reader.tables) >= 9
    for table in reader.tables:
        assert [tag for tag, _ in table].count("caption") == 1
        assert {scope for tag, scope in table if tag == "th"} <= {"row", "col"}
        assert ("th", "row") in table
        assert ("th", "col") in table


def test_every_figure_says_in_words_what_it_shows(reader):
    images = reader.all("img")
    assert [one["alt"].partition(" ")[0] for one in images] == [
        "The", "Half", "The", "The", "Best", "Best",
    ]  # fmt: skip
    assert all("Horizontal: " in one["alt"] for one in images)
    assert all(one["src"] != two["srcset"] for one, two in zip(
        images, reader.all("source"), strict=True
    ))  # fmt: skip


def test_figures_follow_light_and_dark(reader):
    for one in (*reader.all("img"), *reader.all("source")):
        uri = one.get("src") or one["srcset"]
        svg = base64.b64decode(uri.split(",")[1]).decode()
        assert "prefers-color-scheme:dark" in svg
        assert "currentColor" in svg
        assert "#010203" not in svg
        assert "<script" not in svg


def test_the_page_tells_the_whole_story(reader, judgement):
    for said in (
        "From lines to ratings: every line that is not used, and why",
        "What the report did. Left out.",
        "The first 5 of",
        "By NDCG@5, ",
        "A random order of the items would have an NDCG@5 of 0.",
        "Intervals 95 %, from 2,000 resamples of the users",
        f"Data train {judgement.comparison.protocol.train}, test",
        "A busy user: ",
        "Lesson 05, Evaluation: is the list any good?",
        "2026-01-12 09:30 UTC",
    ):
        assert said in reader.words, said


def test_the_table_of_models_holds_their_figures(reader, judgement):
    for name, row in judgement.comparison.rows.items():
        assert name in reader.words
        for column in judgement.comparison.columns:
            if row.figure(column) is not None:
                assert f"{row.figure(column):.3f}" in reader.words
    best = max(row.metrics["NDCG@5"].value for row in judgement.comparison.rows.values())
    assert ("b", {"class": "best"}) in reader.elements
    assert f'<b class="best">{best:.3f}</b>' in render_again(judgement)


def render_again(judgement):
    comparison = judgement.comparison
    rows = [page._cell(comparison, row, "NDCG@5") for row in comparison.rows.values()]
    assert [is_best for _, _, is_best in rows].count(True) == 1
    return "".join(f'<b class="best">{value}</b>' for value, _, is_best in rows if is_best)


def test_the_same_file_gives_the_same_page(dirty, judgement, html):
    assert render(dirty, judgement) == html


def test_three_rows_are_too_few_to_compare(look):
    read = Reader(render(look("user,item,rating\nann,alien,5\nbo,alien,3\nann,brazil,4\n")))
    assert (
        "There is too little to compare models on. There are 3 ratings where at least 300 are "
        "wanted, and 2 users where at least 20 are wanted" in read.words
    )
    assert "Recommendations for three users" not in read.words
    assert "Density 75 % of the 4 pairs of user and item" in read.words


def test_a_file_of_which_nothing_is_left_has_a_page(look):
    read = Reader(render(look("user,item,rating\n,alien,5\n,alien,3\n")))
    assert "Ratings none is left" in read.words
    assert "No rating is left." in read.words
    assert "How the ratings are spread" not in read.words


def test_choices_have_no_errors_to_compare(table, tmp_path, quick_models):
    path = tmp_path / "clicks.csv"
    to_frame(table).assign(rating=1).to_csv(path, index=False)
    look = looking.look(read_raw(path), NOW)
    read = Reader(render(look, judging.judge(look.ratings, 5, 0), name="clicks.csv"))
    assert "Scale no opinions: every row counts as a choice (guessed)" in read.words
    assert "The file holds choices, no opinions" in read.words
    assert "By NDCG@5" in read.words
    assert len(read.all("img")) == 4  # no figure of stars


def test_without_times_there_is_no_period(look):
    read = Reader(render(look("user,item,rating\nann,alien,5\nbo,alien,3\nann,brazil,4\n")))
    assert "Period" not in read.words
    assert read.all("img")[1]["alt"].startswith("Half of the users have at most 1.5 ratings;")
    assert "No rating is more common than 3 and 4 and 5, with 33\u00a0% of all each" in "".join(
        read.text
    )
    assert len(read.all("img")) == 3
    assert "temporal_split" not in read.words


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100 %"),
        (0.25, "25 %"),
        (0.0164, "1.6 %"),
        (0.00123, "0.12 %"),
        (0.0000456, "0.0046 %"),
    ],
)
def test_densities_keep_two_digits(share, said):
    assert page._density(share).replace("\u00a0", " ") == said

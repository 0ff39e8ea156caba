"""Pages that students and instructors open: nothing runs in them, nothing leaks between them."""

import os
import re
from dataclasses import fields, replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from recsys_course.classroom.checking import check_names
from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.grading.likeness import Pair
from recsys_course.classroom.grading.pages import class_page, student_page, write_pages
from recsys_course.classroom.grading.results import OUTCOMES, Result
from recsys_course.classroom.grading.tables import Run
from recsys_course.classroom.reports import CheckResult, FunctionReport, Resemblance
from recsys_course.classroom.syllabus import load_syllabus

RUN = Run(
    "0.1.0",
    20260112,
    "bubblewrap 0.8.0: no network, an empty home, nothing to write to but its own memory",
    ("Memory is limited for each process, not for all of a submission together.",),
    "2026-01-12T09:30:00+00:00",
)
# a class as it comes: letters of many scripts, from right to left, hostile and very long
NAMES = (
    "rivera", "RIVERA", "Rivera", "nguyễn.anh", "o'brien & sons", "محمد_علي", "שרה", "李小龍",
    "Zoë Müller",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "{{ 7 * 7 }}", "../../etc/x",
    "w" * 300, "a long name of many words " * 6, "=cmd|'/c calc'!A0", "e\u202etxt.exe", "nul\0byte",
    "half\udcffa", "CON", "&lt;b&gt;", "-dash", ".hidden", "josé", "jose", "Ødegård", "Łukasz",
    *(f"student{n:02d}" for n in range(13)),
)  # fmt: skip
REASONS = {
    "could not be read": "cell 4: this is not a notebook (line 31); is it cut off?",
    "timed out": "sgd_step was stopped after 10 seconds.",
    "out of memory": "mf_gradients took more than 1 GB.",
    "crashed": "The process of als_user_update was ended by signal 11.",
    "tried to cheat": "It wrote to the channel that carries the answers.",
}


def report(function, state, rng):
    names = check_names(function)
    if state == "passed":
        return FunctionReport(
            function, state, tuple(CheckResult(one, function, True) for one in names)
        )
    if state != "failed":
        return FunctionReport.of_all(function, state, names, f"It is {state}.")
    wrong = wrong_answers(function)[int(rng.integers(3))]
    n_failed = int(rng.integers(1, len(names) + 1))
    results = tuple(
        CheckResult(
            one,
            function,
            i >= n_failed,
            "" if i >= n_failed else "The numbers differ from those by hand.",
        )
        for i, one in enumerate(names)
    )
    return FunctionReport(function, state, results, wrong.resemblance)


def submission(number, student, slug, rng):
    outcome = OUTCOMES[number % 7] if number % 3 == 0 else "graded"
    tasks = load_syllabus().lesson(slug).exercises
    skill = rng.random()
    states = ["passed" if rng.random() < skill else "failed" for _ in tasks]
    if outcome in {"timed out", "out of memory", "crashed", "tried to cheat"}:
        states[-1] = outcome
    if outcome == "not attempted":
        states = [outcome] * len(tasks)
    functions = () if outcome == "could not be read" else tuple(
        report(task.name, state, rng) for task, state in zip(tasks, states, strict=True)
    )  # fmt: skip
    return Result(
        student, slug, f"class.zip/{student}/{slug}.ipynb", f"{number:064x}", outcome,
        REASONS.get(outcome, ""), functions, ("line 3: NameError",) * (number % 4),
        "loss at the start: 31.5\n" * (number % 5), 0.3 + number / 10, 80.0 + number, 20260112,
    )  # fmt: skip


@pytest.fixture(scope="module")
def students():
    rng = np.random.default_rng(7)
    return [
        submission(n, name, "mf_loss" if n < 30 else "evaluation", rng)
        for n, name in enumerate(NAMES)
    ]


PAIRS = (
    Pair("mf_loss", "<script>alert(1)</script>", "rivera", 0.97, 80),
    Pair("mf_loss", "محمد_علي", "שרה", 0.71, 41),
)


class Reader(HTMLParser):
    """What a page consists of: its elements, its links and the text of its tables."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.tables, self.open, self.text = [], {}, [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in {"caption", "th", "td", "title", "h1", "li", "p"}:
            self.text = ""
        if tag == "tr":
            self.open.append([])

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        text = " ".join(self.text.split())
        if tag == "caption":
            self.tables[text] = self.open = []
        elif tag in {"th", "td"}:
            self.open[-1].append(text)
            self.text = ""

    def attributes(self, name):
        return [one[name] for _, one in self.elements if name in one]

    def count(self, tag):
        return sum(one == tag for one, _ in self.elements)


@pytest.fixture(scope="module")
def written(students, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grades")
    write_pages(folder, RUN, students)
    (folder / "index.html").write_text(class_page(RUN, students, PAIRS), "utf-8")
    return folder


@pytest.fixture(scope="module")
def pages(written):
    return {path: path.read_text("utf-8") for path in sorted(written.rglob("*.html"))}


def test_each_student_has_a_page_and_each_link_leads_to_one(written, pages):
    names = [path.name for path in pages if path.parent.name == "students"]
    assert len(names) == 40
    assert len({name.casefold() for name in names}) == 40
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*(~[0-9a-f]{12})?\.html", n) for n in names)
    assert all(len(name) < 100 for name in names)
    assert "student00-mf_loss.html" in names
    links = Reader(pages[written / "index.html"]).attributes("href")
    assert {link for link in links if link[0] != "#"} == {f"students/{name}" for name in names}


def test_nothing_in_a_page_runs_or_loads(pages):
    tags = set()
    for html in pages.values():
        page = Reader(html)
        tags |= {tag for tag, _ in page.elements}
        names = {name for _, attributes in page.elements for name in attributes}
        assert not {name for name in names if name.startswith("on") or name in {"src", "srcset"}}
        assert all(re.match(r"#|students/", link) for link in page.attributes("href"))
        assert "url(" not in html
        assert "@import" not in html
        assert "default-src 'none'" in html
    assert tags == {
        "a", "b", "bdi", "body", "caption", "code", "dd", "details", "div", "dl", "dt", "footer",
        "h1", "h2", "h3", "head", "header", "html", "li", "main", "meta", "nav", "ol", "p", "pre",
        "section", "span", "style", "summary", "table", "tbody", "td", "th", "thead", "time",
        "title", "tr", "ul",
    }  # fmt: skip


def test_hostile_names_are_text(pages):
    index = "".join(pages.values())
    for shown in (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#34;&gt;&lt;img src=x onerror=alert(2)&gt;",
        "{{ 7 * 7 }}",
        "&amp;lt;b&amp;gt;",
        "e\ufffdtxt.exe",
        "nul\ufffdbyte",
        "half\ufffda",
        "w" * 80 + " … (220 characters more)",
    ):
        assert shown in index
    assert not re.search("[\0\u202e]", index)


CANARY = "<i class='canary'>&\"'"
HIDDEN = {
    "source": f"source {CANARY}",
    "digest": f"digest {CANARY}",
    "problems": (f"problem {CANARY}",),
    "output": f"output {CANARY}",
    "seconds": 987654.3,
    "peak_mb": 876543.0,
    "seed": 765432,
    "variant": f"variant {CANARY}",
    "fingerprints": (654321,),
}
SHOWN = {
    "student": f"student {CANARY}",
    "slug": "mf_loss",
    "outcome": "timed out",
    "reason": f"reason {CANARY}",
    "functions": (
        FunctionReport(
            "sgd_step",
            "failed",
            (CheckResult("test_sgd_step_shapes", "sgd_step", False, f"message {CANARY}"),),
            Resemblance("named", f"idea {CANARY}", f"look {CANARY}"),
        ),
    ),
}
WATCHED = replace(RUN, seed=543210, sandbox=f"sandbox {CANARY}", warnings=(f"warning {CANARY}",))


def test_a_student_sees_nothing_that_is_for_the_instructor():
    assert HIDDEN.keys() | SHOWN.keys() == {one.name for one in fields(Result)}
    result = Result(**HIDDEN, **SHOWN)
    other = replace(result, student="somebody else")
    own, index = student_page(WATCHED, result), class_page(WATCHED, [result, other], ())
    words = ("source", "digest", "problem", "output", "variant", "sandbox", "warning")
    secrets = [f"{word} &lt;i" for word in words]
    secrets += ["987654.3", "876543", "765432", "543210", "somebody else"]
    assert [one for one in secrets if one not in index] == []
    assert [one for one in secrets if one in own] == []
    assert "654321" not in own
    for word in ("student", "reason", "message", "idea", "look"):
        assert f"{word} &lt;i class=&#39;canary&#39;&gt;&amp;&#34;&#39;" in own
    assert "<i" not in own
    assert "<i" not in index


def test_what_a_submission_printed_is_cut():
    noisy = Result(
        "a", "mf_loss", "a.py", "00", "graded", problems=("p" * 5000,) * 50, output="o" * 99_000
    )
    index = class_page(RUN, [noisy], ())
    assert "o" * 4000 + " … (95000 characters more)" in index
    assert "o" * 4001 not in index
    assert index.count("p" * 300 + " … (4700 characters more)") == 20
    assert "p" * 301 not in index
    assert "… and 30 more" in index


def check(function, name, message):
    return CheckResult(f"test_{function}_{name}", function, not message, message)


RIVERA = Result(
    "rivera", "welcome", "rivera.py", "00", "graded",
    functions=(
        FunctionReport(
            "mean_rating",
            "failed",
            (
                check("mean_rating", "a", ""),
                check("mean_rating", "b", "Use `len`."),
                check("mean_rating", "c", "Use `len`."),
            ),
            Resemblance("counts_the_gaps", "It resembles a mean.", "Count again."),
        ),
    ),
)  # fmt: skip


def plain(html):
    spaced = re.sub(r"<style>.*?</style>|</(td|dt|dd)>", " ", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", spaced)
    return " ".join(text.split())


def test_a_student_is_told_what_is_missing_and_what_to_do():
    text = plain(student_page(RUN, RIVERA))
    assert text.startswith(
        "rivera: Welcome: ten films for you Welcome: ten films for you "
        "Exercise 00_welcome, handed in by rivera 0 of 1 point Function by function"
    )
    assert (
        "mean_rating ✘ failed, 1 of 3 checks passed. Difficulty: ★☆☆ (1 of 3). What is missing "
        "Use len. What it looks like. It resembles a mean. Look at this. Count again. "
        "What you learn here. "
    ) in text
    assert text.endswith(
        "What to do next Open 00_welcome.ipynb and go on with mean_rating, the first that is not "
        "finished. Are you stuck? In the notebook, hint(mean_rating) gives one hint after another. "
        "On your own machine, recsys-course check 00_welcome.ipynb checks the file as often as you "
        "like, with other random tables each time. "
        "Checked with recsys-course 0.1.0, 2026-01-12 09:30 UTC."
    )
    assert "<li>Use <code>len</code>.</li>" in student_page(RUN, RIVERA)


def test_who_is_done_is_sent_on():
    done = FunctionReport("mean_rating", "passed", (check("mean_rating", "a", ""),))
    text = plain(student_page(replace(RUN, when=""), replace(RIVERA, functions=(done,))))
    assert "1 of 1 point" in text
    assert "What is missing" not in text
    assert load_syllabus().lesson("welcome").exercises[0].next_step in text
    assert text.endswith("Checked with recsys-course 0.1.0.")


@pytest.mark.parametrize("outcome", OUTCOMES[1:])
def test_what_was_not_graded_says_why(outcome):
    result = replace(RIVERA, outcome=outcome, reason="A reason of ours.", functions=())
    text = plain(student_page(RUN, result))
    assert "A reason of ours." in text
    assert "Function by function" not in text
    can_be_opened = outcome != "could not be read"
    assert ("Open the file in JupyterLab, run all cells" in text) is not can_be_opened
    row = f"{outcome} A reason of ours. Details"
    assert row in plain(class_page(RUN, [result], ()))


def test_the_class_page_counts():
    right = replace(
        RIVERA,
        student="wu",
        functions=(FunctionReport("mean_rating", "passed", (check("mean_rating", "a", ""),)),),
    )
    lost = replace(RIVERA, student="lost", outcome="could not be read", functions=(), reason="Cut.")
    pair = Pair("welcome", "rivera", "wu", 0.876, 30)
    page = Reader(class_page(RUN, [right, RIVERA, lost], (pair,)))
    assert page.tables["What came of the 3 submissions"] == [
        ["outcome", "submissions"], ["graded", "2"], ["could not be read", "1"],
    ]  # fmt: skip
    assert page.tables["Points, of 1; the median is 0"] == [
        ["points", "submissions", ""], ["0", "2", ""], ["1", "1", ""],
    ]  # fmt: skip
    widths = [style for style in page.attributes("style") if "width" in style]
    assert widths == ["width: 100%", "width: 50%"]
    missed = page.tables["Properties that an answer lacked, of the answers whose checks all ran"]
    assert [row[2] for row in missed] == ["missed by", "1 of 2", "1 of 2"]
    assert page.tables["Ideas that failed answers behave like"][1:] == [
        ["mean_rating", "It resembles a mean. Count again.", "1"]
    ]
    assert page.tables["Submissions that were not simply graded"][1:] == [
        ["lost", "could not be read", "Cut. Details"]
    ]
    assert page.tables["Pairs of submissions, the most alike first"][1:] == [
        ["rivera", "wu", "88 %"]
    ]
    all_ = page.tables["One row a submission; below it, folded, what only the instructor may see"]
    assert [row[0] for row in all_[1::2]] == ["lost", "rivera", "wu"]
    assert all_[3] == ["rivera", "graded", "0 of 1", "✘failed: mean_rating"]


def test_the_class_page_says_how_it_came_about(students):
    text = plain(class_page(RUN, students, ()))
    assert (
        "40 submissions. This page is for the instructor: it shows what submissions printed. The "
        "pages of the students hold nothing of that. Warning. Memory is limited for each process, "
        "not for all of a submission together. Course version 0.1.0 Seed of the run 20260112 "
        "Protection bubblewrap 0.8.0: no network, an empty home, nothing to write to but its own "
        "memory Graded 2026-01-12 09:30 UTC 03_mf_loss: The loss of matrix factorisation "
        "05_evaluation: Evaluation: is the list any good? All submissions"
    ) in text
    assert class_page(RUN, students[::-1], ()) == class_page(RUN, students, ())


def test_an_empty_class_has_a_page(tmp_path):
    write_pages(tmp_path, RUN, [])
    text = plain((tmp_path / "index.html").read_text("utf-8"))
    assert "0 submissions." in text
    assert text.endswith("There were no submissions.")


def test_pages_of_an_earlier_run_go(tmp_path):
    write_pages(tmp_path, RUN, [RIVERA, replace(RIVERA, student="gone")])
    (tmp_path / "students" / "half.html.part").write_text("cut off", "utf-8")
    (tmp_path / "students" / "note.txt").write_text("the instructor's own", "utf-8")
    write_pages(tmp_path, RUN, [RIVERA])
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "index.html", "note.txt", "rivera-welcome.html", "students",
    ]  # fmt: skip


def test_a_page_is_whole_or_as_it_was(tmp_path, monkeypatch):
    write_pages(tmp_path, RUN, [RIVERA])
    page = tmp_path / "students" / "rivera-welcome.html"
    before = page.read_text("utf-8")

    def no_space(_file):  # the last step before the new page takes the place of the old
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_pages(tmp_path, replace(RUN, course_version="9"), [RIVERA])
    assert page.read_text("utf-8") == before


def test_two_files_of_one_student_have_two_pages(tmp_path):
    write_pages(tmp_path, RUN, [RIVERA, replace(RIVERA, source="again.py")])
    assert len(list((tmp_path / "students").iterdir())) == 2


def test_screen_readers_find_their_way(pages):
    for html in pages.values():
        page = Reader(html)
        assert ("html", {"lang": "en"}) in page.elements
        assert re.search(r"<title>[^<]{5,}</title>", html)
        assert (page.count("h1"), page.count("main"), page.count("header")) == (1, 1, 1)
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert page.count("table") == page.count("caption")
        heads = [attributes for tag, attributes in page.elements if tag == "th"]
        assert all(one.get("scope") in {"row", "col"} for one in heads)
        ids = page.attributes("id")
        assert len(ids) == len(set(ids))
        assert set(page.attributes("aria-labelledby")) <= set(ids)
        assert {link[1:] for link in page.attributes("href") if link[0] == "#"} <= set(ids)
        assert "width=device-width" in html


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_stands_out(scheme):
    """At least 4.5 to 1 for text, 3 to 1 for bars: WCAG 2.2, criteria 1.4.3 and 1.4.11."""
    rules = re.findall(r":root \{(.*?)\}", student_page(RUN, RIVERA), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w+)", rules[scheme]))
    assert colours.keys() == {
        "back", "panel", "line", "text", "quiet", "link", "good", "bad", "open", "bar",
    }  # fmt: skip
    for name in ("text", "quiet", "link", "good", "bad", "open", "bar"):
        for ground in ("back", "panel"):
            low, high = sorted((luminance(colours[name]), luminance(colours[ground])))
            assert (high + 0.05) / (low + 0.05) >= (3 if name == "bar" else 4.5), (name, ground)

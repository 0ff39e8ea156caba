"""progress.json: readable, mergeable, and never the reason why something else is lost."""

import json
import re
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_course.classroom.home import records
from recsys_course.classroom.home.place import Home
from recsys_course.classroom.home.records import Attempts, Progress, change, merge, read

EARLY, LATE = "2026-01-02T03:04:05Z", "2026-01-03T00:00:00Z"
LAPTOP = Progress(
    {
        "sgd_step": Attempts("passed", 4, 1, EARLY, EARLY),
        "mf_gradients": Attempts("failed", 2, 3, EARLY, ""),
    },
    {"mf_loss": Attempts("failed", 1, 0, EARLY, "")},
    {"exercises/03_mf_loss.ipynb": "abc"},
)
DESKTOP = Progress(
    {
        "sgd_step": Attempts("failed", 2, 2, LATE, ""),
        "rmse": Attempts("passed", 1, 0, LATE, LATE),
    },
    {"mf_loss": Attempts("passed", 2, 0, LATE, LATE)},
    {"exercises/03_mf_loss.ipynb": "xyz"},
)
BOTH = Progress(
    {
        "sgd_step": Attempts("failed", 4, 2, LATE, EARLY),  # passed once, broken since
        "mf_gradients": Attempts("failed", 2, 3, EARLY, ""),
        "rmse": Attempts("passed", 1, 0, LATE, LATE),
    },
    {"mf_loss": Attempts("passed", 2, 0, LATE, LATE)},
    {},
)
TEXT = """{
 "format": 1,
 "about": "How far you are in the course. Yours: README.md says what it holds.",
 "functions": {
  "rmse": {"state": "passed", "attempts": 1, "hints": 0, "checked": "2026-01-03T00:00:00Z", "passed": "2026-01-03T00:00:00Z"},
  "sgd_step": {"state": "failed", "attempts": 2, "hints": 2, "checked": "2026-01-03T00:00:00Z", "passed": ""}
 },
 "quizzes": {
  "mf_loss": {"state": "passed", "attempts": 2, "hints": 0, "checked": "2026-01-03T00:00:00Z", "passed": "2026-01-03T00:00:00Z"}
 },
 "files": {
  "exercises/03_mf_loss.ipynb": "xyz"
 }
}
"""  # noqa: E501

moments = st.sampled_from(["", EARLY, LATE])
entries = st.builds(
    Attempts,
    st.sampled_from(["passed", "failed", "not attempted"]),
    st.integers(0, 3),
    st.integers(0, 3),
    moments,
    moments,
)
progresses = st.builds(
    Progress,
    st.dictionaries(st.sampled_from("abc"), entries),
    st.dictionaries(st.sampled_from("xy"), entries),
    st.dictionaries(st.sampled_from("pq"), st.sampled_from("12")),
)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "my course")


def test_the_text_is_readable_and_has_a_line_for_each_entry():
    assert DESKTOP.to_json() == TEXT


def test_it_is_read_as_it_was_written(home):
    change(home, lambda _: DESKTOP)
    assert home.progress.read_text("utf-8") == TEXT
    assert read(home.progress) == DESKTOP


def test_without_a_file_nothing_is_known(home):
    assert read(home.progress) == Progress()


def test_two_machines_are_joined():
    assert merge(LAPTOP, DESKTOP) == BOTH


@given(progresses, progresses)
def test_the_order_of_a_merge_does_not_matter(one, other):
    assert merge(one, other) == merge(other, one)


@given(progresses, progresses, progresses)
def test_nor_does_the_grouping(one, two, three):
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(progresses)
def test_a_merge_with_itself_changes_nothing(one):
    assert merge(one, one) == one


@given(progresses)
def test_every_progress_survives_the_file(one):
    text = one.to_json()
    assert records._parsed("progress.json", text) == one
    assert json.loads(text)["format"] == 1


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("base", ["", "||||||| parent\n  an older line\n"])
def test_the_marks_of_an_undecided_merge_are_two_sides(home, newline, base):
    line = '  "rmse": {"state": "passed", "checked": "2026-01-03T00:00:00Z"}'
    ours = '  "sgd_step": {"state": "failed", "attempts": 3, "checked": "2026-01-03T00:00:00Z"},\n'
    theirs = '  "sgd_step": {"state": "passed", "attempts": 1, "passed": "2026-01-02T03:04:05Z"}\n'
    text = (
        '{\n "format": 1,\n "functions": {\n'
        f"<<<<<<< HEAD\n{ours}{line}\n{base}=======\n{theirs}>>>>>>> other\n"
        " }\n}\n"
    )
    home.folder.mkdir()
    home.progress.write_bytes(text.replace("\n", newline).encode())
    found = read(home.progress)
    assert found.functions["rmse"].state == "passed"
    assert found.functions["sgd_step"] == Attempts("failed", 3, 0, LATE, EARLY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no progress of this course"),
        ("{", "is no progress of this course"),
        ("[]", "is no progress of this course"),
        ('{"format": 2}', "its format is 2, this course knows 1"),
        ('{"format": 1, "functions": {"f": {"attempts": "many"}}}', "attempts is 'many'"),
        ('{"format": 1, "functions": {"f": {"attempts": true}}}', "attempts is True"),
        ('{"format": 1, "functions": 3}', "is no progress of this course"),
        ("[" * 100_000, "is no progress of this course"),
    ],
)
def test_a_spoilt_file_is_a_sentence_that_says_what_to_do(home, text, said):
    home.folder.mkdir()
    home.progress.write_text(text)
    with pytest.raises(ValueError, match=re.escape(said)) as error:
        read(home.progress)
    assert str(home.progress) in str(error.value)
    assert "delete it: `recsys-course status` makes it again" in str(error.value)


def test_a_spoilt_file_is_kept_when_something_new_is_written(home):
    home.folder.mkdir()
    home.progress.write_text("half a prog")
    after = change(home, lambda before: before.with_quiz("mf_loss", "passed"))
    assert after.quizzes["mf_loss"].attempts == 1
    assert read(home.progress) == after
    assert home.progress.with_name("progress.spoilt.json").read_text() == "half a prog"


def test_what_somebody_left_out_has_its_default(home):
    home.folder.mkdir()
    home.progress.write_text('\ufeff{"format": 1, "functions": {"f": {"hints": 2, "more": 1}}}')
    assert read(home.progress).functions == {"f": Attempts(hints=2)}


def test_nothing_is_written_where_nothing_changed(home):
    change(home, lambda _: LAPTOP)
    before = home.progress.stat()
    change(home, lambda known: replace(known))
    assert home.progress.stat().st_ino == before.st_ino


def test_a_check_counts_and_the_first_success_stays(monkeypatch):
    moments = iter(["1", "2", "3", "4"])
    monkeypatch.setattr(records, "now", lambda: next(moments))
    known = Attempts().checked_as("failed").checked_as("passed").checked_as("failed")
    assert known == Attempts("failed", 3, 0, "3", "2")
    assert known.checked_as("passed", attempt=0) == Attempts("passed", 3, 0, "4", "2")


def test_the_moment_is_in_utc_and_to_the_second():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", records.now())


def test_the_readme_of_the_folder_describes_every_field(request):
    page = request.config.rootpath / "recsys_course" / "classroom" / "your_course.md"
    text = page.read_text("utf-8")
    table = text.partition("## progress.json")[2]
    names = [field.name for kind in (Attempts, Progress) for field in fields(kind)]
    assert [name for name in [*names, "format"] if f"`{name}`" not in table] == []

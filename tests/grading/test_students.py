"""Whose a file is: by what the platform or the instructor named, never by what the student did."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_course.classroom.grading.students import (
    compiled,
    lesson_named,
    n_wrappers,
    owner,
    shown,
)


def student(path, pattern=None):
    parts = tuple(path.split("/"))
    return owner(parts, ("class",), "class", pattern and compiled(pattern)).student


NAMES = {
    "rivera/03_mf_loss.ipynb": "rivera",
    "rivera/week3/final/answers.ipynb": "rivera",
    "Rivera, Anna María/03_mf_loss.ipynb": "Rivera, Anna María",
    "Anna Rivera_1234567_assignsubmission_file_/03_mf_loss.ipynb": "Anna Rivera_1234567",
    "Anna Rivera_1234567_assignsubmission_file/sub/answers.ipynb": "Anna Rivera_1234567",
    "Anna Rivera_1234567_assignsubmission_file_03_mf_loss.ipynb": "Anna Rivera_1234567",
    "Participant_77_assignsubmission_file_/a.py": "Participant_77",
    "Default group_assignsubmission_file_/a.py": "Default group",
    "riveraanna_12345_67890_03_mf_loss.ipynb": "riveraanna_12345",
    "riveraanna_LATE_12345_67890_03_mf_loss-1.ipynb": "riveraanna_12345",
    "riveraanna_12345_67890_hw.zip/deep/03_mf_loss.ipynb": "riveraanna_12345",
    "anon_x9Yz1_67890_03_mf_loss.ipynb": "anon_x9Yz1",
    "LATE_anon_x9Yz1_67890_03_mf_loss.ipynb": "anon_x9Yz1",
    "submission_12345/03_mf_loss.ipynb": "submission_12345",
    "submitted/rivera/ps3/03_mf_loss.ipynb": "rivera",
    "submitted/03_mf_loss.ipynb": "submitted",
    "rivera 03_mf_loss (1).ipynb": "rivera",
    "rivera_03_mf_loss.ipynb": "rivera",
    "rivera_4711_03_mf_loss.ipynb": "rivera_4711",
    "03_mf_loss_rivera.ipynb": "rivera",
    "03_mf_loss - Zoë Li.ipynb": "Zoë Li",
    "rivera_mf_loss-Copy2.ipynb": "rivera",
    "s12_03_mf_loss_final.ipynb": "s12",
    "12_03_mf_loss.ipynb": "12",
    "rivera.ipynb": "rivera",
    "rivera (2).ipynb": "rivera",
    "03_mf_loss.ipynb": "class",
    "03_mf_loss-Copy1.ipynb": "class",
    "03_mf_loss (3).ipynb": "class",
    "03_mf_loss/rivera.ipynb": "rivera",
    "03_mf_loss/rivera/answers.ipynb": "rivera",
    "rivera.zip/03_mf_loss.ipynb": "rivera",
    "rivera 03_mf_loss.zip/answers.ipynb": "rivera",
}


@pytest.mark.parametrize(("path", "expected"), NAMES.items(), ids=NAMES.keys())
def test_a_student_is_recognised(path, expected):
    assert student(path) == expected


IMPERSONATIONS = {
    "rivera/chen_12345_67890_03_mf_loss.ipynb": "rivera",
    "rivera/submitted/chen/ps3/03_mf_loss.ipynb": "rivera",
    "rivera.zip/Chen Li_7_assignsubmission_file_/03_mf_loss.ipynb": "rivera",
    "rivera.zip/chen/03_mf_loss.ipynb": "rivera",
    "Anna_1_assignsubmission_file_Chen_2_assignsubmission_file_x.ipynb": "Anna_1",
    "Anna_1_assignsubmission_file_/Chen_2_assignsubmission_file_/x.ipynb": "Anna_1",
    "riveraanna_1_200_chenli_2_300_x.ipynb": "riveraanna_1",
    "submission_1/submission_2/03_mf_loss.ipynb": "submission_1",
}


@pytest.mark.parametrize(("path", "expected"), IMPERSONATIONS.items(), ids=IMPERSONATIONS.keys())
def test_a_student_cannot_write_another_ones_name(path, expected):
    assert student(path) == expected


def test_a_pattern_stands_above_every_rule_and_sees_the_whole_path():
    path = "section1/u1234-rivera/x.ipynb"
    assert student(path, r"/(?P<student>u\d+)-") == "u1234"
    assert student(path, r"(?P<student>nobody)") == ""


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "the pattern '(' is no regular expression: missing ), unterminated subpattern"),
        ("(.*)", r"the pattern '(.*)' has no group named student; write for instance"),
    ],
)
def test_a_bad_pattern_says_what_is_wrong(pattern, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        compiled(pattern)


WRAPPERS = [
    (["class/rivera/a.ipynb", "class/chen/a.ipynb"], 1),
    (["class/rivera.ipynb", "class/chen.ipynb"], 1),
    (["rivera/a.ipynb", "chen/a.ipynb"], 0),
    (["rivera/answers.ipynb"], 0),
    (["rivera/03_mf_loss.ipynb", "rivera/helper.py"], 0),
    (["export/Anna_1_assignsubmission_file_/a.ipynb"], 1),
    (["submitted/rivera/ps3/a.ipynb"], 0),
    (["course/submitted/rivera/ps3/a.ipynb"], 1),
    ([], 0),
]


@pytest.mark.parametrize(("paths", "expected"), WRAPPERS)
def test_folders_around_the_whole_class_are_no_student(paths, expected):
    assert n_wrappers([tuple(path.split("/")) for path in paths]) == expected


def test_a_name_that_is_no_text_is_shown_all_the_same():
    assert shown("a\x00b\x1b[2J\u202ec\udc80\u2028d") == "ab[2Jc d"
    assert shown("Zoe\u0308") == "Zo\u00eb"
    assert shown("x" * 81) == "x" * 80
    assert student("\x01/03_mf_loss.ipynb") == "unnamed"


@given(st.text())
def test_a_shown_name_is_one_short_visible_line(text):
    name = shown(text)
    assert len(name) <= 80
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name)
    assert shown(name) == name


@given(st.lists(st.text(min_size=1).filter(lambda s: "/" not in s), min_size=1, max_size=4))
def test_every_path_has_an_owner_that_can_be_shown(parts):
    found = owner((*parts, "03_mf_loss.ipynb"), ("class",), "class")
    assert found.student
    assert found.student == shown(found.student)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("03_mf_loss", "mf_loss"),
        ("rivera 05_evaluation (2)", "evaluation"),
        ("03_mf_loss_rivera", "mf_loss"),
        ("103_mf_loss_rivera", None),
        ("homework", None),
    ],
)
def test_a_lesson_is_found_in_a_name(name, slug):
    assert lesson_named(name) == slug

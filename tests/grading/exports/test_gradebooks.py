"""The tables are what the platforms publish, compared cell by cell.

Formats: nbgrader 0.9.6, nbgrader/plugins/export.py; Moodle Docs 3.11, "Grade import"; Canvas,
lib/gradebook_importer.rb of canvas-lms (2026): the header begins with Student and ID, its last
column about the student is Section, and the row below holds the possible points.
"""

import csv
import io
from pathlib import Path

import pytest

from recsys_course.classroom.grading.exports.gradebooks import (
    canvas_csv,
    moodle_csv,
    nbgrader_csv,
)
from recsys_course.classroom.grading.exports.rosters import Member, Roster, read_roster
from recsys_course.classroom.grading.results import Outcome, Result
from recsys_course.classroom.grading.tables import harmless
from recsys_course.classroom.reports import FunctionReport
from recsys_course.classroom.syllabus import load_syllabus


def graded(
    student: str, slug: str = "mf_loss", points: int = 2, outcome: Outcome = "graded"
) -> Result:
    exercises = load_syllabus().lesson(slug).exercises
    functions = tuple(
        FunctionReport(exercise.name, "passed" if place < points else "failed", ())
        for place, exercise in enumerate(exercises)
    )
    return Result(student, slug, f"class.zip/{student}/a.ipynb", "0" * 64, outcome, "", functions)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


ROSTER = Roster(
    (
        Member("s1", "Ada Lovelace", "ada@uni.example"),
        Member("s2", "Grace Hopper", "grace@uni.example"),
        Member("s3", "Mary Somerville", "mary@uni.example"),
    )
)


def test_nbgrader_gets_its_eleven_columns() -> None:
    book = nbgrader_csv([graded("s2", points=5), graded("s1"), graded("s1", "welcome", 1)])
    assert book.text == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score\n"
        "00_welcome,,,s1,,,,1.0,0.0,1.0,1.0\n"
        "03_mf_loss,,,s1,,,,2.0,0.0,2.0,5.0\n"
        "03_mf_loss,,,s2,,,,5.0,0.0,5.0,5.0\n"
    )
    assert book.notes == ()


def test_moodle_gets_one_row_a_person_of_the_roster_and_a_column_a_lesson() -> None:
    results = [graded("S2", points=0), graded("ada@uni.example", "welcome", 1), graded("s1")]
    book = moodle_csv(results, ROSTER)
    assert rows(book.text) == [
        ["ID number", "Full name", "Email address", "00_welcome", "03_mf_loss"],
        ["s1", "Ada Lovelace", "ada@uni.example", "1", "2"],
        ["s2", "Grace Hopper", "grace@uni.example", "", "0"],
        ["s3", "Mary Somerville", "mary@uni.example", "", ""],
    ]
    assert book.notes == (
        "'s2' handed in nothing for welcome",
        "'s3' handed in nothing for welcome",
        "'s3' handed in nothing for mf_loss",
    )


def test_who_is_not_on_the_roster_is_left_out_and_named() -> None:
    book = moodle_csv([graded("stranger"), graded("s1"), graded("s2"), graded("s3")], ROSTER)
    assert "stranger" not in book.text
    assert book.notes == (
        "'stranger' is not one person of the roster, and is left out with 2 of 5 points in mf_loss "
        "('class.zip/stranger/a.ipynb'); add a row, or rename the submission",
    )


def test_two_submissions_of_one_person_leave_the_grade_empty() -> None:
    results = [graded("s1", points=1), graded("ada@uni.example", points=5)]
    book = canvas_csv(results, Roster(ROSTER.members[:1]))
    assert rows(book.text)[2] == ["Ada Lovelace", "", "s1", "", "", ""]
    assert book.notes == (
        "'s1' handed in mf_loss 2 times, and the grade is left empty; keep one of "
        "'class.zip/s1/a.ipynb', 'class.zip/ada@uni.example/a.ipynb' and grade again",
    )
    twice = nbgrader_csv([graded("s1", points=1), graded("s1", points=5)])
    assert rows(twice.text)[1][7:] == ["", "0.0", "", "5.0"]


def test_canvas_keeps_the_numbers_of_its_own_export(tmp_path: Path) -> None:
    export = tmp_path / "grades.csv"
    export.write_text(
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Matrix factorisation (4711)\r\n"
        ",,,,,Manual Posting\r\n"
        "    Points Possible,,,,,5\r\n"
        '"Lovelace, Ada",101,s1,ada,Monday,\r\n'
        '"Hopper, Grace",102,,grace,Monday,\r\n'
        '"Student, Test",999,,c0ffee,Monday,\r\n',
        encoding="utf-8",
        newline="",
    )
    columns = {"mf_loss": "Matrix factorisation (4711)"}
    book = canvas_csv([graded("102", points=4), graded("s1")], read_roster(export), columns)
    assert book.text == (
        "Student,ID,SIS User ID,SIS Login ID,Section,Matrix factorisation (4711)\n"
        "    Points Possible,,,,,5\n"
        '"Lovelace, Ada",101,s1,ada,Monday,2\n'
        '"Hopper, Grace",102,,grace,Monday,4\n'
    )
    assert book.notes == ()


def test_an_outcome_that_needs_a_look_is_noted() -> None:
    book = nbgrader_csv([graded("s1", points=2, outcome="tried to cheat")])
    assert book.notes == (
        "'s1', mf_loss: tried to cheat; 2 of 5 points stand in the table ('class.zip/s1/a.ipynb')",
    )


def test_a_file_that_answers_no_known_lesson_is_noted() -> None:
    lost = Result("s1", "", "class.zip/s1/a.ipynb", "0" * 64, "could not be read", "Name it.")
    assert rows(nbgrader_csv([lost, graded("s2")]).text)[1][3] == "s2"
    assert nbgrader_csv([lost]).notes == (
        "'s1': nothing says which lesson 'class.zip/s1/a.ipynb' answers, and no grade is entered; "
        "Name it.",
    )


def test_a_name_that_a_student_chose_cannot_break_a_line_of_the_notes() -> None:
    name = "x\n\x1b[2Jall is well" + "y" * 200
    (note,) = moodle_csv([graded(name), graded("s1")], Roster(ROSTER.members[:1])).notes
    assert note.startswith("'x [2Jall is well" + "y" * 63 + "…' is not one person of the roster")
    assert note.isprintable()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\n'=1"),
        (" =1", "' =1"),
        ("\xa0=1", "'\xa0=1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell: str, expected: str) -> None:
    assert harmless(cell) == expected


def test_a_formula_for_a_name_is_harmless_in_every_table() -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    roster = Roster((Member(evil, evil, evil, section=evil),))
    results = [graded(evil)]
    assert rows(nbgrader_csv(results).text)[1][3] == f"'{evil}"
    assert rows(moodle_csv(results, roster).text)[1] == [f"'{evil}"] * 3 + ["2"]
    book = canvas_csv(results, roster)
    assert rows(book.text)[2] == [f"'{evil}", "", f"'{evil}", "", f"'{evil}", "2"]
    assert book.notes == (
        f"{evil!r} begins like a formula and got an apostrophe, so a platform may not find this "
        "person; enter the grade by hand",
    )

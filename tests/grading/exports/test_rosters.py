"""A roster is read as the instructor has it, and nobody takes another's place in it."""

from pathlib import Path

import pytest

from recsys_course.classroom.grading.exports.rosters import Member, Roster, read_roster


def written(folder: Path, text: str) -> Path:
    path = folder / "class.csv"
    path.write_bytes(text.encode())
    return path


def test_a_plain_list(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name,email\ns1,Ada Lovelace,ada@uni.example\n\ns2,,\n")
    assert read_roster(path).members == (
        Member("s1", "Ada Lovelace", "ada@uni.example"),
        Member("s2"),
    )


def test_the_participants_of_moodle_with_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\ufeffFirst name;Last name;ID number;Email address\r\nAda;Lovelace;s1;ada@uni.example\r\n"
        "Grace;Hopper;;grace@uni.example\r\n",
    )
    ada, grace = read_roster(path).members
    assert ada == Member("s1", "Ada Lovelace", "ada@uni.example")
    assert grace == Member("", "Grace Hopper", "grace@uni.example")
    assert grace.key == "grace@uni.example"


def test_an_export_of_canvas_without_the_schools_numbers(tmp_path: Path) -> None:
    text = 'Student,ID,SIS Login ID,Section,Old (7)\n"Lovelace, Ada",101,ada,Monday,3\n'
    (ada,) = read_roster(written(tmp_path, text)).members
    assert ada == Member("", "Lovelace, Ada", "", "ada", "101", "Monday")
    assert ada.key == "ada"


def test_an_id_goes_before_a_name_that_somebody_chose() -> None:
    ada, thief = Member("s1", "Ada", "ada@uni.example"), Member("s2", "s1", login="ada@uni.example")
    assert Roster((thief, ada)).find(" S1 ") == ada
    assert Roster((thief, ada)).find("Ada") == ada
    # a login is given by the school, an address may be anybody's
    assert Roster((thief, ada)).find("ada@uni.example") == thief


def test_nobody_is_found_where_two_answer_to_the_name() -> None:
    roster = Roster((Member("s1", "Kim Lee"), Member("s2", "Kim Lee")))
    assert roster.find("Kim Lee") is None
    assert roster.find("s3") is None
    assert roster.find("  ") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,name\n,Ada\n", "row 2: there is no id; the table needs a column id"),
        ("student number\n17\n", r"row 2: there is no id; .*\(it has: student number\)"),
        ("id\ns1\nS1\n", "the id 's1' stands there twice; keep one row"),
        ("id,name\n", "nobody stands in it"),
        ("", "nobody stands in it"),
    ],
)
def test_a_table_that_is_no_roster_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_roster(written(tmp_path, text))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes("id,name\ns1,Zoë\n".encode("latin-1"))
    with pytest.raises(ValueError, match="byte 13 is not UTF-8; save it as UTF-8"):
        read_roster(path)

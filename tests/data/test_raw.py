"""Files of ratings as they stand: what is no row is set aside and explained."""

import codecs

import pytest

from recsys_course.data.raw import read_raw
from recsys_course.data.reading import read_ratings

PLAIN = "user,item,rating\nann,x,4.5\nbo,x,3\nann,y,0.5\n"
ROWS = {2: ["ann", "x", "4.5"], 3: ["bo", "x", "3"], 4: ["ann", "y", "0.5"]}


@pytest.fixture
def read(tmp_path):
    def read_content(content, **columns):
        path = tmp_path / "mine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_raw(path, **columns)

    return read_content


def rows(raw):
    return {line: list(row) for line, row in zip(raw.frame.index, raw.frame.values, strict=True)}


@pytest.mark.parametrize(
    ("content", "encoding", "has_mark", "line_ends", "separator"),
    [
        (PLAIN.encode(), "UTF-8", False, {"LF": 4}, ","),
        (codecs.BOM_UTF8 + PLAIN.encode(), "UTF-8", True, {"LF": 4}, ","),
        (PLAIN.replace("\n", "\r\n").encode(), "UTF-8", False, {"CRLF": 4}, ","),
        (PLAIN.replace("\n", "\r").encode(), "UTF-8", False, {"CR": 4}, ","),
        (PLAIN.replace("\n", "\r\n", 1).encode(), "UTF-8", False, {"CRLF": 1, "LF": 3}, ","),
        (PLAIN.replace(",", ";").encode(), "UTF-8", False, {"LF": 4}, ";"),
        (PLAIN.replace(",", "\t").encode("utf-16"), "UTF-16", True, {"LF": 4}, "\t"),
        (PLAIN.encode("utf-32"), "UTF-32", True, {"LF": 4}, ","),
    ],
)
def test_the_form_of_a_file_is_told(read, content, encoding, has_mark, line_ends, separator):
    raw = read(content)
    assert rows(raw) == ROWS
    form = raw.form
    assert (form.encoding, form.has_mark, form.separator) == (encoding, has_mark, separator)
    assert form.line_ends == line_ends
    assert form.n_bytes == len(content)
    assert form.has_names
    assert raw.broken == []


def test_letters_that_are_not_utf_8_are_guessed(read):
    raw = read("user,item,title\n1,2,Amélie\n".encode("cp1252"))
    assert raw.form.encoding == "Windows-1252"
    assert rows(raw) == {2: ["1", "2", "Amélie"]}


def test_lines_of_another_width_are_set_aside_with_their_reason(read):
    raw = read("user,item,rating\n1,2,3\n1,3\n1,Alien, the,4\n1,4,5\n")
    assert list(rows(raw)) == [2, 5]
    assert [(one.line, one.text, one.reason) for one in raw.broken] == [
        (3, "1,3", "2 values for 3 columns"),
        (4, "1,Alien,the,4", "4 values for 3 columns"),
    ]


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ('9,"open,4', [2, 4]),  # it would swallow everything up to the end
        ('9,"a"b,4', [2, 4]),
    ],
)
def test_a_quotation_that_does_not_close_costs_its_own_line_only(read, line, others):
    raw = read(f"user,item,rating\n1,2,3\n{line}\n1,4,5\n")
    assert list(rows(raw)) == others
    assert [(one.line, one.text) for one in raw.broken] == [(3, line)]
    assert raw.broken[0].reason.startswith("the quotation marks do not match")


def test_two_open_quotations_far_apart_do_not_swallow_what_is_between(read):
    lines = [f"{n},{n},3" for n in range(60)]
    lines[10] = lines[50] = '7,"oh,4'
    raw = read("user,item,rating\n" + "\n".join(lines) + "\n")
    assert [one.line for one in raw.broken] == [12, 52]
    assert len(raw.frame) == 58


def test_a_quotation_that_closes_by_chance_far_below_swallows_nothing(read):
    lines = [f"{n},{n},3" for n in range(60)]
    lines[10], lines[50] = '7,"oh,4', '7,oh",4'  # together one row of 41 lines
    raw = read("user,item,rating\n" + "\n".join(lines) + "\n")
    assert [one.line for one in raw.broken] == [12]
    assert len(raw.frame) == 59


def test_an_inch_below_an_open_quotation_is_a_row_of_its_own(read):
    raw = read('user,item,rating\n9,"open,4\n1,4"5,5\n')
    assert rows(raw) == {3: ["1", '4"5', "5"]}
    assert [one.line for one in raw.broken] == [2]


def test_a_text_of_several_lines_is_one_row(read):
    raw = read('user,item,title\n1,2,"two\nlines"\n3,4,one\n')
    assert rows(raw) == {3: ["1", "2", "two\nlines"], 4: ["3", "4", "one"]}
    assert raw.broken == []


def test_also_beside_a_broken_line(read):
    raw = read('user,item,title\n1,2,"two\nlines"\n9,"open,4\n3,4,one\n')
    assert rows(raw) == {3: ["1", "2", "two\nlines"], 5: ["3", "4", "one"]}
    assert [one.line for one in raw.broken] == [4]


def test_a_first_line_of_numbers_is_a_row(read):
    raw = read("196\t242\t3\t881250949\n186\t302\t3\t891717742\n")
    assert not raw.form.has_names
    assert rows(raw) == {
        1: ["196", "242", "3", "881250949"],
        2: ["186", "302", "3", "891717742"],
    }
    assert raw.names == {
        "user": "user", "item": "item", "rating": "rating", "timestamp": "timestamp",
        "title": None,
    }  # fmt: skip


def test_a_name_that_stands_twice_gets_a_number(read):
    raw = read("user,item,rating,rating,rating\n1,2,3,4,5\n")
    assert list(raw.frame) == ["user", "item", "rating", "rating (2)", "rating (3)"]
    assert raw.repeated == ["rating"]
    assert raw.names["rating"] == "rating"


def test_columns_may_be_named(read):
    raw = read("who,what,user\na,b,c\n", user="who", item="what")
    assert (raw.names["user"], raw.names["item"]) == ("who", "what")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\0\0", "is an Excel workbook or a zip archive, not text"),
        (b"\x1f\x8b\x08\0", "is compressed with gzip, not text"),
        (b"PAR1\x15\x04", "is a Parquet file, not text"),
        (b"user,item\n1,\x002\n", "is no text: there is a NUL ('\\x00') in line 2"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b'{"user": 1}\n', "looks like JSON, not like a table"),
        (b"  <HTML><body>\n", "looks like HTML, not like a table"),
        (b"<?xml version='1.0', a?>\n", "looks like XML, not like a table"),
        (b"Dear diary\nit rained\n", "its first line, 'Dear diary', holds no comma"),
        (b"1::1193::5::978300760\n", "replace every '::' by a comma"),
        (b"Dear diary, it rained\nand I, too\n", "has no column of user ids"),
        (b"user,item,rating\n", "has no line of ratings below the line that names its 3 columns"),
        (b"user,item,rating\n1,2,4,5\n", "are there decimal commas in it?"),
        (b"user,item,rating\n1,2\n", "line 2 has 2 values for 3 columns"),
        (b"1,2,3,4,5\n6,7,8,9,0\n", "looks like a rating, not like the names of the columns"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(read, content, said):
    with pytest.raises(ValueError, match=r"mine\.csv") as told:
        read(content)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_file_is_said_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_raw(tmp_path / "none.csv")


def test_an_unknown_column_is_said_so(read):
    with pytest.raises(ValueError, match=r"has no column 'stars'; its columns are user, item, rat"):
        read(PLAIN, rating="stars")


def test_the_strict_reader_sees_the_same_rows(read, tmp_path):
    raw = read('user;item;rating\n007 ;x;"4,5"\n\n bo;"y;z";3\n')
    path = tmp_path / "mine.csv"
    strict = read_ratings(path)
    assert sorted(raw.frame["user"].str.strip()) == list(strict.user_vocabulary.ids)
    assert sorted(raw.frame["item"]) == list(strict.item_vocabulary.ids)


def test_excels_hint_above_the_names_is_passed_over(read):
    raw = read("sep=;\nuser;item;rating\nann;x;4\nbo;y\n")
    assert raw.frame.to_dict("index") == {3: {"user": "ann", "item": "x", "rating": "4"}}
    assert [one.line for one in raw.broken] == [4]
    assert (raw.form.separator, raw.form.has_names) == (";", True)

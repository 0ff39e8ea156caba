"""Property 21: people's own files are read right, or refused with the number of the row.

Windows line ends, a UTF-8 byte-order mark, ids with leading zeros, ratings with decimal commas,
half stars, timestamps in milliseconds, empty files. tests/data/test_bad_input.py has the long list.
"""

import re

import numpy as np
import pytest

from recsys_course.data.reading import read_ratings

# What a spreadsheet in a country with decimal commas writes, with ids that it has left alone.
SPREADSHEET = (
    "\ufeffUser ID;Movie ID;Rating;Timestamp;Title\r\n"
    "007;0042;4,5;1260759144123;Alien\r\n"
    '7;0042;0,5;1260759145999;"Alien"\r\n'
    '007;42;3;1260759146000;"Good; the ""Bad"""\r\n'
    "\r\n"
)


@pytest.fixture
def write(tmp_path):
    def write_file(content):
        path = tmp_path / "my ratings.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_all_of_it_at_once_is_read_right(write):
    ratings = read_ratings(write(SPREADSHEET))
    assert ratings.user_vocabulary.ids == ("007", "7")
    assert ratings.item_vocabulary.ids == ("0042", "42")
    assert ratings.item_vocabulary.labels == ("Alien", 'Good; the "Bad"')
    np.testing.assert_array_equal(ratings.to_csr().toarray(), [[4.5, 3], [0.5, 0]])
    np.testing.assert_array_equal(ratings.timestamps, [1260759144, 1260759145, 1260759146])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Macintosh"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order mark"])
def test_line_ends_and_marks_change_nothing(write, end, mark):
    content = SPREADSHEET.removeprefix("\ufeff").replace("\r\n", end)
    expected = read_ratings(write(SPREADSHEET)).fingerprint()
    assert read_ratings(write(mark + content.encode())).fingerprint() == expected


def test_points_and_commas_tell_the_same(write):
    expected = read_ratings(write(SPREADSHEET)).fingerprint()
    points = SPREADSHEET.replace("4,5", "4.5").replace("0,5", "0.5")
    assert read_ratings(write(points)).fingerprint() == expected


@pytest.mark.parametrize("halves", range(1, 11))
def test_every_half_star_is_kept(write, halves):
    stars = f"{halves / 2:.1f}"
    for told in (stars, stars.replace(".", ","), stars.removesuffix(".0")):
        ratings = read_ratings(write(f"user;item;rating\nann;x;{told}\n"))
        np.testing.assert_array_equal(ratings.ratings, [halves / 2])


@pytest.mark.parametrize(
    "time", ["1260759144", "1260759144123", "2009-12-14T02:52:24Z", "2009-12-14 02:52:24"]
)
def test_times_come_in_seconds_whatever_they_were_written_in(write, time):
    ratings = read_ratings(write(f"user,item,rating,timestamp\nann,x,4,{time}\n"))
    np.testing.assert_array_equal(ratings.timestamps, [1260759144])


@pytest.mark.parametrize("content", ["", "\ufeff", "\r\n\r\n", "user,item,rating\r\n"])
def test_a_file_without_ratings_is_refused(write, content):
    with pytest.raises(ValueError, match=r"my ratings\.csv has no line of ratings.*; add one"):
        read_ratings(write(content))


FAULTS = {
    "Windows line ends": ("user,item,rating\r\nann,x,4\r\nbo,x,good\r\n", 3, "good"),
    "old Macintosh": ("user,item,rating\rann,x,4\rbo,x,good\r", 3, "good"),
    "empty lines above": ("user,item,rating\n\n\nann,x,\n", 4, ""),
    "a title of two lines above": (
        'user,item,rating,title\nann,x,4,"The\nBlob"\nbo,x,4 stars,\n',
        *(4, "4 stars"),
    ),
    "thousands": ("user;item;rating\nann;x;1.000,5\n", 2, "1.000,5"),
    "a time": ("user,item,rating,timestamp\nann,x,4,1\nbo,x,4,yesterday\n", 3, "yesterday"),
    "a user": ("user,item,rating\nann,x,4\nann,x,4\n", 3, "ann"),
    "text of another encoding": ("user,item,rating\nann,x,4\nJosé,x,4\n".encode("cp1252"), 3, None),
}


@pytest.mark.parametrize(("content", "line", "value"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_read_is_refused_with_its_line(write, content, line, value):
    with pytest.raises(ValueError, match=rf"\bline {line}\b") as error:
        read_ratings(write(content))
    said = str(error.value)
    assert value is None or repr(value) in said
    assert re.search(r"[;,] (mend|delete|keep|save|write)\b", said)
    assert "\n" not in said

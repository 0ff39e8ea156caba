"""Learners' own CSV files: read right, or refused with the line that is wrong."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.reading import read_ratings


@pytest.fixture
def write(tmp_path):
    """Write a file of ratings and give its path."""

    def write_file(content: str | bytes):
        path = tmp_path / "mine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def rows(interactions: Interactions) -> list[tuple]:
    return [
        (
            interactions.user_vocabulary.id_of(user),
            interactions.item_vocabulary.id_of(item),
            rating,
        )
        for user, item, rating in zip(
            interactions.users.tolist(), interactions.items.tolist(),
            interactions.ratings.tolist(), strict=True,
        )
    ]  # fmt: skip


PLAIN = "user,item,rating\nann,x,4.5\nbo,x,3\nann,y,0.5\n"
PLAIN_ROWS = [("ann", "x", 4.5), ("bo", "x", 3.0), ("ann", "y", 0.5)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PLAIN, id="plain"),
        pytest.param(PLAIN.rstrip("\n"), id="no-newline-at-the-end"),
        pytest.param(PLAIN.replace("\n", "\r\n"), id="crlf"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN.encode(), id="byte-order-mark"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(), id="both"),
        pytest.param(PLAIN.replace(",", ";"), id="semicolon"),
        pytest.param(PLAIN.replace(",", ";").replace(".", ","), id="decimal-comma"),
        pytest.param(PLAIN.replace(",", "\t"), id="tab"),
        pytest.param(PLAIN.replace("4.5", '"4,5"'), id="quoted-decimal-comma"),
        pytest.param(PLAIN + "\n\n", id="empty-lines"),
        pytest.param(PLAIN.replace("user,item,rating", " user , item , rating "), id="spaces"),
        pytest.param(PLAIN.replace("ann", '"ann"'), id="quoted-ids"),
    ],
)
def test_the_forms_a_file_comes_in(write, content):
    interactions = read_ratings(write(content))
    assert rows(interactions) == PLAIN_ROWS
    assert interactions.timestamps is None


@pytest.mark.parametrize(
    "header",
    [
        "userId,movieId,rating,timestamp",
        "user_id,item_id,rating,timestamp",
        "user,item,rating,timestamp",
        "UserID,ItemID,Rating,Timestamp",
        "user id,item id,rating,timestamp",
    ],
)
def test_usual_names_of_columns_are_recognised(write, header):
    interactions = read_ratings(write(f"{header}\n7,9,3.5,1260759144\n"))
    assert rows(interactions) == [("7", "9", 3.5)]
    np.testing.assert_array_equal(interactions.timestamps, [1260759144])


def test_columns_can_be_named_and_stand_in_any_order(write):
    path = write("when,stars,wer,user,was,wie\n5,1,ann,zzz,x,Alien\n6,2,bo,zzz,x,Alien\n")
    interactions = read_ratings(path, user="wer", item="was", timestamp="when", title="wie")
    assert rows(interactions) == [("ann", "x", 1.0), ("bo", "x", 2.0)]
    np.testing.assert_array_equal(interactions.timestamps, [5, 6])
    assert interactions.item_vocabulary.label_of(0) == "Alien"
    other = read_ratings(path, user="wer", item="was", rating="when")
    assert rows(other) == [("ann", "x", 5.0), ("bo", "x", 6.0)]


def test_ids_stay_text(write):
    path = write("user,item,rating\n007,0010,5\n7,10,4\nNA,1e3,3\nnan,null,2\n")
    interactions = read_ratings(path)
    assert rows(interactions) == [
        ("007", "0010", 5.0), ("7", "10", 4.0), ("NA", "1e3", 3.0), ("nan", "null", 2.0),
    ]  # fmt: skip
    assert interactions.n_users == 4


def test_letters_beyond_ascii(write):
    interactions = read_ratings(write("user,item,rating,title\nЮля,電影,5,Amélie\n"))
    assert rows(interactions) == [("Юля", "電影", 5.0)]
    assert interactions.item_vocabulary.label_of(0) == "Amélie"


def test_titles_with_separators_quotes_and_unusual_spaces(write):
    title = 'Good, the ""Bad""\u2028and\x0bthe Ugly'  # no line ends here, whatever Unicode says
    path = write(f'user,item,rating,title\nann,x,5,"{title}"\nbo,y,4,Up\n')
    interactions = read_ratings(path)
    assert rows(interactions) == [("ann", "x", 5.0), ("bo", "y", 4.0)]
    assert interactions.item_vocabulary.label_of(0) == title.replace('""', '"')


def test_lines_are_counted_as_an_editor_counts_them(write):
    path = write('user,item,rating,title\nann,x,5,"two\nlines"\n\nbo,y,bad,Up\n')
    with pytest.raises(ValueError, match="line 5: rating is 'bad'"):
        read_ratings(path)


def test_half_stars_are_kept(write):
    lines = [f"u{n},x,{n / 2}" for n in range(1, 11)]
    interactions = read_ratings(write("\n".join(["user,item,rating", *lines])))
    np.testing.assert_array_equal(interactions.ratings, np.arange(1, 11) / 2)


def test_times_in_milliseconds_become_seconds(write):
    seconds = read_ratings(write("user,item,rating,timestamp\na,x,1,1260759144\n"))
    milliseconds = read_ratings(write("user,item,rating,timestamp\na,x,1,1260759144123\n"))
    np.testing.assert_array_equal(seconds.timestamps, [1260759144])
    np.testing.assert_array_equal(milliseconds.timestamps, [1260759144])
    assert milliseconds.timestamps.dtype == np.int64


def test_a_column_of_dates_can_be_named(write):
    path = write("user,item,rating,date\na,x,1,2009-12-14\nb,x,2,2009-12-14T02:52:24+02:00\n")
    assert read_ratings(path).timestamps is None  # not taken unasked: it may hold anything
    named = read_ratings(path, timestamp="date")
    np.testing.assert_array_equal(named.timestamps, [1260748800, 1260751944])


def test_an_item_without_a_title_shows_its_id(write):
    path = write("user,item,rating,title\na,x,1,\nb,x,2, Alien \na,y,3, \n")
    assert read_ratings(path).item_vocabulary.labels == ("Alien", "y")


def test_names_of_columns_may_be_numbers(write):
    path = write("user,item,2009,rating\na,x,5,1\n")
    assert rows(read_ratings(path)) == [("a", "x", 1.0)]
    assert rows(read_ratings(path, rating="2009")) == [("a", "x", 5.0)]
    path = write("1,2,3\na,x,5\n")
    assert rows(read_ratings(path, user="1", item="2", rating="3")) == [("a", "x", 5.0)]


def test_the_separator_is_that_of_the_first_line_alone(write):
    content = "user;item;rating;title\na;x;1;One, two, three, four, five, six\n"
    for end in ("\n", "\r\n", "\r"):
        assert rows(read_ratings(write(content.replace("\n", end)))) == [("a", "x", 1.0)]


def test_a_repeat_names_both_lines(write):
    path = write("user,item,rating\nann,x,4\nbo,x,3\n\n ann, x,5\n")
    with pytest.raises(ValueError, match=r"line 5: user 'ann' rates .* second time, after line 2"):
        read_ratings(path)


def test_without_a_rating_every_line_is_one_event(write):
    interactions = read_ratings(write("user,item\nann,x\nbo,x\n"))
    np.testing.assert_array_equal(interactions.ratings, [1, 1])


def test_a_missing_column_lists_those_that_are_there(write):
    path = write("person,film,rating\nann,x,4\n")
    with pytest.raises(ValueError, match=r"mine\.csv.*user.*person, film, rating.*user="):
        read_ratings(path)
    with pytest.raises(ValueError, match=r"'people'.*person, film, rating"):
        read_ratings(path, user="people", item="film")
    with pytest.raises(ValueError, match=r"'score'.*person, film, rating"):
        read_ratings(path, user="person", item="film", rating="score")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", r"no line of ratings", id="empty"),
        pytest.param("\n\n", r"no line of ratings", id="blank"),
        pytest.param("user,item,rating\n", r"no line of ratings", id="header-only"),
        pytest.param(PLAIN + "bo,y,good\n", r"line 5.*'good'.*number", id="text-rating"),
        pytest.param(PLAIN + "bo,y,\n", r"line 5.*''.*number", id="empty-rating"),
        pytest.param(PLAIN + "bo,y,nan\n", r"line 5.*'nan'.*number", id="nan-rating"),
        pytest.param(PLAIN + "bo,y,inf\n", r"line 5.*'inf'.*number", id="infinite-rating"),
        pytest.param(PLAIN + "bo,y\n", r"line 5: 2 values for 3 columns", id="short-line"),
        pytest.param(PLAIN + "bo,y,4,5\n", r"line 5: 4 values for 3 columns", id="long-line"),
        pytest.param(PLAIN + ",y,4\n", r"line 5.*user id is empty", id="empty-user"),
        pytest.param(PLAIN + "bo, ,4\n", r"line 5.*item id is empty", id="empty-item"),
        pytest.param(PLAIN + "\n\nbo,x,1\n", r"line 7.*'bo'.*'x'.*second time", id="twice"),
        pytest.param(
            "user,item,rating,timestamp\nann,x,4,5\nbo,x,4,noon\n",
            r"line 3.*timestamp.*'noon'",
            id="text-time",
        ),
        pytest.param(
            "user,item,rating\nann,x,4\n".encode("utf-16"), r"UTF-8", id="utf-16"
        ),
        pytest.param("user,item,rating\nJosé,x,4\n".encode("latin-1"), r"UTF-8", id="latin-1"),
        pytest.param(
            "user,user,item,rating\nann,bo,x,4\n", r"'?user'?.*(twice|two columns)",
            id="column-twice",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(write, content, message):
    with pytest.raises(ValueError, match=message) as refusal:
        read_ratings(write(content))
    assert "mine.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*nothing\.csv"):
        read_ratings(tmp_path / "nothing.csv")


@pytest.mark.parametrize("above", ["sep=;\n", "SEP=;\r\n", "\n", " \t\r\n\r\n", "\nsep=;\n"])
def test_what_excel_and_editors_put_above_the_names_is_passed_over(write, above):
    n_lines = above.count("\n")
    interactions = read_ratings(write(above + "user;item;rating\nann;x;4,5\nbo;y;3\n"))
    assert interactions.user_vocabulary.ids == ("ann", "bo")
    assert interactions.ratings.tolist() == [4.5, 3.0]
    for content, said in (
        ("user;item;rating\nann;x;4\nbo;y\n", rf"line {n_lines + 3}: 2 values for 3 columns"),
        ("user;item;rating\nann;x;4\nbo;y;good\n", rf"line {n_lines + 3}: rating is 'good'"),
        ('user;item;rating\nann;x;4\nbo;"y;3\n', rf"line {n_lines + 3}: the quotation marks"),
        ("196;242;3\n", rf"line {n_lines + 1}: '196;242;3' looks like a rating"),
        ("user;user;item\n", rf"line {n_lines + 1} names the column 'user' twice"),
    ):
        with pytest.raises(ValueError, match=said):
            read_ratings(write(above + content))

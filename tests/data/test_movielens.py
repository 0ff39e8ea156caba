"""The MovieLens that one fetches oneself: every form of the files, and no half file for a whole."""

import hashlib
import logging
import zipfile

import numpy as np
import pytest

from recsys_course.data import movielens
from recsys_course.data.download import DownloadError
from recsys_course.data.interactions import Interactions
from recsys_course.data.movielens import (
    EDITIONS,
    load_movielens_1m,
    load_movielens_100k,
    load_movielens_latest_small,
)

# Invented ratings, in the forms of GroupLens' files: user 2 of film 10, user 1 of films 3 and 10.
U_DATA = b"2\t10\t3\t881250949\n1\t3\t5\t891717742\n1\t10\t1\t878887116\n"
U_ITEM = (
    "3|Four Rooms (1995)|01-Jan-1995||http://us.imdb.com/x|0|1\n"
    "10|Misérables, Les (1995)|01-Jan-1995||http://us.imdb.com/y|0|1\n"
    "11|Not rated (1990)|01-Jan-1990||http://us.imdb.com/z|0|1\n"
).encode("latin-1")
INTER = b"user_id:token\titem_id:token\trating:float\ttimestamp:float\n" + U_DATA
ITEM = (
    "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
    "3\tFour Rooms\t1995\tThriller\n10\tMisérables, Les\t1995\tDrama\n11\tNot rated\t\t\n"
).encode()
RATINGS_DAT = b"2::10::3::881250949\n1::3::5::891717742\n1::10::1::878887116\n"
MOVIES_DAT = ("3::Four Rooms (1995)::Thriller\n10::Misérables, Les (1995)::Drama|Musical\n").encode(
    "latin-1"
)
RATINGS_CSV = (
    b"userId,movieId,rating,timestamp\r\n2,10,3.0,881250949\r\n1,3,5.0,891717742\r\n"
    b"1,10,1.0,878887116\r\n"
)
MOVIES_CSV = (
    "movieId,title,genres\r\n3,Four Rooms (1995),Comedy|Drama\r\n"
    '10,"Misérables, Les (1995)",Drama\r\n'
).encode()

CASES = {
    "100k": (load_movielens_100k, "ml-100k", "u.data", U_DATA, "u.item", U_ITEM),
    "recbole": (load_movielens_100k, "ml-100k", "ml-100k.inter", INTER, "ml-100k.item", ITEM),
    "1m": (load_movielens_1m, "ml-1m", "ratings.dat", RATINGS_DAT, "movies.dat", MOVIES_DAT),
    "small": (
        *(load_movielens_latest_small, "ml-latest-small"),
        *("ratings.csv", RATINGS_CSV, "movies.csv", MOVIES_CSV),
    ),
}
TITLES = ("Four Rooms (1995)", "Misérables, Les (1995)")
every_form = pytest.mark.parametrize(
    ("load", "folder", "ratings", "content", "titles", "films"), CASES.values(), ids=CASES
)


def check(interactions: Interactions, titles: tuple | None) -> None:
    assert interactions.user_vocabulary.ids == (1, 2)
    assert interactions.item_vocabulary.ids == (3, 10)
    np.testing.assert_array_equal(interactions.users, [1, 0, 0])
    np.testing.assert_array_equal(interactions.items, [1, 0, 1])
    np.testing.assert_array_equal(interactions.ratings, [3, 5, 1])
    np.testing.assert_array_equal(interactions.timestamps, [881250949, 891717742, 878887116])
    assert interactions.item_vocabulary.labels == titles


def zipped(path, members: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@every_form
def test_a_file_by_itself(tmp_path, load, folder, ratings, content, titles, films):
    path = tmp_path / ratings
    path.write_bytes(content)
    check(load(path), None)
    check(load(str(path.rename(tmp_path / "renamed.txt"))), None)
    (tmp_path / titles).write_bytes(films)
    check(load(tmp_path / "renamed.txt"), TITLES)


@every_form
def test_a_folder(tmp_path, load, folder, ratings, content, titles, films):
    inner = tmp_path / "unpacked" / folder
    inner.mkdir(parents=True)
    (inner / ratings).write_bytes(content)
    (inner / titles).write_bytes(films)
    check(load(inner), TITLES)
    check(load(tmp_path / "unpacked"), TITLES)


@every_form
def test_an_archive(tmp_path, load, folder, ratings, content, titles, films):
    members = {
        f"{folder}/{ratings}": content,
        f"{folder}/{titles}": films,
        f"__MACOSX/{folder}/{ratings}": b"\0\0Mac OS X",
        f"{folder}/README": b"terms of use",
    }
    check(load(zipped(tmp_path / "fetched.zip", members)), TITLES)
    members.pop(f"{folder}/{titles}")
    check(load(zipped(tmp_path / "without-titles.zip", members)), None)


@every_form
def test_line_ends_of_any_system_and_empty_lines(
    tmp_path, load, folder, ratings, content, titles, films
):
    plain = content.replace(b"\r\n", b"\n")
    for end in (b"\n", b"\r\n", b"\r"):
        (tmp_path / ratings).write_bytes(plain.replace(b"\n", end) + end)
        (tmp_path / titles).write_bytes(films.replace(b"\r\n", b"\n").replace(b"\n", end))
        check(load(tmp_path), TITLES)
        check(load(tmp_path / ratings), TITLES)
    (tmp_path / ratings).write_bytes(b"\xef\xbb\xbf" + plain)
    check(load(tmp_path), TITLES)


@every_form
def test_line_by_line_gives_what_all_at_once_gives(
    tmp_path, monkeypatch, load, folder, ratings, content, titles, films
):
    (tmp_path / ratings).write_bytes(content)
    asked = []
    monkeypatch.setattr(movielens, "_at_once", lambda *given: asked.append(given))
    check(load(tmp_path / ratings), None)
    assert len(asked) == 1


def test_films_without_a_title_show_their_id(tmp_path):
    (tmp_path / "u.data").write_bytes(U_DATA)
    (tmp_path / "u.item").write_bytes(U_ITEM.split(b"\n")[0] + b"\n")
    assert load_movielens_100k(tmp_path).item_vocabulary.labels == ("Four Rooms (1995)", "10")


def test_titles_in_utf_8_are_read_too(tmp_path):
    (tmp_path / "u.data").write_bytes(U_DATA)
    (tmp_path / "u.item").write_bytes(U_ITEM.decode("latin-1").encode("utf-8"))
    assert load_movielens_100k(tmp_path).item_vocabulary.labels == TITLES


def test_half_stars_are_those_of_latest_small_alone(tmp_path):
    (tmp_path / "ratings.csv").write_bytes(RATINGS_CSV.replace(b"1.0", b"0.5"))
    assert load_movielens_latest_small(tmp_path).ratings.min() == 0.5
    (tmp_path / "u.data").write_bytes(U_DATA.replace(b"\t1\t", b"\t0.5\t"))
    with pytest.raises(ValueError, match=r"line 3 of u\.data is .*0\.5.*1 to 5 stars"):
        load_movielens_100k(tmp_path)


FAULTS = {
    "no number": b"1\t11\tgood\t878887116",
    "too many stars": b"1\t11\t6\t878887116",
    "nan": b"1\t11\tnan\t878887116",
    "an id that is no whole number": b"1.5\t11\t3\t878887116",
    "cut off": b"1\t11\t3",
    "a column too many": b"1\t11\t3\t878887116\t9",
    "a time that is none": b"1\t11\t3\tnan",
    "an endless time": b"1\t11\t3\tinf",
    "no text": b"1\t11\t3\t\xff\xfe",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_bad_line_is_named(tmp_path, fault):
    path = tmp_path / "u.data"
    path.write_bytes(U_DATA + b"\n" + fault + b"\n1\t12\t3\t5\n")
    with pytest.raises(ValueError, match=r"u\.data, line 5 of u\.data is '1.*; mend or") as error:
        load_movielens_100k(path)
    assert "\n" not in str(error.value)


def test_a_pair_that_stands_twice_is_named(tmp_path):
    (tmp_path / "u.data").write_bytes(U_DATA + b"1\t3\t4\t891717743\n")
    with pytest.raises(ValueError, match=r"line 4.*user 1 rates item 3 a second time; keep one"):
        load_movielens_100k(tmp_path)


@pytest.mark.parametrize(
    ("load", "content", "said"),
    [
        (load_movielens_1m, U_DATA, r"no ratings file of MovieLens 1M.*'2\\t10.*ratings\.dat"),
        (load_movielens_100k, RATINGS_DAT, r"no ratings file of MovieLens 100K.*u\.data or ml-100"),
        (load_movielens_latest_small, U_DATA, r"no ratings file of .*latest-small.*read_ratings"),
        (load_movielens_100k, b"", r"no ratings file of .*its first line is ''"),
        (load_movielens_latest_small, RATINGS_CSV[:33], r"no rating in ratings\.csv; fetch it"),
        (load_movielens_100k, b"PK\x03\x04 and so on", r"an archive cut short; fetch it again"),
        (load_movielens_100k, b"<html>503</html>\n", r"first line is '<html>503</html>'"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path, load, content, said):
    path = tmp_path / "given"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=said) as error:
        load(path)
    assert str(path) in str(error.value)


def test_titles_that_are_none_are_named(tmp_path):
    (tmp_path / "u.data").write_bytes(U_DATA)
    (tmp_path / "u.item").write_bytes(U_ITEM + b"<html>\n")
    with pytest.raises(ValueError, match=r"line 4 of u\.item begins with '<html>'.*mend or delete"):
        load_movielens_100k(tmp_path)
    (tmp_path / "ratings.csv").write_bytes(RATINGS_CSV)
    (tmp_path / "movies.csv").write_bytes(b"film,name\n1,Alien\n")
    with pytest.raises(ValueError, match=r"line 1 is 'film,name'; it must name .*movieId, title"):
        load_movielens_latest_small(tmp_path)


def test_places_that_hold_nothing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file or folder .*gone.*ml-1m\.zip.*ratings"):
        load_movielens_1m(tmp_path / "gone")
    with pytest.raises(FileNotFoundError, match=r"holds no ratings\.dat; give the place"):
        load_movielens_1m(tmp_path)
    empty = zipped(tmp_path / "other.zip", {"README": b""})
    with pytest.raises(FileNotFoundError, match=r"other\.zip holds no u\.data or ml-100k\.inter"):
        load_movielens_100k(empty)


def test_a_damaged_archive_is_refused(tmp_path):
    path = zipped(tmp_path / "ml-100k.zip", {"ml-100k/u.data": U_DATA * 50})
    whole = bytearray(path.read_bytes())
    whole[60] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(ValueError, match=r"ml-100k\.zip is damaged .*; fetch it again"):
        load_movielens_100k(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"ml-100k\.zip is an archive cut short; fetch it again"):
        load_movielens_100k(path)


def test_an_archive_that_swells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(movielens, "_MOST_BYTES", 1000)
    path = zipped(tmp_path / "bomb.zip", {"ml-100k/u.data": b"\0" * 1001})
    with pytest.raises(ValueError, match=r"u\.data has 1,001 bytes, more than any edition"):
        load_movielens_100k(path)


def test_other_counts_are_told_where_a_path_was_given(tmp_path, caplog, monkeypatch):
    (tmp_path / "u1.base").write_bytes(U_DATA)
    with caplog.at_level(logging.WARNING):
        load_movielens_100k(tmp_path / "u1.base")
    assert [record.name for record in caplog.records] == ["recsys_course.data.movielens"]
    said = "u1.base holds 3 ratings by 2 users of 2 items, not the 100,000 ratings by 943 users of"
    assert said in caplog.text
    caplog.clear()
    with_counts(monkeypatch, "load_movielens_100k", counts=(3, 2, 2))
    load_movielens_100k(tmp_path / "u1.base")
    assert caplog.text == ""


def with_counts(monkeypatch, loader: str, **changes) -> None:
    """Let an edition be the tiny one of a test."""
    known = {name: getattr(EDITIONS[loader], name) for name in movielens.Edition.__annotations__}
    monkeypatch.setitem(EDITIONS, loader, movielens.Edition(**(known | changes)))


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A cache folder, a tiny 100K that counts as GroupLens' own, and a record of downloads."""
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    members = {"ml-100k/u.data": U_DATA, "ml-100k/u.item": U_ITEM}
    source = zipped(tmp_path / "published.zip", members).read_bytes()
    with_counts(
        monkeypatch,
        "load_movielens_100k",
        counts=(3, 2, 2),
        sha256=hashlib.sha256(source).hexdigest(),
        md5=hashlib.md5(source).hexdigest(),
    )
    calls = []

    def fetch(url, path, **options):
        calls.append((url, path, options))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(source)
        return path

    monkeypatch.setattr(movielens, "download", fetch)
    return tmp_path / "cache" / "ml-100k.zip", calls, source


def test_without_a_path_it_is_downloaded_once(published):
    place, calls, source = published
    check(load_movielens_100k(), TITLES)
    check(load_movielens_100k(), TITLES)
    ((url, path, options),) = calls
    assert url == "https://files.grouplens.org/datasets/movielens/ml-100k.zip"
    assert path == place
    assert options["sha256"] == hashlib.sha256(source).hexdigest()
    assert options["md5"] == hashlib.md5(source).hexdigest()
    assert "load_movielens_100k('…/ml-100k.zip')" in options["instead"]


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: b"", lambda _: b"PK"])
def test_a_damaged_copy_is_downloaded_again(published, damage):
    place, calls, source = published
    place.parent.mkdir()
    place.write_bytes(damage(source))
    check(load_movielens_100k(), TITLES)
    assert len(calls) == 1
    assert place.read_bytes() == source


def test_other_counts_are_refused_where_no_path_was_given(published, monkeypatch):
    with_counts(monkeypatch, "load_movielens_100k", counts=(3, 2, 3))
    with pytest.raises(ValueError, match=r"holds 3 ratings .*; delete it to have it downloaded"):
        load_movielens_100k()


@pytest.mark.parametrize("load", [load_movielens_100k, load_movielens_1m])
def test_offline_it_is_one_sentence_with_the_way_out(tmp_path, monkeypatch, load):
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    with pytest.raises(DownloadError, match=r"could not be downloaded: there is no conn") as error:
        load()
    said = str(error.value)
    assert "https://files.grouplens.org/datasets/movielens/ml-1" in said
    assert f"give its place: {load.__name__}('…/ml-1" in said
    assert "\n" not in said
    assert [*(tmp_path / "cache").iterdir()] == []

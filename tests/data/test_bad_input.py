"""The list of bad input, in one place: each is read right, or refused with place, value and advice.

A case that is refused says what its message must hold: where it stands, what stands there, and a
verb that tells the next step.
"""

import re
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.reading import read_ratings
from recsys_course.data.splitting import Split
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.evaluation.ranking import evaluate_ranking
from recsys_course.models.baselines import Biases, Popularity

RNG = np.random.default_rng

# How a message tells the next step.
ADVICE = re.compile(
    r"(; |: |, |\(| or )(drop|fill|mend|delete|keep|make|use|give|convert|put|save|write|choose|"
    r"ask|rename|list|add|name)\b|an id becomes an index by"
)


def arrays(**changes):
    """Two users and three items, with some of the arrays changed."""
    columns = {
        "users": [0, 0, 1],
        "items": [0, 1, 2],
        "ratings": [4.0, 3.5, 1.0],
        "timestamps": [10, 20, 30],
        "user_vocabulary": Vocabulary(["ann", "bo"]),
        "item_vocabulary": Vocabulary([7, 8, 9]),
    }
    return lambda: Interactions(**(columns | changes))


def frame(**changes):
    """The same as a data frame, with some of the columns changed."""
    columns = {
        "user": ["ann", "ann", "bo"],
        "item": [7, 8, 9],
        "rating": [4.0, 3.5, 1.0],
        "time": [10, 20, 30],
    }
    changed = {name: pd.Series(values) for name, values in (columns | changes).items()}
    return lambda: Interactions.from_frame(pd.DataFrame(changed), timestamp="time")


def file(content: str | bytes):
    """A CSV file with this content."""
    written = content if isinstance(content, bytes) else content.encode()

    def read(tmp_path):
        path = tmp_path / "mine.csv"
        path.write_bytes(written)
        return read_ratings(path)

    return read


def popularity():
    return Popularity().fit(arrays()())


CSV = "user,item,rating\nann,7,4\nbo,8,3\n"
TIMED = "user,item,rating,time\nann,7,4,{}\nbo,8,3,{}\n"
NAN, INF = float("nan"), float("inf")

REFUSED = {
    # arrays
    "nan rating": (arrays(ratings=[4, NAN, 1]), "ratings[1]", "nan"),
    "infinite rating": (arrays(ratings=[4, 3, -INF]), "ratings[2]", "-inf"),
    "rating beyond float32": (arrays(ratings=[1e39, 3, 1]), "ratings[0]", "1e+39"),
    "rating that is text": (arrays(ratings=["4", "3", "1"]), "ratings[0]", "'4'"),
    "rating that is None": (arrays(ratings=[4, None, 1]), "ratings[1]", "None"),
    "negative user": (arrays(users=[0, -1, 1]), "users[1]", "-1"),
    "negative item": (arrays(items=[0, 1, -2]), "items[2]", "-2"),
    "user beyond the vocabulary": (arrays(users=[0, 0, 2]), "users[2]", "2, outside 0 … 1"),
    "item that is n_items": (arrays(items=[0, 3, 1]), "items[1]", "3, outside 0 … 2"),
    "float item": (arrays(items=[0.0, 1.5, 2.0]), "items[1]", "1.5"),
    "float users, all whole": (arrays(users=[0.0, 0.0, 1.0]), "users[0]", "0.0"),
    "nan among users": (arrays(users=[0, NAN, 1]), "users[1]", "nan"),
    "text as index": (arrays(users=["ann", "ann", "bo"]), "users[0]", "ann"),
    "None as index": (arrays(items=[0, None, 1]), "items[1]", "None"),
    "truth value as index": (arrays(items=[True, False, True]), "items[0]", "True"),
    "index that wraps in int32": (arrays(items=[0, 2**32 + 1, 1]), "items[1]", "4294967297"),
    "index beyond int64": (arrays(items=[0, 1, 2**70]), "items[2]", str(2**70)),
    "index of uint64": (arrays(users=np.array([0, 0, 2**64 - 1], np.uint64)), "users[2]", "18446"),
    "users in a table": (arrays(users=[[0], [0], [1]]), "users", "(3, 1)"),
    "ragged users": (arrays(users=[[0], [0, 1], [1]]), "users", "inhomogeneous"),
    "fewer ratings than users": (arrays(ratings=[4, 3]), "ratings has 2", "users has 3"),
    "fewer times": (arrays(timestamps=[1, 2]), "timestamps has 2", "users has 3"),
    "nan time": (arrays(timestamps=[1, 2, NAN]), "timestamps[2]", "nan"),
    "endless time": (arrays(timestamps=[1, INF, 2]), "timestamps[1]", "inf"),
    "missing date": (
        arrays(timestamps=np.array(["2009-12-14", "NaT", "2010-01-01"], "datetime64[s]")),
        *("timestamps[1]", "NaT"),
    ),
    "missing date among Python's": (
        arrays(timestamps=[datetime(2009, 12, 14), pd.NaT, datetime(2010, 1, 1)]),
        *("timestamps[1]", "NaT"),
    ),
    "time that is text": (arrays(timestamps=["10", "20", "30"]), "timestamps[0]", "'10'"),
    "time that is None": (arrays(timestamps=[10, None, 30]), "timestamps[1]", "None"),
    "a pair that stands twice": (
        arrays(users=[0, 1, 0], items=[0, 1, 0]),
        *("rows 0 and 2", "user 'ann', item 7"),
    ),
    "no row": (
        arrays(users=[], items=[], ratings=[], timestamps=None),
        *("no row", "at least one rating"),
    ),
    # frames
    "frame: nan rating": (frame(rating=[4.0, NAN, 1.0]), "ratings[1]", "nan"),
    "frame: missing rating": (
        frame(rating=pd.array([4, None, 1], dtype="Int64")),
        *("ratings[1]", "nan"),
    ),
    "frame: text rating": (frame(rating=["4", "x", "1"]), "ratings[0]", "'4'"),
    "frame: empty user": (frame(user=["ann", None, "bo"]), "row 1: user", "empty"),
    "frame: nan item": (frame(item=[7, NAN, 9]), "row 1: item", "nan"),
    "frame: user that is a list": (frame(user=["ann", ["bo"], "cy"]), "row 1: user", "['bo']"),
    "frame: 1 and True": (
        frame(user=pd.Series([1, "1", True], dtype=object)),
        *("row 2: user", "True"),
    ),
    "frame: 7 and 7.0": (frame(item=pd.Series([7, 7.0, 9], dtype=object)), "row 1: item", "7.0"),
    "frame: nan time": (frame(time=[10, NAN, 30]), "timestamps[1]", "nan"),
    "frame: missing date": (
        frame(time=pd.to_datetime(["2009-12-14", None, "2010-01-01"])),
        *("timestamps[1]", "NaT"),
    ),
    "frame: empty": (frame(user=[], item=[], rating=[], time=[]), "no row", "at least one"),
    "frame: a pair that stands twice": (frame(item=[7, 7, 7]), "rows 0 and 1", "'ann', item 7"),
    # files
    "file: empty": (file(""), "mine.csv", "no line of ratings"),
    "file: names of columns only": (file("user,item,rating\n"), "mine.csv", "no line of ratings"),
    "file: no names of columns": (file("196,242,3\n"), "line 1", "'196,242,3'"),
    "file: names twice": (file("user,user,item\na,b,c\n"), "mine.csv", "'user' twice"),
    "file: nan rating": (file(CSV + "cy,9,nan\n"), "line 4", "'nan'"),
    "file: infinite rating": (file(CSV + "cy,9,-inf\n"), "line 4", "'-inf'"),
    "file: rating that is text": (file(CSV + "cy,9,good\n"), "line 4", "'good'"),
    "file: no rating": (file(CSV + "cy,9,\n"), "line 4", "''"),
    "file: no user": (file(CSV + " ,9,3\n"), "line 4", "user id is empty"),
    "file: thousands or decimals": (file(CSV + 'cy,9,"1,234"\n'), "line 4", "'1,234'"),
    "file: thousands and decimals": (file(CSV + 'cy,9,"1,234.5"\n'), "line 4", "'1,234.5'"),
    "file: points as thousands": (
        file("user;item;rating\nann;7;4,5\nbo;8;1.234\n"),
        *("line 3", "'1.234'"),
    ),
    "file: a column too few": (file(CSV + "cy,9\n"), "line 4", "2 values for 3 columns"),
    "file: a column too many": (file(CSV + "cy,9,4,5\n"), "line 4", "4 values for 3 columns"),
    "file: a pair that stands twice": (file(CSV + "\nann,7,1\n"), "line 5", "'ann' rates item '7'"),
    "file: a quotation left open": (file(CSV + 'cy,"9,4\n'), "line 4", "quotation marks"),
    "file: letters behind a quotation": (file(CSV + 'cy,"9"x,4\n'), "line 4", "quotation marks"),
    "file: UTF-16": (file(CSV.encode("utf-16")), "mine.csv", "UTF-16"),
    "file: UTF-16 without its mark": (file(CSV.encode("utf-16-le")), "line 1", "NUL"),
    "file: UTF-32": (file(CSV.encode("utf-32")), "mine.csv", "UTF-32"),
    "file: Latin-1": (file(CSV.encode() + b"Jos\xe9,9,3\n"), "line 4", "byte 0xe9"),
    "file: a NUL": (file(CSV + "c\0y,9,3\n"), "line 4", "'\\x00'"),
    "file: time that is text": (file(TIMED.format("10", "noon")), "line 3", "'noon'"),
    "file: no time": (file(TIMED.format("10", "")), "line 3", "''"),
    "file: date of another order": (file(TIMED.format("14.12.09", "1")), "line 2", "'14.12.09'"),
    "file: a number among dates": (file(TIMED.format("2009-12-14", "10")), "line 3", "'10'"),
    "file: dates without dashes": (
        file(TIMED.format("20091214", "200912150930")),
        *("line 2", "'20091214'"),
    ),
    "file: time beyond all units": (file(TIMED.format("10", "1e30")), "line 3", "'1e30'"),
    # models
    "model: k = 0": (lambda: popularity().recommend([0], k=0), "k is 0", "at least 1"),
    "model: negative k": (lambda: popularity().recommend([0], k=-1), "k is -1", "at least 1"),
    "model: unknown user": (lambda: popularity().recommend([0, 2], k=1), "users[1]", "2, outside"),
    "model: negative user": (lambda: popularity().recommend([-1], k=1), "users[0]", "-1, outside"),
    "model: float user": (lambda: popularity().recommend([1.0], k=1), "users", "float64"),
    "model: an id for an index": (lambda: popularity().recommend(["ann"], k=1), "users", "<U3"),
    "model: unknown id": (
        lambda: popularity().recommend(arrays()().user_vocabulary.indices_of(["cy"]), k=1),
        *("'cy' (str)", "not among the 2 known ids"),
    ),
    "model: item that is n_items": (
        lambda: Biases().fit(arrays()()).predict([0], [3]),
        *("items[0]", "3, outside 0 … 2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attempt", "place", "value"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_refused_with_its_place_its_value_and_the_next_step(
    attempt, place, value, tmp_path
):
    takes_a_folder = attempt.__code__.co_argcount == 1
    with pytest.raises((ValueError, TypeError, LookupError)) as error:
        attempt(tmp_path) if takes_a_folder else attempt()
    said = str(error.value.args[0])
    assert place in said
    assert value in said
    assert "\n" not in said
    assert ADVICE.search(said), f"no next step: {said}"


def rows(interactions: Interactions) -> list[tuple]:
    """The rows in people's terms."""
    users, items = interactions.user_vocabulary.ids, interactions.item_vocabulary.ids
    return [
        (users[user], items[item], rating)
        for user, item, rating in zip(
            interactions.users, interactions.items, interactions.ratings.tolist(), strict=True
        )
    ]


PLAIN = [("ann", "7", 4.0), ("bo", "8", 3.0)]
READ = {
    "strings as ids": (frame(), [("ann", 7, 4.0), ("ann", 8, 3.5), ("bo", 9, 1.0)]),
    "ids with gaps": (
        frame(user=[5, 10**12, -3]),
        [(5, 7, 4.0), (10**12, 8, 3.5), (-3, 9, 1.0)],
    ),
    "float ids": (frame(user=[2.0, 2.0, 0.5]), [(2.0, 7, 4.0), (2.0, 8, 3.5), (0.5, 9, 1.0)]),
    "ids of several kinds": (
        frame(user=["7", 7, ("7",)]),
        [("7", 7, 4.0), (7, 8, 3.5), (("7",), 9, 1.0)],
    ),
    "one user": (frame(user=["ann"] * 3), [("ann", 7, 4.0), ("ann", 8, 3.5), ("ann", 9, 1.0)]),
    "one item": (
        frame(user=["ann", "bo", "cy"], item=[7] * 3),
        [("ann", 7, 4.0), ("bo", 7, 3.5), ("cy", 7, 1.0)],
    ),
    "numbers kept as objects": (
        arrays(
            users=np.array([0, 0, 1], dtype=object),
            ratings=np.array([4, 3.5, True], dtype=object),
            timestamps=np.array([1, 2.5, 3], dtype=object),
        ),
        [("ann", 7, 4.0), ("ann", 8, 3.5), ("bo", 9, 1.0)],
    ),
    "indices of any width": (
        arrays(users=np.array([0, 0, 1], np.uint64), items=np.array([0, 1, 2], np.int8)),
        [("ann", 7, 4.0), ("ann", 8, 3.5), ("bo", 9, 1.0)],
    ),
    "file: one row": (file("user,item,rating\nann,7,4\n"), PLAIN[:1]),
    "file: one row without a line end": (file("user,item,rating\nann,7,4"), PLAIN[:1]),
    "file: byte-order mark": (file(b"\xef\xbb\xbf" + CSV.encode()), PLAIN),
    "file: CRLF": (file(CSV.replace("\n", "\r\n")), PLAIN),
    "file: lone CR": (file(CSV.replace("\n", "\r")), PLAIN),
    "file: decimal commas": (
        file("user;item;rating\nann;7;4,5\nbo;8;0,125\n"),
        [("ann", "7", 4.5), ("bo", "8", 0.125)],
    ),
    "file: three decimals beside one": (
        file('user,item,rating\nann,7,"4,5"\nbo,8,"1,234"\n'),
        [("ann", "7", 4.5), ("bo", "8", float(np.float32(1.234)))],
    ),
    "file: half stars": (file("user,item,rating\nann,7,.5\n"), [("ann", "7", 0.5)]),
    "file: leading zeros": (
        file("user,item,rating\n007,0010,1\n7,10,2\n"),
        [("007", "0010", 1.0), ("7", "10", 2.0)],
    ),
    "file: ids that look like nothing": (
        file("user,item,rating\nNA,null,1\nNone,nan,2\n"),
        [("NA", "null", 1.0), ("None", "nan", 2.0)],
    ),
    "file: ids with spaces": (
        file('user,item,rating\nann lee , the   blob,1\nbo, "a, b",2\n'),
        [("ann lee", "the   blob", 1.0), ("bo", "a, b", 2.0)],
    ),
    "file: line ends and quotes in an id": (
        file('user,item,rating\nann,"two\r\nlines",1\nbo,"say ""7""",2\n'),
        [("ann", "two\r\nlines", 1.0), ("bo", 'say "7"', 2.0)],
    ),
}


@pytest.mark.parametrize(("attempt", "expected"), READ.values(), ids=READ)
def test_unusual_input_is_read_right(attempt, expected, tmp_path):
    takes_a_folder = attempt.__code__.co_argcount == 1
    assert rows(attempt(tmp_path) if takes_a_folder else attempt()) == expected


# 2009-12-14 02:52:24 UTC is second 1260759144 (date -u -d '2009-12-14 02:52:24' +%s)
TIMES = {
    "seconds": "1260759144",
    "fractions of a second": "1260759144.999",
    "a decimal comma": '"1260759144,5"',
    "milliseconds": "1260759144999",
    "microseconds": "1260759144999999",
    "nanoseconds": "1260759144999999999",
    "ISO 8601 in UTC": "2009-12-14T02:52:24Z",
    "ISO 8601 without a zone": "2009-12-14T02:52:24",
    "ISO 8601 with a space": "2009-12-14 02:52:24.999",
    "ISO 8601 with an offset": "2009-12-14T08:37:24+05:45",
    "ISO 8601 with a comma": '"2009-12-14T02:52:24,999999999Z"',
    "ISO 8601 without dashes": "20091214T025224Z",
}


@pytest.mark.parametrize("time", TIMES.values(), ids=TIMES)
def test_times_of_any_unit_become_seconds(time, tmp_path):
    interactions = file(TIMED.format(time, time))(tmp_path)
    np.testing.assert_array_equal(interactions.timestamps, [1260759144, 1260759144])
    assert interactions.timestamps.dtype == np.int64


def test_times_before_1970_and_dates_without_a_time(tmp_path):
    early = file(TIMED.format("-1", "-1260759144001"))(tmp_path)
    np.testing.assert_array_equal(early.timestamps, [-1, -1260759145])
    days = file(TIMED.format("1970-01-02", "1969-12-31"))(tmp_path)
    np.testing.assert_array_equal(days.timestamps, [86_400, -86_400])


def test_units_are_told_apart_line_by_line(tmp_path):
    mixed = file(TIMED.format("1260759144", "1260759144999"))(tmp_path)
    np.testing.assert_array_equal(mixed.timestamps, [1260759144, 1260759144])


def test_a_longer_list_than_there_are_items_is_filled_up():
    ranked = popularity().recommend([0, 1], k=5, exclude_seen=False)
    assert (np.sort(ranked, axis=1) == [-1, -1, 0, 1, 2]).all()
    ranked = popularity().recommend([0, 1], k=5)
    assert (ranked[0] == [2, -1, -1, -1, -1]).all()
    assert (np.sort(ranked[1]) == [-1, -1, -1, 0, 1]).all()


@pytest.mark.parametrize("column", ["user", "item"])
def test_one_user_or_one_item_goes_through_fit_and_metric(column):
    table = pd.DataFrame({"user": [1, 2, 3], "item": [7, 8, 9], "rating": [4.0, 3.0, 5.0]})
    table[column] = 1
    whole = Interactions.from_frame(table)
    split = Split(whole.subset([0, 1]), whole.subset([2]), "by hand")
    for model in (Popularity(), Biases()):
        scores = evaluate_ranking(model.fit(split.train), split, 2, RNG(0))
        assert scores is not None

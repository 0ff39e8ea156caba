"""Cleaning: every row that goes is counted once, under the first step that finds it."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.data.cleaning import (
    CleaningReport,
    clean,
    k_core,
    suspected_robots,
    to_frame,
    to_seconds,
)
from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary

NOON = 1_400_000_000  # a second of 2014
COUNTS = [field.name for field in dataclasses.fields(CleaningReport)][1:-4]  # what steps remove


def make_frame(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user", "item", "rating", "timestamp"])


def counts(report: CleaningReport) -> dict[str, int]:
    """The counts that are not 0."""
    return {name: getattr(report, name) for name in COUNTS if getattr(report, name)}


GOOD = ("ann", "alien", 4.0, NOON)


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ((None, "brazil", 3.0, NOON), "missing"),
        (("bo", None, 3.0, NOON), "missing"),
        (("bo", "brazil", np.nan, NOON), "missing"),
        (("bo", "brazil", 3.0, np.nan), "missing"),
        (("bo", "brazil", 3.0, np.inf), "missing"),
        (("", "brazil", 3.0, NOON), "missing"),
        (("bo", "  ", 3.0, NOON), "missing"),
        (("bo", "brazil", 0.49, NOON), "outside_scale"),
        (("bo", "brazil", 5.01, NOON), "outside_scale"),
        (("bo", "brazil", 0.0, NOON), "outside_scale"),
        (("bo", "brazil", np.inf, NOON), "outside_scale"),
        (("bo", "brazil", -np.inf, NOON), "outside_scale"),
        (("bo", "cube", 3.0, NOON), "unknown_ids"),
        (GOOD, "exact_duplicates"),
        (("ann", "alien", 4.0, NOON * 1000), "exact_duplicates"),  # the same second, in ms
        (("ann", "alien", 3.0, NOON - 1), "earlier_ratings"),
        (("ann", "alien", 4.0, NOON - 1), "earlier_ratings"),
        (("ann", "alien", 3.0, NOON * 1000 - 1), "earlier_ratings"),
    ],
)
def test_each_kind_of_bad_row_goes_and_is_counted(bad, kind):
    for rows in ([GOOD, bad], [bad, GOOD]):  # wherever it stands
        cleaned, report = clean(make_frame(*rows), known_items=["alien", "brazil"])
        assert counts(report) == {kind: 1}
        assert (report.rows_in, report.rows_out) == (2, 1)
        assert cleaned.to_numpy().tolist() == [list(GOOD)]


def test_the_ends_of_the_scale_belong_to_it():
    frame = make_frame(("ann", 1, 0.5, NOON), ("ann", 2, 5.0, NOON), ("ann", 3, 1.0, NOON))
    assert len(clean(frame)[0]) == 3
    assert clean(frame, lowest=1, highest=4)[0]["item"].tolist() == [3]


def test_a_row_that_is_wrong_twice_counts_where_it_is_found_first():
    frame = make_frame(
        (None, "cube", 9.0, NOON),  # no user, unknown item, off the scale
        ("bo", "cube", 9.0, NOON),  # off the scale, unknown item
        ("bo", "cube", 3.0, NOON),  # unknown item
        ("bo", "cube", 3.0, NOON),  # unknown item, and a duplicate
        ("bo", "alien", 3.0, NOON),  # rated again
        ("bo", "alien", 3.0, NOON),  # a duplicate, and rated again
        ("bo", "alien", 2.0, NOON + 1),
    )
    cleaned, report = clean(frame, known_items=["alien"])
    assert counts(report) == {
        "missing": 1, "outside_scale": 1, "unknown_ids": 2, "exact_duplicates": 1,
        "earlier_ratings": 1,
    }  # fmt: skip
    assert cleaned.index.tolist() == [6]  # rows keep their names


def test_of_one_pair_the_last_by_time_stays_and_at_one_time_the_last_row():
    frame = make_frame(
        ("ann", 1, 1.0, NOON + 9), ("ann", 1, 2.0, NOON), ("ann", 2, 3.0, NOON),
        ("ann", 2, 4.0, NOON), ("bo", 1, 5.0, NOON - 5),
    )  # fmt: skip
    cleaned, report = clean(frame)
    assert cleaned["rating"].tolist() == [1, 4, 5]
    assert counts(report) == {"earlier_ratings": 2}


def test_a_bad_rating_does_not_replace_a_good_one():
    cleaned, _ = clean(make_frame(GOOD, ("ann", "alien", 9.0, NOON + 1)))
    assert cleaned["rating"].tolist() == [4]


def test_without_times_the_rows_are_in_their_order():
    frame = make_frame(("ann", 1, 1.0, 0), ("ann", 1, 2.0, 0), ("ann", 2, 3.0, 0)).drop(
        columns="timestamp"
    )
    cleaned, report = clean(frame, timestamp=None)
    assert cleaned["rating"].tolist() == [2, 3]
    assert counts(report) == {"earlier_ratings": 1}
    assert report.suspected_robots == ()
    with pytest.raises(ValueError, match=r"no column 'timestamp'.*user, item.*timestamp=None"):
        clean(frame)


def test_columns_of_other_names_and_further_columns():
    frame = pd.DataFrame({
        "who": ["ann", "ann"], "what": [1, 1], "stars": [3, 3], "when": [NOON, NOON],
        "title": ["Alien", None],
    })  # fmt: skip
    cleaned, report = clean(frame, "who", "what", "stars", "when")
    assert counts(report) == {"exact_duplicates": 1}  # by the four columns; a title may be missing
    assert cleaned["title"].tolist() == ["Alien"]


def test_the_frame_that_is_given_does_not_change():
    frame = make_frame(GOOD, ("bo", "  ", 9.0, NOON * 1000), (None, "alien", 3.0, NOON))
    before = frame.copy(deep=True)
    clean(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_ids_that_pandas_made_floating_are_whole_again():
    frame = pd.DataFrame({"user": [1, 2, None], "item": [7, None, 8], "rating": 3.0})
    assert frame["user"].dtype == float
    cleaned, report = clean(frame, timestamp=None, known_items=[7, 8])
    assert report.missing == 2
    assert cleaned["user"].tolist() == [1]
    assert [cleaned[name].dtype for name in ("user", "item")] == [np.int64, np.int64]
    Interactions.from_frame(cleaned)


def test_numbers_may_come_as_text_but_not_as_words():
    frame = make_frame(("ann", 1, "4.5", str(NOON)), ("bo", 1, " ", str(NOON)))
    cleaned, report = clean(frame)
    assert cleaned["rating"].tolist() == [4.5]
    assert cleaned["timestamp"].tolist() == [NOON]
    assert counts(report) == {"missing": 1}
    with pytest.raises(ValueError, match=r"row 1: rating is 'good', no number; mend or drop"):
        clean(make_frame(GOOD, ("bo", "alien", "good", NOON)))
    with pytest.raises(ValueError, match=r"'timestamp' holds dates.*1s"):
        clean(make_frame(GOOD).assign(timestamp=pd.Timestamp("2014-05-13")))


def test_a_catalogue_of_another_kind_of_ids_is_refused():
    with pytest.raises(ValueError, match=r"no item is known: '1' is not among \[1, 2\]"):
        clean(make_frame(("ann", "1", 3.0, NOON)), known_items=[1, 2])


def test_nothing_may_be_left():
    cleaned, report = clean(make_frame(("ann", "alien", 9.0, NOON)), known_items=["alien"])
    assert len(cleaned) == report.rows_out == 0
    assert clean(make_frame(GOOD).iloc[:0])[1].rows_in == 0


values = st.one_of(st.just(None), st.sampled_from([1.0, 2.0, 9.0, float("inf")]))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ann", "bo", None, ""]), st.sampled_from([1, 2, 3]), values,
            st.sampled_from([NOON, NOON + 1, NOON * 1000]),
        ),
        max_size=30,
    )
)  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_the_counts_add_up_and_a_second_cleaning_finds_nothing(rows):
    frame = make_frame(*rows)
    cleaned, report = clean(frame, known_items=[1, 2, 3])
    assert sum(counts(report).values()) == report.removed == len(frame) - len(cleaned)
    assert not cleaned.duplicated(["user", "item"]).any()
    again, second = clean(cleaned, known_items=[1, 2, 3])
    assert second.removed == second.milliseconds == 0
    pd.testing.assert_frame_equal(again, cleaned)
    good = {
        (user, item)
        for user, item, rating, _ in rows
        if user and rating is not None and rating <= 5
    }
    assert set(zip(cleaned["user"], cleaned["item"], strict=True)) == good  # no pair is lost


def test_the_report_reads_well_and_adds_up():
    report = CleaningReport(1200, 1, 2, 3, 4, 5, 6, 1179, 7, ("bot",))
    assert report.removed == 21
    lines = str(report).splitlines()
    assert lines[0] == "       1,200  rows in"
    assert [int(line.split()[0].replace(",", "")) for line in lines] == [
        1200, 1, 2, 3, 4, 5, 6, 1179, 7, 1,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="1200 rows less 21 removed are not 1180"):
        dataclasses.replace(report, rows_out=1180)


@pytest.mark.parametrize(
    ("given_time", "seconds"),
    [
        (0, 0), (NOON, NOON), (NOON * 1000, NOON), (NOON * 1000 + 999, NOON), (NOON + 0.9, NOON),
        (10**11 - 1, 10**11 - 1), (10**11, 10**8), (-(10**11), -(10**8)), (-0.5, -1),
        (10**14 - 1, 10**11 - 1),
    ],
)  # fmt: skip
def test_times_by_hand(given_time, seconds):
    assert to_seconds([given_time]).tolist() == [seconds]
    assert to_seconds([given_time]).dtype == np.int64


@pytest.mark.parametrize("odd", [10**14, -(10**14), 1.5e18, np.nan, np.inf])
def test_times_in_other_units_are_refused(odd):
    with pytest.raises(ValueError, match=r"row 1: time .* is neither in s nor in ms"):
        to_seconds([NOON, odd])
    if np.isfinite(odd):
        with pytest.raises(ValueError, match="row 1: time"):
            clean(make_frame(GOOD, ("bo", "alien", 3.0, odd)))


def test_times_in_milliseconds_are_counted():
    frame = make_frame(
        ("ann", 1, 3.0, NOON * 1000), ("ann", 2, 3.0, NOON), ("bo", 1, 3.0, NOON * 1000 + 1),
        ("bo", 2, 9.0, NOON * 1000),
    )  # fmt: skip
    cleaned, report = clean(frame)
    assert report.milliseconds == 2  # the last row is gone before
    assert cleaned["timestamp"].tolist() == [NOON] * 3
    assert cleaned["timestamp"].dtype == np.int64


def test_the_first_time_that_counts_as_milliseconds():
    times = [10**11, 10**11 - 1, -(10**11), 1 - 10**11]
    frame = make_frame(*(("ann", n, 3.0, time) for n, time in enumerate(times)))
    cleaned, report = clean(frame)
    assert report.milliseconds == 2
    assert cleaned["timestamp"].tolist() == [10**8, 10**11 - 1, -(10**8), 1 - 10**11]


def tour(user: str, items: list, times: list) -> pd.DataFrame:
    return pd.DataFrame({"user": user, "item": items, "rating": 3.0, "timestamp": times})


@pytest.mark.parametrize(
    ("items", "times", "suspected"),
    [
        ([1, 2, 5], [10, 20, 30], True),
        ([5, 1, 2], [30, 10, 20], True),  # by time, not by row
        ([1, 2], [10, 20], False),  # too short
        ([1, 5, 2], [10, 20, 30], False),
        ([5, 2, 1], [10, 20, 30], False),
        ([1, 2, 5], [10, 20, 20], False),  # two moments only
        ([1, 2, 5, 7], [10, 20, 20, 30], True),
        ([1, 5, 2, 7], [10, 20, 20, 30], True),  # within a moment there is no order
        ([1, 2, 7, 5], [10, 20, 20, 30], False),
        ([1, 1, 2], [10, 20, 30], False),
        (["a9", "b1", "b2"], [10, 20, 30], True),
        ([(1,), "a", 2], [10, 20, 30], False),  # ids without an order
    ],
)
def test_robots_by_hand(items, times, suspected):
    frame = tour("bot", items, times)
    assert suspected_robots(frame, at_least=3) == (("bot",) if suspected else ())
    beside = pd.concat([tour("ann", items[:1], [15]), frame, tour("zoe", items[-1:], [1])])
    assert suspected_robots(beside, at_least=3) == (("bot",) if suspected else ())


@pytest.mark.parametrize(("n_items", "suspects"), [(19, ()), (20, ("bot",))])
def test_twenty_moments_in_order_are_suspect(n_items, suspects):
    frame = tour("bot", list(range(n_items)), list(range(n_items)))
    assert suspected_robots(frame) == suspects
    assert clean(frame)[1].suspected_robots == suspects


def test_robots_are_reported_and_go_only_when_asked():
    frame = pd.concat([make_frame(GOOD), tour("bot", [f"i{n:02}" for n in range(20)], range(20))])
    kept, report = clean(frame)
    assert (len(kept), report.robot_rows, report.suspected_robots) == (21, 0, ("bot",))
    left, report = clean(frame, drop_robots=True)
    assert left["user"].tolist() == ["ann"]
    assert (report.robot_rows, report.suspected_robots) == (20, ("bot",))
    assert clean(frame, robot_moments=21)[1].suspected_robots == ()


def make_table(pairs: list[tuple[int, int]]) -> Interactions:
    """Pairs of 6 users and 7 items; rating and time tell the row."""
    users, items = np.array(pairs).T
    ids, titles = ([f"{name}{n}" for n in range(7)] for name in ("i", "film "))
    return Interactions(
        users, items, np.arange(len(pairs)), 100 + np.arange(len(pairs)),
        Vocabulary("abcdef"), Vocabulary(ids, titles),
    )  # fmt: skip


def id_rows(table: Interactions) -> list[tuple]:
    frame = to_frame(table)
    return list(frame.itertuples(index=False, name=None))


CELLS = list(itertools.product(range(6), range(7)))


@given(
    pairs=st.lists(st.sampled_from(CELLS), min_size=1, unique=True),
    min_user=st.integers(1, 4), min_item=st.integers(1, 4),
)  # fmt: skip
@settings(deadline=None, max_examples=200)
def test_the_core_is_what_loops_leave_and_the_largest(pairs, min_user, min_item):
    left = set(pairs)
    while True:  # one row at a time: the order of removals must not matter
        bad = next(
            (
                (user, item)
                for user, item in sorted(left)
                if sum(u == user for u, _ in left) < min_user
                or sum(i == item for _, i in left) < min_item
            ),
            None,
        )
        if bad is None:
            break
        left.remove(bad)
    table = make_table(pairs)
    if not left:
        with pytest.raises(ValueError, match=f"no rating is left with {min_user} .* {min_item}"):
            k_core(table, min_user, min_item)
        return
    core = k_core(table, min_user, min_item)
    expected = [row for row, pair in zip(id_rows(table), pairs, strict=True) if pair in left]
    assert id_rows(core) == expected
    # a fixed point: all have enough, and the core of the core is itself
    assert np.bincount(core.users, minlength=core.n_users).min() >= min_user
    assert np.bincount(core.items, minlength=core.n_items).min() >= min_item
    assert k_core(core, min_user, min_item).fingerprint() == core.fingerprint()


@given(pairs=st.lists(st.sampled_from(CELLS[:12]), min_size=1, max_size=8, unique=True))
@settings(deadline=None, max_examples=30)
def test_no_larger_part_would_do(pairs):
    def enough(part):
        users, items = zip(*part, strict=True)
        return min(map(users.count, users)) >= 2 and min(map(items.count, items)) >= 2

    sizes = range(1, len(pairs) + 1)
    parts = itertools.chain.from_iterable(itertools.combinations(pairs, size) for size in sizes)
    largest = max((len(part) for part in parts if enough(part)), default=0)
    if largest:
        assert len(k_core(make_table(pairs), 2, 2)) == largest
    else:
        with pytest.raises(ValueError, match="no rating is left"):
            k_core(make_table(pairs), 2, 2)


def test_one_pass_is_not_enough():
    # item 3 has one rating; without it user 2 has one; without that, item 2 has one; and so on
    chain = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3)]
    core = k_core(make_table(chain), 2, 2)
    assert core.user_vocabulary.ids == ("a", "b")
    assert core.item_vocabulary.ids == ("i0", "i1")
    assert core.item_vocabulary.labels == ("film 0", "film 1")
    assert core.user_vocabulary.labels is None
    assert core.ratings.tolist() == [0, 1, 2, 3]
    assert core.timestamps.tolist() == [100, 101, 102, 103]


def test_a_core_of_one_drops_whoever_has_no_row():
    table = make_table([(1, 6), (4, 2)])
    core = k_core(table, 1, 1)
    assert core.user_vocabulary.ids == ("b", "e")
    assert core.item_vocabulary.labels == ("film 2", "film 6")
    assert id_rows(core) == id_rows(table)
    bare = k_core(dataclasses.replace(table, timestamps=None), 1, 1)
    assert bare.timestamps is None


@pytest.mark.parametrize("least", [(0, 1), (1, 0)])
def test_a_core_of_nothing_is_refused(least):
    with pytest.raises(ValueError, match="give a whole number of at least 1"):
        k_core(make_table([(0, 0)]), *least)


def test_a_frame_of_interactions_gives_them_back():
    frame = make_frame(("ann", "alien", 4.5, NOON), ("bo", "brazil", 3.0, NOON + 1))
    table = Interactions.from_frame(frame, timestamp="timestamp")
    pd.testing.assert_frame_equal(to_frame(table), frame)
    bare = dataclasses.replace(table, timestamps=None)
    assert list(to_frame(bare)) == ["user", "item", "rating"]


def test_the_report_names_the_rows_of_each_step():
    frame = make_frame(
        GOOD,
        ("bo", "brazil", 9.0, NOON),
        GOOD,
        ("ann", "alien", 3.0, NOON - 1),
        (None, "brazil", 3.0, NOON),
        ("bo", "cube", 3.0, NOON),
    )
    frame.index = [2, 3, 5, 7, 11, 13]
    _, report = clean(frame, known_items=["alien", "brazil"])
    assert {step: list(rows) for step, rows in report.removed_rows.items()} == {
        "missing": [11],
        "outside_scale": [3],
        "unknown_ids": [13],
        "exact_duplicates": [5],
        "earlier_ratings": [7],
        "robot_rows": [],
    }

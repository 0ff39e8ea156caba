"""Interactions and Vocabulary: nothing lost, nothing ambiguous, bad rows named."""

import dataclasses
import os
import time
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary

TEXT_IDS = st.text(st.characters(exclude_categories=[]))  # NULs and lone surrogates too
WHOLE_IDS = st.integers(-(2**63), 2**63 - 1)
ANY_IDS = st.one_of(
    WHOLE_IDS,
    TEXT_IDS,
    st.tuples(st.integers(0, 9), st.text(max_size=2)),
    st.frozensets(st.integers(0, 9), max_size=2),
)


def three_ratings(**changes) -> Interactions:
    """Ann and Bo on Alien and Brazil, with single columns replaced."""
    columns = {
        "users": [0, 0, 1],
        "items": [0, 1, 1],
        "ratings": [4.0, 3.5, 1.0],
        "timestamps": [10, 20, 30],
        "user_vocabulary": Vocabulary(["ann", "bo"]),
        "item_vocabulary": Vocabulary([7, 8], ["Alien", "Brazil"]),
    }
    return Interactions(**(columns | changes))


@st.composite
def tables(draw, ids=WHOLE_IDS):
    """A frame of distinct (user, item) pairs with half-star ratings and times."""
    users = draw(st.lists(ids, min_size=1, max_size=5, unique=True))
    items = draw(st.lists(ids, min_size=1, max_size=5, unique=True))
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, len(users) - 1), st.integers(0, len(items) - 1)),
            min_size=1,
            max_size=15,
            unique=True,
        )
    )
    n = len(pairs)
    return {
        "user": [users[pair[0]] for pair in pairs],
        "item": [items[pair[1]] for pair in pairs],
        "rating": [half / 2 for half in draw(st.lists(st.integers(1, 10), min_size=n, max_size=n))],
        "time": draw(st.lists(st.integers(0, 10**11 - 1), min_size=n, max_size=n)),
    }


def to_frame(table: dict) -> pd.DataFrame:
    frame = pd.DataFrame({"rating": table["rating"], "time": table["time"]})
    for name in ("user", "item"):
        # filled one by one: pandas would take a list of tuples for a table
        column = np.empty(len(table[name]), dtype=object)
        for row, value in enumerate(table[name]):
            column[row] = value
        frame[name] = pd.Series(column, dtype=object)
    return frame


def rows_of(interactions: Interactions) -> list[tuple]:
    """The rows in people's terms: ids, rating, time."""
    times = interactions.timestamps
    return [
        (
            interactions.user_vocabulary.id_of(int(interactions.users[n])),
            interactions.item_vocabulary.id_of(int(interactions.items[n])),
            float(interactions.ratings[n]),
            None if times is None else int(times[n]),
        )
        for n in range(len(interactions))
    ]


def test_sizes_types_and_the_sparse_table():
    interactions = three_ratings()
    assert (len(interactions), interactions.n_users, interactions.n_items) == (3, 2, 2)
    assert interactions.users.dtype == np.int32
    assert interactions.items.dtype == np.int32
    assert interactions.ratings.dtype == np.float32
    assert interactions.timestamps.dtype == np.int64
    table = interactions.to_csr()
    assert table.shape == (2, 2)
    np.testing.assert_array_equal(table.toarray(), [[4, 3.5], [0, 1]])


def test_the_vocabulary_gives_the_sizes_also_where_somebody_has_no_row():
    interactions = three_ratings(user_vocabulary=Vocabulary(["ann", "bo", "cy"]))
    assert interactions.n_users == 3
    assert interactions.to_csr().shape == (3, 2)


def test_a_rating_of_zero_is_a_rating():
    assert three_ratings(ratings=[0.0, 1.0, 2.0]).to_csr().nnz == 3


def test_it_is_frozen_and_keeps_copies():
    users = np.array([0, 0, 1], dtype=np.int32)
    ratings = np.array([4, 3.5, 1], dtype=np.float32)
    interactions = three_ratings(users=users, ratings=ratings)
    users[0], ratings[0] = 1, 99
    assert interactions.users[0] == 0
    assert interactions.ratings[0] == 4
    with pytest.raises(ValueError, match="read-only"):
        interactions.ratings[0] = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        interactions.ratings = ratings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"ratings": [4, np.nan, 1]}, r"ratings\[1\] is nan.*drop or fill", id="nan"),
        pytest.param({"ratings": [4, 3, np.inf]}, r"ratings\[2\] is inf.*drop or fill", id="inf"),
        pytest.param({"ratings": ["4", "3", "1"]}, r"ratings.*number", id="text-rating"),
        pytest.param({"users": [0, -1, 1]}, r"users\[1\] is -1.*vocabulary", id="negative-user"),
        pytest.param({"items": [0, 1, -2]}, r"items\[2\] is -2.*vocabulary", id="negative-item"),
        pytest.param({"users": [0, 0, 2]}, r"users\[2\] is 2.*0 … 1", id="user-too-large"),
        pytest.param({"items": [5, 0, 1]}, r"items\[0\] is 5.*0 … 1", id="item-too-large"),
        pytest.param({"users": [0.0, 0.0, 1.0]}, r"users\[0\].*0\.0.*whole", id="float-user"),
        pytest.param({"items": [True, False, True]}, r"items\[0\].*whole", id="bool-item"),
        pytest.param({"users": [2**32, 0, 1]}, r"users\[0\] is 4294967296", id="would-wrap"),
        pytest.param({"users": [[0], [0], [1]]}, r"users.*\(3, 1\).*\(n,\)", id="two-dimensional"),
        pytest.param({"ratings": [4, 3]}, r"users has 3.*ratings has 2.*length", id="short"),
        pytest.param({"timestamps": [1, 2]}, r"timestamps has 2.*length", id="short-times"),
        pytest.param({"timestamps": [1, 2, np.nan]}, r"timestamps\[.*nan|whole", id="nan-time"),
        pytest.param(
            {"timestamps": [1_500_000_000, 1_500_000_000_000, 2]},
            r"^timestamps\[1\] is .*1500000000000\)?, as seconds the year 5138.*to_seconds$",
            id="milliseconds",
        ),
        pytest.param(
            {"timestamps": [1.5e9, 2, -1e11]},
            r"timestamps\[2\] is .*-1e\+11|-100000000000",
            id="ms",
        ),
        pytest.param(
            {"timestamps": np.array([10**18, 1, 2], dtype=object)},
            r"timestamps\[0\] is 1000000000000000000, as seconds",
            id="nanoseconds",
        ),
        pytest.param(
            {"users": [0, 1, 0], "items": [0, 1, 0]},
            r"rows 0 and 2.*'ann'.*7.*keep one",
            id="duplicate",
        ),
        pytest.param(
            {"users": [], "items": [], "ratings": [], "timestamps": None},
            r"no row.*at least one",
            id="empty",
        ),
    ],
)
def test_bad_rows_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        three_ratings(**changes)


def test_a_rating_too_large_for_its_type_is_named():
    with pytest.raises(ValueError, match=r"ratings\[1\]"):
        three_ratings(ratings=np.array([1.0, 1e39, 2.0]))  # float32 ends at 3.4e38


@given(tables(ANY_IDS))
@settings(deadline=None, max_examples=80)
def test_ids_of_any_kind_come_back_from_a_frame(table):
    interactions = Interactions.from_frame(to_frame(table), timestamp="time")
    expected = list(zip(table["user"], table["item"], table["rating"], table["time"], strict=True))
    assert rows_of(interactions) == expected
    assert interactions.n_users == len(set(table["user"]))
    assert interactions.n_items == len(set(table["item"]))
    users = interactions.user_vocabulary.indices_of(table["user"])
    np.testing.assert_array_equal(users, interactions.users)


@pytest.mark.parametrize("ids", [WHOLE_IDS, ANY_IDS], ids=["whole", "any"])
def test_everything_survives_a_file(ids, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "interactions.npz"

    @given(tables(ids))
    @settings(deadline=None, max_examples=40, database=None)
    def round_trip(table):
        interactions = Interactions.from_frame(to_frame(table), timestamp="time")
        interactions.save(path)
        loaded = Interactions.load(path)
        assert rows_of(loaded) == rows_of(interactions)
        assert loaded.user_vocabulary.ids == interactions.user_vocabulary.ids
        assert loaded.item_vocabulary.ids == interactions.item_vocabulary.ids
        assert loaded.fingerprint() == interactions.fingerprint()

    round_trip()


def test_labels_and_missing_times_survive_a_file(tmp_path):
    path = tmp_path / "saved.npz"
    three_ratings(timestamps=None).save(path)
    loaded = Interactions.load(str(path))
    assert loaded.timestamps is None
    assert loaded.item_vocabulary.label_of(1) == "Brazil"
    assert loaded.user_vocabulary.label_of(0) == "ann"
    assert [file.name for file in tmp_path.iterdir()] == ["saved.npz"]  # no half-written rest


def test_ids_that_a_file_cannot_hold_are_refused_and_the_old_file_stays(tmp_path):
    path = tmp_path / "saved.npz"
    three_ratings().save(path)
    odd = three_ratings(user_vocabulary=Vocabulary([1 + 2j, "bo"]))
    with pytest.raises(TypeError, match=r"\(1\+2j\) \(complex\) cannot be saved; use"):
        odd.save(path)
    assert Interactions.load(path).user_vocabulary.ids == ("ann", "bo")
    assert [file.name for file in tmp_path.iterdir()] == ["saved.npz"]


def test_a_disk_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "saved.npz"
    three_ratings().save(path)
    before = path.read_bytes()

    def half(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez_compressed", half)
    with pytest.raises(OSError, match="no space left"):
        three_ratings(timestamps=None).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["saved.npz"]


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_file_may_be_read_by_whom_the_umask_allows(tmp_path, umask):
    before = os.umask(umask)
    try:
        three_ratings().save(tmp_path / "saved.npz")
        (tmp_path / "other").write_text("any file made now")
    finally:
        os.umask(before)
    assert (tmp_path / "saved.npz").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    path = tmp_path / "old.npz"
    np.savez_compressed(
        path,
        users=np.array([0, 1], np.int32),
        items=np.array([0, 0], np.int32),
        ratings=np.array([4, 3.5], np.float32),
        user_ids=np.array(["007", "Юля"]),
        item_ids=np.array([31]),
        item_labels=np.array(["Dangerous Minds (1995)"]),
    )
    loaded = Interactions.load(path)
    assert rows_of(loaded) == [("007", 31, 4.0, None), ("Юля", 31, 3.5, None)]
    assert loaded.item_vocabulary.label_of(0) == "Dangerous Minds (1995)"


@given(tables(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_a_subset_keeps_the_chosen_rows_and_the_vocabularies(table, random):
    interactions = Interactions.from_frame(to_frame(table), timestamp="time")
    mask = np.array([random.random() < 0.5 for _ in range(len(interactions))])
    mask[random.randrange(len(mask))] = True  # at least one row
    part = interactions.subset(mask)
    expected = [row for row, kept in zip(rows_of(interactions), mask, strict=True) if kept]
    assert rows_of(part) == expected
    assert part.user_vocabulary is interactions.user_vocabulary
    assert rows_of(interactions.subset(np.flatnonzero(mask))) == expected


def test_a_frame_without_ratings_counts_every_row_as_one():
    frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "x"]})
    interactions = Interactions.from_frame(frame, user="who", item="what", rating=None)
    np.testing.assert_array_equal(interactions.ratings, [1, 1])
    assert interactions.timestamps is None


def test_labels_follow_their_items():
    frame = pd.DataFrame(
        {
            "user": [1, 1, 2],
            "item": ["z", "a", "z"],
            "rating": [1.0, 2.0, 3.0],
            "title": ["Zardoz", "Alien", "Zardoz"],
        }
    )
    interactions = Interactions.from_frame(frame, label="title")
    vocabulary = interactions.item_vocabulary
    assert vocabulary.label_of(vocabulary.index_of("z")) == "Zardoz"
    assert vocabulary.label_of(vocabulary.index_of("a")) == "Alien"


def test_the_index_of_the_frame_does_not_matter():
    frame = pd.DataFrame({"user": [5, 3], "item": ["b", "a"], "rating": [1.0, 2.0]}, index=[9, 9])
    interactions = Interactions.from_frame(frame)
    assert rows_of(interactions) == [(5, "b", 1.0, None), (3, "a", 2.0, None)]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"user": [1], "film": [2], "rating": [3.0]}, r"'item'.*user, film, rating"),
        ({"user": [1, None], "item": [2, 3], "rating": [3.0, 1.0]}, r"row 1.*user.*empty"),
        ({"user": [1], "item": [np.nan], "rating": [3.0]}, r"row 0.*item.*empty"),
        ({"user": [1, 1], "item": [2, 3], "rating": [3.0, None]}, r"ratings\[1\] is nan"),
    ],
)
def test_bad_frames_are_refused(frame, message):
    with pytest.raises(ValueError, match=message):
        Interactions.from_frame(pd.DataFrame(frame))


def test_the_fingerprint_changes_with_anything_that_matters():
    original = three_ratings().fingerprint()
    assert len(original) == 16
    assert int(original, 16) >= 0
    assert three_ratings().fingerprint() == original
    changed = [
        {"users": [1, 0, 1]},
        {"items": [1, 0, 1]},
        {"ratings": [4, 3.5, 1.5]},
        {"timestamps": [10, 20, 31]},
        {"timestamps": None},
        {"user_vocabulary": Vocabulary(["ann", "bob"])},
        {"user_vocabulary": Vocabulary(["ann", "bo", "cy"])},
        {"item_vocabulary": Vocabulary(["7", "8"])},
        {"item_vocabulary": Vocabulary([1 + 2j, 8])},  # though no file can hold it
    ]
    fingerprints = {three_ratings(**change).fingerprint() for change in changed}
    assert len(fingerprints | {original}) == len(changed) + 1


def test_the_fingerprint_of_sets_is_that_of_their_members():
    first, second = frozenset({"a", 1, None}), frozenset({None, "a", 1})
    one = three_ratings(user_vocabulary=Vocabulary([first, "bo"]))
    other = three_ratings(user_vocabulary=Vocabulary([second, "bo"]))
    assert one.fingerprint() == other.fingerprint()


def test_texts_that_differ_behind_a_nul_are_two_ids():
    frame = pd.DataFrame({"user": ["a", "a\0", "a\0b"], "item": [1, 1, 1], "rating": [1.0, 2, 3]})
    assert Interactions.from_frame(frame).user_vocabulary.ids == ("a", "a\0", "a\0b")


def test_times_may_be_dates():
    # 2009-12-14 02:52:24 UTC is second 1260759144
    dates = pd.to_datetime(
        ["2009-12-14T02:52:24.9", "1970-01-01", "1969-12-31T23:59:59.5"], format="ISO8601"
    )
    frame = pd.DataFrame({"user": [1, 2, 3], "item": 1, "rating": 3.0, "when": dates})
    expected = [1260759144, 0, -1]
    for when in (
        dates,
        dates.astype("datetime64[ms]"),
        dates.tz_localize("UTC"),
        dates.tz_localize("UTC").tz_convert("Asia/Kathmandu"),
        [one.to_pydatetime() for one in dates],
        [1260759144.9, 0.0, -0.5],
        [1260759144, 0, -1],
    ):
        built = Interactions.from_frame(frame.assign(when=when), timestamp="when")
        np.testing.assert_array_equal(built.timestamps, expected)
        assert built.timestamps.dtype == np.int64


def test_the_last_second_and_the_last_date_are_taken():
    assert three_ratings(timestamps=[10**11 - 1, 1 - 10**11, 0]).timestamps[0] == 10**11 - 1
    dates = [datetime(9999, 12, 31), datetime(1970, 1, 1), datetime(1969, 12, 31)]
    for column in (dates, np.array(dates, "datetime64[s]")):
        assert three_ratings(timestamps=column).timestamps[0] == 253402214400


def test_dates_without_a_zone_are_utc_whatever_the_machine_says(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        naive = [datetime(2009, 12, 14, 2, 52, 24), datetime(1970, 1, 1), datetime(1969, 12, 31)]
        built = three_ratings(timestamps=naive)
    finally:
        monkeypatch.undo()
        time.tzset()
    np.testing.assert_array_equal(built.timestamps, [1260759144, 0, -86_400])


def test_fractions_of_a_second_are_cut_off_downwards_in_any_column():
    for times in ([1.9, -0.5, 3.0], np.array([1.9, -0.5, 3], dtype=object)):
        np.testing.assert_array_equal(three_ratings(timestamps=times).timestamps, [1, -1, 3])


def test_ids_are_numbered_in_sorted_order_where_they_have_one():
    frame = pd.DataFrame({"user": ["c", "a", "b"], "item": [9.5, 0.5, 2.5], "rating": 3.0})
    interactions = Interactions.from_frame(frame)
    assert interactions.user_vocabulary.ids == ("a", "b", "c")
    assert interactions.item_vocabulary.ids == (0.5, 2.5, 9.5)
    np.testing.assert_array_equal(interactions.users, [2, 0, 1])
    mixed = Interactions.from_frame(frame.assign(user=pd.Series(["c", 1, "b"], dtype=object)))
    assert mixed.user_vocabulary.ids == ("c", 1, "b")  # as they come


def test_a_label_is_an_items_first_one_and_its_id_where_there_is_none():
    frame = pd.DataFrame(
        {"user": [1, 2, 1, 2], "item": [5, 5, 6, 7], "rating": 3.0, "title": [None, "A", "B", None]}
    )
    labels = Interactions.from_frame(frame, label="title").item_vocabulary.labels
    assert labels == ("A", "B", "7")


def test_vocabulary_maps_both_ways():
    vocabulary = Vocabulary(["007", 7, ("a", 1)])
    assert len(vocabulary) == 3
    assert [vocabulary.index_of(known) for known in ("007", 7, ("a", 1))] == [0, 1, 2]
    assert vocabulary.id_of(2) == ("a", 1)
    np.testing.assert_array_equal(vocabulary.indices_of([7, "007"]), [1, 0])
    assert vocabulary.indices_of([7]).dtype == np.int32
    assert vocabulary.label_of(1) == "7"


def test_unknown_ids_and_indices_are_named():
    vocabulary = Vocabulary(["007", "008"])
    with pytest.raises(KeyError, match=r"7 \(int\).*'007'"):
        vocabulary.index_of(7)  # the number is not the text
    with pytest.raises(KeyError, match="'009'"):
        vocabulary.indices_of(["007", "009"])
    for index in (-1, 2):
        with pytest.raises(IndexError, match=rf"{index} is outside 0 … 1"):
            vocabulary.id_of(index)


def test_ambiguous_vocabularies_are_refused():
    with pytest.raises(ValueError, match="'a' stands twice"):
        Vocabulary(["a", "b", "a"])
    with pytest.raises(ValueError, match="2 ids but 1 labels"):
        Vocabulary(["a", "b"], ["A"])

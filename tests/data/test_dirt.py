"""Dirt: cleaning finds exactly what was added, and gives the clean rows back."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from recsys_course.data.cleaning import clean, to_frame
from recsys_course.data.dirt import add_dirt
from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world

KINDS = (
    "exact_duplicates", "earlier_ratings", "outside_scale", "missing", "unknown_ids",
    "robot_rows", "milliseconds",
)  # fmt: skip
NONE = dict.fromkeys(
    ("duplicates", "re_rated", "outside", "missing", "unknown", "robots", "milliseconds"), 0.0
)


def make_table(seed: int, timestamps: bool = False) -> Interactions:
    """A world of 200 users and 90 items in half stars."""
    world_rng, time_rng = np.random.default_rng(seed).spawn(2)
    table = make_world(world_rng, n_users=200, n_items=90).interactions
    times = time_rng.integers(10**9, 15 * 10**8, len(table)) if timestamps else table.timestamps
    stars = np.clip(np.round(2 * table.ratings) / 2, 1, 5)
    return dataclasses.replace(table, ratings=stars, timestamps=times)


def by_pair(frame: pd.DataFrame) -> dict[tuple, tuple]:
    rows = frame[["rating", "timestamp"]].itertuples(index=False, name=None)
    return dict(zip(zip(frame["user"], frame["item"], strict=True), rows, strict=True))


@pytest.fixture(scope="module", params=[0, 1, 2])
def seed(request):
    return request.param


@pytest.mark.parametrize("timestamps", [False, True])
def test_cleaning_recovers_every_count_and_every_clean_row(seed, timestamps):
    table = make_table(seed, timestamps)
    dirt = add_dirt(table, np.random.default_rng([seed, 1]))
    cleaned, report = clean(dirt.frame, known_items=table.item_vocabulary.ids, drop_robots=True)
    for kind in KINDS:
        assert getattr(report, kind) == getattr(dirt, kind), kind
    assert sorted(report.suspected_robots) == sorted(dirt.robots)
    assert report.rows_in == len(dirt.frame)
    assert report.rows_out == len(table)
    before, after = by_pair(to_frame(table).assign(timestamp=0)), by_pair(cleaned)
    assert after.keys() == before.keys()
    changed = [pair for pair in before if before[pair][0] != after[pair][0]]
    assert len(changed) == dirt.earlier_ratings  # each of them by a different rating
    if timestamps:
        known = by_pair(to_frame(table))
        assert {pair for pair in known if known[pair] != after[pair]} == set(changed)
        assert all(after[pair][1] > known[pair][1] for pair in changed)
    Interactions.from_frame(cleaned, timestamp="timestamp")


def test_the_counts_are_the_shares(seed):
    table = make_table(seed)
    n = len(table)
    dirt = add_dirt(table, np.random.default_rng(seed))
    assert dirt.exact_duplicates == round(0.03 * n)
    assert dirt.earlier_ratings == round(0.01 * n)
    assert dirt.outside_scale == dirt.missing == round(0.005 * n)
    assert dirt.unknown_ids == round(0.002 * n)
    assert dirt.milliseconds == round(0.2 * n)
    assert len(dirt.robots) == 2  # 1 % of 200 users
    assert dirt.robot_rows == 180  # all 90 items each
    added = sum(getattr(dirt, kind) for kind in KINDS[:-1])
    assert len(dirt.frame) == n + added


@pytest.mark.parametrize(
    ("option", "kind", "expected"),
    [
        ("duplicates", "exact_duplicates", 0.05),
        ("re_rated", "earlier_ratings", 0.05),
        ("outside", "outside_scale", 0.05),
        ("missing", "missing", 0.05),
        ("unknown", "unknown_ids", 0.05),
        ("milliseconds", "milliseconds", 0.05),
    ],
)
def test_one_kind_at_a_time(option, kind, expected):
    table = make_table(0)
    dirt = add_dirt(table, np.random.default_rng(0), **NONE | {option: expected})
    found = {name: getattr(dirt, name) for name in KINDS if getattr(dirt, name)}
    assert found == {kind: round(expected * len(table))}
    _, report = clean(dirt.frame, known_items=table.item_vocabulary.ids)
    assert {name: getattr(report, name) for name in KINDS if getattr(report, name)} == found


def test_no_dirt_is_the_clean_table():
    table = make_table(0, timestamps=True)
    dirt = add_dirt(table, np.random.default_rng(0), **NONE)
    pd.testing.assert_frame_equal(dirt.frame.infer_objects(), to_frame(table))


def test_the_order_of_the_steps_matters():
    """Keeping the last rating of each pair before the bad ones are gone loses good ones."""
    table = make_table(0)
    dirt = add_dirt(table, np.random.default_rng(0), **NONE | {"outside": 0.05})
    last = dirt.frame.sort_values("timestamp", kind="stable").drop_duplicates(
        ["user", "item"], keep="last"
    )
    assert last["rating"].between(0.5, 5).sum() == len(table) - dirt.outside_scale


def test_the_dirt_itself_by_the_definition_of_each_kind():
    table = make_table(1, timestamps=True)
    frame = add_dirt(table, np.random.default_rng(1)).frame
    known = by_pair(to_frame(table))
    off = frame[(frame["rating"] < 0.5) | (frame["rating"] > 5)]
    assert off["rating"].between(-4.5, 10).all()
    assert (off["rating"] < 0.5).any()
    assert (off["rating"] > 5).any()
    assert set(zip(off["user"], off["item"], strict=True)) <= known.keys()
    in_ms = np.flatnonzero(frame["timestamp"] >= 10**11)
    thirds = np.histogram(in_ms, 3, (0, len(frame)))[0] / len(in_ms)
    assert thirds.min() > 0.28  # about 1200 rows: a third less four standard errors of 0.0136
    for name in ("user", "item", "rating"):
        assert frame[name].isna().any()
    strange = ~frame["item"].isin(table.item_vocabulary.ids) & frame["item"].notna()
    assert frame.loc[strange, "item"].str.startswith("unknown").all()
    assert frame.loc[strange, "item"].is_unique
    robot = frame[frame["user"] == "robot0001"].sort_values("timestamp")
    assert robot["item"].tolist() == sorted(table.item_vocabulary.ids)
    assert (np.diff(robot["timestamp"]) == 1).all()
    places = np.flatnonzero(frame["user"].isin(["robot0001", "robot0002"]))
    assert places.max() - places.min() > len(frame) / 2  # bad rows stand anywhere


def test_made_times_are_seconds_of_2015():
    frame = add_dirt(make_table(0), np.random.default_rng(0), **NONE).frame
    dates = pd.to_datetime(frame["timestamp"], unit="s")
    assert dates.min() >= pd.Timestamp("2015-01-01")
    assert dates.max() < pd.Timestamp("2016-01-01")
    assert dates.dt.date.nunique() == 365  # 7000 rows or so: a day is missed once in 10⁶ seeds
    assert dates.dt.hour.nunique() == 24


def test_the_seed_decides_everything():
    table = make_table(0)
    first, again, other = (add_dirt(table, np.random.default_rng(seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert not first.frame.equals(other.frame)


def test_whole_number_ids_stay_whole_numbers():
    table = make_table(0)
    numbered = dataclasses.replace(
        table, user_vocabulary=Vocabulary(range(200)), item_vocabulary=Vocabulary(range(5, 95))
    )
    dirt = add_dirt(numbered, np.random.default_rng(0))
    assert dirt.robots == (200, 201)
    cleaned, report = clean(dirt.frame, known_items=range(5, 95), drop_robots=True)
    assert report.unknown_ids == dirt.unknown_ids
    assert [cleaned[name].dtype for name in ("user", "item")] == [np.int64, np.int64]


def test_new_ids_are_new():
    table = make_table(0)
    names = [f"robot{n:04}" for n in range(1, 201)]
    crowd = dataclasses.replace(table, user_vocabulary=Vocabulary(names))
    assert add_dirt(crowd, np.random.default_rng(0)).robots == ("robot0201", "robot0202")


def test_ids_of_several_kinds_can_be_dirtied():
    mixed = Vocabulary(["alien", 7, ("a", 1)])
    table = Interactions(
        np.repeat([0, 1, 2], 3), np.tile([0, 1, 2], 3), np.full(9, 3.0), None,
        Vocabulary(["ann", 5, "cy"]), mixed,
    )  # fmt: skip
    dirt = add_dirt(table, np.random.default_rng(0), robots=0.4)
    assert dirt.robots == ("robot0001",)
    assert dirt.robot_rows == 3


def test_a_single_level_of_ratings_is_re_rated_by_the_ends_of_the_scale():
    ones = dataclasses.replace(make_table(0), ratings=np.full(len(make_table(0)), 3.0))
    dirt = add_dirt(ones, np.random.default_rng(0), **NONE | {"re_rated": 0.1})
    assert set(dirt.frame["rating"]) == {0.5, 3.0, 5.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lowest": 2.5}, r"ratings\[\d+\] is [12]\.\d, off the scale of 2.5 to 5.0; round"),
        ({"highest": 4.0}, r"ratings\[\d+\] is [45]\.\d, off the scale of 0.5 to 4.0"),
        ({"duplicates": -0.1}, "shares of -0.1, 0.01.* do not fit"),
        ({"milliseconds": 0.96}, r"do not fit into \d+ rows"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        add_dirt(make_table(0), np.random.default_rng(0), **options)


def test_times_that_cannot_be_told_from_ms_are_refused():
    table = make_table(0)
    times = np.full(len(table), 10**8)
    times[4] -= 1
    early = dataclasses.replace(table, timestamps=times)
    with pytest.raises(ValueError, match=r"timestamps\[4\] is 99999999 s.*milliseconds=0"):
        add_dirt(early, np.random.default_rng(0))
    assert add_dirt(early, np.random.default_rng(0), milliseconds=0).milliseconds == 0
    times[4] += 1
    late = dataclasses.replace(table, timestamps=times)
    assert clean(add_dirt(late, np.random.default_rng(0), **NONE | {"milliseconds": 1.0}).frame)[
        1
    ].milliseconds == len(table)

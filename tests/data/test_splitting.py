"""Splits: no row lost, none doubled, none on both sides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import (
    Split,
    k_fold,
    leave_last_out,
    random_split,
    temporal_split,
)
from recsys_course.data.vocabulary import Vocabulary


def make_interactions(n: int, seed: int = 0) -> Interactions:
    """n distinct pairs of 30 users and 40 items; the timestamp tells the row."""
    cells = np.random.default_rng(seed).permutation(1200)[:n]
    return Interactions(
        cells // 40, cells % 40, cells % 5 + 1, np.arange(n),
        Vocabulary(range(30)), Vocabulary(range(40)),
    )  # fmt: skip


def rows(part: Interactions) -> list[tuple]:
    columns = (part.timestamps, part.users, part.items, part.ratings)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(
    n=st.integers(2, 400),
    seed=st.integers(0, 2**32 - 1),
    fraction=st.floats(0.01, 0.99),
)
@settings(deadline=None, max_examples=60)
def test_a_random_split_is_a_partition(n, seed, fraction):
    interactions = make_interactions(n)
    n_test = round(fraction * n)
    if not 0 < n_test < n:
        with pytest.raises(ValueError, match="test_fraction"):
            random_split(interactions, np.random.default_rng(seed), fraction)
        return
    split = random_split(interactions, np.random.default_rng(seed), fraction)
    assert len(split.test) == n_test
    assert sorted(rows(split.train) + rows(split.test)) == rows(interactions)
    for part in (split.train, split.test):
        assert part.user_vocabulary is interactions.user_vocabulary
        assert part.item_vocabulary is interactions.item_vocabulary
        assert np.all(np.diff(part.timestamps) > 0)  # rows stay in their order


def test_four_fifths_train_by_default():
    split = random_split(make_interactions(100), np.random.default_rng(0))
    assert (len(split.train), len(split.test)) == (80, 20)
    assert "80" in split.name
    assert "20" in split.name


def test_the_seed_decides_the_split():
    interactions = make_interactions(200)
    first = random_split(interactions, np.random.default_rng(1))
    again = random_split(interactions, np.random.default_rng(1))
    other = random_split(interactions, np.random.default_rng(2))
    assert first.test.fingerprint() == again.test.fingerprint()
    assert first.test.fingerprint() != other.test.fingerprint()


def test_every_row_is_tested_equally_often():
    interactions = make_interactions(50)
    rng = np.random.default_rng(3)
    times = np.zeros(50)
    for _ in range(2000):
        times[random_split(interactions, rng, 0.2).test.timestamps] += 1
    # binomial share 0.2, sd √(2000 · 0.16) = 17.9; 4.5 sd for 50 rows
    assert np.all(np.abs(times - 400) < 4.5 * 17.9)


@given(n=st.integers(2, 200), n_folds=st.integers(2, 12), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_folds_partition_the_rows(n, n_folds, seed):
    n_folds = min(n, n_folds)
    interactions = make_interactions(n)
    splits = k_fold(interactions, n_folds, np.random.default_rng(seed))
    assert len(splits) == n_folds
    tested = [row for split in splits for row in rows(split.test)]
    assert sorted(tested) == rows(interactions)  # each row in exactly one test part
    sizes = [len(split.test) for split in splits]
    assert max(sizes) - min(sizes) <= 1
    for split in splits:
        assert sorted(rows(split.train) + rows(split.test)) == rows(interactions)


def test_folds_are_shuffled_named_and_repeat_with_their_seed():
    interactions = make_interactions(100)
    splits = k_fold(interactions, 5, np.random.default_rng(4))
    again = k_fold(interactions, 5, np.random.default_rng(4))
    assert len({split.name for split in splits}) == 5
    assert [s.test.fingerprint() for s in splits] == [s.test.fingerprint() for s in again]
    assert not np.array_equal(splits[0].test.timestamps, np.arange(20))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 1.5])
def test_fractions_that_leave_a_part_empty_are_refused(fraction):
    with pytest.raises(ValueError, match="test_fraction"):
        random_split(make_interactions(10), np.random.default_rng(0), fraction)


@pytest.mark.parametrize("n_folds", [-1, 0, 1, 11])
def test_numbers_of_folds_that_do_not_fit_are_refused(n_folds):
    with pytest.raises(ValueError, match=rf"n_folds is {n_folds}.*2.*10"):
        k_fold(make_interactions(10), n_folds, np.random.default_rng(0))


def test_a_leak_is_refused():
    interactions = make_interactions(10)
    with pytest.raises(ValueError, match=r"user index \d+ and item index \d+.*leak"):
        Split(interactions.subset(np.arange(6)), interactions.subset(np.arange(5, 10)), "mine")


def test_parts_of_different_tables_are_refused():
    with pytest.raises(ValueError, match="vocabularies"):
        Split(make_interactions(5), make_interactions(6, seed=1), "mine")


def make_history(cells: list[int], times: list[int]) -> Interactions:
    """Distinct pairs of 5 users and 8 items at the times given; the rating tells the row."""
    cells, times = np.array(cells), np.array(times)
    return Interactions(
        cells // 8, cells % 8, np.arange(len(cells)), times,
        Vocabulary(range(5)), Vocabulary(range(8)),
    )  # fmt: skip


@st.composite
def histories(draw):
    """Tables of up to 40 rows with many rows of one moment."""
    cells = draw(st.lists(st.integers(0, 39), unique=True, min_size=2))
    moments = st.integers(-5, 5)
    return make_history(cells, draw(st.lists(moments, min_size=len(cells), max_size=len(cells))))


def assert_partition(split: Split, whole: Interactions) -> None:
    assert sorted(rows(split.train) + rows(split.test)) == sorted(rows(whole))
    for part in (split.train, split.test):
        assert part.user_vocabulary is whole.user_vocabulary
        assert part.item_vocabulary is whole.item_vocabulary
        assert np.all(np.diff(part.ratings) > 0)  # rows stay in their order


@given(table=histories(), n=st.integers(1, 4))
@settings(deadline=None)
def test_the_last_rows_of_each_user_are_tested_and_no_row_is_lost(table, n):
    expected = []  # by loops: each user's rows, sorted by time and then by row
    for user in range(5):
        history = [row for row in rows(table) if row[1] == user]
        history.sort(key=lambda row: (row[0], row[3]))
        if len(history) > n:
            expected += history[-n:]
    if not expected:
        with pytest.raises(ValueError, match=f"n is {n}"):
            leave_last_out(table, n)
        return
    split = leave_last_out(table, n)
    assert sorted(rows(split.test)) == sorted(expected)
    assert_partition(split, table)
    for user in np.unique(split.test.users):
        mine = split.train.users == user
        assert mine.any()
        tested = split.test.timestamps[split.test.users == user]
        assert split.train.timestamps[mine].max() <= tested.min()
    assert split.n_new_users == 0
    assert split.order == "user"


def test_the_last_row_by_hand():
    # u0 at 30, 10, 20; u1 at 7 twice: the later row is the last; u2 has one row and keeps it
    table = make_history([0, 1, 2, 8, 9, 16], [30, 10, 20, 7, 7, 99])
    split = leave_last_out(table)
    assert split.test.ratings.tolist() == [0, 4]
    assert split.train.ratings.tolist() == [1, 2, 3, 5]
    assert split.name == "last 1 of each user's ratings"
    assert split.n_new_items == 0  # u0 is tested by item 0, which u1 rated, and the other way
    two = leave_last_out(table, n=2)
    assert two.test.ratings.tolist() == [0, 2]  # u1 has two rows and keeps them
    assert two.n_new_items == 1  # only u0 rated item 2


@given(table=histories(), fraction=st.floats(0.01, 0.99))
@settings(deadline=None)
def test_a_temporal_split_never_trains_on_the_future_and_loses_no_row(table, fraction):
    n_test = round(fraction * len(table))
    if not 0 < n_test < len(table):
        with pytest.raises(ValueError, match="test_fraction"):
            temporal_split(table, fraction)
        return
    moments = sorted(set(table.timestamps.tolist()))
    if len(moments) == 1:
        with pytest.raises(ValueError, match="use random_split"):
            temporal_split(table, fraction)
        return
    split = temporal_split(table, fraction)
    assert_partition(split, table)
    assert split.train.timestamps.max() < split.test.timestamps.min()
    assert split.order == "all"
    possible = [sum(time >= cut for time in table.timestamps.tolist()) for cut in moments[1:]]
    assert abs(len(split.test) - n_test) == min(abs(size - n_test) for size in possible)


@given(table=histories(), cut=st.integers(-6, 6))
@settings(deadline=None)
def test_a_given_cut_is_the_first_second_that_is_tested(table, cut):
    late = [row for row in rows(table) if row[0] >= cut]
    if len(late) in (0, len(table)):
        with pytest.raises(ValueError, match=f"cut={cut} leaves a part empty"):
            temporal_split(table, cut=cut)
        return
    split = temporal_split(table, cut=cut)
    assert rows(split.test) == late
    assert_partition(split, table)


def test_a_temporal_split_by_hand():
    # ten rows, two a second: a fifth is the last second, a quarter cannot be had
    table = make_history(list(range(10)), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    assert temporal_split(table).test.ratings.tolist() == [8, 9]
    assert temporal_split(table, 0.25).test.ratings.tolist() == [8, 9]
    assert temporal_split(table, 0.4).test.ratings.tolist() == [6, 7, 8, 9]
    assert temporal_split(table, 0.2, cut=1).test.ratings.tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert temporal_split(table, cut=4).name == (
        "temporal: the 20% of the ratings from 1970-01-01T00:00:04 UTC on"
    )


def test_who_and_what_is_new_after_the_cut_is_counted():
    # user 0 rates items 0 … 3; user 1 rates 1 early, 2 late; users 2 and 3 begin late with 0, 7
    table = make_history([0, 1, 2, 3, 9, 10, 16, 31], [1, 2, 3, 4, 1, 9, 9, 9])
    split = temporal_split(table, cut=9)
    assert (split.n_new_users, split.n_new_items) == (2, 1)
    assert (split.train.n_users, split.train.n_items) == (5, 8)  # the vocabularies are whole


@pytest.mark.parametrize("cut", [leave_last_out, temporal_split])
def test_splits_by_time_need_times(cut):
    untimed = make_interactions(10)
    untimed = Interactions(
        untimed.users, untimed.items, untimed.ratings, None,
        untimed.user_vocabulary, untimed.item_vocabulary,
    )  # fmt: skip
    with pytest.raises(ValueError, match=rf"{cut.__name__} needs timestamps.*random_split"):
        cut(untimed)


@pytest.mark.parametrize("n", [-1, 0, 3])
def test_numbers_of_last_rows_that_do_not_fit_are_refused(n):
    with pytest.raises(ValueError, match=rf"n is {n};.*longest history, 3"):
        leave_last_out(make_history([0, 1, 2, 8], [1, 2, 3, 4]), n)


@given(table=histories())
@settings(deadline=None)
def test_validation_is_cut_from_training_like_the_test_part(table):
    try:
        outer = leave_last_out(table)
        inner = leave_last_out(outer.train)
    except ValueError:  # nobody has three rows
        assert np.bincount(table.users).max() < 3
        return
    parts = [inner.train, inner.test, outer.test]
    assert sorted(row for part in parts for row in rows(part)) == sorted(rows(table))
    for user in range(5):
        times = [part.timestamps[part.users == user] for part in parts]
        if len(times[1]):
            assert times[0].max() <= times[1].min() <= times[2].min()


def test_validation_is_cut_from_the_past_by_time():
    table = make_interactions(100)  # the row is the time
    outer = temporal_split(table)
    inner = temporal_split(outer.train, 0.25)
    assert inner.train.timestamps.tolist() == list(range(60))
    assert inner.test.timestamps.tolist() == list(range(60, 80))
    assert outer.test.timestamps.tolist() == list(range(80, 100))


def test_a_promised_order_is_checked():
    table = make_history([0, 1, 8, 9], [1, 4, 3, 6])
    early, late, middle = table.subset([0, 2]), table.subset([1, 3]), table.subset([0, 3])
    assert Split(early, late, "mine", "all").order == "all"
    rest = table.subset([1, 2])  # user 0 at 4, user 1 at 3
    with pytest.raises(ValueError, match=r"test row 0 is of second 4,.*order='all'"):
        Split(middle, rest, "mine", "all")
    with pytest.raises(ValueError, match=r"test row 1 is of second 3.*order='user'"):
        Split(middle, rest, "mine", "user")
    assert Split(middle, rest, "mine").order == "none"
    swapped = table.subset([0, 2, 3]), table.subset([1])  # user 1 trains after user 0 is tested
    assert Split(*swapped, "mine", "user").order == "user"
    with pytest.raises(ValueError, match="test row 0 is of second 4"):
        Split(*swapped, "mine", "all")


def test_one_moment_is_never_cut_in_two_but_within_a_user():
    table = make_history([0, 1, 8], [5, 5, 4])
    parts = table.subset([0, 2]), table.subset([1])
    assert Split(*parts, "mine", "user").order == "user"  # the later row is the later event
    with pytest.raises(ValueError, match="test row 0 is of second 5"):
        Split(*parts, "mine", "all")


def test_a_promise_needs_times_and_a_known_name():
    table = make_history([0, 1], [1, 2])
    with pytest.raises(ValueError, match=r"'time'; choose 'none', 'user' or 'all'"):
        Split(table.subset([0]), table.subset([1]), "mine", "time")
    bare = Interactions([0, 0], [0, 1], [1, 2], None, Vocabulary([0]), Vocabulary([0, 1]))
    with pytest.raises(ValueError, match="order='user' needs timestamps"):
        Split(bare.subset([0]), bare.subset([1]), "mine", "user")


@pytest.mark.parametrize(
    ("n_trained", "honest", "leaking"),
    [(1, 2.0, 1.0), (3, 2.0, 1.5), (9, 2.0, 1.8)],  # 1/2, 3/4 and 9/10 of the honest error
)
def test_a_mean_that_knows_the_test_rating_shrinks_its_error_to_n_of_n_plus_one(
    n_trained, honest, leaking
):
    # n ratings of 3, then one of 5: the honest mean is 3, the other (3n + 5)/(n + 1)
    n = n_trained + 1
    table = Interactions(
        np.zeros(n, int), np.arange(n), [3.0] * n_trained + [5.0], np.arange(n),
        Vocabulary(["ann"]), Vocabulary(range(n)),
    )  # fmt: skip
    split = leave_last_out(table)
    assert abs(split.test.ratings[0] - split.train.ratings.mean()) == pytest.approx(honest)
    assert abs(split.test.ratings[0] - table.ratings.mean()) == pytest.approx(leaking)

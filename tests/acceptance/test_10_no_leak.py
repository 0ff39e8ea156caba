"""Nothing computed from validation or test rows reaches `fit`, in any split."""

import dataclasses

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.negatives import popularity_weights, sample_negatives
from recsys_course.data.splitting import (
    Split,
    k_fold,
    leave_last_out,
    random_split,
    temporal_split,
)
from recsys_course.data.world import make_world
from recsys_course.evaluation.compare import compare
from recsys_course.models.baselines import Popularity


def poisoned(split):
    """The same split, with other test ratings on other test items."""
    test, train = split.test, split.train
    seen = train.to_csr().toarray() != 0
    items = np.array([np.flatnonzero(~seen[user])[-1] for user in np.unique(test.users)])
    users = np.unique(test.users)
    other = Interactions(
        users, items, np.full(len(users), 99.0), None, test.user_vocabulary, test.item_vocabulary
    )
    return Split(train, other, split.name)


def test_other_test_rows_change_no_fitted_score(split, make_models):
    users = np.arange(split.train.n_users)
    rng = np.random.default_rng
    first, second = make_models(), make_models()
    fixed = ("random", "popularity", "biases")  # compare brings its own
    results = [
        compare({name: m for name, m in models.items() if name not in fixed}, cut, rng(1))
        for models, cut in ((first, split), (second, poisoned(split)))
    ]
    for name, row in results[0].rows.items():
        other = results[1].rows[name].model
        np.testing.assert_array_equal(row.model.score(users), other.score(users), err_msg=name)
    figures = [result.rows["ALS of ratings"].metrics["RMSE"].value for result in results]
    assert figures[1] > figures[0] + 10  # the poison was there to be seen


def test_compare_gives_a_model_the_training_part_and_nothing_else(split):
    given = []

    class Spy(Popularity):
        def fit(self, interactions):
            given.append(interactions)
            return super().fit(interactions)

    compare({"spy": Spy()}, split, np.random.default_rng(0))
    assert len(given) == 1
    assert given[0] is split.train


def test_a_split_that_leaks_is_refused(split):
    with pytest.raises(ValueError, match="a leak"):
        Split(split.train, split.train.subset(np.arange(3)), "leaking")


SPLITS = {
    "random": lambda table: random_split(table, np.random.default_rng(7)),
    "fold": lambda table: k_fold(table, 3, np.random.default_rng(7))[1],
    "last": lambda table: leave_last_out(table, n=3),
    "time": temporal_split,
}


@pytest.fixture(scope="module")
def table():
    """A world of 60 users and 45 items, with times in a random order and many of them equal."""
    world_rng, time_rng = np.random.default_rng(41).spawn(2)
    interactions = make_world(world_rng, n_users=60, n_items=45).interactions
    times = time_rng.integers(0, 200, len(interactions))
    return dataclasses.replace(interactions, timestamps=times)


@pytest.fixture(params=SPLITS)
def cut(request):
    return SPLITS[request.param]


def rows(part):
    columns = (part.users, part.items, part.ratings, part.timestamps)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def with_other_test_rows(table, test):
    """The table with other ratings, and later times, in the rows that are tested."""
    tested = set(zip(test.users.tolist(), test.items.tolist(), strict=True))
    pairs = zip(table.users.tolist(), table.items.tolist(), strict=True)
    held_out = np.array([pair in tested for pair in pairs])
    return dataclasses.replace(
        table,
        ratings=np.where(held_out, 99 - table.ratings, table.ratings),
        timestamps=np.where(held_out, table.timestamps + 1000, table.timestamps),
    )


def test_every_split_cuts_the_table_in_two(table, cut):
    split = cut(table)
    assert rows(split.train) | rows(split.test) == rows(table)
    assert not rows(split.train) & rows(split.test)
    assert len(split.train) + len(split.test) == len(table)


def test_what_the_test_rows_hold_changes_no_fitted_score_in_any_split(table, cut, make_models):
    split = cut(table)
    other = cut(with_other_test_rows(table, split.test))
    assert other.train.fingerprint() == split.train.fingerprint()
    assert other.test.ratings.min() > 90  # the poison is there to be seen
    users = np.arange(table.n_users)
    first, second = make_models(), make_models()
    for name in first:
        np.testing.assert_array_equal(
            first[name].fit(split.train).score(users),
            second[name].fit(other.train).score(users),
            err_msg=name,
        )


def test_validation_rows_stay_out_of_training_and_test_rows_out_of_both(table, cut):
    outer = cut(table)
    inner = cut(outer.train)
    assert rows(inner.train) | rows(inner.test) | rows(outer.test) == rows(table)
    assert not rows(inner.train) & rows(outer.test)
    assert not rows(inner.test) & rows(outer.test)
    other = cut(with_other_test_rows(outer.train, inner.test))
    assert other.train.fingerprint() == inner.train.fingerprint()


def test_splits_by_time_learn_from_the_past(table):
    split = temporal_split(table)
    inner = temporal_split(split.train)
    assert inner.train.timestamps.max() < inner.test.timestamps.min()
    assert inner.test.timestamps.max() < split.test.timestamps.min()
    split = leave_last_out(table, n=3)
    for user in range(table.n_users):
        train, test = (part.timestamps[part.users == user] for part in (split.train, split.test))
        assert len(test) == 3
        assert train.max() <= test.min()


def test_negatives_and_their_weights_come_from_training_rows_alone(table, cut):
    split = cut(table)
    other = cut(with_other_test_rows(table, split.test))
    drawn = [
        sample_negatives(part.train, part.train.users, np.random.default_rng(0), 2, weights=weights)
        for part in (split, other)
        for weights in (None, popularity_weights(part.train))
    ]
    np.testing.assert_array_equal(drawn[0], drawn[2])
    np.testing.assert_array_equal(drawn[1], drawn[3])


def test_a_split_that_trains_on_the_future_cannot_call_itself_temporal(table):
    split = random_split(table, np.random.default_rng(0))
    for order in ("all", "user"):
        with pytest.raises(ValueError, match="cut with leave_last_out or temporal_split"):
            Split(split.train, split.test, "temporal", order)
    by_user = leave_last_out(table)
    with pytest.raises(ValueError, match="order='all'"):
        Split(by_user.train, by_user.test, "temporal", "all")

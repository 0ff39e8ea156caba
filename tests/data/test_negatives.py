"""Negatives: never an item of the user's rows, and each other item as often as it should be."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recsys_course.data.interactions import Interactions
from recsys_course.data.negatives import popularity_weights, sample_negatives
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world


def make_table(pairs: list[tuple[int, int]], n_users: int, n_items: int) -> Interactions:
    users, items = np.array(pairs).T
    return Interactions(
        users, items, np.zeros(len(pairs)), None,  # a rating of 0 is a row all the same
        Vocabulary([f"u{n}" for n in range(n_users)]), Vocabulary(range(n_items)),
    )  # fmt: skip


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@st.composite
def tables(draw):
    """Small tables of any shape and density in which nobody has seen everything."""
    n_users, n_items = draw(st.integers(1, 6)), draw(st.integers(2, 9))
    cells = list(itertools.product(range(n_users), range(n_items)))
    pairs = draw(st.lists(st.sampled_from(cells), min_size=1, unique=True))
    spared = [draw(st.integers(0, n_items - 1)) for _ in range(n_users)]
    kept = [(user, item) for user, item in pairs if item != spared[user]]
    return make_table(kept or [(0, (spared[0] + 1) % n_items)], n_users, n_items)


@given(table=tables(), seed=st.integers(0, 2**32 - 1), n_negatives=st.integers(1, 5))
@settings(deadline=None)
def test_no_negative_is_a_positive(table, seed, n_negatives):
    users = rng(seed).integers(0, table.n_users, 30)
    positives = set(zip(table.users.tolist(), table.items.tolist(), strict=True))
    drawn = sample_negatives(table, users, rng(seed), n_negatives)
    assert drawn.shape == (30, n_negatives)
    assert drawn.dtype == np.int32
    assert ((drawn >= 0) & (drawn < table.n_items)).all()
    for user, row in zip(users.tolist(), drawn.tolist(), strict=True):
        assert not positives & {(user, item) for item in row}


@given(
    table=tables(), seed=st.integers(0, 2**32 - 1), data=st.data(),
    largest=st.sampled_from([1e-300, 1.0, 1e300]),
)  # fmt: skip
@settings(deadline=None)
def test_no_weighted_negative_is_a_positive_or_has_no_weight(table, seed, data, largest):
    shares = st.one_of(st.just(0.0), st.floats(1e-3, 1))
    weights = np.array(data.draw(st.lists(shares, min_size=table.n_items, max_size=table.n_items)))
    positives = table.to_csr().astype(bool).toarray()
    positives[table.users, table.items] = True
    able = [user for user in range(table.n_users) if weights[~positives[user]].sum() > 0]
    if not able:
        return
    users = rng(seed).choice(able, 30)
    drawn = sample_negatives(table, users, rng(seed), 3, weights=weights * largest)
    assert not positives[users[:, None], drawn].any()
    assert (weights[drawn] > 0).all()


@given(table=tables(), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_without_replacement_all_that_is_left_can_be_drawn_and_nothing_twice(table, seed):
    for user in range(table.n_users):
        others = sorted(set(range(table.n_items)) - set(table.items[table.users == user].tolist()))
        drawn = sample_negatives(table, [user], rng(seed), len(others), replace=False)
        assert sorted(drawn[0].tolist()) == others
        with pytest.raises(ValueError, match=f"u{user}"):
            sample_negatives(table, [user], rng(seed), len(others) + 1, replace=False)


@pytest.mark.parametrize("left", [0, 700, 1681])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_user_who_misses_a_single_item_gets_it(left, weighted):
    seen = [item for item in range(1682) if item != left]
    table = make_table([(1, item) for item in seen], 3, 1682)
    weights = np.linspace(1, 2, 1682) if weighted else None
    assert (sample_negatives(table, [1] * 500, rng(), 4, weights=weights) == left).all()


def is_as_expected(drawn: np.ndarray, expected: np.ndarray) -> bool:
    """χ² of counts; a right sampler with this seed fails one time in 10,000, a wrong one always."""
    counts = np.bincount(drawn.ravel(), minlength=len(expected))
    assert (counts[expected == 0] == 0).all()
    possible = expected > 0
    return stats.chisquare(counts[possible], expected[possible] * drawn.size).pvalue > 1e-4


PATTERNS = [[], [0], [9], [4, 5, 6], [0, 1, 2, 3], [1, 3, 5, 7, 9], [0, 2, 3, 8, 9]]


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("user", range(len(PATTERNS)))
def test_all_other_items_are_drawn_alike(user, replace):
    pairs = [(n, item) for n, pattern in enumerate(PATTERNS) for item in pattern]
    table = make_table(pairs, len(PATTERNS), 10)
    drawn = sample_negatives(table, [user] * 4000, rng(user), 3, replace=replace)
    expected = np.ones(10)
    expected[PATTERNS[user]] = 0
    expected /= expected.sum()
    for column in range(3):  # each place of the three by itself
        assert is_as_expected(drawn[:, column], expected)


def test_without_replacement_all_pairs_are_drawn_alike():
    table = make_table([(0, 1), (0, 3)], 1, 6)
    drawn = sample_negatives(table, [0] * 12_000, rng(), 2, replace=False)
    pairs, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(pairs) == 12  # ordered pairs of the items 0, 2, 4, 5
    assert stats.chisquare(counts).pvalue > 1e-4  # as above


@pytest.mark.parametrize("user", range(len(PATTERNS)))
def test_weights_say_how_often_an_item_is_drawn(user):
    pairs = [(n, item) for n, pattern in enumerate(PATTERNS) for item in pattern]
    table = make_table(pairs, len(PATTERNS), 10)
    weights = np.array([5, 0.5, 0, 1, 2, 4, 0.25, 1, 1, 3])
    drawn = sample_negatives(table, [user] * 4000, rng(user), 3, weights=weights)
    expected = weights.copy()
    expected[PATTERNS[user]] = 0
    assert is_as_expected(drawn, expected / expected.sum())


def test_no_weight_above_nothing_is_too_small():
    table = make_table([(0, 0)], 1, 3)
    assert sample_negatives(table, [0], rng(), 5, weights=[1, 1e-30, 0]).tolist() == [[1] * 5]


def test_users_do_not_disturb_each_other():
    table = make_table([(0, 0), (1, 1), (2, 2)], 3, 3)
    drawn = sample_negatives(table, [2, 0, 2, 1], rng(), 40)
    assert [set(row) for row in drawn.tolist()] == [{0, 1}, {1, 2}, {0, 1}, {0, 2}]


def test_the_seed_decides_what_is_drawn():
    table = make_world(rng(), n_users=40, n_items=60).interactions
    for options in ({}, {"replace": False}, {"weights": popularity_weights(table)}):
        first, again, other = (
            sample_negatives(table, table.users, rng(seed), 3, **options) for seed in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


def test_more_items_than_users_and_more_users_than_items():
    for n_users, n_items in ((2, 5000), (5000, 2)):
        table = make_table([(n, n % n_items) for n in range(n_users)], n_users, n_items)
        drawn = sample_negatives(table, np.arange(n_users), rng(), 2)
        assert not (drawn == (np.arange(n_users) % n_items)[:, None]).any()


def test_one_item():
    table = make_table([(0, 0)], 2, 1)
    assert sample_negatives(table, [1, 1], rng(), 2).tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match=r"users\[1\] is 0 \(id 'u0'\), who leaves no item"):
        sample_negatives(table, [1, 0], rng())


def test_nobody_asks_for_nothing():
    table = make_table([(0, 0)], 2, 3)
    assert sample_negatives(table, np.array([], dtype=int), rng(), 2).shape == (0, 2)


def test_whoever_has_seen_everything_is_named():
    table = make_table([(1, 0), (1, 1), (0, 0)], 2, 2)
    with pytest.raises(ValueError, match=r"users\[2\] is 1 \(id 'u1'\).*leave this user out"):
        sample_negatives(table, [0, 0, 1], rng())
    assert sample_negatives(table, [0], rng()).tolist() == [[1]]  # and disturbs nobody else
    with pytest.raises(ValueError, match=r"id 'u0'\), who leaves 1 of the 2 items"):
        sample_negatives(table, [0], rng(), 2, replace=False)
    with pytest.raises(ValueError, match=r"id 'u0'\), who leaves no item"):
        sample_negatives(table, [0], rng(), weights=[1, 0])


def test_popularity_weights_by_hand():
    # item 0 has four rows, item 1 has one, item 2 has none
    table = make_table([(0, 0), (1, 0), (2, 0), (3, 0), (0, 1)], 4, 3)
    assert popularity_weights(table, 1).tolist() == [4, 1, 0]
    assert popularity_weights(table, 0.5).tolist() == [2, 1, 0]
    assert popularity_weights(table, 0).tolist() == [1, 1, 1]
    assert popularity_weights(table).tolist() == pytest.approx([2.8284271, 1, 0])  # 4^¾ = 2√2


def test_popular_items_are_drawn_more_often():
    table = make_table([(0, 0), (1, 0), (2, 0), (3, 0), (0, 1)], 5, 3)
    drawn = sample_negatives(table, [4] * 10_000, rng(), weights=popularity_weights(table, 0.5))
    assert is_as_expected(drawn, np.array([2 / 3, 1 / 3, 0]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_negatives": 0}, "n_negatives is 0; give a whole number of at least 1"),
        ({"weights": [1, 2]}, r"weights have shape \(2,\); give one an item, \(3,\)"),
        ({"weights": [1, 2, -1]}, r"weights\[2\] is -1.0"),
        ({"weights": [1, np.inf, 2]}, r"weights\[1\] is inf"),
        ({"weights": [np.nan, 1, 2]}, r"weights\[0\] is nan"),
        ({"weights": [0, 0, 0]}, "all weights are 0"),
        ({"weights": [1, 1, 1], "replace": False}, "replace=False draws uniformly"),
        ({"users": [0, 5]}, r"users\[1\] is 5"),
        ({"users": [-1]}, r"users\[0\] is -1"),
        ({"users": 0}, "users has shape"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    table = make_table([(0, 0)], 2, 3)
    with pytest.raises(ValueError, match=message):
        sample_negatives(**{"interactions": table, "users": [1], "rng": rng()} | options)


@pytest.mark.parametrize("exponent", [-0.1, np.inf, np.nan])
def test_bad_exponents_are_refused(exponent):
    with pytest.raises(ValueError, match="exponent is"):
        popularity_weights(make_table([(0, 0)], 1, 1), exponent)
